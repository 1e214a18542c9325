"""Tickets of action items: create, link, unlink, sync now, choose which one is synced, settle a conflict."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from action_items.access import action_items_for
from action_items.models import ActionItem
from action_items.workflow import announce_action_item, state_for_ticket, take_from_ticket
from audit.workflow import record_audit
from events.tickets import TicketLinked, TicketUnlinked
from notifications.workflow import wake_worker, withdraw
from trackers.face import Field, day_or_none
from trackers.models import Creates, Ticket, TicketConflict, TicketState, Tracker, TrackerProject
from trackers.permissions import require_linking
from trackers.ticket_addresses import tracker_of
from trackers.workflow.managing import JOB, keep_address

MOST_TICKETS = 10
"""Of one action item."""
NOT_SAID = "Its ticket would be read by everybody who can see the project. Confirm that first."


@transaction.atomic
def create_ticket(
    *,
    by: User,
    item: ActionItem,
    project: TrackerProject,
    is_private_known: bool = False,
    form_token: UUID | None = None,
) -> Ticket:
    """Have a worker make a ticket. It is found again where its answer is lost, so that none is made twice.

    An item that comes from something private needs `is_private_known`. The same `form_token` returns the same ticket.
    """
    item = _lock(item, by)
    if form_token and (made := Ticket.objects.filter(form_token=form_token, item=item).first()):
        return made
    if not project.is_set_up:
        raise ValidationError({"project": f"{project} is not set up. An administrator can add it."})
    if project.creates == Creates.NEVER:
        raise ValidationError({"project": f"No tickets are made in {project}. Choose another project."})
    is_private_known = _check(item, project.tracker, is_private_known)
    if item.tickets.filter(project=project, state=TicketState.CREATING).exists():
        raise ValidationError("A ticket is being created already.")
    ticket = _save(
        Ticket(
            item=item,
            tracker=project.tracker,
            project=project,
            asked_by=by,
            is_private_known=is_private_known,
            form_token=form_token,
        )
    )
    record_ticket("ticket.requested", ticket, by, project=str(project))
    return ticket


@transaction.atomic
def link_ticket(
    *,
    by: User,
    item: ActionItem,
    address: str,
    tracker: Tracker | None = None,
    takes_theirs: bool = True,
    is_private_known: bool = False,
    form_token: UUID | None = None,
) -> Ticket:
    """Have a worker find the ticket of that address or key and link it. `takes_theirs`: its values hold, else ours.

    An address says by itself which tracker it is of; a key is one of `tracker`, or of the only one.
    Raises ValidationError naming the field.
    """
    item = _lock(item, by)
    if form_token and (made := Ticket.objects.filter(form_token=form_token, item=item).first()):
        return made
    address = address.strip()
    if not address:
        raise ValidationError({"address": "Paste the address of the ticket."})
    tracker = tracker_of(address, tracker)
    is_private_known = _check(item, tracker, is_private_known)
    ticket = Ticket(
        item=item,
        tracker=tracker,
        state=TicketState.LINKING,
        address=address,
        takes_theirs=takes_theirs,
        asked_by=by,
        is_private_known=is_private_known,
        form_token=form_token,
    )
    ticket.clean_fields(exclude=["item", "tracker", "asked_by"])
    _save(ticket)
    record_ticket("ticket.link_requested", ticket, by, address=address)
    return ticket


@dataclass
class Bulk:
    """What came of asking for many: those asked for, and why the others were not."""

    asked: list[Ticket] = field(default_factory=list)
    refused: list[tuple[ActionItem, str]] = field(default_factory=list)


@transaction.atomic
def create_tickets(*, by: User, items: Iterable[ActionItem], project: TrackerProject) -> Bulk:
    """A ticket for each that has none in this tracker. What refuses says why."""
    result = Bulk()
    for item in sorted(items, key=lambda one: one.pk):
        try:
            with transaction.atomic():
                if item.tickets.filter(tracker=project.tracker).exists():
                    raise ValidationError("It has a ticket there already.")
                result.asked.append(create_ticket(by=by, item=item, project=project))
        except ValidationError as refusal:
            result.refused.append((item, " ".join(refusal.messages)))
        except PermissionDenied as refusal:
            result.refused.append((item, str(refusal)))
    return result


@transaction.atomic
def unlink_ticket(*, by: User, ticket: Ticket) -> ActionItem:
    """The ticket stays in the tracker. Of the others the oldest is not synced by itself: somebody chooses."""
    item = _lock(ticket.item, by)
    found = Ticket.objects.select_for_update(of=("self",)).filter(pk=ticket.pk).first()
    if found is None:
        return item
    record_ticket("ticket.unlinked", found, by)
    announce_action_item(item, TicketUnlinked(ticket=found.pk, by=by.pk))
    keep_address(found, by)
    found.delete()
    return item


@transaction.atomic
def sync_ticket(
    *, by: User, ticket: Ticket, is_private_known: bool = False, is_same_ticket: bool = False
) -> Ticket:
    """Have a worker look at it now, whatever kept it from that before.

    What became private is only synced again with `is_private_known`, and what has another key since the address of the
    tracker was changed with `is_same_ticket`.
    """
    _lock(ticket.item, by)
    ticket = _lock_ticket(ticket)
    ticket.next_at, ticket.problem, ticket.problem_words = timezone.now(), "", ""
    ticket.problem_since = None
    ticket.not_taken, ticket.not_taken_here = {}, {}
    if is_private_known and not ticket.is_private_known:
        ticket.is_private_known = True
        record_ticket("ticket.privacy_known", ticket, by)
    if is_same_ticket and ticket.is_key_unchecked:
        ticket.is_key_unchecked = False
        record_ticket("ticket.confirmed_same", ticket, by)
    ticket.save()
    wake_worker(JOB)
    return ticket


@transaction.atomic
def choose_synced(*, by: User, ticket: Ticket, takes_theirs: bool = True) -> Ticket:
    """The ticket that is synced from now on; the one before only shows its state."""
    item = _lock(ticket.item, by)
    ticket = _lock_ticket(ticket)
    refusal = ValidationError(f"{ticket} is synced with another action item. Unlink it there first.")
    if is_synced_elsewhere(ticket):
        raise refusal
    item.tickets.filter(is_synced=True).exclude(pk=ticket.pk).update(is_synced=False)
    ticket.is_synced, ticket.agreed, ticket.takes_theirs = True, {}, takes_theirs
    ticket.not_taken, ticket.not_taken_here = {}, {}
    ticket.next_at = timezone.now()
    try:
        ticket.save()
    except IntegrityError as error:  # since then
        raise refusal from error
    record_ticket("ticket.chosen", ticket, by)
    wake_worker(JOB)
    return ticket


@transaction.atomic
def settle_conflict(*, by: User, conflict: TicketConflict, theirs: bool) -> TicketConflict:
    """Use this one of the two values on both sides, and close the conflict. Older ones of the field close with it.

    Again changes nothing. Raises ValidationError where somebody has chosen the other value meanwhile.
    """
    ticket = Ticket.objects.select_related("tracker").get(pk=conflict.ticket_id)
    item = _lock(ticket.item, by)
    conflict = TicketConflict.objects.select_for_update(of=("self",)).get(pk=conflict.pk)
    if conflict.settled_at is not None:
        if conflict.settled_theirs != theirs:
            raise ValidationError(
                f"{conflict.settled_by or 'Somebody'} has settled this conflict already, with the other value. Change the "
                "action item if yours is right."
            )
        return conflict
    value = conflict.theirs if theirs else conflict.ours
    if values_of(item)[Field(conflict.field)] != value:
        try:
            said = fields_of(Field(conflict.field), value)
        except ValueError as error:
            raise ValidationError("This value cannot be used here.") from error
        take_from_ticket(item=item, by=by, ticket=ticket.key, **said)
    open_ones = TicketConflict.objects.filter(ticket=ticket, field=conflict.field, settled_at=None)
    open_ones.filter(pk__lte=conflict.pk).update(
        settled_at=timezone.now(), settled_by=by, settled_theirs=theirs
    )
    conflict.refresh_from_db()
    if not ticket.conflicts.filter(settled_at=None).exists():
        withdraw(group=item.mail_group("conflict"))
    used = ticket.tracker.name if theirs else "Allclear"
    record_ticket("ticket.conflict_settled", ticket, by, field=Field(conflict.field).label.lower(), used=used)
    Ticket.objects.filter(pk=ticket.pk).update(next_at=timezone.now())
    wake_worker(JOB)
    return conflict


def values_of(item: ActionItem) -> dict[Field, str]:
    """The fields that are synced, as `trackers.translating` knows them."""
    return {
        Field.TITLE: item.title,
        Field.STATE: str(state_for_ticket(item)),
        Field.OWNER: str(item.owner_id or ""),
        Field.DUE: item.due_on.isoformat() if item.due_on else "",
        Field.PRIORITY: str(item.priority),
    }


def fields_of(name: Field, value: str) -> dict[str, Any]:
    """The same the other way round, for the verbs of action items. Raises ValidationError, ValueError."""
    if name == Field.OWNER:
        owner = User.objects.filter(pk=int(value)).first() if value else None
        return {"owner": owner}
    return {name.value: day_or_none(value) if name == Field.DUE else value}


def is_synced_elsewhere(ticket: Ticket) -> bool:
    """Whether the same ticket follows another item: two would set it in turns."""
    rows = Ticket.objects.filter(tracker=ticket.tracker_id, remote_id=ticket.remote_id, is_synced=True)
    return bool(ticket.remote_id) and rows.exclude(item=ticket.item_id).exists()


def comes_from_private(item: ActionItem) -> bool:
    return not action_items_for(None).filter(pk=item.pk).exists()


def announce_link(ticket: Ticket, by: User | None) -> None:
    announce_action_item(ticket.item, TicketLinked(ticket=ticket.pk, by=by.pk if by else None))


def record_ticket(action: str, ticket: Ticket, by: User | None, **changes: Any) -> None:
    """In the audit trail of its item."""
    item = ticket.item
    told = {"tracker": ticket.tracker.name} | ({"ticket": ticket.key} if ticket.key else {}) | changes
    record_audit(chain=item.chain, action=action, subject=item.reference, by=by, changes=told)


def _save(ticket: Ticket) -> Ticket:
    ticket.is_synced = not ticket.item.tickets.filter(is_synced=True).exists()
    try:
        with transaction.atomic():
            ticket.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError("This was sent already.") from error
    wake_worker(JOB)
    return ticket


def _check(item: ActionItem, tracker: Tracker, is_private_known: bool) -> bool:
    """Whether somebody confirmed that what is private now is told. Nobody could of what becomes private later."""
    if tracker.paused_at is not None:
        raise ValidationError(f"{tracker} is paused. An administrator can resume it.")
    if item.tickets.count() >= MOST_TICKETS:
        raise ValidationError(f"{item.reference} has {MOST_TICKETS} tickets already. Unlink one first.")
    is_private = comes_from_private(item)
    if is_private and not is_private_known:
        raise ValidationError(
            {"is_private_known": f"{item.reference} comes from something private. {NOT_SAID}"}
        )
    return is_private


def _lock(item: ActionItem, by: User) -> ActionItem:
    item = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    require_linking(by, item)
    return item


def _lock_ticket(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_for_update(of=("self",)).select_related("item", "tracker").get(pk=ticket.pk)
