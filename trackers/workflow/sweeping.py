"""Asking trackers what changed: their webhooks may get lost, and some have none."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from action_items.models import DONE_STATES, ActionState
from trackers.face import OF_THE_TRACKER, Access, Client, Problem, TrackerError
from trackers.kinds import KINDS
from trackers.models import Ticket, TicketState, Tracker
from trackers.workflow.answering import note_answer
from trackers.workflow.looking import whose_fault
from trackers.workflow.turn import Turn

WITH_HOOKS = timedelta(minutes=5)
SWEPT_AFTERWARDS = timedelta(days=30)
FINISHED_STATES = (*DONE_STATES, ActionState.WONT_DO)


def claim_sweep(full: Iterable[int], now: datetime) -> "Turn | None":
    """A tracker with linked tickets that is due; in the caller's transaction."""
    linked = Ticket.objects.filter(tracker=OuterRef("pk"), state=TicketState.LINKED)
    rows = Tracker.objects.awake(now).filter(Exists(linked), sweep_at__lte=now).exclude(pk__in=full)
    tracker = rows.order_by("sweep_at").select_for_update(of=("self",), skip_locked=True).first()
    if tracker is None:
        return None
    Tracker.objects.filter(pk=tracker.pk).update(sweep_at=now + Ticket.LEASE)
    places: dict[str, list[str]] = defaultdict(list)
    # Those that are not within reach are asked for by themselves, and less often.
    within_reach = Ticket.objects.filter(tracker=tracker, problem__in=("", Problem.REFUSED))
    known = within_reach.filter(state=TicketState.LINKED).exclude(remote_id="")
    # What was finished long ago is looked at once a day, as every ticket is: sweeps do not grow with the years.
    known = known.exclude(item__state__in=FINISHED_STATES, item__state_since__lt=now - SWEPT_AFTERWARDS)
    for project, pk in known.values_list("remote_project", "remote_id").distinct():
        places[project].append(pk)
    return Sweep(tracker.pk, tracker.access, dict(places), tracker.swept_until - Tracker.OVERLAP, now)


@dataclass
class Sweep:
    tracker_id: int
    access: Access
    places: dict[str, list[str]]
    since: datetime
    begun_at: datetime

    def ask(self, client: Client) -> list[str]:
        found: list[str] = []
        for project, pks in self.places.items():
            try:
                found += client.changed_since(project, self.since, pks)
            except TrackerError as error:
                fault = whose_fault(error, client)
                if fault.problem in OF_THE_TRACKER:
                    raise fault from error
                found += pks  # each is asked for by itself, and says what is wrong with it
        return found

    @transaction.atomic
    def settle(self, changed: list[str]) -> None:
        now = timezone.now()
        note_answer(self.tracker_id, now)
        tracker = Tracker.objects.select_for_update(of=("self",)).filter(pk=self.tracker_id).first()
        if tracker is None:
            return
        tracker.swept_until = max(tracker.swept_until, self.begun_at)
        facts = KINDS[tracker.kind]
        is_told = facts.has_hooks or facts.tells_changes
        tracker.sweep_at = now + (WITH_HOOKS if is_told else Tracker.SWEEPS_EVERY)
        tracker.save(update_fields=["swept_until", "sweep_at"])
        touch(self.tracker_id, changed, now)

    def fail(self, error: TrackerError) -> None:
        Tracker.objects.filter(pk=self.tracker_id).update(sweep_at=timezone.now() + Tracker.SWEEPS_EVERY)


def touch(tracker_id: int, pks: Iterable[str], now: datetime) -> int:
    """Have these tickets looked at now. How many there are."""
    rows = Ticket.objects.filter(tracker=tracker_id, remote_id__in=list(pks), state=TicketState.LINKED)
    return rows.update(next_at=now)
