"""Is what a hypothesis predicts, and a mitigation is expected to do, read from the signal?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEntry
from incidents.models import Incident, Mitigation
from incidents.workflow import raise_hypothesis, record_mitigation
from signals.models import Expectation
from signals.samples import keep_samples
from signals.workflow import drop_expectation, expect_of_signal
from signals.workflow.expecting import settle_expectations, waits_for_effect
from tests.signals.conftest import minutes_ago


@pytest.fixture
def rollback(hit, commander) -> Mitigation:
    """Applied ten minutes ago."""
    begun = timezone.now() - timedelta(minutes=50)
    Incident.objects.filter(pk=hit.pk).update(impact_started_at=begun, declared_at=begun)
    return record_mitigation(
        incident=hit,
        by=commander,
        text="Rollback",
        state="applying",
        at=timezone.now() - timedelta(minutes=10),
    )


def observed(expectation) -> tuple:
    expectation.refresh_from_db()
    return expectation.state, expectation.value_before, expectation.observed_value


def test_a_mitigation_that_works(hit, signal, rollback, commander):
    one = expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback)
    keep_samples(signal, {int(minutes_ago(n)): 38.0 if n > 7 else 0.4 for n in range(20)})
    settle_expectations(hit, timezone.now())
    assert observed(one) == ("met", 38.0, 0.4)


def test_one_that_does_not(hit, signal, rollback, commander):
    one = expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback)
    keep_samples(signal, {int(minutes_ago(n)): 38.0 for n in range(20)})
    settle_expectations(hit, timezone.now())
    assert observed(one) == ("missed", 38.0, 38.0)


def test_an_unknown_range_misses_nothing(hit, signal, rollback, commander):
    one = expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback)
    type(signal).objects.update(range_kind="usual", low=None, high=None)
    keep_samples(signal, {int(minutes_ago(n)): 0.4 for n in range(20)})
    settle_expectations(hit, timezone.now())
    assert observed(one) == ("waiting", None, None)


def test_it_waits_for_its_time(hit, signal, rollback, commander):
    one = expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback, minutes=30)
    keep_samples(signal, {int(minutes_ago(n)): 38.0 for n in range(20)})
    settle_expectations(hit, timezone.now())
    assert observed(one) == ("waiting", None, None)
    assert waits_for_effect(hit, timezone.now())


def test_a_hypothesis_is_tested_by_a_mitigation(hit, signal, rollback, commander):
    idea = raise_hypothesis(incident=hit, by=commander, claim="v231 leaks connections")
    one = expect_of_signal(
        incident=hit,
        signal=signal,
        by=commander,
        hypothesis=idea,
        comparison="below",
        value=20,
        tested_by=rollback,
    )
    keep_samples(signal, {int(minutes_ago(n)): 38.0 if n > 6 else 15.0 for n in range(20)})
    settle_expectations(hit, timezone.now())
    assert observed(one) == ("met", 38.0, 15.0)


def test_a_mitigation_that_is_only_proposed_waits_without_asking(hit, signal, commander):
    idea = record_mitigation(incident=hit, by=commander, text="Restart")
    expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=idea)
    assert not waits_for_effect(hit, timezone.now())


def test_the_incident_shows_it(client, hit, signal, rollback, commander, responder, traces):
    seen = traces(hit)
    expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback)
    assert seen.texts == ["expects of “Rollback”: Error rate is normal within 5 min"]
    assert seen.actions == ["signal.expected"]
    keep_samples(signal, {int(minutes_ago(n)): 38.0 if n > 7 else 0.4 for n in range(20)})
    settle_expectations(hit, timezone.now())
    client.force_login(responder)
    for address in (hit.get_absolute_url(), reverse("incident_signals", args=[hit.reference])):
        page = client.get(address).content.decode()
        assert "Observed: 38% → 0.4% at" in page
        assert "Prediction met" in page


def test_said_again_it_replaces_the_first(hit, signal, rollback, commander):
    for minutes in (5, 9):
        expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback, minutes=minutes)
    assert Expectation.objects.get().minutes == 9


def test_dropped(hit, signal, rollback, commander):
    one = expect_of_signal(incident=hit, signal=signal, by=commander, mitigation=rollback)
    for _person in range(2):  # at once: it is told once
        drop_expectation(expectation=one, by=commander)
    assert not Expectation.objects.exists()
    told = hit.timeline.filter(text__startswith="took back what was expected of “Rollback”: ")
    assert told.count() == 1
    assert AuditEntry.objects.filter(action="signal.expectation_dropped").count() == 1


def test_the_form_says_what_is_missing(client, hit, signal, responder):
    client.force_login(responder)
    page = client.get(reverse("signal_expectation", args=[hit.reference])).content.decode()
    assert "Raise a hypothesis or record a mitigation first." in page


def test_by_a_form(client, hit, signal, rollback, responder):
    client.force_login(responder)
    address = reverse("signal_expectation", args=[hit.reference])
    assert "Mitigation: Rollback" in client.get(address).content.decode()
    said = {"subject": f"m{rollback.pk}", "signal": signal.pk, "comparison": "below", "minutes": 5}
    assert "Enter the value to compare with." in client.post(address, said).content.decode()
    client.post(address, said | {"value": "2"})
    assert Expectation.objects.get().value == 2


@pytest.mark.parametrize("wrong", [{}, {"comparison": "below"}, {"minutes": 0}])
def test_what_says_nothing_is_refused(hit, signal, rollback, commander, wrong):
    subject = {"mitigation": rollback} if wrong else {}
    with pytest.raises(ValidationError):
        expect_of_signal(incident=hit, signal=signal, by=commander, **subject, **wrong)


def test_stakeholders_cannot(hit, signal, rollback, stakeholder):
    with pytest.raises(PermissionDenied):
        expect_of_signal(incident=hit, signal=signal, by=stakeholder, mitigation=rollback)
