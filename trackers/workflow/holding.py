"""A ticket that a worker holds for a turn: taken again to write what came of it, if the turn is still its own."""

from datetime import datetime, timedelta

from action_items.models import ActionItem
from trackers.face import OF_THE_TRACKER, Problem, RemoteTicket, TrackerError
from trackers.models import Ticket, TicketState, Tracker, TrackerProject
from trackers.models.trackers import LONGEST_PROBLEM


def hold(pk: int, claim: int) -> Ticket | None:
    """The ticket with its item, both locked, in the caller's transaction. None where another turn has it, or nobody
    wants it any more."""
    item_id = Ticket.objects.filter(pk=pk).values_list("item_id", flat=True).first()
    if item_id is None:
        return None
    item = ActionItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:  # deleted meanwhile, and the ticket with it
        return None
    rows = Ticket.objects.select_for_update(of=("self",)).select_related("tracker", "project", "asked_by")
    rows = rows.defer("tracker__found")
    ticket: Ticket | None = rows.filter(pk=pk, claim=claim).first()
    if ticket is not None:
        ticket.item = item
    return ticket


def release(ticket: Ticket, next_at: datetime | None) -> None:
    """Store it, and let it go until `next_at`; sooner where somebody asked for it meanwhile."""
    if ticket.next_at == ticket.busy_until:
        ticket.next_at = next_at
    ticket.busy_until = None
    ticket.save()


def note_remote(ticket: Ticket, remote: RemoteTicket, now: datetime) -> None:
    """Keep what the tracker says: where the ticket is, and its values."""
    if ticket.key and ticket.key != remote.key:
        ticket.moved_from = ticket.key
    ticket.remote_id, ticket.key, ticket.url = remote.pk, remote.key, remote.url
    if ticket.remote_project != remote.project:
        ticket.remote_project = remote.project
        ticket.project = _project_of(ticket, remote)
    ticket.remote = {
        "raw": dict(remote.raw),
        "names": dict(remote.names),
        "updated_at": remote.updated_at.isoformat(),
    }
    ticket.synced_at = now
    if ticket.problem != Problem.REFUSED:
        clear_problem(ticket)
    if remote.is_archived:
        note_problem(ticket, Problem.ARCHIVED, "says that it is archived", now)


def others_there(ticket: Ticket, remote: RemoteTicket) -> bool:
    """Whether another ticket of the item is the same one."""
    others = Ticket.objects.filter(item=ticket.item_id, tracker=ticket.tracker_id, remote_id=remote.pk)
    return others.exclude(pk=ticket.pk).exists()


def is_taken(ticket: Ticket, remote: RemoteTicket, now: datetime) -> bool:
    """Whether it was moved to where another ticket of the item is, which is noted: one of the two is too many."""
    if not others_there(ticket, remote):
        return False
    words = f"moved it to {remote.key}, which is linked with this item already. Unlink one of them"
    note_problem(ticket, Problem.REFUSED, words, now)
    release(ticket, now + Ticket.AGAIN)
    return True


def is_replaced(ticket: Ticket, remote: RemoteTicket, now: datetime) -> bool:
    """Whether another ticket has its id since the tracker got another address, which is noted."""
    if not ticket.is_key_unchecked:
        return False
    if (ticket.key, ticket.remote_project) == (remote.key, remote.project):
        ticket.is_key_unchecked = False
        return False
    where = "in another project" if ticket.key == remote.key else f"in place of {ticket.key}"
    note_problem(ticket, Problem.ANOTHER, f"has {remote.key} {where} since its address was changed", now)
    release(ticket, now + Ticket.AGAIN)
    return True


def _project_of(ticket: Ticket, remote: RemoteTicket) -> TrackerProject | None:
    """One that nobody set up is added, so that its states have a meaning. No tickets are made or linked there."""
    project, _ = TrackerProject.objects.get_or_create(
        tracker_id=ticket.tracker_id,
        remote_id=remote.project,
        defaults={"name": remote.project, "key": remote.project, "is_set_up": False},
    )
    return project


def fail(ticket: Ticket, error: TrackerError, now: datetime) -> None:
    """Note why it is not synced. What holds for the whole tracker is said there, and the ticket stays due."""
    if error.problem in OF_THE_TRACKER:
        in_doubt = error.may_have_run and not ticket.is_linked
        release(ticket, now + Ticket.AFTER_DOUBT if in_doubt else now)
        return
    note_problem(ticket, error.problem, error.words, now)
    if ticket.state == TicketState.LINKING:  # the next one may be right
        ticket.is_synced = False
    wait = _wait_after(ticket, error, now)
    release(ticket, now + wait if wait else None)


def _wait_after(ticket: Ticket, error: TrackerError, now: datetime) -> timedelta | None:
    """How long, before it is tried again by itself: longer and longer where that may help soon. None: whoever asked
    for it has to."""
    if error.problem == Problem.UNREADABLE:
        longer: timedelta = Ticket.AFTER_DOUBT * 2 ** min(max(ticket.attempts - 1, 0), 10)
        if ticket.is_linked and ticket.problem_since is not None:
            longer = max(Ticket.AFTER_DOUBT, now - ticket.problem_since)
        return min(longer, Tracker.LONGEST_PAUSE)
    if not ticket.is_linked:
        return None
    return Ticket.NO_ACCESS if error.problem == Problem.FORBIDDEN else Ticket.AGAIN


def note_problem(ticket: Ticket, problem: Problem, words: str, now: datetime) -> None:
    if ticket.problem != problem:
        ticket.problem_since = now
    ticket.problem, ticket.problem_words = problem, words[:LONGEST_PROBLEM]


def clear_problem(ticket: Ticket) -> None:
    ticket.problem, ticket.problem_words, ticket.problem_since = "", "", None
