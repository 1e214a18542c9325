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
    now = context.now()
    posted_at = check_moment(published_at, "published_at")
    is_new = published_at is None
    errors: dict[str, str] = {}
    if not audiences or set(audiences) - set(Audience.values):
        errors["audiences"] = "Choose who gets this."
    if incident.is_private and Audience.PUBLIC in audiences:
        errors["audiences"] = "A private incident has no public updates."
    if not known.strip():
        errors["known"] = "Say what is known, even if it is only that you are looking."
    if is_new and incident.is_active and not unknown.strip() and not no_open_unknowns:
        errors["unknown"] = "Say what is still unknown, or tick “no open unknowns”."
    if is_new and incident.is_active and next_update_at is None:
        errors["next_update_at"] = "Say when the next update comes."
    if is_new and next_update_at and next_update_at <= now:
        errors["next_update_at"] = "The next update lies in the past."
    if corrects is not None:
        if corrects.incident_id != incident.pk or StatusUpdate.objects.filter(corrects=corrects).exists():
            errors["corrects"] = "That update belongs elsewhere or is corrected already."
        if not correction_reason.strip():
            errors["correction_reason"] = "Say what was wrong."
    if errors:
        raise ValidationError(errors)
    values = variables(incident, audiences)
    update = StatusUpdate.objects.create(
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
        posted_at=posted_at,
        form_token=form_token,
    )
    record_event(
        incident=incident,
        kind=Kind.UPDATE,
        text=update.known,
        by=by,
        occurred_at=posted_at,
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
