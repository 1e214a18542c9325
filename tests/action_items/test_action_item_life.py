"""Hypothesis walks an item's verbs in any order: whatever is accepted leaves it legal, recorded and rightly asked about."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from action_items.models import ActionItem, ActionReminder, ActionState
from action_items.tasks import send_due_action_reminders
from action_items.workflow import (
    add_action_item,
    answer_helped,
    change_action_item,
    complete_action_item,
    move_action_item,
    reopen_action_item,
    set_aside_action_item,
    start_action_item,
    verify_action_item,
    wont_do_action_item,
)
from audit import context
from audit.models import AuditEntry, first_broken_link
from incidents.workflow import Conflict
from notifications.models import OutboxMessage

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
words = st.sampled_from(["", "  ", "Because", "Seen in the drill"])


class Life(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.walk = transaction.atomic()  # each walk is rolled back when it ends
        self.walk.__enter__()
        self.now = START
        self.people = [User.objects.create_user(f"p{n}@example.test", name=f"Person {n}") for n in range(2)]
        with context.at(self.now):
            self.item = add_action_item(
                by=self.people[0], title="x", owner=self.people[1], due_on=START.date() + timedelta(days=9)
            )

    def teardown(self):
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    def attempt(self, verb, **arguments) -> None:
        """An hour later. Refused: nothing is left behind. Accepted: one version, one link, or nothing at all to do."""
        self.now += timedelta(hours=1)
        before = self.trace()
        with context.at(self.now):
            try:
                with transaction.atomic():
                    self.item = verb(item=self.item, by=self.people[0], **arguments)
            except (ValidationError, Conflict):
                self.item.refresh_from_db()
                assert self.trace() == before
                return
        after = self.trace()
        assert after[0] - before[0] == after[1] - before[1] <= 1

    def trace(self) -> tuple[int, int, int]:
        return (
            ActionItem.objects.get().version,
            AuditEntry.objects.of(self.item.chain).exclude(action="action_item.reminded").count(),
            OutboxMessage.objects.exclude(topic="action_item.reminder").count(),
        )

    @rule(verb=st.sampled_from([start_action_item, set_aside_action_item, complete_action_item]))
    def steps(self, verb):
        self.attempt(verb)

    @rule(seen=words)
    def verifies(self, seen):
        self.attempt(verify_action_item, seen=seen)

    @rule(reason=words)
    def gives_up(self, reason):
        self.attempt(wont_do_action_item, reason=reason)

    @rule(to=st.sampled_from(["open", "in_progress", "done"]))
    def reopens(self, to):
        self.attempt(reopen_action_item, to=to)

    @rule(to=st.sampled_from([*ActionState.values, "nowhere"]), text=words)
    def moves(self, to, text):
        self.attempt(move_action_item, to=to, reason=text, seen=text)

    @rule(answer=st.sampled_from(["yes", "no", "too_early", "perhaps"]))
    def answers(self, answer):
        self.attempt(answer_helped, answer=answer)

    @rule(days=st.integers(-5, 20), stale=st.booleans())
    def changes_the_day(self, days, stale):
        due_on = self.now.date() + timedelta(days=days)
        self.attempt(change_action_item, due_on=due_on, version=self.item.version - stale)

    @rule(days=st.integers(1, 40))
    def time_passes(self, days):
        self.now += timedelta(days=days)
        told = OutboxMessage.objects.filter(topic="action_item.reminder")
        before = told.count()
        with context.at(self.now):
            send_due_action_reminders()
            after = told.count()
            send_due_action_reminders()
        assert told.count() == after, "a second sweep tells nothing"
        if self.item.state == "wont_do":
            assert after == before
        elif self.item.is_done:
            new = told.order_by("-created_at")[: after - before]
            assert all(message.payload["step"] == "helped" for message in new)

    @invariant()
    def is_legal(self):
        item = ActionItem.objects.get()
        assert item.state in ActionState.values
        assert (item.done_at is not None) == item.is_done
        assert (item.verified_at is not None) == (item.state == "verified")
        assert bool(item.wont_do_reason.strip()) == (item.state == "wont_do")
        assert item.is_done or not (item.helped or item.ask_helped_on)
        assert item.state_since <= self.now
        assert first_broken_link(AuditEntry.objects.of(item.chain)) is None

    @invariant()
    def each_step_of_each_day_once(self):
        rows = list(ActionReminder.objects.values_list("step", "day"))
        assert len(rows) == len(set(rows))


@pytest.mark.django_db
def test_any_order():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
