"""What every verb about people asks and does: may they, is it the last administrator, write it down."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit

HERE_ALREADY = "Another account already has this e-mail address."


def require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change who may sign in.")


def hold_administrators() -> None:
    """Let one change to administrators happen at a time, so that two cannot both remove “the other one”."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('administrators', 0))")


def require_another_administrator(person: User) -> None:
    """One who can sign in: a service account cannot let anybody in again."""
    if not User.objects.administrators().exclude(pk=person.pk).exclude(is_service=True).exists():
        raise ValidationError(
            f"{person} is the only administrator. Make someone else an administrator first.",
            code="last_administrator",
        )


def check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as refusal:
        raise ValidationError({"password": refusal.messages}) from refusal


def check_email_is_free(email: str) -> None:
    if User.objects.with_email(email).exists():
        raise ValidationError({"email": HERE_ALREADY})


def audit(action: str, subject: Any, by: User | None, **changes: Any) -> None:
    record_audit(chain=INSTALLATION, action=action, subject=str(subject)[:200], by=by, changes=changes)


def differences(record: Any, values: dict[str, Any]) -> dict[str, Any]:
    """{field: [old, new]} for the plain fields that would change."""
    return {
        name: [getattr(record, name), value]
        for name, value in values.items()
        if getattr(record, name) != value
    }
