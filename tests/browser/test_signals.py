"""Do the pages of signals work in a browser, and are they free of faults?"""

import pytest
from django.urls import reverse
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import mitigate_incident, record_mitigation, set_service_impact
from signals.models import DataSource, Signal, Trial
from signals.samples import keep_samples
from signals.workflow import (
    add_data_source,
    add_signal,
    check_by_signal,
    expect_of_signal,
    try_query,
)
from signals.workflow.watching import run_checks
from tests.browser.test_settings_are_clean import EVERYWHERE, faults_of
from tests.signals.conftest import minutes_ago

pytestmark = pytest.mark.browser
LONG = "a-name-without-any-space-that-goes-on-and-on-for-a-long-while"


@pytest.fixture
def metered(admin, commander, incident):
    """An incident with signals in every state, a check that runs and what is expected."""
    service = Service.objects.create(name=f"payments-{LONG}", slug="payments")
    set_service_impact(incident=incident, by=commander, service=service, impact="major_outage")
    source = add_data_source(by=admin, name=f"Prometheus {LONG}", kind="prometheus", url="https://p.example")
    silent = add_data_source(by=admin, name="Loki", kind="loki", url=f"https://{LONG}.example")
    said = {"by": admin, "service": service, "query": f"sum({LONG})", "unit": "%"}
    errors = add_signal(**said, name="Error rate", source=source, range_kind="fixed", low=0, high=1)
    add_signal(**said, name=LONG, source=source, range_kind="usual")
    add_signal(**said, name="Log lines", source=silent)
    DataSource.objects.filter(pk=silent.pk).update(
        failing_since=timezone.now(), failures=2, problem="did not answer within 5 s", retry_at=timezone.now()
    )
    for signal in Signal.objects.exclude(source=silent):
        keep_samples(signal, {int(minutes_ago(n)): 0.4 if n < 5 or n > 40 else 39.0 for n in range(60)})
    Signal.objects.update(covered_until=timezone.now())
    step = record_mitigation(incident=incident, by=commander, text="Rollback to v230", state="applying")
    expect_of_signal(incident=incident, signal=errors, by=commander, mitigation=step)
    mitigated = mitigate_incident(incident=incident, by=commander)
    check_by_signal(incident=mitigated, signal=errors, by=commander, minutes=10)
    run_checks(mitigated)
    return mitigated


@EVERYWHERE
def test_the_pages_are_clean(open_as, axe, admin, metered, viewport):
    source, signal = DataSource.objects.first(), Signal.objects.first()
    trial = try_query(by=admin, source=source, query=LONG)
    Trial.objects.update(
        answered_at=timezone.now(), took=0.1, points=[[int(minutes_ago(n)), n] for n in range(90, 0, -1)]
    )
    of_incident = ("incident_signals", "signal_check", "signal_expectation")
    paths = [
        *(reverse(name, args=[metered.reference]) for name in of_incident),
        reverse("signals"),
        reverse("signal_new"),
        signal.get_absolute_url(),
        reverse("signal_deletion", args=[signal.pk]),
        reverse("data_source_new"),
        source.get_absolute_url(),
        reverse("data_source_deletion", args=[source.pk]),
        reverse("signal_trial", args=[trial.pk]),
    ]
    page = open_as(admin, viewport=viewport)
    assert faults_of(page, axe, paths) == []
    for name in ("incident_detail", "resolution"):
        page.goto(reverse(name, args=[metered.reference]))
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_a_chart_is_captured_by_a_key_and_stands_on_the_timeline(open_as, responder, metered):
    page = open_as(responder)
    page.goto(metered.get_absolute_url())
    page.get_by_role("link", name="Charts").click()
    page.get_by_role("heading", name="Error rate").wait_for()
    page.keyboard.press("e")
    page.get_by_text("is captured. The timeline has it.").wait_for()
    page.goto(metered.get_absolute_url())
    picture = page.get_by_role("img", name="UTC").first
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 700
    assert page.complaints == []
