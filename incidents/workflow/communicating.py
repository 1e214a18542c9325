"""Step 4: status updates per audience, corrections, the brief's links."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from audit import context
from incidents.models import Audience, BriefLink, Incident, Status, StatusUpdate
from incidents.workflow.basics import FormUsed, announce, audit, check_moment, lock
from incidents.workflow.schedules import reschedule
from incidents.workflow.wording import fill, is_filled_from, variables
from timeline.models import Kind
from timeline.workflow import record_event

TIME_TO_UNDO = timedelta(seconds=10)
BRIEF_LIFETIME = timedelta(days=7)


@transaction.atomic
def post_status_update(
    *,
    incident: Incident,
    by: Any,
    audiences: list[str],
    known: str,
    unknown: str = "",
    no_open_unknowns: bool = False,
    doing: str = "",
    workaround: str = "",
    ask: str = "",
    next_update_at: datetime | None = None,
    corrects: StatusUpdate | None = None,
    correction_reason: str = "",
    form_token: UUID | None = None,
    published_at: datetime | None = None,
    status: str | None = None,
    wordings: dict[str, dict[str, str]] | None = None,
    public_title: str = "",
) -> StatusUpdate:
    """Publish a structured update. Until resolved it says what is unknown and when the next one comes.

    A published update is never edited: name it in `corrects`, with a reason, and both are shown.
    The same `form_token` again returns the update it made the first time.

    `published_at` takes over an update that went out elsewhere: it is kept as it was said then, so what it left
    out is not asked for; `status` is what it announced, where that is not the incident's own.
    """
    incident = lock(incident, by=by)
    if form_token and (existing := incident.status_updates.filter(form_token=form_token).first()):
        if existing.author_id != by.pk or not is_filled_from(known.strip(), existing.known):
            raise FormUsed("published an update")
        return existing
    if incident.is_final or incident.status == Status.TRIAGE:
        raise ValidationError(
            f"{incident.reference} is {incident.get_status_display().lower()}; declare it first."
        )
    values = variables(incident, audiences)
    update = StatusUpdate(
        incident=incident,
        audiences=list(dict.fromkeys(audiences)),
        known=fill(known.strip(), values),
        unknown=fill(unknown.strip(), values),
        doing=fill(doing.strip(), values),
        workaround=fill(workaround.strip(), values),
        ask=fill(ask.strip(), values),
        next_update_at=next_update_at if incident.is_active else None,
        status=status or incident.status,
        severity=incident.severity,
        author=by,
        corrects=corrects,
        correction_reason=correction_reason.strip(),
        posted_at=check_moment(published_at, "published_at"),
        leaves_at=published_at or context.now() + TIME_TO_UNDO,
        wordings={a: {f: fill(t.strip(), values) for f, t in w.items()} for a, w in (wordings or {}).items()},
        form_token=form_token,
    )
    errors = _missing_from(update)
    if published_at is None:
        errors |= _missing_from_news(update, no_open_unknowns=no_open_unknowns)
    if errors:
        raise ValidationError(errors)
    update.save(force_insert=True)
    record_event(
        incident=incident,
        kind=Kind.UPDATE,
        text=update.known,
        by=by,
        occurred_at=update.posted_at,
        status_update=update,
    )
    reschedule(incident)
    audit(
        incident,
        "status_update.posted",
        by,
        update=update.pk,
        audiences=audiences,
        corrects=corrects.pk if corrects else None,
    )
    announce(incident, "status_update.posted", update=update.pk, audiences=audiences)
    return update


def _missing_from(update: StatusUpdate) -> dict[str, str]:
    """What no update can be without, by field."""
    errors = {}
    if not update.audiences or set(update.audiences) - set(Audience.values):
        errors["audiences"] = "Choose who gets this."
    if update.incident.is_private and Audience.PUBLIC in update.audiences:
        errors["audiences"] = "A private incident has no public updates."
    if not update.known:
        errors["known"] = "Say what is known, even if it is only that you are looking."
    if wrong := update.corrects:
        if wrong.incident_id != update.incident_id or StatusUpdate.objects.filter(corrects=wrong).exists():
            errors["corrects"] = "That update belongs elsewhere or is corrected already."
        if not update.correction_reason:
            errors["correction_reason"] = "Say what was wrong."
    return errors


def _missing_from_news(update: StatusUpdate, *, no_open_unknowns: bool) -> dict[str, str]:
    """What an update on something still running owes its readers: the unknowns, and when the next one comes."""
    errors = {}
    if update.incident.is_active and not update.unknown and not no_open_unknowns:
        errors["unknown"] = "Say what is still unknown, or tick “no open unknowns”."
    if update.incident.is_active and update.next_update_at is None:
        errors["next_update_at"] = "Say when the next update comes."
    if update.next_update_at and update.next_update_at <= context.now():
        errors["next_update_at"] = "The next update lies in the past."
    return errors


@transaction.atomic
def create_brief_link(
    *,
    incident: Incident,
    by: Any,
    audience: str = Audience.STAKEHOLDERS,
    lifetime: timedelta = BRIEF_LIFETIME,
) -> BriefLink:
    """An address that shows the brief without a sign-in until it expires or is revoked."""
    incident = lock(incident, by=by)
    now = context.now()
    link = BriefLink.objects.create(
        incident=incident, audience=audience, created_by=by, created_at=now, expires_at=now + lifetime
    )
    record_event(incident=incident, kind=Kind.FACT, text="made a link to the brief", by=by)
    audit(incident, "brief_link.created", by, link=link.pk, expires_at=link.expires_at)
    return link


@transaction.atomic
def revoke_brief_link(*, link: BriefLink, by: Any) -> None:
    incident = lock(link.incident, by=by)
    if link.revoked_at is None:
        link.revoked_at = context.now()
        link.save(update_fields=["revoked_at"])
        record_event(incident=incident, kind=Kind.FACT, text="revoked a link to the brief", by=by)
        audit(incident, "brief_link.revoked", by, link=link.pk)
