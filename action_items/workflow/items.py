"""Action items: added, changed, done, verified, given up with a reason, asked about afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from action_items.models import UNFINISHED_STATES, ActionItem, ActionState, Helped
from action_items.permissions import can_add_action_item
from action_items.workflow.changing import (
    FIELDS,
    check,
    complete,
    enter,
    give_up,
    lock,
    named,
    record,
    reopen,
    save,
    set_aside,
    set_fields,
    start,
    tell_owner,
)
from audit import context
from events import action_items as events
from incidents.models import Incident
from incidents.workflow import FormUsed
from notifications.workflow import withdraw
from retros.models import ContributingFactor, Learning, Retrospective

ASK_AGAIN = timedelta(days=30)
BULK_FIELDS = ("owner", "due_on", "priority", "team")


@transaction.atomic
def add_action_item(
    *,
    by: User,
    title: str,
    retrospective: Retrospective | None = None,
    incident: Incident | None = None,
    factor: ContributingFactor | None = None,
    learning: Learning | None = None,
    form_token: UUID | None = None,
    **fields: Any,
) -> ActionItem:
    """Something that will be different: from a retrospective, one of its factors or learnings, an incident, or
    by itself. The same `form_token` again returns the item it made the first time.
    """
    if retrospective is None and (factor or learning):
        retrospective = (factor or learning).retrospective  # type: ignore[union-attr]
    if not can_add_action_item(by, retrospective=retrospective, incident=incident):
        raise PermissionDenied("Only responders and participants can add action items.")
    for part in (factor, learning):
        if part is not None and part.retrospective_id != retrospective.pk:  # type: ignore[union-attr]
            raise ValidationError("This is part of another retrospective.")
    if learning and not learning.retrospective.learnings_revealed_at:
        raise PermissionDenied("What was noted is not revealed yet.")
    if existing := _already_made(form_token, by, title):
        return existing
    now = context.now()
    item = ActionItem(
        title=title,
        retrospective=retrospective,
        incident=incident,
        factor=factor,
        learning=learning,
        created_by=by,
        created_at=now,
        due_set_at=now,
        state_since=now,
        form_token=form_token,
        **{name: fields.pop(name) for name in FIELDS if name in fields},
    )
    if fields:
        raise TypeError(f"An action item has no {', '.join(fields)}.")
    check(item)
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:  # the same form came twice at once, and the other was first
        if existing := _already_made(form_token, by, title):
            return existing
        raise
    record(
        item,
        events.ActionItemAdded,
        by,
        title=["", item.title],
        owner=["", named(item.owner)],
        due=item.due_on,
    )
    tell_owner(item, by)
    return item


@transaction.atomic
def change_action_item(
    *, item: ActionItem, by: User, version: int | None = None, **changes: Any
) -> ActionItem:
    """Set the named fields. Raises Conflict where `version` is not the stored one."""
    item = lock(item, by, version)
    set_fields(item, by, changes)
    return item


@transaction.atomic
def start_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    item = lock(item, by, version)
    start(item, by)
    return item


@transaction.atomic
def set_aside_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    """Nobody works on it for now; it stays to be done."""
    item = lock(item, by, version)
    set_aside(item, by)
    return item


@transaction.atomic
def complete_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    """It is done; whether it worked is verified next, whether it helped is asked in 90 days."""
    item = lock(item, by, version)
    complete(item, by)
    return item


@transaction.atomic
def verify_action_item(*, item: ActionItem, by: User, seen: str, version: int | None = None) -> ActionItem:
    """It works, as could be seen; better said by somebody other than its owner (`is_self_verified`)."""
    item = lock(item, by, version)
    if not seen.strip():
        raise ValidationError({"seen": "Say what was seen."})
    enter(item, ActionState.VERIFIED)
    item.verified_at, item.verified_by, item.verification_note = context.now(), by, seen.strip()
    save(item, "state", "state_since", "verified_at", "verified_by", "verification_note")
    record(item, events.ActionItemVerified, by, seen=item.verification_note)
    return item


@transaction.atomic
def wont_do_action_item(*, item: ActionItem, by: User, reason: str, version: int | None = None) -> ActionItem:
    item = lock(item, by, version)
    give_up(item, by, reason)
    return item


@transaction.atomic
def reopen_action_item(
    *, item: ActionItem, by: User, reason: str = "", to: str = ActionState.OPEN, version: int | None = None
) -> ActionItem:
    """Back to what is to be done. What was said of its end stays in the audit trail."""
    item = lock(item, by, version)
    reopen(item, by, reason=reason, to=to)
    return item


@transaction.atomic
def move_action_item(
    *, item: ActionItem, by: User, to: str, reason: str = "", seen: str = "", version: int | None = None
) -> ActionItem:
    """To the state `to`, by whichever verb leads there from where the item stands."""
    item = ActionItem.objects.get(pk=item.pk)
    common: dict[str, Any] = {"item": item, "by": by, "version": version}
    if not item.is_unfinished and to in UNFINISHED_STATES:
        return reopen_action_item(**common, to=to, reason=reason)
    if to == ActionState.WONT_DO:
        return wont_do_action_item(**common, reason=reason)
    if to == ActionState.VERIFIED:
        return verify_action_item(**common, seen=seen)
    plain = {
        ActionState.IN_PROGRESS: start_action_item,
        ActionState.DONE: complete_action_item,
        ActionState.OPEN: set_aside_action_item,
    }
    if to not in plain:
        raise ValidationError("There is no such state.")
    return plain[ActionState(to)](**common)


@transaction.atomic
def answer_helped(
    *, item: ActionItem, by: User, answer: str, note: str = "", version: int | None = None
) -> ActionItem:
    """Did it help? Too early to say is asked again in 30 days; every other answer ends the asking."""
    item = lock(item, by, version)
    if not item.is_done:
        raise ValidationError(
            f"{item.reference} is {item.get_state_display().lower()}. Answer once it is done."
        )
    if answer not in Helped.values:
        raise ValidationError({"answer": "Choose one of the answers."})
    before, now = item.helped, context.now()
    item.helped, item.helped_note, item.helped_at = answer, note.strip(), now
    item.ask_helped_on = (now + ASK_AGAIN).date() if answer == Helped.TOO_EARLY else None
    withdraw(group=item.mail_group("helped"))
    save(item, "helped", "helped_note", "helped_at", "ask_helped_on")
    record(item, events.ActionItemHelped, by, helped=[before, answer], note=item.helped_note)
    return item


@dataclass
class Bulk:
    """What came of changing many: those changed, and why the others were not."""

    changed: list[ActionItem] = field(default_factory=list)
    refused: list[tuple[ActionItem, str]] = field(default_factory=list)


@transaction.atomic
def bulk_change_action_items(
    *,
    items: Iterable[ActionItem],
    by: User,
    state: str = "",
    reason: str = "",
    seen: str = "",
    **changes: Any,
) -> Bulk:
    """The same change for many, each by its own verb; what refuses stays as it is and says why."""
    if unknown := set(changes) - set(BULK_FIELDS):
        raise TypeError(f"Change only one at a time: {', '.join(unknown)}.")
    if state == ActionState.WONT_DO and not reason.strip():
        raise ValidationError({"reason": "Say why they will not be done."})
    result = Bulk()
    for item in sorted(items, key=lambda one: one.pk):  # in one order, so that no two wait for each other
        try:
            with transaction.atomic():
                changed = change_action_item(item=item, by=by, **changes) if changes else item
                if state:
                    changed = move_action_item(item=changed, by=by, to=state, reason=reason, seen=seen)
            result.changed.append(changed)
        except ValidationError as refusal:
            result.refused.append((item, " ".join(refusal.messages)))
        except PermissionDenied as refusal:
            result.refused.append((item, str(refusal)))
    return result


def _already_made(form_token: UUID | None, by: User, title: str) -> ActionItem | None:
    existing = ActionItem.objects.filter(form_token=form_token).first() if form_token else None
    if existing and (existing.created_by_id, existing.title) != (by.pk, title.strip()):
        raise FormUsed("made an action item")
    return existing
