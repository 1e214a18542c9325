"""What a person sets about themselves."""

from allauth.usersessions.models import UserSession
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import User
from accounts.sessions import end_sessions
from accounts.workflow.common import audit, differences


@transaction.atomic
def edit_profile(*, by: User, name: str, time_zone: str, theme: str, keys_enabled: bool) -> User:
    """Raises PermissionDenied for a service account: administrators say what it is called in the audit trail."""
    if by.is_service:
        raise PermissionDenied(
            "A service account has no profile. An administrator can rename it in Settings."
        )
    person: User = User.objects.select_for_update().get(pk=by.pk)
    changes = differences(
        person, {"name": name, "time_zone": time_zone, "theme": theme, "keys_enabled": keys_enabled}
    )
    for field, (_old, new) in changes.items():
        setattr(person, field, new)
    person.clean_fields(exclude={field.name for field in person._meta.fields} - set(changes))
    person.save(update_fields=["name", "time_zone", "theme", "keys_enabled"])
    if "name" in changes:  # the only one that others see
        audit("person.renamed", person, by, name=changes["name"])
    return person


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    if session.user_id != by.pk:
        raise PermissionDenied("This session belongs to someone else.")
    session.end()
    audit("session.ended", by, by)


@transaction.atomic
def end_other_sessions(*, by: User, session_key: str) -> None:
    if end_sessions(by, except_key=session_key):
        audit("sessions.ended", by, by)


@transaction.atomic
def set_password(*, by: User, password: str, session_key: str = "") -> None:
    """Change the password; every session but the one named ends."""
    by.set_password(password)
    by.save(update_fields=["password"])
    end_sessions(by, except_key=session_key)
    audit("password.changed", by, by)
