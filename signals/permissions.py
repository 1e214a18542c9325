"""Who may do what to signals."""

from django.core.exceptions import PermissionDenied

from accounts.models import User


def can_set_up_signals(user: User) -> bool:
    """Add, change, test and remove data sources and signals."""
    return bool(user.is_active and user.is_administrator)


def require_setting_up(by: User) -> None:
    if not can_set_up_signals(by):
        raise PermissionDenied("Only administrators can change data sources and signals.")
