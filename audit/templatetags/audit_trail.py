"""Entries of the audit trail as a page shows them: ids as linked names, people linked for administrators."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.apps import apps
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html

from audit.models import AuditEntry

register = template.Library()
LONGEST = 80  # characters of a name


@dataclass(frozen=True)
class Row:
    entry: AuditEntry
    changes: list[tuple[str, Any, Any]]


@register.simple_tag
def audit_rows(entries: Iterable[AuditEntry]) -> list[Row]:
    """The entries with names in place of ids: one query for each kind of thing that is named."""
    told = [(entry, entry.told_changes) for entry in entries]
    names = _names(change for _entry, changes in told for change in changes)

    def named(name: str, value: Any) -> Any:
        return names.get((name, value), value) if _is_id(value) else value

    return [
        Row(
            entry,
            [(name.replace("_", " "), named(name, old), named(name, new)) for name, old, new in changes],
        )
        for entry, changes in told
    ]


@register.filter
def linked_reference(text: str) -> str:
    """A link to the incident where the whole text is a reference such as INC-142; an event is called by its kind."""
    if text.startswith("event:"):
        return "Timeline event"
    prefix, _, number = text.rpartition("-")
    if prefix != settings.REFERENCE_PREFIX or not number.isdecimal():
        return text
    return format_html(
        '<a class="hover:underline" href="{}">{}</a>', reverse("incident_detail", args=[text]), text
    )


@register.simple_tag(takes_context=True)
def audit_actor(context: Any, entry: AuditEntry) -> str:
    """Who did it; for administrators a link to that person."""
    if not entry.actor_id or not context["request"].user.is_administrator:
        return entry.actor_label
    url = reverse("person", args=[entry.actor_id])
    return format_html('<a class="hover:underline" href="{}">{}</a>', url, entry.actor_label)


def _names(changes: Iterable[tuple[str, object, object]]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for name, *values in changes:
        if name in settings.AUDITED_NAMES:
            wanted[name].update(value for value in values if isinstance(value, int) and _is_id(value))
    found: dict[tuple[str, int], str] = {}
    for name, keys in wanted.items():
        model: Any = apps.get_model(settings.AUDITED_NAMES[name])
        found |= {(name, thing.pk): str(thing)[:LONGEST] for thing in model.objects.filter(pk__in=keys)}
    return found


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
