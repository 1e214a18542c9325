from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from incidents.models import Status
from incidents.workflow import Conflict, change_status, mitigate_incident
from timeline.models import Phase


def test_works(incident, commander, traces):
    seen = traces(incident)
    mitigated = mitigate_incident(
        incident=incident, by=commander, note="rollback worked", version=incident.version
    )
    assert (mitigated.status, mitigated.public_status) == (Status.MITIGATED, "Monitoring")
    assert mitigated.mitigated_at == mitigated.impact_ended_at is not None
    assert (seen.events[0].text, seen.events[0].phase) == ("Mitigated", Phase.MITIGATED)
    assert (seen.actions, seen.topics) == (["incident.mitigated"], ["incident.mitigated"])


def test_lays_out_the_recovery_checks(mitigated):
    kinds = [c.kind for c in mitigated.recovery_checks.all()]
    assert kinds == ["signal", "test", "confirmation", "data_loss"]


def test_from_fixing_too(incident, commander):
    change_status(incident=incident, status=Status.FIXING, by=commander)
    assert mitigate_incident(incident=incident, by=commander).status == Status.MITIGATED


def test_may_be_backdated_but_not_before_the_impact(incident, commander, ago):
    incident.impact_started_at = ago(minutes=5)
    incident.save()
    with pytest.raises(ValidationError, match=r"Mitigated .* is before impact began"):
        mitigate_incident(incident=incident, by=commander, at=ago(minutes=6))
    assert mitigate_incident(incident=incident, by=commander, at=ago(minutes=4)).is_retroactive


def test_not_in_the_future(incident, commander):
    with pytest.raises(ValidationError, match="future"):
        mitigate_incident(incident=incident, by=commander, at=context.now() + timedelta(minutes=1))


def test_not_twice(mitigated, commander, traces):
    seen = traces(mitigated)
    with pytest.raises(ValidationError, match="is mitigated already"):
        mitigate_incident(incident=mitigated, by=commander)
    assert seen.none


def test_not_what_is_only_suspected(suspected, commander):
    with pytest.raises(ValidationError, match="Declare it first"):
        mitigate_incident(incident=suspected, by=commander)


def test_an_older_form_conflicts(incident, commander):
    with pytest.raises(Conflict):
        mitigate_incident(incident=incident, by=commander, version=incident.version + 1)


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        mitigate_incident(incident=incident, by=stakeholder)
