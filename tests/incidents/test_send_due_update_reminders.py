"""Who is reminded of an update that is owed, when, and who is not?"""

from datetime import timedelta

import pytest

from accounts.models import Installation
from audit import context
from incidents.models import Cadence, Incident, Reminder, Role, Step
from incidents.tasks import send_due_update_reminders
from incidents.workflow import (
    add_person,
    assign_role,
    change_severity,
    declare_incident,
    join_incident,
    merge_incident,
    mitigate_incident,
    post_status_update,
    release_role,
    reminder_stands,
    resolve_incident,
    revoke_access,
)
from notifications.models import OutboxMessage
from tests.conftest import NOT_SENT


@pytest.fixture
def one_audience(db):
    """An installation that owes only stakeholders something: on a SEV2, 15 minutes after declaring."""
    Cadence.objects.exclude(audience="stakeholders").delete()


@pytest.fixture
def no_cadence(db):
    Cadence.objects.all().delete()


@pytest.fixture
def only_stakeholders(one_audience, incident):
    return incident


@pytest.fixture
def duty(admin):
    Installation.objects.update_or_create(
        pk=1, defaults={"duty_person": admin, "duty_mail": "duty@example.test"}
    )
    return admin


def sweep(incident: Incident, minutes: float) -> list[OutboxMessage]:
    """What the scheduler tells that many minutes after the declaration."""
    before = set(told(incident).values_list("pk", flat=True))
    with context.at(incident.declared_at + timedelta(minutes=minutes)):
        send_due_update_reminders()
    return list(told(incident).exclude(pk__in=before))


def told(incident: Incident):
    return OutboxMessage.objects.filter(topic="reminder.due", subject=incident.chain)


def wear(incident, slug, user, by):
    return assign_role(incident=incident, role=Role.objects.get(slug=slug), user=user, by=by)


def heard(messages) -> list[set[int]]:
    return [set(m.payload["recipients"]) for m in messages]


def test_nothing_before_the_first_step(only_stakeholders):
    assert sweep(only_stakeholders, 9.9) == []


def test_the_steps_go_up(only_stakeholders, commander, responder, outsider, duty):
    incident = only_stakeholders
    wear(incident, "communications_lead", responder, commander)
    wear(incident, "deputy", outsider, commander)
    lead, both, three = (
        {responder.pk},
        {responder.pk, commander.pk},
        {responder.pk, commander.pk, outsider.pk},
    )
    for minutes, people, mail, step in (
        (10, lead, [], Step.BEFORE),
        (15, both, [], Step.DUE),
        (20, three, [], Step.LATE),
        (30, three | {duty.pk}, ["duty@example.test"], Step.VERY_LATE),
    ):
        (message,) = sweep(incident, minutes)
        assert set(message.payload["recipients"]) == people
        assert message.payload["addresses"] == mail
        assert message.payload["step"] == step
        assert message.payload["audience"] == "stakeholders"
        assert message.payload["source"] == "person"
    assert sweep(incident, 300) == []


def test_without_a_communications_lead_the_commander_hears_first(only_stakeholders, commander):
    assert heard(sweep(only_stakeholders, 10)) == [{commander.pk}]


def test_without_either_whoever_is_there(one_audience, commander, responder, severity):
    incident = declare_incident(by=commander, title="x", severity=severity(2), takes_command=False)
    wear(incident, "scribe", responder, commander)
    assert heard(sweep(incident, 10)) == [{responder.pk}]


def test_without_any_role_those_who_joined(one_audience, commander, responder, severity, stakeholder):
    incident = declare_incident(by=commander, title="x", severity=severity(2), takes_command=False)
    join_incident(incident=incident, by=responder)
    add_person(incident=incident, user=stakeholder, by=commander)
    assert heard(sweep(incident, 10)) == [{commander.pk, responder.pk}]


def test_without_anybody_the_duty_contact_at_once(only_stakeholders, commander, duty):
    incident = only_stakeholders
    commander.is_active = False
    commander.save()
    (message,) = sweep(incident, 10)
    assert (message.payload["recipients"], message.payload["addresses"]) == ([duty.pk], ["duty@example.test"])


def test_ten_minutes_without_a_scheduler_are_one_message_of_the_highest_step(only_stakeholders, commander):
    (message,) = sweep(only_stakeholders, 21)
    assert message.payload["step"] == Step.LATE
    assert message.payload["says"] == "6 min overdue"
    assert [r.step for r in only_stakeholders.reminders.order_by("step")] == [-5, 0, 5]
    assert heard([message]) == [{commander.pk}]


def test_two_audiences_due_together_are_one_message(incident):
    (message,) = sweep(incident, 15)
    assert set(message.payload["audiences"]) == {"public", "stakeholders"}
    assert message.payload["what"] in ("Public and stakeholder update", "Stakeholder and public update")
    assert incident.reminders.count() == 4  # two steps each


def test_three_are_named_in_one_breath(incident):
    (message,) = sweep(incident, 60)
    assert message.payload["what"].count(",") == 1
    assert " and " in message.payload["what"]
    assert message.payload["what"].endswith(" update")


def test_a_second_sweep_says_nothing(only_stakeholders):
    assert len(sweep(only_stakeholders, 15)) == 1
    assert sweep(only_stakeholders, 15) == []


def test_a_clock_that_jumps_back_repeats_nothing(only_stakeholders):
    assert len(sweep(only_stakeholders, 15)) == 1
    for minutes in (3, 10, 15, 16):
        assert sweep(only_stakeholders, minutes) == []
    assert len(sweep(only_stakeholders, 20)) == 1


def test_an_update_starts_the_steps_anew(only_stakeholders, commander):
    incident = only_stakeholders
    sweep(incident, 15)
    with context.at(incident.declared_at + timedelta(minutes=16)):
        post_status_update(
            incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=incident.declared_at + timedelta(minutes=36),
        )  # fmt: skip
    assert sweep(incident, 30) == []
    assert [m.payload["step"] for m in sweep(incident, 31)] == [Step.BEFORE]


def test_what_an_update_answers_is_called_back(only_stakeholders, commander):
    incident = only_stakeholders
    (message,) = sweep(incident, 15)
    assert reminder_stands(message.payload)
    with context.at(incident.declared_at + timedelta(minutes=16)):
        post_status_update(
            incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
            next_update_at=incident.declared_at + timedelta(minutes=36),
        )  # fmt: skip
    message.refresh_from_db()
    assert message.done_at is not None
    assert not reminder_stands(message.payload)


def test_what_stays_owed_to_another_audience_is_not_called_back(incident, commander):
    (message,) = sweep(incident, 15)
    post_status_update(
        incident=incident, by=commander, audiences=["stakeholders"], known="x", unknown="y",
        next_update_at=context.now() + timedelta(minutes=20),
    )  # fmt: skip
    message.refresh_from_db()
    assert message.done_at is None
    assert reminder_stands(message.payload)


@pytest.mark.parametrize("end", ["resolved", "merged"])
def test_silence_once_it_is_over(incident, commander, severity, end):
    (message,) = sweep(incident, 15)
    if end == "resolved":
        mitigate_incident(incident=incident, by=commander)
        resolve_incident(incident=incident, by=commander, waive_reason="x", unsent=NOT_SENT)
    else:
        other = declare_incident(by=commander, title="The same", severity=severity(2))
        merge_incident(incident=incident, into=other, by=commander)
    message.refresh_from_db()
    assert message.done_at is not None
    assert not reminder_stands(message.payload)
    assert sweep(incident, 600) == []


def test_a_worse_severity_brings_the_steps_forward(only_stakeholders, commander, severity):
    change_severity(incident=only_stakeholders, severity=severity(1), by=commander)
    assert [m.payload["step"] for m in sweep(only_stakeholders, 10)] == [Step.DUE]


def test_a_recorded_day_reminds_nobody(incident):
    Incident.objects.filter(pk=incident.pk).update(source="replay")
    assert sweep(incident, 600) == []
    assert not Reminder.objects.exists()


def test_of_a_private_incident_only_those_in_reach_hear(private_incident, commander, responder, duty):
    add_person(incident=private_incident, user=responder, by=commander)
    wear(private_incident, "communications_lead", responder, commander)
    assert heard(sweep(private_incident, 10)) == [{responder.pk}]
    revoke_access(incident=private_incident, user=responder, by=commander)
    (message,) = sweep(private_incident, 45)
    assert message.payload["recipients"] == [commander.pk]
    assert message.payload["addresses"] == []


def test_the_policy_lets_the_duty_contact_hear_of_private_ones(private_incident, commander, duty):
    duty.sees_private_incidents = True
    duty.save()
    (message,) = sweep(private_incident, 45)
    assert set(message.payload["recipients"]) == {commander.pk, duty.pk}
    assert message.payload["addresses"] == []


def test_stakeholders_and_outsiders_hear_nothing(incident, commander, stakeholder, outsider):
    add_person(incident=incident, user=stakeholder, by=commander)
    people = set().union(*heard(sweep(incident, 600)))
    assert people == {commander.pk}
    assert stakeholder.pk not in people
    assert outsider.pk not in people


def test_only_what_is_late_stands_on_the_timeline(only_stakeholders, traces):
    seen = traces(only_stakeholders)
    sweep(only_stakeholders, 10)
    sweep(only_stakeholders, 15)
    assert (seen.texts, seen.actions) == ([], [])
    sweep(only_stakeholders, 20)
    assert seen.texts == ["Stakeholder update 5 min overdue"]
    assert seen.actions == ["reminder.escalated"]
    assert seen.events[0].detail == "Reminded Commander Example."


def test_nobody_commands(no_cadence, commander, responder, severity, stakeholder, duty):
    incident = declare_incident(by=commander, title="x", severity=severity(1), takes_command=False)
    join_incident(incident=incident, by=responder)
    assert sweep(incident, 4.9) == []
    (first,) = sweep(incident, 5)
    assert (first.payload["audience"], first.payload["step"]) == ("command", Step.DUE)
    assert set(first.payload["recipients"]) == {commander.pk, responder.pk}
    assert sweep(incident, 9) == []
    (second,) = sweep(incident, 10)
    assert set(second.payload["recipients"]) == {commander.pk, responder.pk, duty.pk}
    assert second.payload["addresses"] == ["duty@example.test"]
    assert sweep(incident, 600) == []
    assert reminder_stands(second.payload)
    wear(incident, "commander", responder, responder)
    assert not reminder_stands(second.payload)


def test_command_laid_down_is_asked_for_again(no_cadence, incident, commander):
    with context.at(incident.declared_at + timedelta(minutes=40)):
        role = Role.objects.get(slug="commander")
        release_role(incident=incident, role=role, user=commander, by=commander)
    assert sweep(incident, 54) == []  # SEV2: within 15 min
    assert [m.payload["what"] for m in sweep(incident, 55)] == ["Command"]


def test_a_commanded_incident_asks_for_no_commander(incident):
    assert all("command" not in m.payload["audiences"] for m in sweep(incident, 600))
