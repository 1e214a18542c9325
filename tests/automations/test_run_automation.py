"""What does running an automation on an incident record, send and show, and who may run it?"""

import json
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Team
from audit.models import AuditEntry
from automations.models import AutomationRun
from automations.workflow import change_automation, remove_automation, repeat_run, run_automation
from incidents.models import Incident, Mitigation
from incidents.workflow import FormUsed, change_visibility
from notifications.models import OutboxMessage
from tests.automations.conftest import work

TEMPLATE = json.dumps(
    {
        "ref": "main",
        "inputs": {
            "incident": "{{ incident.reference }}",
            "note": "for {{ service.slug }}, {{ severity }}, by {{ pressed_by }}",
            "region": "{{ input.region }}",
            "list": [1, True, None, "{{ input.ref }}"],
        },
    }
)
INPUTS = 'region | Region | eu-1, us-1\nref | Git ref | /[a-z0-9."{} -]{1,60}/'


def run(automation, incident, by, **said) -> AutomationRun:
    return run_automation(automation=automation, incident=incident, by=by, **said)


def test_it_records_a_mitigation_and_calls_once(add, hit, commander, target):
    automation = add(template=TEMPLATE, inputs=INPUTS, mitigation_kind="rollback")
    started = run(automation, hit, commander, inputs={"region": "eu-1", "ref": "v1"})
    assert (started.state, target.requests) == ("waiting", [])
    mitigation = hit.mitigations.get()
    assert (mitigation.text, mitigation.kind, mitigation.state) == (
        "Roll back (payments-api)",
        "rollback",
        "applying",
    )
    assert mitigation.target == automation.service
    assert started.mitigation == mitigation
    assert OutboxMessage.objects.filter(topic="automation.started", subject=hit.chain).count() == 1
    assert AuditEntry.objects.filter(action="automation.started").get().changes["inputs"]["ref"] == "v1"
    target.status, target.body = 202, b"queued <b>1</b>"
    work()
    work()
    (sent,) = target.requests
    assert (sent.method, sent.path, sent.headers["Content-Type"]) == ("POST", "/run", "application/json")
    assert json.loads(sent.body) == {
        "ref": "main",
        "inputs": {
            "incident": hit.reference,
            "note": "for payments-api, SEV2, by Commander Example",
            "region": "eu-1",
            "list": [1, True, None, "v1"],
        },
    }
    started.refresh_from_db()
    assert (started.state, started.status_code, started.answer) == ("accepted", 202, "queued <b>1</b>")
    assert started.took is not None
    told = hit.timeline.order_by("pk").last()
    assert told.text.startswith("“Roll back”: accepted (202) in ")
    assert told.actor is None
    assert AuditEntry.objects.filter(action="automation.answered").count() == 1
    assert OutboxMessage.objects.get(topic="automation.answered").payload["state"] == "accepted"


@pytest.mark.parametrize("typed", ['x", "ref": "evil', "{{ secret }}", "{{ severity }}", '"}'])
def test_what_is_typed_stays_one_text(add, hit, commander, target, typed):
    automation = add(template=TEMPLATE, inputs=INPUTS, sign_in="bearer", secret="s3cret-token")
    if not all(character in 'abcdefghijklmnopqrstuvwxyz0123456789."{} -' for character in typed):
        with pytest.raises(ValidationError):
            run(automation, hit, commander, inputs={"region": "eu-1", "ref": typed})
        return
    run(automation, hit, commander, inputs={"region": "eu-1", "ref": typed})
    work()
    body = json.loads(target.requests[0].body)
    assert body["inputs"]["list"][3] == typed
    assert body["ref"] == "main"
    assert "s3cret-token" not in target.requests[0].body


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"region": "eu-1"},
        {"region": "eu-9", "ref": "v1"},
        {"region": "eu-1", "ref": "V1"},
        {"region": "eu-1", "ref": "v" * 61},
        {"region": "eu-1", "ref": "v\n"},
        {"region": "eu-1", "ref": "v1", "more": "x"},
    ],
)
def test_inputs_are_those_that_were_declared(add, hit, commander, said):
    automation = add(template=TEMPLATE, inputs=INPUTS)
    with pytest.raises(ValidationError):
        run(automation, hit, commander, inputs=said)
    assert not AutomationRun.objects.exists()
    assert not Mitigation.objects.exists()


def test_a_form_sent_twice_runs_once(automation, hit, commander, responder, target):
    token = uuid4()
    first = run(automation, hit, commander, form_token=token)
    assert run(automation, hit, commander, form_token=token) == first
    work()
    assert run(automation, hit, commander, form_token=token) == first
    work()
    assert (len(target.requests), hit.mitigations.count()) == (1, 1)
    with pytest.raises(FormUsed):
        run(automation, hit, responder, form_token=token)


def test_a_second_press_waits_for_the_first(automation, hit, commander, responder, target):
    run(automation, hit, commander)
    with pytest.raises(ValidationError, match="started by Commander Example already"):
        run(automation, hit, responder)
    work()
    run(automation, hit, responder)
    work()
    assert len(target.requests) == 2


def test_it_is_for_open_incidents_of_its_service(automation, incident, commander, service):
    with pytest.raises(ValidationError, match="does not affect"):
        run(automation, incident, commander)


def test_closed_and_recorded_incidents_are_left_alone(automation, hit, commander):
    Incident.objects.filter(pk=hit.pk).update(status="closed")
    with pytest.raises(ValidationError, match="closed"):
        run(automation, hit, commander)
    Incident.objects.filter(pk=hit.pk).update(status="investigating", source="replay")
    with pytest.raises(ValidationError, match="recorded day"):
        run(automation, hit, commander)


def test_who_may_run_it(add, hit, commander, responder, stakeholder, admin, target):
    everybody, in_charge = add(name="A"), add(name="B", may_run="commander")
    team = Team.objects.create(name="Payments", slug="payments")
    certain = add(name="C", may_run="named", teams=[team], people=[commander])
    for automation in (everybody, in_charge, certain):
        with pytest.raises(PermissionDenied):
            run(automation, hit, stakeholder)
    run(everybody, hit, responder)
    for automation in (in_charge, certain):
        for person in (responder, admin):
            with pytest.raises(PermissionDenied):
                run(automation, hit, person)
    responder.teams.add(team)
    run(certain, hit, type(responder).objects.get(pk=responder.pk))
    run(in_charge, hit, commander)
    work()
    assert len(target.requests) == 3


def test_a_private_incident_is_for_those_on_it(automation, hit, commander, outsider):
    change_visibility(incident=hit, by=commander, is_private=True)
    hit.refresh_from_db()
    with pytest.raises(PermissionDenied):
        run(automation, hit, outsider)
    made = run(automation, hit, commander)
    assert not AutomationRun.objects.visible_to(outsider).exists()
    assert AutomationRun.objects.visible_to(commander).get() == made


def test_nothing_is_sent_of_an_automation_that_changed(automation, hit, commander, admin, targets, target):
    started = run(automation, hit, commander)
    change_automation(by=admin, automation=automation, url=targets().url)
    work()
    started.refresh_from_db()
    assert started.state == "not_sent"
    assert "changed the automation after" in started.problem
    assert started.called_at is None
    assert target.requests == []


def test_nothing_is_sent_of_an_automation_that_was_removed(automation, hit, commander, admin, target):
    started = run(automation, hit, commander)
    remove_automation(by=admin, automation=automation)
    work()
    started.refresh_from_db()
    assert (started.state, started.name, target.requests) == ("not_sent", "Roll back", [])


def test_a_failed_run_is_run_again_by_a_person_only(automation, hit, commander, responder, target):
    target.status, target.body = 500, b"boom"
    first = run(automation, hit, commander)
    work()
    work()
    first.refresh_from_db()
    assert (first.state, first.status_code, len(target.requests)) == ("unknown", 500, 1)
    target.status = 204
    again = repeat_run(run=first, by=responder)
    assert repeat_run(run=first, by=responder) == again
    work()
    assert (len(target.requests), hit.mitigations.count()) == (2, 1)
    with pytest.raises(ValidationError, match="already"):
        repeat_run(run=first, by=responder)
    with pytest.raises(ValidationError, match="Only a run that failed"):
        repeat_run(run=again, by=responder)


def test_a_reversal_reverts_the_mitigation_once_it_is_accepted(add, hit, commander, target):
    add(name="Switch on")
    automation = add(name="Switch off", reversed_by="Switch on")
    off = run(automation, hit, commander)
    with pytest.raises(ValidationError, match="nothing to reverse"):
        run(automation.reversed_by, hit, commander, reverses=off)
    work()
    off.refresh_from_db()
    target.status = 403
    failed = run(automation.reversed_by, hit, commander, reverses=off)
    work()
    failed.refresh_from_db()
    assert (failed.state, hit.mitigations.get().state) == ("rejected", "applying")
    target.status = 204
    repeat_run(run=failed, by=commander)
    work()
    assert hit.mitigations.get().state == "reverted"
    with pytest.raises(ValidationError, match="reversed already"):
        run(automation.reversed_by, hit, commander, reverses=off)
    other = add(name="Other")
    with pytest.raises(ValidationError, match="not the reversal"):
        run(other, hit, commander, reverses=off)


def test_a_reversal_that_failed_is_not_run_again_after_another(add, hit, commander, target):
    add(name="Switch on")
    off = run(add(name="Switch off", reversed_by="Switch on"), hit, commander)
    work()
    off.refresh_from_db()
    target.status = 500
    failed = run(off.automation.reversed_by, hit, commander, reverses=off)
    work()
    target.status = 204
    run(off.automation.reversed_by, hit, commander, reverses=off)
    work()
    with pytest.raises(ValidationError, match="is reversed already"):
        repeat_run(run=failed, by=commander)
