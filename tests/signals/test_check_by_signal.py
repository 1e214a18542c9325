"""Does a recovery check by a signal start, count, pass and fail by itself, and can a person still waive it?"""

from contextlib import closing
from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from incidents.models import Incident, RecoveryCheck
from incidents.workflow import add_recovery_check, mitigate_incident, settle_recovery_check
from signals.models import Look, SignalCheck
from signals.samples import keep_samples
from signals.workflow import add_signal, check_by_signal, remove_signal
from signals.workflow.watching import run_check, run_checks
from tests.signals.conftest import minutes_ago


@pytest.fixture
def mitigated(hit, commander):
    """Half an hour ago."""
    begun = timezone.now() - timedelta(minutes=50)
    Incident.objects.filter(pk=hit.pk).update(impact_started_at=begun, declared_at=begun)
    hit.refresh_from_db()
    return mitigate_incident(incident=hit, by=commander, at=timezone.now() - timedelta(minutes=30))


@pytest.fixture
def check(mitigated, signal, commander) -> SignalCheck:
    return check_by_signal(incident=mitigated, signal=signal, by=commander, minutes=10)


def sample(signal, **values) -> None:
    """`m5=0.4`: five minutes ago it was 0.4."""
    keep_samples(signal, {int(minutes_ago(int(name[1:]))): value for name, value in values.items()})


def steady(signal, value, *, since, until=0) -> None:
    keep_samples(signal, {int(minutes_ago(n)): value for n in range(until, since + 1)})


def state(check) -> str:
    return RecoveryCheck.objects.get(pk=check.check_row_id).state


def test_it_passes_with_the_chart_as_proof(check, signal, mitigated, traces):
    steady(signal, 0.4, since=12)
    seen = traces(mitigated)
    run_checks(mitigated)
    assert state(check) == "passed"
    row = RecoveryCheck.objects.get(pk=check.check_row_id)
    assert row.settled_by is None
    assert row.result.startswith("Error rate 0.4%, normal since ")
    check.refresh_from_db()
    assert check.proof.file.read().startswith(b"<svg")
    assert check.proof.captured_by is None
    assert any(text.startswith("Metric: Error rate normal for 10 min") for text in seen.texts)
    assert "recovery_check.settled" in seen.actions
    assert "recovery_check.settled" in seen.topics


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"since": 5}, "watching"),  # not long enough
        ({"since": 25, "until": 8}, "watching"),  # nothing new: what is not known is not normal
    ],
)
def test_it_waits(check, signal, mitigated, values, expected):
    steady(signal, 0.4, **values)
    run_checks(mitigated)
    assert state(check) == expected


def test_one_value_that_is_not_normal_starts_it_again(check, signal, mitigated):
    steady(signal, 0.4, since=25)
    sample(signal, m4=1.5)
    run_checks(mitigated)
    assert state(check) == "watching"
    check.refresh_from_db()
    assert timezone.now() - check.normal_since < timedelta(minutes=4)


def test_a_gap_starts_it_again(check, signal, mitigated):
    steady(signal, 0.4, since=25, until=9)
    steady(signal, 0.4, since=4)
    run_checks(mitigated)
    assert state(check) == "watching"


def test_what_was_before_the_mitigation_does_not_count(hit, signal, commander):
    steady(signal, 0.4, since=25)
    mitigate_incident(incident=hit, by=commander)
    hit.refresh_from_db()
    check = check_by_signal(incident=hit, signal=signal, by=commander, minutes=10)
    run_checks(hit)
    assert state(check) == "watching"


def test_it_starts_only_when_mitigated(hit, signal, commander):
    check = check_by_signal(incident=hit, signal=signal, by=commander, minutes=10)
    steady(signal, 0.4, since=25)
    run_checks(hit)
    assert state(check) == "open"


def test_it_fails_when_its_time_is_over(check, signal, mitigated):
    steady(signal, 5.0, since=29, until=-31)
    run_checks(mitigated)
    assert state(check) == "watching"
    later = timezone.now() + timedelta(minutes=31)
    run_checks(mitigated, later)
    assert state(check) == "failed"
    assert "not normal" in RecoveryCheck.objects.get(pk=check.check_row_id).result


@pytest.mark.parametrize("kind", ["none", "usual"])
def test_an_unknown_range_is_no_failure(client, responder, check, signal, mitigated, kind):
    type(signal).objects.update(range_kind=kind, low=None, high=None)
    steady(signal, 0.4, since=29, until=-31)
    run_checks(mitigated)
    run_checks(mitigated, timezone.now() + timedelta(minutes=31))
    assert state(check) == "watching"
    client.force_login(responder)
    page = client.get(reverse("incident_signals", args=[mitigated.reference])).content.decode()
    assert "What is normal is not known now" in page
    assert "It fails at" not in page


def test_one_whose_signal_is_removed_meanwhile_is_peoples(admin, check, signal, mitigated, traces):
    steady(signal, 0.4, since=12)
    remove_signal(by=admin, signal=signal)
    seen = traces(mitigated)
    run_check(check.pk, timezone.now())
    assert state(check) == "open"
    assert seen.none


@pytest.mark.django_db(transaction=True)
def test_another_signal_chosen_meanwhile_counts(admin, check, signal, mitigated, commander):
    other = add_signal(
        by=admin,
        service=signal.service,
        name="Latency",
        source=signal.source,
        query="latency",
        range_kind="fixed",
        high=1,
    )
    steady(signal, 0.4, since=12)
    steady(other, 5.0, since=12)
    with transaction.atomic():
        row = RecoveryCheck.objects.get(pk=check.check_row_id)
        check_by_signal(incident=mitigated, signal=other, by=commander, minutes=10, check=row)
        worker = Thread(target=in_a_connection_of_its_own, args=(run_check, check.pk, timezone.now()))
        worker.start()
        worker.join(1)
    worker.join(10)
    assert state(check) == "watching"


def in_a_connection_of_its_own(run, *args) -> None:
    with closing(connection):
        run(*args)


def test_silence_is_no_failure(check, signal, mitigated):
    steady(signal, 5.0, since=29, until=10)
    run_checks(mitigated, timezone.now() + timedelta(minutes=5))
    assert state(check) == "watching"


def test_a_person_waives_it(check, signal, mitigated, commander):
    settle_recovery_check(
        check=RecoveryCheck.objects.get(pk=check.check_row_id),
        state="waived",
        by=commander,
        result="No traffic at night",
    )
    steady(signal, 0.4, since=12)
    run_checks(mitigated)
    assert state(check) == "waived"


def test_taken_back_it_starts_anew(check, signal, mitigated, commander):
    steady(signal, 0.4, since=12)
    run_checks(mitigated)
    settle_recovery_check(check=RecoveryCheck.objects.get(pk=check.check_row_id), state="open", by=commander)
    run_checks(mitigated)
    assert state(check) == "watching"


def test_it_takes_over_one_of_the_checklist(mitigated, signal, commander):
    laid_out = add_recovery_check(incident=mitigated, by=commander, title="Errors", kind="signal", minutes=5)
    check_by_signal(incident=mitigated, signal=signal, by=commander, minutes=7, check=laid_out)
    assert SignalCheck.objects.get().check_row == laid_out
    laid_out.refresh_from_db()
    assert laid_out.minutes == 7


def test_it_has_the_signal_fetched_though_nobody_looks(check):
    assert Look.objects.exists()


def test_a_signal_without_a_range_is_refused(mitigated, signal, commander, traces):
    signal.range_kind = "none"
    signal.save()
    seen = traces(mitigated)
    with pytest.raises(ValidationError, match="no normal range"):
        check_by_signal(incident=mitigated, signal=signal, by=commander, minutes=10)
    assert seen.none


def test_stakeholders_cannot(mitigated, signal, stakeholder):
    with pytest.raises(PermissionDenied):
        check_by_signal(incident=mitigated, signal=signal, by=stakeholder, minutes=10)


def test_pages_show_how_far_it_is(client, check, signal, mitigated, responder):
    steady(signal, 0.4, since=5)
    run_checks(mitigated)
    client.force_login(responder)
    page = client.get(reverse("incident_signals", args=[mitigated.reference])).content.decode()
    assert "It passes by itself after 10 min" in page
    assert 'role="progressbar"' in page
    resolution = client.get(reverse("resolution", args=[mitigated.reference])).content.decode()
    assert "Normal since" in resolution


def test_the_page_of_recovery_offers_the_signal(client, mitigated, signal, commander, responder):
    laid_out = add_recovery_check(incident=mitigated, by=commander, title="Errors", kind="signal", minutes=5)
    client.force_login(responder)
    page = client.get(reverse("resolution", args=[mitigated.reference])).content.decode()
    assert f"{reverse('signal_check', args=[mitigated.reference])}?check={laid_out.pk}" in page.replace(
        "&amp;", "&"
    )


def test_by_a_form(client, mitigated, signal, responder):
    client.force_login(responder)
    address = reverse("signal_check", args=[mitigated.reference])
    assert "Error rate · payments-api" in client.get(address).content.decode()
    client.post(address, {"signal": signal.pk, "minutes": 5})
    assert SignalCheck.objects.get().check_row.title == "Error rate normal for 5 min"
