"""Making a ticket, or finding the one that somebody wants linked.

What was made before an answer got lost is found by the marker in its text, and not made twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from trackers.face import Access, Client, Draft, Field, Problem, RemoteTicket, TrackerError
from trackers.kinds import KINDS
from trackers.models import Ticket, TicketState, Tracker
from trackers.models.trackers import people_of
from trackers.translating import Tables
from trackers.workflow.answering import note_answer
from trackers.workflow.holding import fail, hold, note_remote, others_there, release
from trackers.workflow.linking import (
    announce_link,
    comes_from_private,
    is_synced_elsewhere,
    record_ticket,
    values_of,
)
from trackers.workflow.projects import synced_here
from trackers.workflow.turn import Turn

LONGEST_TEXT = 20_000


def claimed_making(ticket: Ticket) -> "Turn":
    """The turn of a ticket that was claimed, in the caller's transaction."""
    known = (ticket.tracker_id, ticket.tracker.access, ticket.pk, ticket.claim)
    title = f"Allclear {ticket.item.reference}"
    if ticket.state == TicketState.LINKING:
        places = frozenset(ticket.tracker.projects.filter(is_set_up=True).values_list("remote_id", flat=True))
        return Link(*known, ticket.address, ticket.backlink, title, places)
    if ticket.project is None:
        return Refusal(*known, "has no such project here any more. Choose another one")
    if not ticket.is_private_known and comes_from_private(ticket.item):
        return Refusal(*known, "would show something that has become private", Problem.PRIVATE)
    tables = ticket.project.tables(people_of(ticket.tracker))
    since = ticket.asked_at - Tracker.OVERLAP
    return Make(*known, _draft(ticket, tables), since, is_again=ticket.attempts > 1)


def _draft(ticket: Ticket, tables: Tables) -> Draft:
    item, project = ticket.item, ticket.project
    assert project is not None
    ours = values_of(item)
    raw: dict[Field, str] = {}
    for name in synced_here(project, KINDS[ticket.tracker.kind].fields):
        if name not in (Field.TITLE, Field.STATE) and (value := tables.write(name, ours[name])):
            raw[name] = value
    parts = [item.description.strip()[:LONGEST_TEXT]]
    if item.verification:
        parts.append(f"How we will know it worked: {item.verification.strip()[:LONGEST_TEXT]}")
    parts.append(f"Allclear {item.reference}: {ticket.marked_backlink}")
    return Draft(
        project=project.remote_id,
        title=item.title,
        text="\n\n".join(part for part in parts if part),
        marker=ticket.marker.hex,
        type=project.type,
        labels=project.label_list,
        raw=raw,
        extra=project.extra,
    )


@dataclass
class Claimed:
    """The turn of one ticket."""

    tracker_id: int
    access: Access
    ticket_id: int
    claim: int

    def fail(self, error: TrackerError) -> None:
        with transaction.atomic():
            if ticket := hold(self.ticket_id, self.claim):
                fail(ticket, error, timezone.now())


@dataclass
class Make(Claimed):
    draft: Draft
    since: datetime
    is_again: bool

    def ask(self, client: Client) -> RemoteTicket:
        """A second time it is looked for first. Where a field is refused, it is made without, and the sync says so."""
        if self.is_again and (found := client.find_marked(self.draft.project, self.draft.marker, self.since)):
            return found
        try:
            return client.create(self.draft)
        except TrackerError as error:
            if error.problem != Problem.REFUSED or not self.draft.raw:
                raise
            return client.create(replace(self.draft, raw={}))

    @transaction.atomic
    def settle(self, remote: RemoteTicket) -> None:
        """Linked. What could not be said when it was made, such as its state, is given by the next turn."""
        now = timezone.now()
        note_answer(self.tracker_id, now)
        if (ticket := hold(self.ticket_id, self.claim)) is None:
            return
        note_remote(ticket, remote, now)
        ticket.is_key_unchecked = self.access.url != ticket.tracker.url  # changed meanwhile
        tables = ticket.project.tables(people_of(ticket.tracker)) if ticket.project else Tables()
        ours = values_of(ticket.item)
        ticket.agreed = {
            name: read
            for name, value in remote.raw.items()
            if (read := tables.read(name, value, ours[name])) is not None
        }
        _linked(ticket, "ticket.created")
        release(ticket, now)


@dataclass
class Link(Claimed):
    address: str
    backlink: str
    title: str
    projects: frozenset[str]

    def ask(self, client: Client) -> RemoteTicket:
        """Found, and told of its action item. Only in projects that an administrator set up: the token sees more."""
        found = client.find(self.address)
        if found.project not in self.projects:
            words = f"has {found.key} in a project that is not set up here. An administrator can add it"
            raise TrackerError(Problem.REFUSED, words)
        client.add_backlink(found, self.backlink, self.title)
        return found

    @transaction.atomic
    def settle(self, remote: RemoteTicket) -> None:
        now = timezone.now()
        note_answer(self.tracker_id, now)
        if (ticket := hold(self.ticket_id, self.claim)) is None:
            return
        if others_there(ticket, remote):
            words = f"has {remote.key}, which is linked with this item already"
            fail(ticket, TrackerError(Problem.REFUSED, words), now)
            return
        note_remote(ticket, remote, now)
        ticket.is_key_unchecked = self.access.url != ticket.tracker.url
        _linked(ticket, "ticket.linked")
        release(ticket, now)


@dataclass
class Refusal(Claimed):
    """What is refused without asking: the tracker is not called."""

    words: str
    problem: Problem = Problem.REFUSED

    def ask(self, client: Client) -> None:
        return None

    def settle(self, answer: None) -> None:
        self.fail(TrackerError(self.problem, self.words))


def _linked(ticket: Ticket, action: str) -> None:
    """The first one that works is synced, if it does not follow another item already."""
    others = Ticket.objects.filter(item=ticket.item_id, is_synced=True).exclude(pk=ticket.pk)
    ticket.is_synced = not is_synced_elsewhere(ticket) and not others.exists()
    ticket.state, ticket.attempts = TicketState.LINKED, 0
    record_ticket(action, ticket, ticket.asked_by)
    announce_link(ticket, ticket.asked_by)
