"""Who may do what to an incident they can reach. Reach itself is `Incident.objects.visible_to`."""

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.models import User, UserQuerySet

if TYPE_CHECKING:
    from incidents.models import Incident


def can_report(user: User) -> bool:
    """Anybody signed in may say that something looks wrong."""
    return bool(user.is_authenticated and user.is_active)


def can_declare(user: User) -> bool:
    return bool(user.is_authenticated and user.is_responder)


def can_respond(user: User, incident: "Incident") -> bool:
    """Write into the incident: notes, hypotheses, mitigations, updates, statuses, roles.

    A private incident is out of reach for whom it is not visible to, even where its row is already in hand.
    """
    return incident.can_be_written_by(user)


def can_set_visibility(user: User, incident: "Incident") -> bool:
    """Open or hide an incident: its commander, or an administrator who can reach it."""
    return user.is_administrator or incident.commander == user


def keeps_access(incident: "Incident") -> UserQuerySet:
    """Who stays on an incident that becomes private, so that no one can take it over unseen: the person who
    declared it, everybody who has ever commanded it, and the administrators."""
    commanded = incident.role_assignments.filter(role__slug="commander").values("user")
    on_it = Q(pk__in=commanded) | Q(pk=incident.reported_by_id)
    return User.objects.active().filter(on_it | Q(pk__in=User.objects.administrators().values("pk")))


def can_edit_catalogue(user: User) -> bool:
    return bool(user.is_authenticated and user.is_administrator)
