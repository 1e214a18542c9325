"""What the palette finds by a part of a name: each query is put together once a process (core/kept_queries.py)."""

from functools import cache

from accounts.models import User
from action_items.models import ActionItem
from action_items.models.items import number_of
from core.kept_queries import SOME_NUMBER, SOME_TEXT, SOMEBODY, Kept, holds_text, keep
from incidents.models import SavedView, Service

SHOWN = 4  # of each kind
NO_NUMBER = 0  # no row has it


def views_named(typed: str, user: User) -> list[SavedView]:
    return _views().rows({SOMEBODY: user.pk, SOME_TEXT: typed})


def services_named(typed: str) -> list[Service]:
    return _services().rows({SOME_TEXT: typed})


def people_named(typed: str) -> list[User]:
    return _people().rows({SOME_TEXT: typed})


def action_items_named(typed: str, user: User) -> list[ActionItem]:
    """ACT-7, or words of the title; what is still to be done first."""
    asked = _action_items(user.installation_role, user.sees_private_incidents)
    return asked.rows({SOMEBODY: user.pk, SOME_TEXT: typed, SOME_NUMBER: number_of(typed) or NO_NUMBER})


@cache
def _views() -> Kept[SavedView]:
    return keep(SavedView.objects.filter(holds_text("name"), person=SOMEBODY)[:SHOWN])


@cache
def _services() -> Kept[Service]:
    return keep(Service.objects.in_use().filter(holds_text("name"))[:SHOWN])


@cache
def _people() -> Kept[User]:
    return keep(User.objects.active().filter(holds_text("name"))[:SHOWN])


@cache
def _action_items(role: str, sees_private: bool) -> Kept[ActionItem]:
    anybody = User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)
    reachable = ActionItem.objects.visible_to(anybody)
    return keep(
        (reachable.filter(pk=SOME_NUMBER) | reachable.unfinished().filter(holds_text("title")))[:SHOWN]
    )
