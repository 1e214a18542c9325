"""What every verb of a retrospective does first and last: lock, check, record."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from audit import context
from audit.workflow import record_audit
from core.notify import topic_notification
from events.event import Event
from incidents.workflow import Conflict
from notifications.workflow import enqueue
from retros.models import Retrospective
from retros.permissions import can_facilitate, can_write

IS_PUBLISHED = "It is published. Open it again to change it."
ONLY_WRITERS = "Only responders and participants can write in a retrospective."
ONLY_LEADERS = "Only the owner, the facilitator or an administrator can do this."


CHECK_YEAR = "Check the year."
FIRST_YEAR, YEARS_AHEAD = 2000, 10


def has_likely_year(day: date) -> bool:
    """Whether a day or moment is one that somebody can mean: what a slip of the keyboard makes of it is not."""
    return FIRST_YEAR <= day.year <= context.now().year + YEARS_AHEAD


def require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change this.")


def require_open(retrospective: Retrospective) -> None:
    """Raises ValidationError where it is published: it stands still until it is opened again."""
    if retrospective.is_published:
        raise ValidationError(IS_PUBLISHED)


def require_open_writer(by: User, retrospective: Retrospective) -> None:
    """Raises ValidationError where it is published, and PermissionDenied for who may not write in it."""
    require_open(retrospective)
    if not can_write(by, retrospective):
        raise PermissionDenied(ONLY_WRITERS)


def lock(retrospective: Retrospective, *, by: User, version: int | None = None) -> Retrospective:
    """The row, locked to the end of the transaction, for somebody who may write in it.

    Raises ValidationError where it is published, PermissionDenied, or Conflict where `version` is not the
    stored one.
    """
    locked = Retrospective.objects.select_for_update(of=("self",)).get(pk=retrospective.pk)
    require_open_writer(by, locked)
    return _check(locked, version)


def lock_to_facilitate(
    retrospective: Retrospective, *, by: User, version: int | None = None
) -> Retrospective:
    """The row, locked, for whoever leads it: owner, facilitator or an administrator; published or not."""
    locked = Retrospective.objects.select_for_update(of=("self",)).get(pk=retrospective.pk)
    if not leads(by, locked):
        raise PermissionDenied(ONLY_LEADERS)
    return _check(locked, version)


def leads(user: Any, retrospective: Retrospective) -> bool:
    """Reaches it and may facilitate it."""
    reachable = Retrospective.objects.visible_to(user).filter(pk=retrospective.pk)
    return can_facilitate(user, retrospective) and reachable.exists()


def _check(locked: Retrospective, version: int | None) -> Retrospective:
    if version is not None and version != locked.version:
        raise Conflict(locked, "The retrospective")
    return locked


def save(retrospective: Retrospective, *fields: str) -> None:
    """Write the named columns and count the version up."""
    retrospective.version += 1
    retrospective.save(update_fields=[*fields, "version"])


def audit(retrospective: Retrospective, action: str, by: User | None, **changes: Any) -> None:
    """One link of the retrospective's chain; a pair [old, new] is a change."""
    record_audit(
        chain=retrospective.chain, action=action, subject=retrospective.title, by=by, changes=changes
    )


def announce(retrospective: Retrospective, event: Event, *, what: str = "head") -> None:
    """The outbox row of a change, and the notification that lets open screens fetch the part named `what`."""
    enqueue(
        event=event,
        subject=retrospective.chain,
        about={
            "retrospective": retrospective.pk,
            "version": retrospective.version,
            "source": retrospective.incident.source if retrospective.incident else "",
        },
        due_at=context.now(),
        notification=topic_notification(topic=retrospective.chain, what=what),
    )
