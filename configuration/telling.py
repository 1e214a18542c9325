"""What is configured now, in the words in which it would be applied."""

from typing import Any

from django.db import models

from accounts.models import User
from api.shapes.base import in_shape
from configuration.kinds import (
    CHANNELS,
    COMPONENTS,
    GROUPS,
    KINDS,
    STATUS_PAGES,
    TOP,
    WITH_SECRET,
    Act,
    Kind,
)
from notifications.kinds import DeliveryKind

Told = dict[str, Any]


def told_rows(kind: Kind, by: User, pk: Any = None) -> list[tuple[Any, Told]]:
    """(record, what it says), all or one, in the order of lists."""
    rows = kind.shape.rows(by)
    if pk is not None:
        rows = rows.filter(pk=pk)
    call = Act(by, kind.edit, {})
    return [
        (row, _told(kind, row, in_shape(kind.shape, row, call))) for row in rows.order_by(*kind.shape.order)
    ]


def _told(kind: Kind, row: Any, data: Any) -> Told:
    told = {name: flat(data[name]) for name in kind.fields if name in data}
    if kind.parent:
        told[kind.parent] = flat(data[kind.parent])
    if kind.name == CHANNELS:
        told["url"] = row.url
    if kind.name in WITH_SECRET:
        told["secret"] = row.secret
    return told


def flat(value: Any) -> Any:
    """A record by what it is known by; a list without an order of its own sorted."""
    if isinstance(value, models.Model):
        return getattr(value, "slug", None) or str(value)
    if isinstance(value, dict) and ("slug" in value or "name" in value):
        return value.get("slug") or value["name"]
    if isinstance(value, dict):
        return {str(name): flat(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted(map(flat, value), key=str)
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def says(told: Any, said: Any) -> bool:
    """Whether what is told is what was said; what was not said may be anything."""
    if isinstance(said, dict):
        told = told or {}
        return all(says(told.get(name), inner) for name, inner in said.items())
    return bool(told == said)


def is_told(told: Any, said: Any) -> bool:
    """The same before any check: told in the very form in which an export writes it."""
    if isinstance(said, dict) and isinstance(told, dict):
        return all(name in told and is_told(told[name], inner) for name, inner in said.items())
    if isinstance(said, list) and isinstance(told, list):
        return all(isinstance(one, str) for one in said) and sorted(said) == told
    return type(told) is type(said) and bool(told == said)


def exported(by: User) -> dict[str, list[Told]]:
    """All that can be configured; addresses of channels and secrets are left out, and stay as they are."""
    found = {name: _without_twins(KINDS[name], by) for name in TOP}
    for told in found[CHANNELS]:
        del told["url"]
        if told["kind"] != DeliveryKind.WEBHOOK:
            for name in ("events", "services", "body_format"):
                del told[name]
    for name in WITH_SECRET:
        for told in found[name]:
            del told["secret"]
    for name in (GROUPS, COMPONENTS):
        for part in _without_twins(KINDS[name], by):
            slug = part.pop("page")
            page = next(page for page in found[STATUS_PAGES] if page["slug"] == slug)
            page.setdefault(name, []).append(part)
    return found


def _without_twins(kind: Kind, by: User) -> list[Told]:
    """Where two are called the same, the first."""
    seen: dict[tuple[Any, ...], Told] = {}
    for _row, told in told_rows(kind, by):
        seen.setdefault(tuple(told.get(name) for name in kind.keys[0]), told)
    return list(seen.values())
