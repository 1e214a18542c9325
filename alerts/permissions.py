"""Who may do what to alerts they can reach."""

from accounts.models import User


def can_act_on_alerts(user: User) -> bool:
    """Acknowledge, attach to an incident, mark as noise."""
    return bool(user.is_authenticated and user.is_active and user.is_responder)


def can_read_routes(user: User) -> bool:
    """Whoever can see alerts can see what becomes of them."""
    return bool(user.is_authenticated and user.is_active)


def can_change_routes(user: User) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_administrator)
