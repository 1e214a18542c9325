"""Which tasks does the application mark as done by itself, and what does the mark say?"""

from datetime import timedelta

import pytest
from django.utils import timezone

from incidents.models import ChecklistTemplate, DoneWhen, Role, Severity
from incidents.workflow import (
    assign_role,
    complete_task,
    declare_incident,
    mitigate_incident,
    post_status_update,
    reopen_incident,
    resolve_incident,
    withdraw_status_update,
)
from tests.conftest import NOT_SENT

COMMAND, UPDATE = "Make sure somebody has command", "Publish the first status update"


@pytest.fixture
def nobody_commands(db, commander):
    return declare_incident(
        by=commander, title="Payments fail", severity=Severity.objects.get(rank=2), takes_command=False
    )


def task(incident, title):
    return incident.tasks.get(title=title)


def post(incident, by):
    return post_status_update(
        incident=incident, by=by, audiences=["stakeholders"], known="Payments fail.", unknown="Why.",
        next_update_at=timezone.now() + timedelta(minutes=30),
    )  # fmt: skip


def test_taking_command_marks_the_task_that_asks_for_it(nobody_commands, responder):
    assert task(nobody_commands, COMMAND).done_at is None
    role = Role.objects.get(slug=Role.COMMANDER)
    assign_role(incident=nobody_commands, role=role, user=responder, by=responder)
    done = task(nobody_commands, COMMAND)
    assert (done.done_by, done.done_because) == (responder, "Responder Example took command")


def test_who_declares_and_takes_command_has_it_done_from_the_start(incident, commander):
    assert task(incident, COMMAND).done_note == "Commander Example took command"
    assert task(incident, UPDATE).done_note == ""


def test_the_first_update_marks_its_task_and_one_taken_back_opens_it_again(incident, responder):
    update = post(incident, responder)
    assert task(incident, UPDATE).done_because == "Responder Example posted the first status update"
    withdraw_status_update(update=update, by=responder)
    assert task(incident, UPDATE).done_at is None


@pytest.mark.parametrize(("when", "note"), [("mitigated", "marked mitigated"), ("resolved", "was resolved")])
def test_mitigated_and_resolved_until_it_is_reopened(commander, when, note):
    ChecklistTemplate.objects.create(title="It is over", status="investigating", done_when=when)
    incident = declare_incident(by=commander, title="x", severity=Severity.objects.get(rank=2))
    mitigate_incident(incident=incident, by=commander)
    assert bool(task(incident, "It is over").done_at) is (when == "mitigated")
    resolve_incident(incident=incident, by=commander, waive_reason="x", unsent=NOT_SENT)
    assert note in task(incident, "It is over").done_because
    reopen_incident(incident=incident, by=commander, reason="It is back")
    assert task(incident, "It is over").done_at is None


def test_what_a_person_opened_again_stays_open(incident, commander):
    complete_task(task=task(incident, COMMAND), by=commander, done=False)
    mitigate_incident(incident=incident, by=commander)
    assert task(incident, COMMAND).done_at is None


def test_a_task_in_free_words_is_left_to_people(incident, commander):
    post(incident, commander)
    mitigate_incident(incident=incident, by=commander)
    assert not incident.tasks.filter(title__startswith="Look at the changes", done_at__isnull=False).exists()


def test_the_built_in_lines_know_when_they_are_done(db):
    known = dict(ChecklistTemplate.objects.exclude(done_when="").values_list("title", "done_when"))
    assert known == {COMMAND: DoneWhen.COMMAND, UPDATE: DoneWhen.UPDATE}


def test_the_incident_shows_who_did_it(client, incident, commander):
    client.force_login(commander)
    assert "Commander Example took command" in client.get(incident.get_absolute_url()).content.decode()
