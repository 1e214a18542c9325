"""Keeping an action item and its ticket the same: fetch, compare, set here what changed there, set there what changed
here. What both changed is a conflict: the newer value is used, and both are kept for a person to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from action_items.workflow import announce_action_item, take_from_ticket
from audit.models import AuditEntry
from events.tickets import TicketConflictNoticed
from trackers.face import Client, Field, Problem, RemoteChange, RemoteTicket, TrackerError
from trackers.kinds import KINDS
from trackers.merging import BothChanged as Found
from trackers.merging import Plan, compare
from trackers.models import Ticket, TicketConflict
from trackers.models.trackers import people_of
from trackers.translating import Tables
from trackers.workflow.answering import note_answer
from trackers.workflow.holding import (
    clear_problem,
    hold,
    is_replaced,
    is_taken,
    note_problem,
    note_remote,
    release,
)
from trackers.workflow.linking import (
    comes_from_private,
    fields_of,
    is_synced_elsewhere,
    record_ticket,
    values_of,
)
from trackers.workflow.making import Claimed
from trackers.workflow.projects import synced_here

STATE_ACTIONS = ("started", "completed", "verified", "reopened", "set_aside", "wont_do")


def claimed_sync(ticket: Ticket) -> "Fetch":
    return Fetch(
        ticket.tracker_id,
        ticket.tracker.access,
        ticket.pk,
        ticket.claim,
        ticket.remote_id,
        ticket.remote_project,
    )


@dataclass
class Fetch(Claimed):
    remote_id: str
    project: str

    def ask(self, client: Client) -> RemoteTicket:
        return client.get(self.remote_id, self.project)

    @transaction.atomic
    def settle(self, remote: RemoteTicket) -> "Push | None":
        now = timezone.now()
        note_answer(self.tracker_id, now)
        if (ticket := hold(self.ticket_id, self.claim)) is None:
            return None
        if self.access.url != ticket.tracker.url:  # asked at the address before
            release(ticket, now)
            return None
        if is_replaced(ticket, remote, now) or is_taken(ticket, remote, now):
            return None
        before = ticket.remote.get("raw", {})
        note_remote(ticket, remote, now)
        _note_written_over(ticket, remote, before, now)  # by a turn that was killed, or whose answer got lost
        _give_way(ticket, now)
        if not ticket.is_synced or remote.is_archived:
            release(ticket, now + Ticket.AGAIN)
            return None
        if not ticket.is_private_known and comes_from_private(ticket.item):
            words = "does not get what is private now"
            note_problem(ticket, Problem.PRIVATE, words, now)
            release(ticket, now + Ticket.NO_ACCESS)
            return None
        plan = _merge(ticket, remote, now)
        if not plan.give:
            if not ticket.not_taken and not ticket.not_taken_here:
                clear_problem(ticket)
            release(ticket, now + Ticket.AGAIN)
            return None
        ticket.pushing = dict(plan.give)
        ticket.last_change = remote.changes[-1].pk if remote.changes else ""
        ticket.save()
        known = (self.tracker_id, self.access, self.ticket_id, self.claim)
        return Push(*known, remote=remote, give=plan.give, given=plan.given)


@dataclass
class Push(Claimed):
    """What changed here is set there, and fetched again: a tracker may accept a call and not do what it says."""

    remote: RemoteTicket
    give: Mapping[Field, str]
    given: Mapping[Field, str]
    refusals: dict[Field, str] = field(default_factory=dict)

    def ask(self, client: Client) -> RemoteTicket:
        """All fields at once; where that is refused, one by one, so that one which cannot be set holds up no other."""
        try:
            client.change(self.remote, self.give)
        except TrackerError as error:
            if error.problem != Problem.REFUSED:
                raise
            self._one_by_one(client, error)
        return client.get(self.remote.pk, self.remote.project)

    def _one_by_one(self, client: Client, refusal: TrackerError) -> None:
        for name, raw in self.give.items():
            try:
                if len(self.give) == 1:
                    raise refusal
                client.change(self.remote, {name: raw})
            except TrackerError as error:
                if error.problem != Problem.REFUSED:
                    raise
                self.refusals[name] = error.words

    @transaction.atomic
    def settle(self, remote: RemoteTicket) -> None:
        now = timezone.now()
        note_answer(self.tracker_id, now)
        if (ticket := hold(self.ticket_id, self.claim)) is None or is_taken(ticket, remote, now):
            return
        note_remote(ticket, remote, now)
        for name, value in self.given.items():
            self._note(ticket, remote, name, value, now)
        _note_written_over(ticket, remote, self.remote.raw, now)
        if not _give_way(ticket, now) and not ticket.not_taken and not ticket.not_taken_here:
            clear_problem(ticket)
        is_same = all(remote.raw.get(name, "") == raw for name, raw in self.give.items())
        release(ticket, now + Ticket.AGAIN if is_same or self.refusals else now)

    def _note(self, ticket: Ticket, remote: RemoteTicket, name: Field, value: str, now: datetime) -> None:
        """What became of one field: set, set and changed again by somebody, or not taken."""
        new = [change for change in _new(ticket, remote) if change.field == name]
        there, before = remote.raw.get(name, ""), self.remote.raw.get(name, "")
        if there != self.give[name] and not new and there == before:
            ticket.not_taken[name] = value
            words = self.refusals.get(name) or f"did not take the {name.label.lower()}"
            note_problem(ticket, Problem.REFUSED, words, now)
            return
        ticket.agreed[name] = value
        ticket.not_taken.pop(name, None)


def _give_way(ticket: Ticket, now: datetime) -> bool:
    """Whether it was moved to where the synced ticket of another item is. From then on it is not synced."""
    if not ticket.is_synced or not is_synced_elsewhere(ticket):
        return False
    ticket.is_synced = False
    words = (
        f"moved it to {ticket.key}, which is synced with another action item. Only its state is shown here"
    )
    note_problem(ticket, Problem.REFUSED, words, now)
    record_ticket("ticket.synced_elsewhere", ticket, ticket.tracker.account)
    return True


def _new(ticket: Ticket, remote: RemoteTicket) -> list[RemoteChange]:
    """Those since the look before what is being set there."""
    places = [place for place, change in enumerate(remote.changes) if change.pk == ticket.last_change]
    return list(remote.changes[places[-1] + 1 :] if places else remote.changes)


def _note_written_over(
    ticket: Ticket, remote: RemoteTicket, before: Mapping[Any, str], now: datetime
) -> None:
    """Somebody set a field between our look and our call, which wrote over that: both values are kept."""
    tables, ours = _tables(ticket), values_of(ticket.item)
    for name, raw in ticket.pushing.items():
        new = [change for change in _new(ticket, remote) if change.field == name]
        places = [place for place, change in enumerate(new) if change.after == raw]
        for change in new[: places[-1]] if places else ():
            theirs = tables.read(Field(name), change.after, "")
            if change.after not in (raw, before.get(name, "")) and theirs is not None:
                set_here = tables.read(Field(name), raw, ours[Field(name)]) or ""
                found = Found(Field(name), set_here, theirs)
                _note_conflict(
                    ticket, found, change.after, change, _ours_changed(ticket, found.name), used_theirs=False, now=now,
                    theirs_at=change.at,
                )  # fmt: skip
    ticket.pushing = {}


def _tables(ticket: Ticket) -> Tables:
    people = people_of(ticket.tracker)
    return ticket.project.tables(people) if ticket.project else Tables(people=people)


def _merge(ticket: Ticket, remote: RemoteTicket, now: datetime) -> Plan:
    """Set here what changed there, note conflicts; the plan's `give` is what is left to set there."""
    tables, ours = _tables(ticket), values_of(ticket.item)
    fields = synced_here(ticket.project, KINDS[ticket.tracker.kind].fields)
    base = ticket.agreed
    if not base:  # linked just now: one side's values hold
        read = {name: tables.read(name, remote.raw.get(name, ""), ours[name]) for name in fields}
        base = ours if ticket.takes_theirs else {name: value or "" for name, value in read.items()}
    plan = compare(
        base=base,
        ours=ours,
        theirs=remote.raw,
        fields=fields,
        tables=tables,
        not_taken=ticket.not_taken,
        not_taken_here=ticket.not_taken_here,
    )
    agreed = dict(base) | plan.same
    for name in plan.same:
        ticket.not_taken.pop(name, None)
        ticket.not_taken_here.pop(name, None)
    for conflict in plan.both_changed:
        change = _newest(remote, conflict.name)
        theirs_at = change.at if change else remote.updated_at
        here = _ours_changed(ticket, conflict.name)
        is_newer = here.at is None or theirs_at >= here.at
        # Ours is used, too, where theirs cannot be set here.
        uses_theirs = is_newer and _take(ticket, remote, conflict.name, conflict.theirs, now)
        words = remote.names.get(conflict.name, "")
        _note_conflict(
            ticket, conflict, words, change, here, used_theirs=uses_theirs, now=now, theirs_at=theirs_at
        )
        agreed[conflict.name] = conflict.theirs
        ticket.not_taken_here.pop(conflict.name, None)
        if not uses_theirs:
            plan.give_ours(conflict.name, conflict.ours, tables)
    for name, value in plan.take.items():
        if _take(ticket, remote, name, value, now):
            agreed[name] = value
            ticket.not_taken_here.pop(name, None)
        else:
            ticket.not_taken_here[name] = value
    ticket.agreed = agreed
    return plan


def _take(ticket: Ticket, remote: RemoteTicket, name: Field, value: str, now: datetime) -> bool:
    """Set one field here. False where that cannot be: the item stays as it is, and the ticket says why."""
    change = _newest(remote, name)
    by = change.by.name if change and change.by else ""
    try:
        with transaction.atomic():
            ticket.item = take_from_ticket(
                item=ticket.item,
                by=ticket.tracker.account,
                ticket=ticket.key,
                said_by=by,
                **fields_of(name, value),
            )
    except (ValidationError, ValueError) as refusal:
        why = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else "It cannot be read."
        note_problem(
            ticket, Problem.REFUSED, f"has a {name.label.lower()} that cannot be used here. {why}", now
        )
        return False
    return True


def _newest(remote: RemoteTicket, name: Field) -> RemoteChange | None:
    found = [change for change in remote.changes if change.field == name]
    return found[-1] if found else None


@dataclass(frozen=True)
class OursChanged:
    at: datetime | None
    by: User | None


def _ours_changed(ticket: Ticket, name: Field) -> OursChanged:
    """When the field was changed here last, and by whom, as the audit trail has it."""
    item = ticket.item
    rows = AuditEntry.objects.of(item.chain).filter(subject=item.reference).newest_first()
    if name == Field.STATE:
        rows = rows.filter(action__in=[f"action_item.{action}" for action in STATE_ACTIONS])
    else:
        rows = rows.filter(
            action__in=("action_item.changed", "action_item.added"), changes__has_key=name.value
        )
    entry = rows.first()
    return OursChanged(entry.at if entry else None, entry.actor if entry else None)


def _note_conflict(
    ticket: Ticket,
    found: Found,
    words: str,
    change: RemoteChange | None,
    ours: OursChanged,
    *,
    used_theirs: bool,
    now: datetime,
    theirs_at: datetime,
) -> None:
    told = _people_to_tell(ticket)
    TicketConflict.objects.create(
        ticket=ticket,
        field=found.name,
        ours=found.ours,
        theirs=found.theirs,
        theirs_words=words[:300],
        ours_at=ours.at,
        ours_by=ours.by,
        theirs_at=theirs_at,
        theirs_by=change.by.name if change and change.by else "",
        used_theirs=used_theirs,
        noticed_at=now,
    )
    used = ticket.tracker.name if used_theirs else "Allclear"
    record_ticket(
        "ticket.conflict", ticket, ticket.tracker.account, field=found.name.label.lower(), ours=found.ours, theirs=found.theirs, used=used
    )  # fmt: skip
    event = TicketConflictNoticed(ticket=ticket.pk, by=ticket.tracker.account_id, recipients=told)
    announce_action_item(ticket.item, event)


def _people_to_tell(ticket: Ticket) -> list[int]:
    """The owner of the item, else whoever asked for the ticket; nobody while they have a conflict of it to settle."""
    if ticket.conflicts.filter(settled_at=None).exists():
        return []
    people = [
        one for one in (ticket.item.owner, ticket.asked_by) if one and one.is_active and not one.is_service
    ]
    return [people[0].pk] if people else []
