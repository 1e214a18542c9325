"""What the verbs of status pages share: who may, what is recorded, and that kept copies are out of date."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from incidents.workflow.transitions import FormUsed
from notifications.workflow import wake_worker
from statuspages.models import MaintenanceSeries, ScheduledMaintenance, StatusPage
from statuspages.permissions import can_announce, can_edit_pages

UNTOLD = {"seed", "version", "copied_version", "copy_due_at", "copied_at", "changed_at", "created_at", "uid"}
UNTOLD |= {"accent_light", "accent_dark", "accent_on", "logo_width", "logo_height", "logo_plate"}
LOOK = {"accent", "logo_version"}  # changed by a verb of their own


def require_editor(by: User) -> None:
    if not can_edit_pages(by):
        raise PermissionDenied("Only administrators can edit status pages.")


def require_announcer(by: User) -> None:
    if not can_announce(by):
        raise PermissionDenied("Only responders can announce maintenance.")


def lock(page: StatusPage) -> StatusPage:
    return StatusPage.objects.select_for_update().get(pk=page.pk)


def made_before[T: (ScheduledMaintenance, MaintenanceSeries)](
    model: type[T], form_token: UUID | None, page: StatusPage
) -> T | None:
    """What a form made the first time. Raises FormUsed where that is on another page, or of the other kind."""
    if form_token is None:
        return None
    made = model._default_manager.filter(form_token=form_token).first()
    if made and made.page_id != page.pk:
        raise FormUsed("announced maintenance on another page")
    other = MaintenanceSeries if model is ScheduledMaintenance else ScheduledMaintenance
    if made is None and other._default_manager.filter(form_token=form_token).exists():
        raise FormUsed("announced maintenance")
    return made


def facts(entry: models.Model | None) -> dict[str, Any]:
    """A row as the audit trail tells it: names for what it points to."""
    if entry is None or entry.pk is None:
        return {}
    told = {}
    for field in entry._meta.concrete_fields:
        if not field.primary_key and field.name not in UNTOLD:
            value = getattr(entry, field.name)
            told[field.name] = str(value) if isinstance(value, models.Model) else value
    return told


def record(
    page: StatusPage,
    action: str,
    subject: Any,
    by: User | None,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """One audit entry of what changed, and the page's copies are out of date; nothing where nothing changed.

    The page's row is locked before the audit trail, as by verbs that begin with `lock`: so they never deadlock.
    """
    changes = {
        name: [before.get(name), after.get(name)]
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    }
    if changes:
        StatusPage.objects.filter(pk=page.pk).changed()
        wake_worker()
        record_audit(
            chain=INSTALLATION, action=action, subject=f"{page}: {subject}"[:200], by=by, changes=changes
        )
