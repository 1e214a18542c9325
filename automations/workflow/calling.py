"""Calling targets, each run at most once: queued by the outbox, claimed in a transaction of its own, then called.

A run whose worker was killed between claim and answer is never called again by itself: it may have run.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.db import Error, connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from automations.models import UNFINISHED, AutomationRun, RunState
from automations.targets.client import ALTOGETHER, call
from automations.targets.outcomes import Answer
from automations.targets.request import Request
from automations.workflow.requests import request_of
from automations.workflow.running import end_unconfirmed
from core.notify import notify_incident
from events.automations import AutomationAnswered, AutomationStarted
from incidents.models import MitigationState
from incidents.workflow.mitigating import move_by_itself
from incidents.workflow.transitions import announce, audit, lock_row
from notifications.models import OutboxMessage
from notifications.workflow import wake_worker
from timeline.models import Kind
from timeline.workflow import record_event

JOB = "automations.tasks.call_targets"
AT_ONCE = 16  # calls by one worker
AT_ONE_TARGET = 2  # of them to one target: one that hangs holds up nothing that goes elsewhere
LOOK_EVERY = 0.5  # seconds between two looks for more, while calls run
DATABASE_PAUSE = 1.0
LOST_AFTER = timedelta(seconds=ALTOGETHER + 15)
"""A call cannot take longer: whoever made it is gone."""
LOST = (
    "No answer: it may have run. The worker that called it was stopped. Look there before you run it again."
)


@transaction.atomic
def consume(message: OutboxMessage) -> None:
    """A consumer of the outbox (settings.OUTBOX_CONSUMERS): a run that was started waits for a worker, once."""
    if message.topic != AutomationStarted.name or message.is_replayed:
        return
    rows = AutomationRun.objects.filter(pk=message.payload["run"], state=RunState.WAITING, queued_at=None)
    if rows.update(queued_at=timezone.now()):
        wake_worker(JOB)


def call_waiting_targets() -> bool:
    """Call what is queued until nothing is left, new ones as well. The threads that call ask no database.

    False where there was nothing. An answer that cannot be noted is kept until the database is back.
    """
    calls: dict[Future[Answer], AutomationRun] = {}
    did = False
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="automation") as pool:
        while True:
            try:
                for future in [one for one in calls if one.done()]:
                    note_answer(calls[future].pk, future.result())
                    del calls[future]
                busy = Counter(run.target for run in calls.values())
                for run, request in _claim(busy, AT_ONCE - len(calls)):
                    calls[pool.submit(call, request)] = run
            except Error:
                if not calls:
                    raise
                connection.close()
                time.sleep(DATABASE_PAUSE)
            if not calls:
                return did
            did = True
            wait(calls, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)


def _claim(busy: Counter[str], room: int) -> Iterator[tuple[AutomationRun, Request]]:
    """Take runs one by one, the longest waiting first. From here on they count as called, whatever happens."""
    while room > 0:
        full = [target for target, count in busy.items() if count >= AT_ONE_TARGET]
        claimed = _claim_one(full)
        if claimed is None:
            return
        run, request = claimed
        if isinstance(request, Answer):
            note_answer(run.pk, request)
            continue
        busy[run.target] += 1
        room -= 1
        yield run, request


@transaction.atomic
def _claim_one(full: Collection[str]) -> tuple[AutomationRun, Request | Answer] | None:
    """The run and what to send, or why nothing is sent. None where no run can be called now."""
    waiting = AutomationRun.objects.filter(state=RunState.WAITING).exclude(queued_at=None)
    waiting = waiting.exclude(target__in=full).select_related("incident").order_by("queued_at", "pk")
    run = waiting.select_for_update(of=("self",), skip_locked=True).first()
    if run is None:
        return None
    AutomationRun.objects.filter(pk=run.pk).update(state=RunState.CALLING, called_at=timezone.now())
    notify_incident(incident_id=run.incident_id, what="automations", is_private=run.incident.is_private)
    automation = run.automation
    if automation is None:
        return run, _not_sent("An administrator removed the automation after it was started.")
    if automation.changed_at > run.pressed_at:
        return run, _not_sent("An administrator changed the automation after it was started.")
    if not run.incident.is_open:
        return run, _not_sent("The incident was closed before it was called.")
    if timezone.now() > started_at(run) + AutomationRun.START_WITHIN:
        return run, TOO_LATE
    return run, request_of(run, automation)


def _not_sent(why: str) -> Answer:
    return Answer(RunState.NOT_SENT, f"{why} Nothing was sent.")


TOO_LATE = _not_sent("No worker took it within 5 minutes. Run it again if it is still needed.")


def started_at(run: AutomationRun) -> datetime:
    return run.decided_at or run.pressed_at


@transaction.atomic
def note_answer(pk: int, answer: Answer) -> bool:
    """Write how a call ended, on the timeline too. False, and nothing is written, where that is known already.

    A real answer is written over “may have run” as well: a worker that was only slow knows better.
    """
    found = AutomationRun.objects.filter(pk=pk).select_related("incident").first()
    if found is None:
        return False
    incident = lock_row(found.incident)
    rows = AutomationRun.objects.select_for_update(of=("self",)).select_related("mitigation", "pressed_by")
    known = Q(state=RunState.CALLING)
    if answer.status is not None:
        known |= Q(state=RunState.UNKNOWN, status_code=None)
    run = rows.filter(known, pk=pk).first()
    if run is None:
        return False
    run.state, run.problem, run.answered_at = answer.state, answer.problem[:300], timezone.now()
    if run.state == RunState.NOT_SENT and not answer.took:
        run.called_at = None
    run.status_code, run.answer, run.took = answer.status, answer.text, answer.took
    run.save()
    record_event(
        incident=incident,
        kind=Kind.FACT,
        text=f"“{run}”: {_words(run)}",
        detail=run.problem,
        by=None,
        data={"automation_run": run.pk},
    )
    audit(incident, "automation.answered", None, run=run.pk, automation=run.name, state=run.state, status=run.status_code)  # fmt: skip
    if run.state == RunState.ACCEPTED and run.reverses_id is not None:
        _revert(run)
    announce(incident, AutomationAnswered(run=run.pk, state=run.state))
    return True


def _words(run: AutomationRun) -> str:
    """accepted (204) in 120 ms"""
    state = RunState(run.state).label.lower()
    status = f" ({run.status_code})" if run.status_code else ""
    return f"{state}{status} in {run.took_words}" if run.took else f"{state}{status}"


def _revert(run: AutomationRun) -> None:
    mitigation = run.mitigation
    if mitigation and mitigation.is_reversible and MitigationState.REVERTED in mitigation.next_states:
        move_by_itself(
            mitigation=mitigation,
            state=MitigationState.REVERTED,
            by=run.pressed_by,
            observed_effect=f"Reversed by “{run}”",
        )


# -- what ends without an answer ------------------------------------------------------------------------------


def end_overdue(now: datetime | None = None) -> None:
    """Runs that nobody confirmed or no worker took in time, and those whose worker is gone."""
    now = now or timezone.now()
    unconfirmed = AutomationRun.objects.filter(state=RunState.REQUESTED, confirm_until__lte=now)
    for pk in unconfirmed.values_list("pk", flat=True):
        end_unconfirmed(pk, now)
    late = AutomationRun.objects.annotate(started_at=Coalesce("decided_at", "pressed_at"))
    for run in late.filter(state=RunState.WAITING, started_at__lte=now - AutomationRun.START_WITHIN):
        if AutomationRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(
            state=RunState.CALLING, called_at=now
        ):
            note_answer(run.pk, TOO_LATE)
    lost = AutomationRun.objects.filter(state=RunState.CALLING, called_at__lte=now - LOST_AFTER)
    for pk in lost.values_list("pk", flat=True):
        note_answer(pk, Answer(RunState.UNKNOWN, LOST))


def next_call_at() -> datetime | None:
    waiting = AutomationRun.objects.filter(state=RunState.WAITING)
    at: datetime | None = waiting.aggregate(at=Min("queued_at"))["at"]
    return at


def next_end_at() -> datetime | None:
    found = AutomationRun.objects.filter(state__in=UNFINISHED).aggregate(
        unconfirmed=Min("confirm_until", filter=Q(state=RunState.REQUESTED)),
        called=Min("called_at", filter=Q(state=RunState.CALLING)),
        started=Min(Coalesce("decided_at", "pressed_at"), filter=Q(state=RunState.WAITING)),
    )
    unconfirmed: datetime | None = found["unconfirmed"]
    called: datetime | None = found["called"]
    started: datetime | None = found["started"]
    ends = [
        unconfirmed,
        called + LOST_AFTER if called else None,
        started + AutomationRun.START_WITHIN if started else None,
    ]
    return min((end for end in ends if end), default=None)
