import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Status
from incidents.workflow import (
    Conflict,
    mitigate_incident,
    resolve_incident,
    set_service_impact,
    settle_recovery_check,
)
from timeline.models import Phase


def settle_all(incident, by):
    for check in incident.recovery_checks.all():
        settle_recovery_check(check=check, state="waived", by=by, result="not needed")


def test_works_when_everything_is_verified(mitigated, commander, service, traces):
    set_service_impact(incident=mitigated, service=service, impact="degraded", by=commander)
    settle_all(mitigated, commander)
    seen = traces(mitigated)
    resolved = resolve_incident(incident=mitigated, by=commander)
    assert resolved.status == Status.RESOLVED
    assert resolved.resolved_at >= resolved.mitigated_at
    assert (seen.texts, seen.events[0].phase) == (["Resolved"], Phase.RESOLVED)
    assert (seen.actions, seen.topics) == (["incident.resolved"], ["incident.resolved"])
    assert not resolved.affected_services.running().exists()
    assert not resolved.update_schedules.filter(due_at__isnull=False).exists()


def test_names_what_is_missing(mitigated, commander, traces):
    seen = traces(mitigated)
    with pytest.raises(
        ValidationError, match=r"can’t resolve .* yet: .*“The affected function works in a test” is open"
    ):
        resolve_incident(incident=mitigated, by=commander)
    assert seen.none


@pytest.mark.parametrize(
    ("state", "words"), [("watching", "is still being watched"), ("failed", "has failed")]
)
def test_says_in_words_how_far_a_check_is(mitigated, commander, state, words):
    check = mitigated.recovery_checks.first()
    check.state = state
    check.save()
    with pytest.raises(ValidationError, match=f"“{check.title}” {words}"):
        resolve_incident(incident=mitigated, by=commander)


def test_waiving_says_so_for_each_check(mitigated, commander, traces):
    seen = traces(mitigated)
    resolve_incident(incident=mitigated, by=commander, waive_reason="a drill of five minutes")
    assert seen.texts[-1] == "Resolved"
    assert seen.events[-1].detail == "Verification waived: a drill of five minutes"
    assert {c.state for c in mitigated.recovery_checks.all()} == {"waived"}


def test_nothing_verified_at_all_is_missing_too(mitigated, commander):
    mitigated.recovery_checks.all().delete()
    with pytest.raises(ValidationError, match="nothing has verified the recovery"):
        resolve_incident(incident=mitigated, by=commander)


def test_not_before_it_is_mitigated(incident, commander):
    with pytest.raises(ValidationError, match="Mitigate it first"):
        resolve_incident(incident=incident, by=commander, waive_reason="x")


def test_not_earlier_than_the_mitigation(mitigated, commander, ago):
    with pytest.raises(ValidationError, match=r"Resolved .* is before mitigated"):
        resolve_incident(incident=mitigated, by=commander, waive_reason="x", at=ago(hours=1))
    assert Incident.objects.get().status == Status.MITIGATED


def test_an_older_form_conflicts(incident, commander):
    mitigated = mitigate_incident(incident=incident, by=commander)
    with pytest.raises(Conflict):
        resolve_incident(incident=mitigated, by=commander, waive_reason="x", version=incident.version)


def test_stakeholder_is_refused(mitigated, stakeholder):
    with pytest.raises(PermissionDenied):
        resolve_incident(incident=mitigated, by=stakeholder, waive_reason="x")
