"""What does an incident show of its signals, to whom, and with how many queries?"""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import record_change, record_mitigation, set_service_impact
from signals.models import DataSource, Look, Signal
from signals.samples import keep_samples
from signals.workflow import add_signal
from signals.workflow.looking import note_look
from signals.workflow.refreshing import refresh_due_signals
from tests.signals.conftest import minutes_ago


def page_of(incident) -> str:
    return reverse("incident_signals", args=[incident.reference])


@pytest.fixture
def fetched(hit, signal, prometheus):
    note_look(hit, None)
    refresh_due_signals()
    return hit


def shown(client, person, incident) -> str:
    client.force_login(person)
    return client.get(page_of(incident)).content.decode()


def test_the_chart_with_its_range_and_value(client, responder, fetched):
    page = shown(client, responder, fetched)
    assert "1%, normal" in page
    assert "normal 0 to 1%" in page
    assert "Error rate of payments-api from" in page
    assert "Show values as a table" in page
    assert 'class="normal"' in page


def test_a_value_that_is_not_normal(client, responder, fetched, signal):
    keep_samples(signal, {int(minutes_ago(0)): 39.0})
    assert "39%, not normal" in shown(client, responder, fetched)


def test_marks_of_the_timeline(client, responder, commander, fetched, service):
    now = timezone.now()
    record_change(incident=fetched, by=commander, title="Deploy v231", at=now, service=service)
    record_mitigation(incident=fetched, by=commander, text="Rollback to v230", state="applying")
    page = shown(client, responder, fetched)
    for words in ("Deploy v231", "Rollback to v230", "Declared"):
        assert words in page


def test_a_source_that_does_not_answer_is_said_on_the_chart(client, responder, fetched, signal):
    DataSource.objects.update(
        failing_since=datetime(2026, 3, 4, 14, 3, tzinfo=UTC), problem="did not answer within 5 s", failures=3
    )
    page = shown(client, responder, fetched)
    assert "Prometheus eu-1 did not answer within 5 s" in page
    assert "14:03" in page
    assert "Last value 1%" in page


def test_looking_has_it_refreshed(client, responder, hit, signal, prometheus):
    shown(client, responder, hit)
    assert Look.objects.get().incident == hit
    assert prometheus.requests == []  # a page waits for no source


def test_the_page_of_the_incident_names_them(client, responder, fetched):
    client.force_login(responder)
    page = client.get(fetched.get_absolute_url()).content.decode()
    assert "1%, normal" in page
    assert page_of(fetched) in page


def test_without_signals_the_incident_says_nothing_of_them(client, responder, incident):
    client.force_login(responder)
    assert 'aria-label="Signals"' not in client.get(incident.get_absolute_url()).content.decode()
    assert not Look.objects.exists()


def test_stakeholders_see_charts_and_no_buttons(client, stakeholder, fetched):
    page = shown(client, stakeholder, fetched)
    assert "1%, normal" in page
    assert "Capture as evidence" not in page


def test_who_must_not_see_a_private_incident(
    client, outsider, stakeholder, commander, private_incident, service, signal
):
    set_service_impact(incident=private_incident, by=commander, service=service, impact="degraded")
    for person in (outsider, stakeholder):
        client.force_login(person)
        assert client.get(page_of(private_incident)).status_code == 404
        assert client.post(f"{page_of(private_incident)}{signal.pk}/capture/").status_code == 404
    assert client.get(page_of(private_incident)).status_code == 404
    client.force_login(commander)
    assert client.get(page_of(private_incident)).status_code == 200


def test_marks_tell_nothing_of_a_private_incident(
    client, responder, commander, fetched, private_incident, service
):
    record_change(
        incident=private_incident, by=commander, title="Zephyrquartz", at=timezone.now(), service=service
    )
    assert "Zephyrquartz" not in shown(client, responder, fetched)


def test_signals_of_other_services_are_not_captured(client, admin, responder, fetched, source):
    other = Service.objects.create(name="search", slug="search")
    strange = add_signal(by=admin, service=other, name="Lag", source=source, query="lag")
    client.force_login(responder)
    assert client.post(f"{page_of(fetched)}{strange.pk}/capture/").status_code == 404


def test_the_number_of_queries_does_not_grow(
    client, admin, responder, fetched, service, source, django_assert_max_num_queries
):
    client.force_login(responder)
    client.get(page_of(fetched))
    for n in range(6):
        made = add_signal(
            by=admin, service=service, name=f"S{n}", source=source, query="x", range_kind="usual"
        )
        keep_samples(made, {int(minutes_ago(m)): m for m in range(60)})
    Signal.objects.update(covered_until=timezone.now())
    with django_assert_max_num_queries(18):
        page = client.get(page_of(fetched)).content.decode()
    assert page.count("<h2") >= 7


def test_the_page_of_the_incident_asks_two_queries_more(client, responder, hit, signal):
    client.force_login(responder)
    for _ in range(2):  # the first one notes that somebody looks
        client.get(hit.get_absolute_url())
    with CaptureQueriesContext(connection) as with_signals:
        client.get(hit.get_absolute_url())
    signal.delete()
    with CaptureQueriesContext(connection) as without:
        client.get(hit.get_absolute_url())
    assert len(with_signals) - len(without) == 2


def test_samples_outlive_their_source_being_silent(client, responder, fetched, signal):
    Signal.objects.update(problem="The query was refused: no", problem_since=timezone.now())
    page = shown(client, responder, fetched)
    assert "The query was refused: no." in page
    assert 'class="ink"' in page
