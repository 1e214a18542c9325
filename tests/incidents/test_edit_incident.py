import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from incidents.models import Incident
from incidents.workflow import Conflict, edit_incident


def test_works(incident, commander, traces):
    seen = traces(incident)
    edited = edit_incident(incident=incident, by=commander, now_note=" Rolling back ", title=incident.title)
    assert edited.now_note == "Rolling back"
    assert (seen.texts, seen.actions, seen.topics) == (
        ["changed “Now” to “Rolling back”"],
        ["incident.edited"],
        ["incident.edited"],
    )


def test_figures_are_one_row(incident, commander, traces):
    seen = traces(incident)
    edit_incident(incident=incident, by=commander, impact_figures=[{"label": "Orders lost", "value": "12"}])
    assert (seen.texts, seen.events[0].detail) == (["described the impact"], "Orders lost 12")
    assert AuditEntry.objects.of(incident.chain).latest("pk").changes == {
        "impact_figures": ["", "Orders lost 12"]
    }


def test_clearing_says_so(incident, commander, traces):
    edit_incident(incident=incident, by=commander, degraded_note="On standby")
    seen = traces(incident)
    edit_incident(incident=incident, by=commander, degraded_note="")
    assert seen.texts == ["cleared “Running degraded”"]


def test_the_same_again_writes_nothing(incident, commander, traces):
    seen = traces(incident)
    edit_incident(incident=incident, by=commander, title=incident.title + " ")
    assert seen.none


def test_a_title_stays(incident, commander):
    with pytest.raises(ValidationError, match="in one line"):
        edit_incident(incident=incident, by=commander, title="  ")


def test_other_fields_have_verbs_of_their_own(incident, commander):
    with pytest.raises(ValidationError, match="cannot be edited here"):
        edit_incident(incident=incident, by=commander, status="closed")


def test_an_older_form_conflicts(incident, commander):
    edit_incident(incident=incident, by=commander, summary="first")
    with pytest.raises(Conflict):
        edit_incident(incident=incident, by=commander, summary="second", version=incident.version)
    assert Incident.objects.get().summary == "first"


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        edit_incident(incident=incident, by=stakeholder, title="x")
