"""The brief's links: an address that needs no sign-in, until it expires or is revoked."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit import context
from incidents.models import Audience, BriefLink, Incident
from incidents.workflow.schedules import reschedule
from incidents.workflow.transitions import audit, lock
from timeline.models import Kind
from timeline.workflow import record_event

BRIEF_LIFETIME = timedelta(days=7)


@transaction.atomic
def create_brief_link(
    *,
    incident: Incident,
    by: User,
    audience: str = Audience.STAKEHOLDERS,
    lifetime: timedelta = BRIEF_LIFETIME,
) -> BriefLink:
    """An address that shows the brief without a sign-in until it expires or is revoked; none of what is private."""
    incident = lock(incident, by=by)
    if incident.is_private:
        raise ValidationError("A private incident has no link that works without a sign-in.")
    now = context.now()
    link = BriefLink.objects.create(
        incident=incident, audience=audience, created_by=by, created_at=now, expires_at=now + lifetime
    )
    if incident.is_active and audience != Audience.STAKEHOLDERS:
        reschedule(incident)  # its readers may be the first of their audience
    record_event(incident=incident, kind=Kind.FACT, text="made a link to the brief", by=by)
    audit(incident, "brief_link.created", by, link=link.pk, expires_at=link.expires_at)
    return link


@transaction.atomic
def revoke_brief_link(*, link: BriefLink, by: User) -> None:
    incident = lock(link.incident, by=by)
    if link.revoked_at is None:
        link.revoked_at = context.now()
        link.save(update_fields=["revoked_at"])
        if incident.is_active and link.audience != Audience.STAKEHOLDERS:
            reschedule(incident)  # its readers may have been the last of their audience
        record_event(incident=incident, kind=Kind.FACT, text="revoked a link to the brief", by=by)
        audit(incident, "brief_link.revoked", by, link=link.pk)
