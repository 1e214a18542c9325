import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.models import Incident, Role
from incidents.workflow import release_role


@pytest.fixture
def command(db):
    return Role.objects.get(slug=Role.COMMANDER)


def test_works(incident, commander, command, traces):
    seen = traces(incident)
    release_role(incident=incident, role=command, user=commander, by=commander, note="Too tired.")
    assert Incident.objects.get().commander is None
    assert (seen.texts, seen.actions, seen.topics) == (
        ["gave up command"],
        ["role.released"],
        ["role.released"],
    )


def test_recorded_by_somebody_else(incident, commander, responder, command, traces):
    seen = traces(incident)
    release_role(incident=incident, role=command, user=commander, by=responder)
    assert seen.texts == ["recorded that Commander Example gave up command"]


def test_only_who_holds_it(incident, responder, command):
    with pytest.raises(ValidationError, match="does not hold"):
        release_role(incident=incident, role=command, user=responder, by=responder)


def test_stakeholder_is_refused(incident, commander, stakeholder, command):
    with pytest.raises(PermissionDenied):
        release_role(incident=incident, role=command, user=commander, by=stakeholder)
