"""Who may do what to an incident they can reach. Reach itself is `Incident.objects.visible_to`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from incidents.models import Incident


def can_report(user: Any) -> bool:
    """Anybody signed in may say that something looks wrong."""
    return bool(user.is_authenticated and user.is_active)


def can_declare(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_responder)


def can_respond(user: Any, incident: "Incident") -> bool:
    """Write into the incident: notes, hypotheses, mitigations, updates, statuses, roles."""
    return bool(user.is_authenticated and user.is_responder)


def can_set_visibility(user: Any, incident: "Incident") -> bool:
    """Open or hide an incident: its commander, or an administrator who can reach it."""
    return user.is_administrator or incident.commander == user


def can_edit_catalogue(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_administrator)
