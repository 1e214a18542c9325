"""What the pages of action items show of their tickets (settings.ACTION_ITEM_HOOKS)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem, ActionState, Priority
from action_items.templatetags.action_items import apostrophe
from trackers.face import Field, Problem, day_or_none
from trackers.models import Creates, Ticket, TicketConflict, TicketState, Tracker, TrackerProject
from trackers.models.trackers import FIELDS, people_of
from trackers.translating import Tables
from trackers.workflow.linking import values_of
from trackers.workflow.projects import synced_here

READ_AGAIN, LOOK_AGAIN = timedelta(seconds=1.5), timedelta(seconds=20)
NOBODY = "Nobody"
PAUSED = "paused"
"""What keeps a ticket from being synced, besides `Problem`."""


@dataclass(frozen=True)
class FieldRow:
    """One field of both sides. `sync` is same, category, waiting, off, unknown, not_taken or conflict."""

    name: str
    field: Field
    ours: Any
    theirs: str
    sync: str
    waits: bool = False  # for a worker, whatever `sync` tells


@dataclass(frozen=True)
class ShownConflict:
    """A conflict with both values in words."""

    row: TicketConflict
    name: str
    ours: Any
    theirs: Any

    def leaves_no_owner(self, theirs: bool) -> bool:
        """Whether that value is none, or a person who is not there any more."""
        return self.row.field == Field.OWNER and (self.theirs if theirs else self.ours) == NOBODY


@dataclass(frozen=True)
class ShownTicket:
    ticket: Ticket
    rows: list[FieldRow] = field(default_factory=list)
    conflicts: list[ShownConflict] = field(default_factory=list)
    is_synced_elsewhere: bool = False
    synced_with: ActionItem | None = None  # that other item, if whoever looks can see it

    @property
    def problem(self) -> str:
        return problem_of(self.ticket)

    @property
    def words(self) -> str:
        """What is wrong and what to do, as sentences; "" where nothing is."""
        return problem_words(self.ticket)


@dataclass(frozen=True)
class TicketsOfItem:
    synced: ShownTicket | None = None
    others: list[ShownTicket] = field(default_factory=list)
    can_create: bool = False
    can_link: bool = False
    again_at: datetime | None = None


def tickets_of(user: User, item: ActionItem, may_change: bool) -> TicketsOfItem:
    """For the page of the item. At most nine queries."""
    open_ones = TicketConflict.objects.filter(settled_at=None).select_related("ours_by")
    rows = Ticket.objects.filter(item=item).with_places().in_order()
    tickets = list(rows.prefetch_related(Prefetch("conflicts", open_ones, "open_ones")))
    elsewhere = items_synced_with(user, tickets)
    shown = [_shown(ticket, item, elsewhere) for ticket in tickets]
    synced = next((one for one in shown if one.ticket.is_synced), None)
    trackers = Tracker.objects.working()
    return TicketsOfItem(
        synced=synced,
        others=[one for one in shown if one is not synced],
        can_create=may_change and makes_tickets(),
        can_link=may_change and trackers.exists(),
        again_at=_again_at(shown),
    )


def _again_at(shown: list[ShownTicket]) -> datetime | None:
    """Soon while a worker is at one; else now and then, as the tracker may change it."""
    if not shown:
        return None
    waits = any(
        not one.problem and (one.ticket.is_waiting or any(row.waits for row in one.rows)) for one in shown
    )
    return timezone.now() + (READ_AGAIN if waits else LOOK_AGAIN)


def makes_tickets() -> bool:
    return projects_for(None).exists()


def projects_for(item: ActionItem | None) -> Any:
    """Where tickets can be made, those of the item's team first."""
    rows = TrackerProject.objects.filter(tracker__in=Tracker.objects.working()).select_related("tracker")
    rows = rows.filter(is_set_up=True).exclude(creates=Creates.NEVER)
    if item is None or item.team_id is None:
        return rows
    return rows.annotate(is_own=Q(team=item.team_id)).order_by("-is_own", "tracker__name", "name", "pk")


def items_synced_with(user: User, tickets: Sequence[Ticket]) -> dict[int, ActionItem | None]:
    """By the id of a ticket, the other action item that the same ticket is synced with; None in place of one that
    `user` cannot see. Tickets without one are left out. At most two queries."""
    others = {(one.tracker_id, one.remote_id) for one in tickets if one.remote_id and not one.is_synced}
    if not others:
        return {}
    rows = Ticket.objects.filter(
        is_synced=True,
        tracker__in={tracker for tracker, _ in others},
        remote_id__in={remote_id for _, remote_id in others},
    )
    items = {
        (tracker, remote_id): item
        for tracker, remote_id, item in rows.values_list("tracker", "remote_id", "item")
        if (tracker, remote_id) in others
    }
    seen = ActionItem.objects.visible_to(user).in_bulk(items.values()) if items else {}
    return {
        one.pk: seen.get(items[place])
        for one in tickets
        if not one.is_synced and (place := (one.tracker_id, one.remote_id)) in items
    }


def _shown(ticket: Ticket, item: ActionItem, elsewhere: dict[int, ActionItem | None]) -> ShownTicket:
    if not ticket.is_synced or ticket.state != TicketState.LINKED or not ticket.remote:
        return ShownTicket(
            ticket, is_synced_elsewhere=ticket.pk in elsewhere, synced_with=elsewhere.get(ticket.pk)
        )
    tables = _tables(ticket)
    ours = values_of(item)
    conflicting = {conflict.field for conflict in ticket.open_ones}  # type: ignore[attr-defined]
    on = synced_here(ticket.project, ticket.tracker.facts.fields)
    has = ticket.tracker.facts.fields
    rows = []
    for name in FIELDS:
        if name in has:
            sync = _sync(name, ticket, ours[name], tables, is_on=name in on)
            told = "conflict" if name in conflicting else sync
            sides = _ours(name, item), _theirs(name, ticket)
            rows.append(FieldRow(name.label, name, *sides, told, waits=sync == "waiting"))
    conflicts = [
        ShownConflict(
            conflict,
            Field(conflict.field).label.lower(),
            words(conflict.field, conflict.ours),
            words(conflict.field, conflict.theirs),
        )
        for conflict in newest_of_each(ticket.open_ones)  # type: ignore[attr-defined]
    ]
    return ShownTicket(ticket, rows, conflicts)


def _tables(ticket: Ticket) -> Tables:
    people = people_of(ticket.tracker)
    return ticket.project.tables(people) if ticket.project else Tables(people=people)


def owner_by_ticket(ticket: Ticket, item: ActionItem) -> str:
    """What becomes of the owner with the values of the ticket, where it has no assignee or one who is nobody here.

    As sentences; "" where there is nothing to say.
    """
    if item.owner is None or Field.OWNER not in synced_here(ticket.project, ticket.tracker.facts.fields):
        return ""
    read = _tables(ticket).read(
        Field.OWNER, ticket.remote.get("raw", {}).get(Field.OWNER, ""), str(item.owner_id)
    )
    if read == "":
        return f"{ticket} has no assignee. With its values, {item.owner} is removed as owner, and nobody owns the action item."
    if read is None:
        return f"{ticket.said(Field.OWNER) or 'The assignee'} is not matched with an account. The owner stays {item.owner}."
    return ""


def newest_of_each(conflicts: Iterable[TicketConflict]) -> list[TicketConflict]:
    """Of those of a ticket, the newest of each field."""
    found: dict[str, TicketConflict] = {}
    for conflict in conflicts:  # newest first
        found.setdefault(conflict.field, conflict)
    return list(found.values())


def _sync(name: Field, ticket: Ticket, ours: str, tables: Tables, *, is_on: bool) -> str:
    raw = ticket.remote.get("raw", {}).get(name, "")
    read = tables.read(name, raw, ours)
    if not is_on:
        return "off"
    if name in ticket.not_taken or name in ticket.not_taken_here:
        return "not_taken"
    if read is None or (read != ours and tables.write(name, ours) is None):
        return "unknown"
    if read != ours:
        return "waiting"
    return "category" if name == Field.STATE and tables.write(name, ours) != raw else "same"


def _ours(name: Field, item: ActionItem) -> Any:
    return {
        Field.TITLE: item.title,
        Field.STATE: apostrophe(item.get_state_display()),
        Field.OWNER: item.owner.name if item.owner else NOBODY,
        Field.DUE: item.due_on,
        Field.PRIORITY: item.priority,
    }[name]


def _theirs(name: Field, ticket: Ticket) -> Any:
    said = ticket.said(name)
    if name == Field.DUE:
        return _day(said)
    return said or (NOBODY if name == Field.OWNER else "")


def _day(value: str) -> Any:
    """A day, or what a tracker says in its place."""
    try:
        return day_or_none(value)
    except ValueError:
        return value


def words(name: str, value: str, people: Mapping[str, User] | None = None) -> Any:
    """A value of `trackers.translating` for people: a day, a person's name, a state's label.

    `people` are those that it may name, where they are known already.
    """
    if name == Field.DUE:
        return _day(value) or "No date"
    if name == Field.OWNER:
        if people is None:
            people = {value: found} if value and (found := User.objects.filter(pk=int(value)).first()) else {}
        owner = people.get(value)
        return owner.name if owner else NOBODY
    if name == Field.STATE:
        return apostrophe(ActionState(value).label)
    return Priority(value).label if name == Field.PRIORITY else value


def _waits_for(ticket: Ticket) -> str:
    """What is wrong with the project, where the ticket waits for its states (Ticket.objects.startable); "" else."""
    project = ticket.project
    is_new = ticket.state == TicketState.CREATING or (ticket.is_synced and not ticket.agreed)
    return project.problem if project and project.looked_at is None and is_new else ""


def problem_of(ticket: Ticket) -> str:
    """Of the ticket, else of its tracker: the name of what is wrong; "" where nothing is."""
    tracker = ticket.tracker
    return PAUSED if tracker.paused_at else ticket.problem or tracker.problem or _waits_for(ticket)


def problem_words(ticket: Ticket) -> str:
    """What is wrong and what to do, as a sentence; "" where nothing is."""
    tracker = ticket.tracker
    if tracker.paused_at is not None:
        return f"{tracker} is paused. An administrator can resume it."
    if ticket.problem:
        to_do = TO_DO if ticket.state != TicketState.LINKING else TO_DO | TO_DO_FOR_NEW_LINK
        return f"{tracker} {ticket.problem_words}. {to_do.get(Problem(ticket.problem), '')}".strip()
    if tracker.problem:
        return words_of_tracker(tracker)
    if ticket.project and _waits_for(ticket):
        return f"{tracker} {ticket.project.problem_words}. An administrator sees its project in Settings → Trackers."
    return ""


def words_of_tracker(tracker: Tracker) -> str:
    """What keeps it from answering, and what to do; "" where nothing does."""
    if not tracker.problem:
        return ""
    return f"{tracker} {tracker.problem_words}. {TO_DO_FOR_TRACKER.get(Problem(tracker.problem), '')}".strip()


TO_DO = {
    Problem.GONE: "It was deleted, or the account of Allclear may not see it any more. Restore it and check again, or unlink it.",
    Problem.FORBIDDEN: "Give the account of Allclear access to it, then check again.",
    Problem.REFUSED: "Change it here or there, then sync again.",
    Problem.PRIVATE: "“Sync anyway” shows it to everybody who can see the project.",
    Problem.ARCHIVED: "Unarchive it there to sync it again.",
    Problem.ANOTHER: "Confirm that it is the same ticket, or unlink it.",
    Problem.UNREADABLE: "It is tried again by itself. An administrator finds the reason in the log.",
}
MISTYPED = "Unlink it here, and link the ticket again by its address or its key."
TO_DO_FOR_NEW_LINK = {
    Problem.GONE: f"It is mistyped or deleted, or the account of Allclear may not see it. {MISTYPED}",
    Problem.REFUSED: MISTYPED,
}
TO_DO_FOR_TRACKER = {
    Problem.SIGN_IN: "An administrator can enter a new one.",
    Problem.LIMITED: "It is asked again by itself.",
    Problem.UNREACHABLE: "It is tried again by itself.",
}
