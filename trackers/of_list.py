"""What lists of action items show of tickets, and what they can be narrowed by (settings.ACTION_ITEM_HOOKS)."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef

from accounts.models import User
from action_items.models import ActionItem
from trackers.face import Field
from trackers.models import Ticket, TicketConflict, TicketState, Tracker
from trackers.of_item import ShownConflict, newest_of_each, words

CONFLICT, PROBLEM, SYNCED, NONE = TICKETS_ASKED = ("conflict", "problem", "synced", "none")


def has_trackers() -> bool:
    return Tracker.objects.exists()


def ticket_marks(items: Iterable[ActionItem]) -> dict[int, Ticket]:
    """The synced ticket of each, with its state there and how many conflicts are open. One query."""
    rows = Ticket.objects.filter(item__in=[item.pk for item in items], is_synced=True)
    rows = rows.select_related("tracker").defer("tracker__found", "remote")
    rows = rows.annotate(state_there=F("remote__names__state"))
    return {ticket.item_id: ticket for ticket in rows.with_conflicts()}


def ticket_cells(items: Any) -> dict[int, tuple[str, str, str]]:
    """For files: key, address and state there of the synced tickets of these items. One query."""
    rows = Ticket.objects.filter(is_synced=True, item__in=items.order_by().values("pk")).order_by()
    found = rows.values_list("item", "key", "url", "remote__names__state")
    return {item: (key, url, state or "") for item, key, url, state in found}


def narrowed_by_tickets(items: Any, asked: str) -> Any:
    """Action items with a conflict, with a problem of any ticket, in step with theirs, or without a ticket."""
    tickets = Ticket.objects.filter(item=OuterRef("pk")).order_by()
    if asked == CONFLICT:
        return items.filter(Exists(tickets.in_conflict()))
    if asked == PROBLEM:
        return items.filter(Exists(tickets.with_problem()))
    if asked == SYNCED:
        linked = tickets.filter(is_synced=True, state=TicketState.LINKED)
        wrong = tickets.filter(is_synced=True).with_problem()
        return items.filter(Exists(linked), ~Exists(wrong), ~Exists(tickets.in_conflict()))
    return items.filter(~Exists(tickets))


def conflict_count(user: User) -> int:
    """How many action items within reach have an open conflict. One query."""
    tickets = Ticket.objects.in_conflict().order_by().values("item")
    return ActionItem.objects.filter(pk__in=tickets).visible_of_these(user).count()


def conflicts_of(items: Iterable[ActionItem]) -> dict[int, list[ShownConflict]]:
    """The open conflicts of each, with both values in words. Two queries."""
    keys = [item.pk for item in items]
    rows = TicketConflict.objects.filter(ticket__item__in=keys, ticket__is_synced=True, settled_at=None)
    rows = rows.select_related("ours_by", "ticket__tracker").defer("ticket__tracker__found", "ticket__remote")
    of_tickets: dict[int, list[TicketConflict]] = defaultdict(list)
    for row in rows:
        of_tickets[row.ticket_id].append(row)
    newest = [row for found in of_tickets.values() for row in newest_of_each(found)]
    people = _people(newest)
    shown: dict[int, list[ShownConflict]] = defaultdict(list)
    for row in newest:
        shown[row.ticket.item_id].append(
            ShownConflict(
                row,
                Field(row.field).label.lower(),
                words(row.field, row.ours, people),
                words(row.field, row.theirs, people),
            )
        )
    return shown


def _people(conflicts: Iterable[TicketConflict]) -> dict[str, User]:
    """Owners of both sides, by the text that a conflict has of them."""
    of_owners = [row for row in conflicts if row.field == Field.OWNER]
    keys = {int(value) for row in of_owners for value in (row.ours, row.theirs) if value}
    return {str(pk): person for pk, person in User.objects.in_bulk(keys).items()} if keys else {}
