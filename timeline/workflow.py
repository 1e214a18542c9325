"""The verbs of the timeline: record, edit with history, star, mark gaps, answer, attach evidence."""

from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from audit.workflow import record_audit
from core.conflict import Conflict
from core.notify import notify_incident
from timeline.models import (
    EDITABLE_KINDS,
    Evidence,
    EvidenceKind,
    Gap,
    Kind,
    TimelineEvent,
    TimelineEventEdit,
)
from timeline.subject import Subject


def record_event(
    *,
    incident: Subject,
    kind: str,
    text: str,
    by: User | None,
    occurred_at: datetime | None = None,
    notifies: bool = True,
    **fields: Any,
) -> TimelineEvent:
    """Write one row in the caller's transaction and notify open screens. Every other verb comes through here.

    `occurred_at` (UTC) defaults to now; a later one is refused with ValidationError. A caller that notifies the head
    of the incident anyway passes `notifies=False`: screens fetch the timeline's news then as well.
    """
    event = new_event(incident=incident, kind=kind, text=text, by=by, occurred_at=occurred_at, **fields)
    event.save(force_insert=True)
    if notifies:
        notify_incident(incident_id=incident.pk, what="timeline")
    return event


def new_event(
    *,
    incident: Subject,
    kind: str,
    text: str,
    by: User | None,
    occurred_at: datetime | None = None,
    **fields: Any,
) -> TimelineEvent:
    """A row not stored yet, for callers that store several at once; refuses what `record_event` refuses."""
    now = context.now()
    if occurred_at and occurred_at > now:
        raise ValidationError({"occurred_at": "This is in the future."})
    return TimelineEvent(
        incident=cast("Any", incident),
        kind=kind,
        text=text,
        actor=by,
        occurred_at=occurred_at or now,
        recorded_at=now,
        **fields,
    )


@transaction.atomic
def write_event(
    *,
    incident: Subject,
    by: User,
    text: str,
    kind: str = Kind.NOTE,
    detail: str = "",
    occurred_at: datetime | None = None,
    precision_seconds: int | None = None,
    is_recollection: bool = False,
    source: str = "",
    answers: TimelineEvent | None = None,
    phase: str = "",
    data: dict[str, Any] | None = None,
) -> TimelineEvent:
    """A person writes a note, decision, question, answer, alert or change into the timeline.

    `data` keeps what else an import knows about the row.
    """
    _require_responder(incident, by)
    if not text.strip():
        raise ValidationError({"text": "Write what happened."})
    if kind not in EDITABLE_KINDS:
        raise ValidationError({"kind": "Entries of this kind are created automatically."})
    if answers is not None and answers.incident_id != incident.pk:
        raise ValidationError({"answers": "That question belongs to another incident."})
    event = record_event(
        incident=incident,
        kind=Kind.ANSWER if answers else kind,
        text=text.strip(),
        detail=detail.strip(),
        by=by,
        occurred_at=occurred_at,
        precision_seconds=precision_seconds,
        is_recollection=is_recollection,
        source=source,
        answers=answers,
        phase=phase,
        data=data or {},
    )
    _audit(event, "timeline.written", by, {"kind": event.kind, "text": event.text})
    return event


@transaction.atomic
def edit_event(
    *,
    event: TimelineEvent,
    by: User,
    text: str,
    detail: str = "",
    occurred_at: datetime,
    phase: str = "",
    precision_seconds: int | None = None,
    is_recollection: bool = False,
    version: int | None = None,
) -> TimelineEvent:
    """Change an event; what it said before is kept and can be read. Conflict where `version` is not the stored one."""
    _require_responder(event.incident, by)
    event = TimelineEvent.objects.select_for_update().get(pk=event.pk)
    if version is not None and version != event.version:
        raise Conflict(event, "This row")
    if occurred_at > context.now():
        raise ValidationError({"occurred_at": "This is in the future."})
    if not event.can_be_edited and (text, detail) != (event.text, event.detail):
        raise ValidationError({"text": "Allclear wrote this row. You can change only its time and phase."})
    if not text.strip():
        raise ValidationError({"text": "Write what happened, or remove the row."})
    if event.data.get("milestone") and occurred_at != event.occurred_at:
        raise ValidationError({"occurred_at": "This row shows a milestone. Correct the milestone itself."})
    before = {
        "text": event.text,
        "detail": event.detail,
        "occurred_at": event.occurred_at,
        "phase": event.phase,
        "precision_seconds": event.precision_seconds,
        "is_recollection": event.is_recollection,
    }
    after = {
        "text": text.strip(),
        "detail": detail.strip(),
        "occurred_at": occurred_at,
        "phase": phase,
        "precision_seconds": precision_seconds,
        "is_recollection": is_recollection,
    }
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    if not changes:
        return event
    TimelineEventEdit.objects.create(event=event, at=context.now(), by=by, before=before)
    for name, value in after.items():
        setattr(event, name, value)
    event.edited_at = context.now()
    event.save()
    _audit(event, "timeline.edited", by, changes)
    notify_incident(incident_id=event.incident_id, what="timeline")
    return event


@transaction.atomic
def remove_event(*, event: TimelineEvent, by: User) -> None:
    """Take a row a person wrote out of sight; it stays in the database and in the audit trail."""
    _require_responder(event.incident, by)
    if not event.can_be_edited:
        raise ValidationError("Allclear wrote this row, so it can't be removed.")
    if event.removed_at:
        return
    event.removed_at = context.now()
    event.save(update_fields=["removed_at"])
    _audit(event, "timeline.removed", by, {"text": event.text})
    notify_incident(incident_id=event.incident_id, what="timeline")


@transaction.atomic
def star_event(*, event: TimelineEvent, by: User, starred: bool) -> None:
    _require_responder(event.incident, by)
    if event.is_starred == starred:
        return
    event.is_starred = starred
    event.save(update_fields=["is_starred"])
    _audit(event, "timeline.starred" if starred else "timeline.unstarred", by, {})
    notify_incident(incident_id=event.incident_id, what="timeline")


@transaction.atomic
def mark_gap(
    *,
    incident: Subject,
    by: User,
    text: str,
    occurred_at: datetime,
    gap: str = Gap.MISSING,
    minutes: int | None = None,
) -> TimelineEvent:
    """A row for what is not known: information missing, or information that came late."""
    _require_responder(incident, by)
    if gap not in Gap.values:
        raise ValidationError({"gap": "Say whether information was missing or delayed."})
    event = record_event(
        incident=incident,
        kind=Kind.GAP,
        text=text.strip() or Gap(gap).label,
        by=by,
        occurred_at=occurred_at,
        gap=gap,
        data={"minutes": minutes} if minutes else {},
    )
    _audit(event, "timeline.gap_marked", by, {"gap": gap, "text": event.text})
    return event


@transaction.atomic
def attach_evidence(
    *,
    incident: Subject,
    by: User,
    kind: str,
    title: str,
    body: str = "",
    url: str = "",
    file: Any = None,
    file_type: str = "",
    captured_at: datetime | None = None,
    event: TimelineEvent | None = None,
    hypothesis: Any = None,
    data: dict[str, Any] | None = None,
) -> Evidence:
    """Keep something seen and hang it on an event or a hypothesis; alone, it becomes an event of its own."""
    _require_responder(incident, by)
    return _attach(
        incident,
        by,
        kind=kind,
        title=title,
        body=body,
        url=url,
        file=file,
        file_type=file_type,
        captured_at=captured_at,
        event=event,
        hypothesis=hypothesis,
        data=data,
    )


def attach_proof(
    *, incident: Subject, title: str, body: str, file: Any, file_type: str, data: dict[str, Any]
) -> Evidence:
    """What the application itself saw of a metric, with a picture of it; in the caller's transaction."""
    return _attach(
        incident,
        None,
        kind=EvidenceKind.METRIC,
        title=title,
        body=body,
        file=file,
        file_type=file_type,
        data=data,
    )


def _attach(
    incident: Subject,
    by: User | None,
    *,
    kind: str,
    title: str,
    body: str,
    url: str = "",
    file: Any = None,
    file_type: str = "",
    captured_at: datetime | None = None,
    event: TimelineEvent | None = None,
    hypothesis: Any = None,
    data: dict[str, Any] | None = None,
) -> Evidence:
    for target in (event, hypothesis):
        if target is not None and target.incident_id != incident.pk:
            raise ValidationError("That belongs to another incident.")
    if kind not in EvidenceKind.values:
        raise ValidationError({"kind": "Choose what kind of evidence this is."})
    if not title.strip():
        raise ValidationError({"title": "Say what this shows."})
    if not (body or url or file or kind == EvidenceKind.ALERT):
        raise ValidationError({"body": "Add a text, an address or a file."})
    if captured_at and captured_at > context.now():
        raise ValidationError({"captured_at": "This is in the future."})
    if event is None:
        subject = f" for “{hypothesis.claim}”" if hypothesis else ""
        event = record_event(
            incident=incident,
            kind=Kind.ALERT if kind == EvidenceKind.ALERT else Kind.NOTE,
            text=title if kind == EvidenceKind.ALERT else f"{EvidenceKind(kind).label}{subject}: {title}",
            by=by,
            occurred_at=captured_at,
            source=(data or {}).get("source", ""),
        )
    else:
        notify_incident(incident_id=incident.pk, what="timeline")
    evidence = Evidence.objects.create(
        incident=cast("Any", incident),
        kind=kind,
        title=title,
        body=body,
        url=url,
        file=file or "",
        file_type=file_type,
        captured_at=captured_at or context.now(),
        captured_by=by,
        event=event,
        hypothesis=hypothesis,
        data=data or {},
    )
    _audit(event, "evidence.attached", by, {"kind": kind, "title": title})
    return evidence


def _require_responder(incident: Subject, by: User) -> None:
    if not incident.can_be_written_by(by):
        raise PermissionDenied("Only responders can write in an incident.")


def _audit(event: TimelineEvent, action: str, by: User | None, changes: dict[str, Any]) -> None:
    record_audit(
        chain=event.incident.chain, action=action, subject=f"event:{event.pk}", by=by, changes=changes
    )
