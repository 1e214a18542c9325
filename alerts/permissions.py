"""Who may do what to alerts they can reach."""

from accounts.models import User


def can_act_on_alerts(user: User) -> bool:
    """Acknowledge, attach to an incident, mark as noise."""
    return bool(user.is_authenticated and user.is_active and user.is_responder)
