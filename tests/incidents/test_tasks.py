import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import add_task, assign_task, complete_task


@pytest.fixture
def task(incident, commander):
    return add_task(incident=incident, by=commander, title="Freeze deployments", minutes=15)


def test_add_task(incident, commander, responder, traces):
    seen = traces(incident)
    task = add_task(incident=incident, by=commander, title="Page the vendor", owner=responder, minutes=15)
    assert task.due_at is not None
    assert seen.texts == ["added the task “Page the vendor” for Responder Example"]
    assert (seen.actions, seen.topics) == (["task.added"], ["task.added", "task.assigned"])


def test_complete_task_and_back(task, incident, responder, traces):
    seen = traces(incident)
    for done in (True, True, False, False):
        complete_task(task=task, by=responder, done=done)
    assert seen.texts == ["finished the task “Freeze deployments”", "reopened the task “Freeze deployments”"]
    assert seen.actions == seen.topics == ["task.completed", "task.reopened"]


def test_assign_task(task, incident, responder, traces):
    seen = traces(incident)
    for owner in (responder, responder, None):
        task = assign_task(task=task, owner=owner, by=responder)
    assert seen.texts == [
        "gave Responder Example the task “Freeze deployments”",
        "unassigned the task “Freeze deployments”",
    ]
    assert seen.actions == seen.topics == ["task.assigned"] * 2


def test_a_stakeholder_is_given_none(task, incident, commander, stakeholder):
    with pytest.raises(ValidationError, match="is a stakeholder"):
        assign_task(task=task, owner=stakeholder, by=commander)
    with pytest.raises(ValidationError, match="is a stakeholder"):
        add_task(incident=incident, by=commander, title="x", owner=stakeholder)


def test_needs_a_title_and_an_open_incident(incident, closed, commander):
    with pytest.raises(ValidationError, match="Reopen"):
        add_task(incident=closed, by=commander, title="x")


@pytest.mark.parametrize("verb", [complete_task, lambda **k: assign_task(owner=None, **k)])
def test_stakeholder_is_refused(task, stakeholder, verb):
    with pytest.raises(PermissionDenied):
        verb(task=task, by=stakeholder)
