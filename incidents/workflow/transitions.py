"""What every verb does first and last: lock, check, record."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Greatest

from accounts.models import User
from audit import context
from audit.workflow import record_audit
from core.conflict import Conflict
from core.notify import incident_notification, notify_people
from core.text import in_both_zones
from events.event import Event
from events.incidents import VisibilityChanged
from incidents.models import (
    MILESTONES,
    OPEN_STATUSES,
    Incident,
    ReferenceCounter,
    Service,
    StatusPeriod,
)
from incidents.models.people import people_reaching
from incidents.permissions import can_respond
from notifications.models import OutboxMessage
from notifications.workflow import enqueue_all, new_message
from timeline.models import Kind

# Pairs that must not be out of order. Detection before impact (early) and declaration after
# mitigation (retroactive) are allowed and only flagged.
ORDERED_MILESTONES = [
    ("introduced_at", "impact_started_at"),
    ("introduced_at", "mitigated_at"),
    ("impact_started_at", "declared_at"),
    ("impact_started_at", "acknowledged_at"),
    ("impact_started_at", "mitigated_at"),
    ("impact_started_at", "impact_ended_at"),
    ("impact_started_at", "resolved_at"),
    ("impact_started_at", "closed_at"),
    ("mitigated_at", "resolved_at"),
    ("resolved_at", "closed_at"),
]


class FormUsed(ValidationError):  # noqa: N818 - like Conflict
    """The form was sent before, by somebody else or with other words: this is not the same submission again."""

    def __init__(self, what: str):
        super().__init__(f"This form has {what} already. To send this as well, send it once more.")


def lock(incident: Incident, *, by: User, version: int | None = None) -> Incident:
    """The incident's row, locked to the end of the transaction, for somebody who may change it.

    Raises PermissionDenied, or Conflict where `version` is not the stored one.
    """
    if not can_respond(by, incident):
        raise PermissionDenied("Only responders can change an incident.")
    locked = lock_row(incident)
    if version is not None and version != locked.version:
        raise Conflict(locked, locked.reference)
    return locked


def lock_row(incident: Incident) -> Incident:
    """The same for what the application does by itself."""
    return Incident.objects.select_for_update(of=("self",)).select_related("severity").get(pk=incident.pk)


def save(incident: Incident, *fields: str) -> None:
    """Write the named columns and count the version up."""
    incident.version += 1
    incident.save(update_fields=[*fields, "version"])


def audit(incident: Incident, action: str, by: User | None, **changes: Any) -> None:
    record_audit(chain=incident.chain, action=action, subject=incident.reference, by=by, changes=changes)


def about(incident: Incident) -> dict[str, Any]:
    """What every event of an incident says of it."""
    return {
        "incident": incident.pk,
        "reference": incident.reference,
        "version": incident.version,
        "source": incident.source,
    }


def announce(incident: Incident, event: Event, *, due_at: datetime | None = None) -> None:
    """Write the outbox row of a change and notify open screens, from `due_at` on.

    Home screens learn of a private incident only where the reader can see it; the moment at which one becomes
    private is no secret, as it disappears then.
    """
    announce_all(
        incident, [news(incident, event, due_at=due_at)], is_told=isinstance(event, VisibilityChanged)
    )


def news(incident: Incident, event: Event, *, due_at: datetime | None = None) -> OutboxMessage:
    """The outbox row of a change as the incident is now, not stored yet."""
    return new_message(
        event=event, subject=incident.chain, about=about(incident), due_at=due_at or context.now()
    )


def announce_all(incident: Incident, messages: Sequence[OutboxMessage], *, is_told: bool = False) -> None:
    """Store what `news` made and notify open screens; `is_told`: of a private incident as well."""
    is_hidden = incident.is_private and not is_told
    if is_hidden:
        notify_people(people=people_reaching(incident).values_list("pk", flat=True), what="home")
    enqueue_all(messages, incident_notification(incident_id=incident.pk, what="head", is_private=is_hidden))


def require_open(incident: Incident) -> None:
    if incident.status not in OPEN_STATUSES:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}. Reopen it to change it."
        )


def next_number() -> int:
    """One past the last reference. The counter row stays locked until commit: gapless and without races."""
    return next_numbers(1)[0]


def give_number_back(number: int) -> None:
    """The number just taken was not needed after all; nobody else can have seen it, as the counter is locked."""
    ReferenceCounter.objects.filter(pk=1, last=number).update(last=number - 1)


def next_numbers(count: int) -> range:
    """As many references in a row; like `next_number`, so be quick until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE incidents_referencecounter SET last = last + %s WHERE id = 1 RETURNING last", [count]
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def check_moment(moment: datetime | None, field: str = "at") -> datetime:
    """The instant something is said to have happened; the future is refused."""
    if moment and moment > context.now():
        raise ValidationError({field: "This is in the future."})
    return moment or context.now()


def check_milestones(incident: Incident) -> None:
    """Raise ValidationError naming both times where two milestones are out of order."""
    errors: dict[str, list[str]] = {}
    for earlier, later in ORDERED_MILESTONES:
        first, second = getattr(incident, earlier), getattr(incident, later)
        if first and second and first > second:
            errors.setdefault(later, []).append(
                f"{MILESTONES[later]} ({in_both_zones(second)}) is before "
                f"{MILESTONES[earlier].lower()} ({in_both_zones(first)})."
            )
    if errors:
        raise ValidationError(errors)


def enter_status(incident: Incident, status: str, moment: datetime) -> None:
    """End the running stay and begin the next; the caller saves the incident."""
    running = incident.status_periods.filter(ended_at__isnull=True).first()
    if running:
        running.ended_at = max(moment, running.started_at)
        running.save(update_fields=["ended_at"])
        moment = running.ended_at
    StatusPeriod.objects.create(incident=incident, status=status, started_at=moment)
    incident.status = status


def forget_milestones(incident: Incident, *names: str) -> dict[str, datetime | None]:
    """Empty milestones that do not hold any more and return what they were; the caller saves the incident.

    Their rows stay on the timeline as history but stop standing for the milestone.
    """
    was = {name: getattr(incident, name) for name in names}
    for name in names:
        setattr(incident, name, None)
        for event in incident.timeline.filter(kind=Kind.MILESTONE, data__milestone=name):
            event.data = event.data | {"milestone": None, "was": name}
            event.save(update_fields=["data"])
    incident.milestone_basis = {n: b for n, b in incident.milestone_basis.items() if n not in names}
    return was


def end_running_impacts(incident: Incident, moment: datetime, *, but: Collection[Service] = ()) -> None:
    """End the running impacts; only services for which somebody chose a state in `but` keep it."""
    running = incident.affected_services.running().exclude(service__in=but)
    running.update(ended_at=Greatest(Value(moment), "started_at"))


def require_responder(user: User, field: str) -> None:
    """Raise ValidationError where `user`, if anybody, is one who cannot be given work in an incident."""
    if user is not None and not user.is_responder:
        raise ValidationError({field: f"{user} is a stakeholder and cannot take this."})
