"""What apps above this one answer for the pages of action items, by the dotted paths in settings.ACTION_ITEM_HOOKS."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import User
from action_items.models import ActionItem, ActionItemQuerySet


def _ask(hook: str, *arguments: Any) -> Any:
    return import_string(settings.ACTION_ITEM_HOOKS[hook])(*arguments)


def tickets(user: User, item: ActionItem, *, may_change: bool) -> Any:
    """Its tickets as the item's page shows them (`synced`, `others`), and what `user` may do (`can_create`)."""
    return _ask("tickets", user, item, may_change)


def ticket_marks(items: Iterable[ActionItem]) -> dict[int, Any]:
    """For lists and boards: by the primary key of each item that has one, the ticket that is synced. One query."""
    return _ask("ticket_marks", items)


def with_tickets(items: Iterable[ActionItem]) -> list[ActionItem]:
    """The same, each with its `ticket`, or None."""
    rows = list(items)
    marks = ticket_marks(rows)
    for item in rows:
        item.ticket = marks.get(item.pk)  # type: ignore[attr-defined]
    return rows


def ticket_cells(items: ActionItemQuerySet) -> dict[int, tuple[str, str, str]]:
    """For files: by primary key, the key, the address and the state of the ticket that is synced. One query."""
    return _ask("ticket_cells", items)


def makes_tickets() -> bool:
    """Whether there is a project that tickets can be made in."""
    return _ask("makes_tickets")


def has_trackers() -> bool:
    return bool(_ask("has_trackers"))


def narrowed_by_tickets(items: ActionItemQuerySet, asked: str) -> ActionItemQuerySet:
    """Those with a `conflict`, a `problem`, a ticket that is `synced`, or `none`."""
    found: ActionItemQuerySet = _ask("narrowed_by_tickets", items, asked)
    return found


def with_conflicts(items: Iterable[ActionItem]) -> list[ActionItem]:
    """The same, each with its open `conflicts`: what it and its ticket were changed to at once. Two queries."""
    rows = list(items)
    found = _ask("conflicts", rows)
    for item in rows:
        item.conflicts = found.get(item.pk, [])  # type: ignore[attr-defined]
    return rows


def conflict_count(user: User) -> int:
    """How many action items within reach have an open conflict. One query."""
    count: int = _ask("conflict_count", user)
    return count
