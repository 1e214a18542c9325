"""What a worker does for a tracker, one turn after the other: what is due is claimed, asked in a thread, and settled.

Threads ask no database, and the database is never held while a tracker is asked. Each tracker has few threads at once,
so that one that hangs holds up nothing of another.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import Error, IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, DateTimeField, Exists, F, Min, OuterRef
from django.db.models.functions import Greatest
from django.utils import timezone

from trackers.face import Access, Client, Problem, TrackerError
from trackers.kinds import client_of
from trackers.models import Ticket, TicketState, Tracker, TrackerProject
from trackers.workflow.answering import note_trouble
from trackers.workflow.looking import claim_looks, whose_fault
from trackers.workflow.making import claimed_making
from trackers.workflow.sweeping import claim_sweep
from trackers.workflow.syncing import claimed_sync
from trackers.workflow.turn import Turn

AT_ONCE = 16  # calls by one worker
AT_ONE_TRACKER = 2
LOOK_EVERY = 0.5  # seconds between two looks for more, while calls run
DATABASE_PAUSE = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    answer: Any = None
    error: TrackerError | None = None


def take_turns() -> bool:
    """Do what is due until nothing is left. False where there was nothing."""
    running: dict[Future[Outcome], Turn] = {}
    did = False
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="tracker") as pool:

        def begin(turn: Turn) -> None:
            running[pool.submit(_ask, turn.access, turn.ask)] = turn

        while True:
            try:
                for future in [one for one in running if one.done()]:
                    turn = running[future]
                    following = _settle(turn, future.result())
                    del running[future]
                    if following is not None:
                        begin(following)
                busy = Counter(turn.tracker_id for turn in running.values())
                for turn in _claim(busy, AT_ONCE - len(running)):
                    begin(turn)
            except Error:
                if not running:
                    raise
                connection.close()
                time.sleep(DATABASE_PAUSE)
            if not running:
                return did
            did = True
            wait(running, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)


def _ask(access: Access, ask: Callable[[Client], Any]) -> Outcome:
    try:
        client = client_of(access)
        try:
            return Outcome(answer=ask(client))
        except TrackerError as error:
            return Outcome(error=whose_fault(error, client))
    except Exception:  # a fault of ours or of a library: what is due elsewhere goes on
        logger.exception("what %s answered could not be used", access.kind)
        return Outcome(error=_unusable())


def _unusable() -> TrackerError:
    words = "sent something that could not be used. The log says why"
    return TrackerError(Problem.REFUSED, words)


def _settle(turn: Turn, outcome: Outcome) -> Turn | None:
    if outcome.error is not None:
        note_trouble(turn.tracker_id, outcome.error, timezone.now())
        turn.fail(outcome.error)
        return None
    try:
        try:
            return turn.settle(outcome.answer)
        except IntegrityError:  # somebody stored the same at this moment: now it is there to be seen
            return turn.settle(outcome.answer)
    except (OperationalError, InterfaceError):  # the database is away, or busy: again
        raise
    except Exception:  # what cannot be stored now can never be: everything else goes on
        logger.exception("what %s answered could not be stored", turn.access.kind)
        turn.fail(_unusable())
        return None


def _claim(busy: Counter[int], room: int) -> list[Turn]:
    """As many as there is room for; of each tracker first what is found out about it, then tickets, the oldest first."""
    now = timezone.now()
    turns: list[Turn] = []
    while room > len(turns):
        full = [pk for pk, count in busy.items() if count >= AT_ONE_TRACKER]
        turn = claim_one(full, now)
        if turn is None:
            break
        busy[turn.tracker_id] += 1
        turns.append(turn)
    return turns


@transaction.atomic
def claim_one(full: list[int], now: datetime) -> Turn | None:
    """Something that is due, of no tracker in `full` (primary keys)."""
    if (turn := claim_looks(full, now)) or (turn := claim_sweep(full, now)):
        return turn
    rows = Ticket.objects.due(now).exclude(tracker__in=full).select_related("tracker", "project", "item")
    rows = rows.defer("tracker__found")
    ticket = rows.select_for_update(of=("self",), skip_locked=True).first()
    if ticket is None:
        return None
    ticket.claim += 1
    ticket.busy_until = ticket.next_at = now + Ticket.LEASE
    if ticket.state != TicketState.LINKED:
        ticket.attempts += 1
    ticket.save(update_fields=["claim", "busy_until", "next_at", "attempts"])
    return claimed_sync(ticket) if ticket.is_linked else claimed_making(ticket)


def next_turn_at() -> datetime | None:
    """When something is due next; None where nothing is. One query where no tracker is set up."""
    working = Tracker.objects.working().order_by()
    looked = working.aggregate(at=Min(Greatest("look_at", "retry_at")), count=Count("pk"))
    if not looked["count"]:
        return None
    asleep = F("tracker__retry_at")
    tickets = Ticket.objects.startable().filter(next_at__isnull=False)
    due = tickets.aggregate(at=Min(Greatest("next_at", "busy_until", asleep, output_field=DateTimeField())))
    linked = Exists(Ticket.objects.filter(tracker=OuterRef("pk"), state=TicketState.LINKED))
    swept = working.filter(linked).aggregate(at=Min(Greatest("sweep_at", "retry_at")))
    projects = TrackerProject.objects.filter(tracker__paused_at=None, look_at__isnull=False).order_by()
    known = projects.aggregate(at=Min(Greatest("look_at", asleep)))
    return min((one["at"] for one in (looked, due, swept, known) if one["at"] is not None), default=None)
