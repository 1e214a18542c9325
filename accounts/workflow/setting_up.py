"""The first start: a link from the terminal, the first administrator, the organisation."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Installation, InstallationRole, SetupLink, User, hash_token
from accounts.workflow.common import (
    audit,
    check_email_is_free,
    check_password,
    differences,
    hold_administrators,
    require_administrator,
)


@transaction.atomic
def issue_setup_link(*, by: User | None = None) -> str | None:
    """A fresh token, the only one that works from now on; None where an administrator exists already."""
    hold_administrators()
    if User.objects.administrators().exists():
        return None
    now: datetime = timezone.now()
    SetupLink.objects.open().update(expires_at=now)
    token = SetupLink.new_token()
    SetupLink.objects.create(token_hash=hash_token(token), expires_at=now + SetupLink.LIFETIME)
    audit("setup_link.issued", "Set-up link", by)
    return token


@transaction.atomic
def create_first_administrator(
    *, token: str, name: str, email: str, password: str, time_zone: str, by: User | None = None
) -> User:
    """Use the set-up link up. Raises ValidationError where it is no longer open or the values do not do."""
    hold_administrators()
    link = SetupLink.objects.of_token(token).select_for_update().first()
    if link is None or not link.is_open or User.objects.administrators().exists():
        raise ValidationError("This link is no longer open.", code="link_closed")
    check_email_is_free(email)
    check_password(password, User(email=email, name=name))
    person = User.objects.create_user(
        email,
        password,
        name=name,
        time_zone=time_zone,
        installation_role=InstallationRole.ADMINISTRATOR,
    )
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    audit("person.added", person, by or person, email=email, installation_role=person.installation_role)
    return person


@transaction.atomic
def hide_checklist(*, by: User) -> None:
    """Hide the list of set-up steps from the Home page of every administrator."""
    require_administrator(by)
    installation, _ = Installation.objects.select_for_update().get_or_create(pk=1)
    if not installation.checklist_hidden:
        installation.checklist_hidden = True
        installation.save(update_fields=["checklist_hidden"])
        audit("checklist.hidden", installation, by)


@transaction.atomic
def allow_assistants(*, by: User, allowed: bool) -> Installation:
    """Let assistants use Allclear with API tokens from now on, or no longer."""
    require_administrator(by)
    installation, _ = Installation.objects.select_for_update().get_or_create(pk=1)
    if installation.assistants != allowed:
        installation.assistants = allowed
        installation.save(update_fields=["assistants"])
        audit("assistants.allowed" if allowed else "assistants.refused", installation, by)
    return installation


@transaction.atomic
def describe_organisation(
    *, by: User, name: str, time_zone: str, duty_contact: str, **duty: Any
) -> Installation:
    """What it is called, where it is, whom to turn to; `duty_person` and `duty_mail` are reminded last."""
    require_administrator(by)
    installation, _ = Installation.objects.select_for_update().get_or_create(pk=1)
    person = duty.get("duty_person")
    if person and not person.is_responder:
        raise ValidationError({"duty_person": f"{person} is a stakeholder and cannot answer."})
    told = {"name": name, "time_zone": time_zone, "duty_contact": duty_contact, **duty}
    changes = differences(installation, told)
    for field, (_old, new) in changes.items():
        setattr(installation, field, new)
    installation.clean_fields()
    installation.save()
    if changes:
        as_text = {
            field: [v and str(v) for v in values] if field == "duty_person" else values
            for field, values in changes.items()
        }
        audit("organisation.changed", installation, by, **as_text)
    return installation
