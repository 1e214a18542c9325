"""Who may do what with status pages."""

from typing import Any


def can_edit_pages(user: Any) -> bool:
    """What the world sees of the organisation: administrators."""
    return bool(user.is_authenticated and user.is_administrator)


def can_announce(user: Any) -> bool:
    """Maintenance and states set by hand: responders."""
    return bool(user.is_authenticated and user.is_responder)
