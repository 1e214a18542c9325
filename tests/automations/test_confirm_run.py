"""Does a second person confirm or refuse a run, in time, and never the one who asked?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from automations.models import AutomationRun
from automations.workflow import change_automation, confirm_run, refuse_run, run_automation
from automations.workflow.calling import end_overdue, next_end_at
from tests.automations.conftest import work


@pytest.fixture
def asked(add, hit, commander):
    automation = add(needs_confirmation=True, template='{"by": "{{ confirmed_by }}"}')
    return run_automation(automation=automation, incident=hit, by=commander)


def test_another_person_confirms_and_it_runs_once(asked, hit, responder, target):
    work()
    assert (asked.state, hit.mitigations.get().state, target.requests) == ("requested", "proposed", [])
    confirm_run(run=asked, by=responder)
    confirm_run(run=asked, by=responder)
    work()
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by, hit.mitigations.get().state) == ("accepted", responder, "applying")
    assert [one.body for one in target.requests] == ['{"by": "Responder Example"}']


def test_never_the_same_person(asked, commander, target):
    with pytest.raises(PermissionDenied, match="Somebody else"):
        confirm_run(run=asked, by=commander)
    work()
    assert target.requests == []


def test_nobody_who_may_not_run_it(add, hit, commander, responder, stakeholder, admin, target):
    automation = add(needs_confirmation=True, may_run="named", people=[commander, admin])
    asked = run_automation(automation=automation, incident=hit, by=commander)
    for person in (responder, stakeholder):
        with pytest.raises(PermissionDenied):
            confirm_run(run=asked, by=person)
        with pytest.raises(PermissionDenied):
            refuse_run(run=asked, by=person)
    confirm_run(run=asked, by=admin)
    work()
    assert len(target.requests) == 1


def test_where_only_the_commander_runs_it_any_responder_confirms(add, hit, commander, responder, target):
    automation = add(needs_confirmation=True, may_run="commander")
    asked = run_automation(automation=automation, incident=hit, by=commander)
    confirm_run(run=asked, by=responder)
    work()
    assert len(target.requests) == 1


def test_refused_it_is_not_tried(asked, hit, responder, target):
    refuse_run(run=asked, by=responder, reason="Not during the batch")
    asked.refresh_from_db()
    mitigation = hit.mitigations.get()
    assert (asked.state, asked.reason, mitigation.state) == ("refused", "Not during the batch", "rejected")
    with pytest.raises(ValidationError, match="waits for no confirmation"):
        confirm_run(run=asked, by=responder)
    work()
    assert target.requests == []


def test_who_asked_withdraws(asked, hit, commander):
    refuse_run(run=asked, by=commander)
    assert "withdrew “Roll back”" in hit.timeline.values_list("text", flat=True)


def test_it_expires_after_fifteen_minutes(asked, hit, responder, target):
    assert next_end_at() == asked.confirm_until == asked.pressed_at + timedelta(minutes=15)
    end_overdue(asked.confirm_until - timedelta(seconds=1))
    asked.refresh_from_db()
    assert asked.state == "requested"
    AutomationRun.objects.filter(pk=asked.pk).update(confirm_until=timezone.now())
    with pytest.raises(ValidationError, match="in time"):
        confirm_run(run=asked, by=responder)
    end_overdue()
    end_overdue()
    asked.refresh_from_db()
    assert (asked.state, hit.mitigations.get().state) == ("expired", "rejected")
    assert hit.timeline.filter(text__contains="was not confirmed in time").count() == 1
    assert next_end_at() is None


def test_what_was_changed_meanwhile_is_not_confirmed(asked, admin, responder):
    change_automation(by=admin, automation=asked.automation, template='{"ref": "other"}')
    with pytest.raises(ValidationError, match="was changed"):
        confirm_run(run=asked, by=responder)
