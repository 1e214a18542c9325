"""Action items: added, changed, done, verified, given up with a reason, asked about afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from action_items.models import UNFINISHED_STATES, ActionItem, ActionState, Helped
from action_items.permissions import can_add_action_item, can_change_action_item
from audit import context
from audit.workflow import record_audit
from core.notify import incident_notification, topic_notification
from events import action_items as events
from events.event import Event
from incidents.models import Incident
from incidents.workflow import Conflict, FormUsed
from notifications.workflow import enqueue, withdraw
from retros.models import ContributingFactor, Learning, Retrospective

ASK_AFTER = timedelta(days=90)
ASK_AGAIN = timedelta(days=30)
FIELDS = (
    "title", "description", "category", "priority", "owner", "team", "due_on", "verification", "factor",
    "external_key", "external_url",
)  # fmt: skip
BULK_FIELDS = ("owner", "due_on", "priority", "team")
STEPS = {
    ActionState.OPEN: {ActionState.IN_PROGRESS, ActionState.DONE, ActionState.WONT_DO},
    ActionState.IN_PROGRESS: {ActionState.OPEN, ActionState.DONE, ActionState.WONT_DO},
    ActionState.DONE: {ActionState.VERIFIED, ActionState.OPEN, ActionState.IN_PROGRESS},
    ActionState.VERIFIED: {ActionState.OPEN, ActionState.IN_PROGRESS},
    ActionState.WONT_DO: {ActionState.OPEN, ActionState.IN_PROGRESS},
}
"""Where an item may go from each state."""


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
    _check(item)
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:  # the same form came twice at once, and the other was first
        if existing := _already_made(form_token, by, title):
            return existing
        raise
    _record(
        item,
        events.ActionItemAdded,
        by,
        title=["", item.title],
        owner=["", _named(item.owner)],
        due=item.due_on,
    )
    _tell_owner(item, by)
    return item


@transaction.atomic
def change_action_item(
    *, item: ActionItem, by: User, version: int | None = None, **changes: Any
) -> ActionItem:
    """Set the named fields. Raises Conflict where `version` is not the stored one."""
    item = _lock(item, by, version)
    told: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in FIELDS:
            raise TypeError(f"{name} of an action item is not changed like this.")
        old = getattr(item, name)
        value = value.strip() if isinstance(value, str) else value
        if old != value:
            setattr(item, name, value)
            told[name] = [_named(old), _named(value)]
    if not told:
        return item
    if item.factor and item.factor.retrospective_id != item.retrospective_id:
        raise ValidationError({"factor": "This is a factor of another retrospective."})
    _check(item)
    if "due_on" in told:
        item.due_set_at = context.now()
    if "due_on" in told or "owner" in told:
        withdraw(group=item.mail_group("due"))
    if "owner" in told:
        withdraw(group=item.mail_group("owner"))
    _save(item, *told, "due_set_at")
    _record(item, events.ActionItemChanged, by, **told)
    if "owner" in told:
        _tell_owner(item, by)
    return item


@transaction.atomic
def start_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    item = _lock(item, by, version)
    if not item.is_unfinished:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()}. Reopen it first.")
    _enter(item, ActionState.IN_PROGRESS)
    _save(item, "state", "state_since")
    _record(item, events.ActionItemStarted, by)
    return item


@transaction.atomic
def set_aside_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    """Nobody works on it for now; it stays to be done."""
    item = _lock(item, by, version)
    if item.state != ActionState.IN_PROGRESS:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()}, not in progress.")
    _enter(item, ActionState.OPEN)
    _save(item, "state", "state_since")
    _record(item, events.ActionItemSetAside, by)
    return item


@transaction.atomic
def complete_action_item(*, item: ActionItem, by: User, version: int | None = None) -> ActionItem:
    """It is done; whether it worked is verified next, whether it helped is asked in 90 days."""
    item = _lock(item, by, version)
    _enter(item, ActionState.DONE)
    item.done_at = context.now()
    item.ask_helped_on = (item.done_at + ASK_AFTER).date()
    _save(item, "state", "state_since", "done_at", "ask_helped_on")
    _record(item, events.ActionItemCompleted, by)
    return item


@transaction.atomic
def verify_action_item(*, item: ActionItem, by: User, seen: str, version: int | None = None) -> ActionItem:
    """It works, as could be seen; better said by somebody other than its owner (`is_self_verified`)."""
    item = _lock(item, by, version)
    if not seen.strip():
        raise ValidationError({"seen": "Say what was seen."})
    _enter(item, ActionState.VERIFIED)
    item.verified_at, item.verified_by, item.verification_note = context.now(), by, seen.strip()
    _save(item, "state", "state_since", "verified_at", "verified_by", "verification_note")
    _record(item, events.ActionItemVerified, by, seen=item.verification_note)
    return item


@transaction.atomic
def wont_do_action_item(*, item: ActionItem, by: User, reason: str, version: int | None = None) -> ActionItem:
    item = _lock(item, by, version)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it will not be done."})
    _enter(item, ActionState.WONT_DO)
    item.wont_do_reason = reason.strip()
    _save(item, "state", "state_since", "wont_do_reason")
    _record(item, events.ActionItemWontDo, by, reason=item.wont_do_reason)
    return item


@transaction.atomic
def reopen_action_item(
    *, item: ActionItem, by: User, reason: str = "", to: str = ActionState.OPEN, version: int | None = None
) -> ActionItem:
    """Back to what is to be done. What was said of its end stays in the audit trail."""
    item = _lock(item, by, version)
    if item.is_unfinished:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()} already.")
    if to not in UNFINISHED_STATES:
        raise ValidationError("What is reopened is open or in progress.")
    before = item.state
    _enter(item, to)
    emptied: dict[str, Any] = {
        "done_at": None, "wont_do_reason": "", "verified_at": None, "verified_by": None,
        "verification_note": "", "helped": "", "helped_note": "", "helped_at": None, "ask_helped_on": None,
    }  # fmt: skip
    was = {name: [_named(getattr(item, name)), ""] for name in emptied if getattr(item, name)}
    for name, value in emptied.items():
        setattr(item, name, value)
    _save(item, "state", "state_since", *emptied)
    _record(item, events.ActionItemReopened, by, state=[before, item.state], reason=reason.strip(), **was)
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
    item = _lock(item, by, version)
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
    _save(item, "helped", "helped_note", "helped_at", "ask_helped_on")
    _record(item, events.ActionItemHelped, by, helped=[before, answer], note=item.helped_note)
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


# -- what the verbs above share ------------------------------------------------------------------------------


def _lock(item: ActionItem, by: User, version: int | None) -> ActionItem:
    locked = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not can_change_action_item(by, locked):
        raise PermissionDenied("Only the owner, and responders who can see its source, can change it.")
    if version is not None and version != locked.version:
        raise Conflict(locked, locked.reference)
    return locked


def _check(item: ActionItem) -> None:
    item.title = item.title.strip()
    if not item.title:
        raise ValidationError({"title": "Say what will be different, in one line."})
    if item.owner and not item.owner.is_active:
        raise ValidationError({"owner": f"{item.owner} is not here any more."})
    if item.due_on and not 2000 <= item.due_on.year <= timezone.localdate().year + 10:
        raise ValidationError({"due_on": "Check the year."})


def _enter(item: ActionItem, state: str) -> None:
    if state not in STEPS[ActionState(item.state)]:
        now = item.get_state_display().lower()
        hint = " Reopen it first." if not item.is_unfinished else ""
        raise ValidationError(f"{item.reference} is {now}.{hint}")
    if state in UNFINISHED_STATES:
        withdraw(group=item.mail_group("helped"))
    else:
        withdraw(group=item.mail_group("due"))
        withdraw(group=item.mail_group("owner"))
    item.state, item.state_since = state, context.now()


def _save(item: ActionItem, *fields: str) -> None:
    item.version += 1
    item.save(update_fields=[*fields, "version"])


def _record(item: ActionItem, event: type[events.ActionItemEvent], by: User, **changes: Any) -> None:
    """Audit trail, outbox and the notification of open screens."""
    told = {name: value for name, value in changes.items() if value not in ("", None)}
    record_audit(chain=item.chain, action=event.name, subject=item.reference, by=by, changes=told)
    announce_action_item(item, event(by=by.pk if by else None, recipients=_owner_but(item, by)))


def announce_action_item(item: ActionItem, event: Event) -> Any:
    """The outbox row of something about an item, and the notification of the page it stands on."""
    what = None
    if item.retrospective_id:
        what = topic_notification(topic=item.chain, what="actions")
    elif item.incident_id:
        what = incident_notification(incident_id=item.incident_id, what="head")
    behind = item.came_from
    return enqueue(
        event=event,
        subject=f"action:{item.pk}",
        about={
            "action_item": item.pk,
            "version": item.version,
            "source": behind.source if behind else "",
        },
        due_at=context.now(),
        notification=what,
    )


def _tell_owner(item: ActionItem, by: User) -> None:
    if others := _owner_but(item, by):
        announce_action_item(item, events.ActionItemAssigned(by=by.pk if by else None, recipients=others))


def _owner_but(item: ActionItem, by: User) -> list[int]:
    """The owner, unless it was they who did it."""
    return [item.owner_id] if item.owner_id and item.owner_id != (by.pk if by else None) else []


def _already_made(form_token: UUID | None, by: User, title: str) -> ActionItem | None:
    existing = ActionItem.objects.filter(form_token=form_token).first() if form_token else None
    if existing and (existing.created_by_id, existing.title) != (by.pk, title.strip()):
        raise FormUsed("made an action item")
    return existing


def _named(value: Any) -> Any:
    return "" if value is None else str(value)
