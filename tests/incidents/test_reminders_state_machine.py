"""Hypothesis lets time pass, schedulers sleep and clocks jump: is every reminder told once, and none too late?

What is owed is worked out a second time here, from the table in the policy and from what was said, and compared.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import User
from audit import context
from incidents.catalogue import CADENCES
from incidents.models import Incident, Reminder, Role, Severity, StatusUpdate
from incidents.tasks import send_due_update_reminders
from incidents.workflow import (
    assign_role,
    change_severity,
    change_status,
    change_visibility,
    declare_incident,
    mitigate_incident,
    post_status_update,
    release_role,
    reminder_stands,
    reopen_incident,
    resolve_incident,
    snooze_update,
    withdraw_status_update,
)
from notifications.models import OutboxMessage
from tests.conftest import NOT_SENT, add_readers

NIGHTS = {  # half an hour before the clocks change, forth and back
    "Europe/Berlin": [datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 14, 30, tzinfo=UTC), datetime(2026, 10, 3, 15, tzinfo=UTC)],
}
AUDIENCES = ["public", "stakeholders", "executives"]
STEPS = (-5, 0, 5, 15)
COLUMN = {"investigating": 1, "fixing": 2, "mitigated": 3}
night = st.sampled_from([(zone, start) for zone, starts in NIGHTS.items() for start in starts])
some = st.lists(st.sampled_from(AUDIENCES), min_size=1, unique=True)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Reminding(RuleBasedStateMachine):
    @initialize(night=night, rank=st.integers(1, 5), command=st.booleans())
    def begin(self, night, rank, command):
        self.walk = transaction.atomic()  # each walk is rolled back when it ends
        self.walk.__enter__()
        zone, self.now = night
        timezone.activate(zone)
        self.by = User.objects.create_user("walker@example.test", name="Walker", time_zone=zone)
        add_readers()
        with context.at(self.now):
            severity = Severity.objects.get(rank=rank)
            made = declare_incident(by=self.by, title="Walked", severity=severity, takes_command=command)
        self.pk, self.since = made.pk, self.now
        self.said: dict[str, list[StatusUpdate]] = {a: [] for a in AUDIENCES}
        self.snoozed: dict[str, tuple[datetime, datetime, int]] = {}
        self.heard: list[tuple] = []
        self.swept_at: datetime | None = None

    @property
    def incident(self) -> Incident:
        return Incident.objects.select_related("severity").get(pk=self.pk)

    def do(self, verb, **arguments):
        """A second later: no two changes share an instant. What was swept before says nothing about after."""
        self.now += timedelta(seconds=1)
        self.swept_at = None
        with context.at(self.now):
            try:
                return verb(incident=self.incident, by=self.by, **arguments)
            except ValidationError:
                return None

    # -- what happens ---------------------------------------------------------------------------------------

    @rule(length=st.sampled_from([0.5, 2, 5, 10, 25, 60, 200]))
    def time_passes(self, length):
        self.now += minutes(length)
        self.swept_at = None

    @rule()
    def a_scheduler_sweeps(self):
        with context.at(self.now):
            send_due_update_reminders()
        self.swept_at = self.now

    @rule(back=st.sampled_from([1, 20, 60, 600]))
    def a_scheduler_with_a_slow_clock_sweeps(self, back):
        before = Reminder.objects.filter(incident=self.pk).count()
        with context.at(self.now - minutes(back)):
            send_due_update_reminders()
        if self.swept_at:
            assert Reminder.objects.filter(incident=self.pk).count() == before

    @rule()
    def what_was_told_is_handed_on(self):
        """What the outbox's expansion does, with the question that it asks first."""
        with context.at(self.now):
            for message in OutboxMessage.objects.filter(topic="reminder.due", done_at=None):
                if reminder_stands(message.payload):
                    assert self.incident.is_active
                    self.heard += [(i["audience"], i["due_at"], i["step"]) for i in message.payload["items"]]
                message.done_at = self.now
                message.save()

    def post(self, audiences, promise) -> StatusUpdate | None:
        return self.do(
            post_status_update, audiences=audiences, known="x", unknown="y",
            next_update_at=self.now + minutes(promise),
            wordings={"public": {"known": "z"}} if "public" in audiences else {}, public_title="t",
        )  # fmt: skip

    @rule(audiences=some, promise=st.sampled_from([3, 10, 20, 45, 90, 500]))
    def an_update_is_posted(self, audiences, promise):
        update = self.post(audiences, promise)
        for audience in audiences if update else ():
            self.said[audience].append(update)
            self.snoozed.pop(audience, None)

    @rule(audiences=some, promise=st.sampled_from([3, 45]))
    def an_update_is_posted_and_taken_back(self, audiences, promise):
        before = self.due()
        if update := self.post(audiences, promise):
            with context.at(self.now):
                withdraw_status_update(update=update, by=self.by)
            after = self.due()
            assert {a: after[a] for a in before} == before

    @rule(
        audience=st.sampled_from(AUDIENCES), later=st.sampled_from([1, 15, 100]), at=st.sampled_from([0, 30])
    )
    def an_update_is_snoozed(self, audience, later, at):
        due = self.due().get(audience)
        if due:
            until = max(due, self.now + minutes(at)) + minutes(later)
            rank = self.incident.severity.rank
            if self.do(snooze_update, audience=audience, until=until, reason="so"):
                self.snoozed[audience] = (self.now, until, rank)

    @rule(rank=st.integers(1, 5))
    def the_severity_changes(self, rank):
        self.do(change_severity, severity=Severity.objects.get(rank=rank))

    @rule(status=st.sampled_from(["investigating", "fixing"]))
    def the_status_changes(self, status):
        self.do(change_status, status=status, reason="so")

    @rule()
    def it_is_mitigated(self):
        self.do(mitigate_incident)

    @rule()
    def it_is_resolved(self):
        self.do(resolve_incident, waive_reason="so", unsent=NOT_SENT)

    @rule()
    def it_is_reopened(self):
        if self.do(reopen_incident, reason="so"):
            self.since = self.now
            self.said, self.snoozed = {a: [] for a in AUDIENCES}, {}

    @rule(private=st.booleans())
    def who_sees_it_changes(self, private):
        if self.incident.commander:
            self.do(change_visibility, is_private=private)

    @rule(take=st.booleans())
    def command_changes_hands(self, take):
        role = Role.objects.get(slug=Role.COMMANDER)
        self.do(assign_role if take else release_role, role=role, user=self.by)

    # -- what always holds ----------------------------------------------------------------------------------

    def due(self) -> dict[str, datetime | None]:
        return {row.audience: row.due_at for row in self.incident.update_schedules.all()}

    def owed(self, incident: Incident, audience: str) -> datetime | None:
        """By the policy's table, without the product's help."""
        if not incident.is_active or (audience == "public" and incident.is_private):
            return None
        rank = incident.severity.rank
        row = CADENCES[rank].get(audience, (None,) * 4)
        told = self.said[audience][-1] if self.said[audience] else None
        if rank == 3 and audience == "public" and told is None:
            row = (None,) * 4  # no service is affected in this walk: customers see nothing
        length = row[COLUMN[str(incident.status)]] if told else row[0]
        if audience in self.snoozed:
            at, until, was = self.snoozed[audience]
            return min(until, at + minutes(length)) if rank < was and length else until
        if told is None:
            return self.since + minutes(length) if length else None
        if length and told.posted_at >= self.since + minutes(120):
            length *= 2
        return min(told.next_update_at, told.posted_at + minutes(length)) if length else told.next_update_at

    @invariant()
    def what_is_owed_is_what_the_policy_says(self):
        incident = self.incident
        stored = self.due()
        for audience in AUDIENCES:
            told = self.said[audience][-1:] if incident.is_active else []
            tells_changes = incident.severity.rank == 3 and audience == "executives"
            if (
                tells_changes
                and told
                and (told[0].status, told[0].severity_id) != (incident.status, incident.severity_id)
            ):
                continue  # on change: tests of its own
            assert stored.get(audience) == self.owed(incident, audience), audience

    @invariant()
    def no_step_that_was_reached_is_skipped(self):
        if self.swept_at is None:
            return
        for row in self.incident.update_schedules.filter(due_at__isnull=False):
            reached = [s for s in STEPS if row.due_at + minutes(s) <= self.swept_at]
            told = self.incident.reminders.filter(about=row.audience, due_at=row.due_at)
            steps = sorted(told.values_list("step", flat=True))
            # the first step is left out where it would have come at once
            assert steps in (reached, [step for step in reached if step != STEPS[0]])

    @invariant()
    def nobody_hears_anything_twice(self):
        assert len(self.heard) == len(set(self.heard))

    @invariant()
    def nothing_waits_to_be_told_once_it_is_over(self):
        if not self.incident.is_active:
            assert not OutboxMessage.objects.filter(topic="reminder.due", done_at=None).exists()
            before = OutboxMessage.objects.filter(topic="reminder.due").count()
            with context.at(self.now + minutes(1000)):
                send_due_update_reminders()
            assert OutboxMessage.objects.filter(topic="reminder.due").count() == before

    def teardown(self):
        timezone.deactivate()
        if hasattr(self, "walk"):
            transaction.set_rollback(True)
            self.walk.__exit__(None, None, None)


@pytest.mark.django_db
def test_reminding():
    run_state_machine_as_test(
        Reminding,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
