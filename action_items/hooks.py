"""What apps above this one answer for the pages of action items, by the dotted paths in settings.ACTION_ITEM_HOOKS."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from action_items.models import ActionItem


def _ask(hook: str, *arguments: Any) -> Any:
    return import_string(settings.ACTION_ITEM_HOOKS[hook])(*arguments)


def tickets(user: User, item: ActionItem, *, may_change: bool) -> Any:
    """Its tickets as the item's page shows them (`synced`, `others`), and what `user` may do (`can_create`)."""
    return _ask("tickets", user, item, may_change)


def ticket_marks(items: Iterable[ActionItem]) -> dict[int, Any]:
    """For lists and boards: by the primary key of each item that has one, the ticket that is synced. One query."""
    return _ask("ticket_marks", items)


def makes_tickets() -> bool:
    """Whether there is a project that tickets can be made in."""
    return _ask("makes_tickets")
