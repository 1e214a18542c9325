"""What does the list of events tell, and to whom?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator

from action_items.workflow import add_action_item
from events.catalogue import BY_NAME
from events.json_schema import schema_of
from incidents.workflow import change_severity, change_visibility, declare_incident
from retros.workflow import start_retrospective
from timeline.workflow import write_event


def names(calls, query=""):
    return [event["name"] for event in calls.get(f"events{query}")["results"]]


def test_what_happened_newest_first(calls, commander, incident, severity):
    change_severity(incident=incident, severity=severity(1), by=commander, reason="Worse")
    (newest, *rest) = calls.get("events")["results"]
    assert (newest["name"], newest["incident"]) == ("severity.changed", incident.reference)
    assert newest["data"] == {"by": commander.pk, "before": "SEV2", "severity": "SEV1"}
    assert "incident.declared" in [event["name"] for event in rest]


def test_narrowed_by_name_and_incident(calls, commander, incident, severity):
    other = declare_incident(by=commander, title="Another", severity=severity(3))
    assert names(calls, "?name=incident.declared") == ["incident.declared"] * 2
    assert set(names(calls, f"?incident={other.reference}&name=incident.declared")) == {"incident.declared"}
    calls.get("events?incident=INC-99999")
    assert calls.status == 422


def test_nothing_of_what_is_private(api, outsider, admin, private_incident):
    for person in (outsider, admin):
        assert names(api(person, private=True)) == []


def test_what_became_private_disappears_from_the_past(api, commander, responder, incident):
    change_visibility(incident=incident, is_private=True, by=commander)
    assert names(api(responder, private=True)) == []
    assert names(api(commander)) == []
    assert names(api(commander, private=True))


def test_a_stakeholder_hears_nothing_of_a_draft(api, commander, stakeholder, incident):
    retrospective = start_retrospective(incident=incident, by=commander)
    add_action_item(by=commander, title="Raise the limit", retrospective=retrospective)
    assert "retrospective.timeline_changed" in names(api(commander))
    assert not [name for name in names(api(stakeholder)) if name.startswith(("retrospective", "action"))]


def test_who_is_notified_is_not_told(calls, commander, incident):
    retrospective = start_retrospective(incident=incident, by=commander)
    add_action_item(by=commander, title="Raise the limit", retrospective=retrospective, owner=commander)
    for event in calls.get("events")["results"]:
        assert not {"recipients", "askers"} & set(event["data"])


@pytest.mark.parametrize("name", sorted(name for name, event in BY_NAME.items() if event.is_public))
def test_every_schema_is_one(name):
    Draft202012Validator.check_schema(schema_of(BY_NAME[name]))


def test_what_is_told_fits_its_schema(calls, commander, incident, severity):
    change_severity(incident=incident, severity=severity(1), by=commander, reason="Worse")
    write_event(incident=incident, by=commander, text="Looked")
    schemas = {one["name"]: one["data_schema"] for one in calls.get("event-types")["results"]}
    for event in calls.get("events")["results"]:
        Draft202012Validator(schemas[event["name"]]).validate(event["data"])


def test_the_number_of_queries_is_constant(calls, commander, incident):
    calls.get("events")
    with CaptureQueriesContext(connection) as told:
        calls.get("events")
    assert len(told) <= 6
