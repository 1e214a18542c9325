import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident
from incidents.workflow import Conflict, change_severity
from timeline.models import Phase


def test_raising_is_an_escalation(incident, commander, severity, traces):
    seen = traces(incident)
    changed = change_severity(
        incident=incident,
        severity=severity(1),
        by=commander,
        reason="every payment fails",
        version=incident.version,
    )
    assert (changed.severity.rank, changed.version) == (1, incident.version + 1)
    assert seen.texts == ["raised SEV2 → SEV1"]
    assert (seen.events[0].phase, seen.events[0].detail) == (Phase.ESCALATED, "every payment fails")
    assert (seen.actions, seen.topics) == (["severity.changed"], ["severity.changed"])
    assert incident.tasks.filter(title="Freeze deployments").exists()


def test_lowering_is_none(incident, commander, severity, traces):
    seen = traces(incident)
    change_severity(incident=incident, severity=severity(4), by=commander)
    assert (seen.texts, seen.events[0].phase) == (["lowered SEV2 → SEV4"], "")


def test_checklist_lands_once(incident, commander, severity):
    for rank in (1, 2, 1):
        change_severity(incident=incident, severity=severity(rank), by=commander)
    titles = list(incident.tasks.values_list("title", flat=True))
    assert len(titles) == len(set(titles))


def test_the_same_again_writes_nothing(incident, commander, severity, traces):
    seen = traces(incident)
    change_severity(incident=incident, severity=severity(2), by=commander)
    assert seen.none


def test_an_older_form_conflicts(incident, commander, responder, severity, traces):
    version = incident.version
    change_severity(incident=incident, severity=severity(1), by=commander)
    seen = traces(incident)
    with pytest.raises(Conflict) as conflict:
        change_severity(incident=incident, severity=severity(3), by=responder, version=version)
    assert conflict.value.current.severity.rank == 1
    assert seen.none


def test_closed_is_refused_and_says_how(closed, commander, severity):
    with pytest.raises(ValidationError, match=r"is closed\. Reopen it"):
        change_severity(incident=closed, severity=severity(1), by=commander)


def test_stakeholder_is_refused(incident, stakeholder, severity):
    with pytest.raises(PermissionDenied):
        change_severity(incident=incident, severity=severity(1), by=stakeholder)
    assert Incident.objects.get().severity.rank == 2
