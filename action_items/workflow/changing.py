"""What the verbs of action items share: locked, checked, changed, entered, stored, recorded."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from action_items.models import UNFINISHED_STATES, ActionItem, ActionState
from action_items.permissions import can_change_action_item
from audit import context
from audit.workflow import record_audit
from core.notify import incident_notification, topic_notification
from events import action_items as events
from events.event import Event
from incidents.workflow import Conflict
from notifications.workflow import enqueue, withdraw

ASK_AFTER = timedelta(days=90)
FIELDS = (
    "title", "description", "category", "priority", "owner", "team", "due_on", "verification", "factor",
    "external_key", "external_url",
)  # fmt: skip
STEPS = {
    ActionState.OPEN: {ActionState.IN_PROGRESS, ActionState.DONE, ActionState.WONT_DO},
    ActionState.IN_PROGRESS: {ActionState.OPEN, ActionState.DONE, ActionState.WONT_DO},
    ActionState.DONE: {ActionState.VERIFIED, ActionState.OPEN, ActionState.IN_PROGRESS},
    ActionState.VERIFIED: {ActionState.OPEN, ActionState.IN_PROGRESS},
    ActionState.WONT_DO: {ActionState.OPEN, ActionState.IN_PROGRESS},
}
"""Where an item may go from each state."""


def lock(item: ActionItem, by: User, version: int | None) -> ActionItem:
    locked = ActionItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if not can_change_action_item(by, locked):
        raise PermissionDenied("Only the owner, and responders who can see its source, can change it.")
    if version is not None and version != locked.version:
        raise Conflict(locked, locked.reference)
    return locked


def check(item: ActionItem) -> None:
    item.title = item.title.strip()
    if not item.title:
        raise ValidationError({"title": "Say what will be different, in one line."})
    if item.owner and not item.owner.is_active:
        raise ValidationError({"owner": f"{item.owner} is not here any more."})
    if item.due_on and not 2000 <= item.due_on.year <= timezone.localdate().year + 10:
        raise ValidationError({"due_on": "Check the year."})


def set_fields(item: ActionItem, by: User, changes: dict[str, Any], **more: Any) -> None:
    """Set those of the named fields that differ; `more` goes into their record."""
    told: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in FIELDS:
            raise TypeError(f"{name} of an action item is not changed like this.")
        old = getattr(item, name)
        value = value.strip() if isinstance(value, str) else value
        if old != value:
            setattr(item, name, value)
            told[name] = [named(old), named(value)]
    if not told:
        return
    if item.factor and item.factor.retrospective_id != item.retrospective_id:
        raise ValidationError({"factor": "This is a factor of another retrospective."})
    check(item)
    if "due_on" in told:
        item.due_set_at = context.now()
    if "due_on" in told or "owner" in told:
        withdraw(group=item.mail_group("due"))
    if "owner" in told:
        withdraw(group=item.mail_group("owner"))
    save(item, *told, "due_set_at")
    record(item, events.ActionItemChanged, by, **told, **more)
    if "owner" in told:
        tell_owner(item, by)


# -- into another state --------------------------------------------------------------------------------------


def start(item: ActionItem, by: User, **more: Any) -> None:
    if not item.is_unfinished:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()}. Reopen it first.")
    enter(item, ActionState.IN_PROGRESS)
    save(item, "state", "state_since")
    record(item, events.ActionItemStarted, by, **more)


def set_aside(item: ActionItem, by: User, **more: Any) -> None:
    if item.state != ActionState.IN_PROGRESS:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()}, not in progress.")
    enter(item, ActionState.OPEN)
    save(item, "state", "state_since")
    record(item, events.ActionItemSetAside, by, **more)


def complete(item: ActionItem, by: User, **more: Any) -> None:
    enter(item, ActionState.DONE)
    item.done_at = context.now()
    item.ask_helped_on = (item.done_at + ASK_AFTER).date()
    save(item, "state", "state_since", "done_at", "ask_helped_on")
    record(item, events.ActionItemCompleted, by, **more)


def give_up(item: ActionItem, by: User, reason: str, **more: Any) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Say why it will not be done."})
    enter(item, ActionState.WONT_DO)
    item.wont_do_reason = reason.strip()
    save(item, "state", "state_since", "wont_do_reason")
    record(item, events.ActionItemWontDo, by, reason=item.wont_do_reason, **more)


def reopen(item: ActionItem, by: User, *, reason: str = "", to: str = ActionState.OPEN, **more: Any) -> None:
    if item.is_unfinished:
        raise ValidationError(f"{item.reference} is {item.get_state_display().lower()} already.")
    if to not in UNFINISHED_STATES:
        raise ValidationError("What is reopened is open or in progress.")
    before = item.state
    enter(item, to)
    emptied: dict[str, Any] = {
        "done_at": None, "wont_do_reason": "", "verified_at": None, "verified_by": None,
        "verification_note": "", "helped": "", "helped_note": "", "helped_at": None, "ask_helped_on": None,
    }  # fmt: skip
    was = {name: [named(getattr(item, name)), ""] for name in emptied if getattr(item, name)}
    for name, value in emptied.items():
        setattr(item, name, value)
    save(item, "state", "state_since", *emptied)
    record(
        item, events.ActionItemReopened, by, state=[before, item.state], reason=reason.strip(), **was, **more
    )


def enter(item: ActionItem, state: str) -> None:
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


def save(item: ActionItem, *fields: str) -> None:
    item.version += 1
    item.save(update_fields=[*fields, "version"])


def record(item: ActionItem, event: type[events.ActionItemEvent], by: User, **changes: Any) -> None:
    """Audit trail, outbox and the notification of open screens."""
    told = {name: value for name, value in changes.items() if value not in ("", None)}
    record_audit(chain=item.chain, action=event.name, subject=item.reference, by=by, changes=told)
    announce_action_item(item, event(by=by.pk if by else None, recipients=owner_but(item, by)))


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


def tell_owner(item: ActionItem, by: User) -> None:
    if others := owner_but(item, by):
        announce_action_item(item, events.ActionItemAssigned(by=by.pk if by else None, recipients=others))


def owner_but(item: ActionItem, by: User) -> list[int]:
    """The owner, unless it was they who did it."""
    return [item.owner_id] if item.owner_id and item.owner_id != (by.pk if by else None) else []


def named(value: Any) -> Any:
    return "" if value is None else str(value)
