"""The organisation's words for what contributed: the same factor again, and like ones, within a person's reach."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity

from retros.models import ContributingFactor, Retrospective
from retros.models.causes import ContributingFactorQuerySet

KEY_LENGTH = 300
ALIKE = 0.45
SUGGESTED = 6


def normalised(text: str) -> str:
    """The key of a factor: without case, punctuation and doubled spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in folded)
    return " ".join(kept.split())[:KEY_LENGTH].strip()


@dataclass(frozen=True)
class Known:
    """A factor that an earlier retrospective has, as it was worded there."""

    pk: int
    text: str
    category: str
    places: tuple["Place", ...]


@dataclass(frozen=True)
class Place:
    """A retrospective a factor appears in: INC-98, or its title where it looks back on no incident."""

    name: str
    url: str


def recurrences(retrospective: Retrospective, user: Any) -> dict[int, tuple[Place, ...]]:
    """Where else the factors of this retrospective appear, by factor; only what `user` can reach."""
    mine = ContributingFactor.objects.filter(retrospective=retrospective).values("factor")
    elsewhere = (
        ContributingFactor.objects.visible_to(user)
        .filter(factor__in=mine)
        .exclude(retrospective=retrospective)
    )
    return _places_by_factor(elsewhere)


def similar(retrospective: Retrospective, user: Any, text: str, *, but: int | None = None) -> list[Known]:
    """Factors of other retrospectives in `user`'s reach that read like `text`, the likest first.

    `but` is a factor that is not wanted: the one the text is linked to already.
    """
    if len(text.strip()) < 3:
        return []
    alike = (
        ContributingFactor.objects.visible_to(user)
        .exclude(retrospective=retrospective)
        .annotate(likeness=TrigramWordSimilarity(text, "text"))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "-pk")
    )
    first: dict[int, ContributingFactor] = {}
    for one in alike[: SUGGESTED * 10]:
        if one.factor_id != but:
            first.setdefault(one.factor_id, one)
    found = list(first.values())[:SUGGESTED]
    places = _places_by_factor(
        ContributingFactor.objects.visible_to(user)
        .filter(factor__in=[one.factor_id for one in found])
        .exclude(retrospective=retrospective)
    )
    return [Known(one.pk, one.text, one.category, places.get(one.factor_id, ())) for one in found]


def _places_by_factor(appearances: ContributingFactorQuerySet) -> dict[int, tuple[Place, ...]]:
    """In reach of whoever `appearances` are in reach of: a retrospective is only where all its incidents are."""
    rows = appearances.select_related("retrospective").prefetch_related("retrospective__incidents")
    found: dict[int, dict[int, Place]] = defaultdict(dict)
    for row in rows:
        one = row.retrospective
        name = ", ".join(incident.reference for incident in one.incidents.all()) or one.title
        found[row.factor_id][one.pk] = Place(name, one.get_absolute_url())
    return {factor: tuple(places.values()) for factor, places in found.items()}
