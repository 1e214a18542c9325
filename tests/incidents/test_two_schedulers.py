"""Two schedulers sweep at the same time, on connections of their own, while people post: is anything told twice?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from audit import context
from incidents.models import Incident, Reminder
from incidents.tasks import send_due_update_reminders
from incidents.workflow import declare_incident, post_status_update, reminder_stands, resolve_incident
from incidents.workflow.mitigating import mitigate_incident
from notifications.models import Delivery, OutboxMessage
from notifications.tasks import expand_due_events
from tests.conftest import NOT_SENT

HOW_MANY = 12


pytestmark = pytest.mark.usefixtures("readers")


@pytest.fixture
def incidents(transactional_db, commander, severity):
    return [declare_incident(by=commander, title=f"No {n}", severity=severity(2)) for n in range(HOW_MANY)]


@pytest.fixture
def overdue(transactional_db, commander, severity):
    """Declared a quarter of an hour ago: what is due now can be handed on now."""
    with context.at(context.now() - timedelta(minutes=16)):
        made = [
            declare_incident(by=commander, title=f"No {n}", severity=severity(2)) for n in range(HOW_MANY)
        ]
    send_due_update_reminders()
    return made


def together(*jobs):
    """Every job in a thread and on a connection of its own, all begun at once."""
    gate = Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, job) for job in jobs]]


def sweep(minutes: float, since) -> None:
    with context.at(since + timedelta(minutes=minutes)):
        send_due_update_reminders()


def told() -> list[tuple]:
    messages = OutboxMessage.objects.filter(topic="reminder.due")
    return [
        (m.payload["incident"], i["audience"], i["due_at"], i["step"])
        for m in messages
        for i in m.payload["items"]
    ]


def test_each_step_is_told_once(incidents):
    since = max(i.declared_at for i in incidents)
    for minutes in (10, 15, 21, 31):
        together(*[lambda at=minutes: sweep(at, since)] * 3)
        sweep(minutes, since)  # what the three left to each other
    assert len(told()) == len(set(told()))
    for incident in incidents:
        for audience in ("public", "stakeholders"):
            steps = Reminder.objects.filter(incident=incident, about=audience).order_by("step")
            assert list(steps.values_list("step", flat=True)) == [-5, 0, 5, 15]


def test_people_who_post_meanwhile_neither_wait_for_ever_nor_are_reminded(incidents, commander):
    since = max(i.declared_at for i in incidents)

    def post() -> None:
        with context.at(since + timedelta(minutes=16)):
            for incident in incidents[: HOW_MANY // 2]:
                post_status_update(
                    incident=incident, by=commander, audiences=["stakeholders", "executives"], known="x",
                    unknown="y", next_update_at=since + timedelta(minutes=40),
                )  # fmt: skip

    def resolve() -> None:
        with context.at(since + timedelta(minutes=16)):
            for incident in incidents[HOW_MANY // 2 :]:
                mitigate_incident(incident=incident, by=commander)
                resolve_incident(incident=incident, by=commander, waive_reason="so", unsent=NOT_SENT)

    together(post, resolve, *[lambda: sweep(16, since)] * 2)
    sweep(16, since)
    assert len(told()) == len(set(told()))
    for message in OutboxMessage.objects.filter(topic="reminder.due", done_at=None):
        incident = Incident.objects.get(pk=message.payload["incident"])
        stands = reminder_stands_now(message)
        assert stands == ("public" in message.payload["audiences"] and incident.is_active)
    over = incidents[HOW_MANY // 2 :]
    assert not any(reminder_stands_now(m) for m in OutboxMessage.objects.filter(
        topic="reminder.due", subject__in=[i.chain for i in over]
    ))  # fmt: skip


def reminder_stands_now(message: OutboxMessage) -> bool:
    with transaction.atomic():
        return reminder_stands(message.payload)


def handed_on():
    return Delivery.objects.filter(message__topic="reminder.due").waiting()


def test_what_is_still_owed_is_handed_on(overdue, commander):
    together(expand_due_events, expand_due_events)
    expand_due_events()
    assert sorted(handed_on().values_list("address", flat=True)) == [commander.email] * HOW_MANY


def test_what_is_resolved_while_it_is_handed_on_leaves_nothing_behind(overdue, commander):
    assert OutboxMessage.objects.filter(topic="reminder.due", done_at=None).count() == HOW_MANY

    def resolve() -> None:
        for incident in overdue:
            mitigate_incident(incident=incident, by=commander)
            resolve_incident(incident=incident, by=commander, waive_reason="so", unsent=NOT_SENT)

    together(resolve, expand_due_events, expand_due_events)
    expand_due_events()
    assert not OutboxMessage.objects.filter(topic="reminder.due", done_at=None).exists()
    assert not handed_on().exists()
