"""Who may do what with status pages."""

from accounts.models import User


def can_edit_pages(user: User) -> bool:
    """What the world sees of the organisation: administrators."""
    return bool(user.is_authenticated and user.is_administrator)


def can_announce(user: User) -> bool:
    """Maintenance and states set by hand: responders."""
    return bool(user.is_authenticated and user.is_responder)
