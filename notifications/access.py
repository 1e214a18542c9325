"""Whom a message may still go to, and who may read it here: decided anew by whatever it is about, when it matters."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.conf import settings
from django.db.models import CharField, IntegerField, Value
from django.utils.module_loading import import_string

from notifications.models import Delivery

AT_A_TIME = 50  # readers asked about in one query


def out_of_reach(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those whose reader is gone, or cannot open what they are about."""
    rows = list(deliveries)
    reached = _reached((row.person, row.about) for row in rows)
    return [row for row in rows if (row.person_id, row.about) not in reached]


def hide(deliveries: Iterable[Delivery], *, viewer: Any) -> list[Delivery]:
    """All of them; of what `viewer` cannot open, neither what a message says nor whom it goes to is told."""
    rows = list(deliveries)
    reached = _reached((viewer, row.about) for row in rows)
    for row in rows:
        row.is_hidden = (viewer.pk, row.about) not in reached
    return rows


def _reached(asked: Iterable[tuple[Any, str]]) -> set[tuple[int | None, str]]:
    """Of the pairs (reader, about) those in reach; what no entry of DELIVERY_REACH knows is in nobody's."""
    found: set[tuple[int | None, str]] = set()
    wanted: dict[tuple[Any, str], set[int]] = defaultdict(set)
    for reader, about in asked:
        kind, _, number = about.partition(":")
        lookup = settings.DELIVERY_REACH.get(kind)
        if lookup is None or (reader and not reader.is_active):
            continue
        if not lookup:
            found.add((reader and reader.pk, about))
        elif number.isdecimal():
            wanted[reader, kind].add(int(number))
    questions = [
        import_string(settings.DELIVERY_REACH[kind])(reader)
        .filter(pk__in=numbers)
        .order_by()
        .annotate(
            reader=Value(reader and reader.pk, IntegerField()), kind_of_subject=Value(kind, CharField())
        )
        .values_list("reader", "kind_of_subject", "pk")
        for (reader, kind), numbers in wanted.items()
    ]
    for first, *others in batched(questions, AT_A_TIME):
        answers = first.union(*others, all=True).order_by() if others else first
        found |= {(reader, f"{kind}:{number}") for reader, kind, number in answers}
    return found
