"""Three schedulers sweep at once, on connections of their own: is anything told twice, or by none?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from django.db import connection

from action_items.models import ActionDigest, ActionReminder
from action_items.tasks import send_due_action_reminders, send_weekly_digests
from action_items.workflow import add_action_item, complete_action_item
from audit import context
from notifications.models import OutboxMessage

ADDED, MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 23, 12, tzinfo=UTC)
HOW_MANY = 12


def together(*jobs) -> None:
    gate = Barrier(len(jobs))

    def run(job):
        try:
            gate.wait()
            with context.at(MONDAY):
                job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for future in [pool.submit(run, job) for job in jobs]:
            future.result(timeout=60)


@pytest.fixture
def items(transactional_db, commander, responder):
    with context.at(ADDED):
        return [
            add_action_item(by=commander, title=f"No {n}", owner=responder, due_on=date(2026, 3, 20))
            for n in range(HOW_MANY)
        ]


def sweep() -> None:
    send_due_action_reminders()
    send_weekly_digests()


def told(topic: str) -> int:
    return OutboxMessage.objects.filter(topic=topic).count()


def test_each_step_is_told_once(items):
    together(sweep, sweep, sweep)
    together(sweep)  # what the three left to each other
    assert told("action_item.reminder") == HOW_MANY
    assert ActionReminder.objects.count() == HOW_MANY * 3, "before, on the day, three days after"
    assert (told("action_items.digest"), ActionDigest.objects.count()) == (1, 1)


def test_people_who_finish_meanwhile_do_not_wait_for_ever(items, commander):
    def finish() -> None:
        for item in items:
            complete_action_item(item=item, by=commander)

    together(sweep, finish, sweep)
    together(sweep)
    assert told("action_item.reminder") <= HOW_MANY
    assert told("action_item.completed") == HOW_MANY
