"""Tickets of action items: created, linked, unlinked, synced, and their conflicts settled."""

from typing import Any

from rest_framework import serializers

from api.fields import body, choice, flag, text
from api.operations.action_items import ITEM, items_named, references
from api.operations.retrospectives.common import RecordFrom
from api.parts import number, within
from api.registry import Call, item, listing, part, verb
from api.shapes.tickets import (
    SIDES,
    THEIRS,
    TicketConflictShape,
    TicketsAsked,
    TicketShape,
    TicketTracker,
)
from trackers import workflow
from trackers.models import Tracker, TrackerProject
from trackers.of_item import projects_for

TICKETS = f"{ITEM}/tickets"
TICKET = f"{TICKETS}/{{ticket}}"
CONFLICTS = f"{TICKET}/conflicts"
CONFLICT = f"{CONFLICTS}/{{ticket_conflict}}"

within("ticket", TicketShape, "item", "The id of a ticket of the action item.")
part(
    "ticket_conflict",
    lambda call, raw: TicketConflictShape.rows(call.user).get(pk=number(raw), ticket=call["ticket"]),
    shape=TicketConflictShape,
    about="The id of a conflict of the ticket.",
    number=True,
    called="conflict",
)


def _project() -> RecordFrom:
    return RecordFrom(
        lambda call: TrackerProject.objects.select_related("tracker"),
        help_text="The id of a project, as `GET /api/v1/action-items/trackers` tells it.",
    )


def _tracker() -> RecordFrom:
    return RecordFrom(
        lambda call: Tracker.objects.all(),
        required=False,
        help_text="The id of a tracker, as `GET /api/v1/action-items/trackers` tells it. Needed for a key where there "
        "are several. An address says by itself which tracker it is of.",
    )


def _private_known() -> serializers.BooleanField:
    return flag(
        help_text="That everybody who can see the project may read its title and text. Needed where the action item "
        "comes from something private."
    )


def _of_both() -> dict[str, serializers.Field]:
    """What creating and linking are both asked with."""
    return {
        "is_private_known": _private_known(),
        "ticket_id": serializers.UUIDField(
            source="form_token",
            required=False,
            help_text="An id of the caller's own. Sent again with it, it is answered with the ticket that it made first.",
        ),
    }


def _values(**options: Any) -> serializers.Field:
    return choice(
        SIDES,
        default=THEIRS,
        help_text="Whose values to keep where they differ. With `theirs`, the owner is removed where the ticket has no "
        "assignee. Where its assignee is not matched with an account, the owner stays.",
        **options,
    )


def _takes_theirs(call: Call) -> dict[str, Any]:
    said = dict(call.data)
    return said | {"takes_theirs": said.pop("values") == THEIRS}


def _location(made: Any) -> str:
    return f"/api/v1/action-items/{made.item.reference}/tickets/{made.pk}"


# -- what there is -------------------------------------------------------------------------------------------


def _trackers(call: Call) -> list[dict[str, Any]]:
    projects: dict[int, list[TrackerProject]] = {}
    for project in projects_for(None).select_related("team"):
        projects.setdefault(project.tracker_id, []).append(project)
    return [
        {"id": one.pk, "kind": one.kind, "name": one.name, "projects": projects.get(one.pk, [])}
        for one in Tracker.objects.working().only("kind", "name")
    ]


item(
    "action-items/trackers",
    TicketTracker,
    _trackers,
    name="list_ticket_trackers",
    many=True,
    summary="Trackers where tickets can be linked, and their projects where tickets can be made.",
)
listing(
    TICKETS,
    TicketShape,
    lambda call: TicketShape.rows(call.user).filter(item=call["item"]),
    name="list_tickets",
    summary="Tickets of an action item, the one that is synced first.",
)
item(TICKET, TicketShape, name="get_ticket", summary="One ticket of an action item.")

# -- creating and linking ------------------------------------------------------------------------------------

verb(
    "POST",
    TICKETS,
    workflow.create_ticket,
    body=body("TicketBody", project=_project(), **_of_both()),
    answer=TicketShape,
    status=201,
    summary="Ask for a ticket of an action item. It is created soon.",
    location=_location,
)
verb(
    "POST",
    f"{TICKETS}/link",
    workflow.link_ticket,
    body=body(
        "TicketLinkBody",
        address=text(500, help_text="Of the ticket, or its key."),
        tracker=_tracker(),
        values=_values(),
        **_of_both(),
    ),
    answer=TicketShape,
    status=201,
    run=lambda call: workflow.link_ticket(by=call.user, item=call["item"], **_takes_theirs(call)),
    summary="Link an action item with a ticket that is there. It is looked for soon.",
    location=_location,
)
verb(
    "DELETE",
    TICKET,
    workflow.unlink_ticket,
    summary="Unlink a ticket. It stays in the tracker as it is.",
)
verb(
    "POST",
    f"{TICKET}/sync",
    workflow.sync_ticket,
    body=body(
        "TicketSyncBody",
        is_private_known=_private_known(),
        is_same_ticket=flag(
            help_text="Confirms a ticket that has another key since the address of the tracker was changed."
        ),
    ),
    answer=TicketShape,
    summary="Sync a ticket now. What became private since is synced with `is_private_known` only.",
)
verb(
    "POST",
    f"{TICKET}/choice",
    workflow.choose_synced,
    name="choose_synced_ticket",
    body=body("TicketChoiceBody", values=_values()),
    answer=TicketShape,
    run=lambda call: workflow.choose_synced(by=call.user, ticket=call["ticket"], **_takes_theirs(call)),
    summary="Choose the ticket that is synced with its action item. The one before only shows its state.",
)


def _create_many(call: Call) -> dict[str, Any]:
    items = items_named(call, call.data["items"])
    result = workflow.create_tickets(by=call.user, items=items, project=call.data["project"])
    return {
        "asked": [{"item": one.item.reference, "ticket": one.pk} for one in result.asked],
        "refused": [{"item": one.reference, "reason": why} for one, why in result.refused],
    }


verb(
    "POST",
    "action-items/tickets",
    workflow.create_tickets,
    body=body("TicketsBody", items=references(), project=_project()),
    answer=TicketsAsked,
    run=_create_many,
    summary="Have tickets created for many action items. Items that get none are listed with the reason.",
)

# -- conflicts -----------------------------------------------------------------------------------------------

listing(
    CONFLICTS,
    TicketConflictShape,
    lambda call: TicketConflictShape.rows(call.user).filter(ticket=call["ticket"]),
    name="list_ticket_conflicts",
    summary="What an action item and its ticket changed at once, the newest first.",
)
item(CONFLICT, TicketConflictShape, name="get_ticket_conflict", summary="One conflict of a ticket.")
verb(
    "POST",
    f"{CONFLICT}/settlement",
    workflow.settle_conflict,
    name="settle_ticket_conflict",
    body=body(
        "TicketSettlementBody",
        use=choice(
            SIDES,
            help_text="Whose value both sides get. Where it says `Nobody`, the owner is removed on both sides.",
        ),
    ),
    answer=TicketConflictShape,
    run=lambda call: workflow.settle_conflict(
        by=call.user, conflict=call["ticket_conflict"], theirs=call.data["use"] == THEIRS
    ),
    summary="Settle a conflict: both sides get this value. Older conflicts of the field are settled with it.",
)
