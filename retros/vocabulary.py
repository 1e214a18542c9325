"""The organisation's words for what contributed: the same factor again, and like ones, within a person's reach."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Count, Subquery, Window
from django.db.models.functions import RowNumber

from retros.models import ContributingFactor, Retrospective
from retros.models.causes import ContributingFactorQuerySet

KEY_LENGTH = 300
ALIKE = 0.45
COMPARED = 20_000  # of the newest appearances of factors
SUGGESTED = 6
FEW = 5  # places named of one factor


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
    places: "Places"


@dataclass(frozen=True)
class Place:
    """A retrospective a factor appears in: INC-98, or its title where it looks back on no incident."""

    name: str
    url: str


@dataclass(frozen=True)
class Places:
    """Where a factor appears: the newest few, and how many more there are."""

    few: tuple[Place, ...] = ()
    more: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return (*(place.name for place in self.few), *([f"{self.more} more"] if self.more else ()))


def recurrences(retrospective: Retrospective, user: Any) -> dict[int, Places]:
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

    `but` is a factor that is not wanted: the one the text is linked to already. Only the newest `COMPARED` are
    compared, however many there are.
    """
    if len(text.strip()) < 3:
        return []
    newest = ContributingFactor.objects.order_by("-pk").values("pk")[:1]
    alike = (
        ContributingFactor.objects.visible_to(user)
        .filter(pk__gt=Subquery(newest) - COMPARED)
        .exclude(retrospective=retrospective)
        .filter(text__trigram_word_similar=text)
        .annotate(likeness=TrigramWordSimilarity(text, "text"))
        .order_by("-likeness", "-pk")
    )
    first: dict[int, ContributingFactor] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        # How alike the operator that can use an index asks for is a setting of PostgreSQL; for this query alone.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        nearest = list(alike[: SUGGESTED * 10])
    for one in nearest:
        if one.factor_id != but:
            first.setdefault(one.factor_id, one)
    found = list(first.values())[:SUGGESTED]
    places = _places_by_factor(
        ContributingFactor.objects.visible_to(user)
        .filter(factor__in=[one.factor_id for one in found])
        .exclude(retrospective=retrospective)
    )
    return [Known(one.pk, one.text, one.category, places.get(one.factor_id, Places())) for one in found]


def _places_by_factor(appearances: ContributingFactorQuerySet) -> dict[int, Places]:
    """In reach of whoever `appearances` are in reach of: a retrospective is only where all its incidents are."""
    rows = list(
        appearances.order_by()
        .values("factor", "retrospective")
        .annotate(times=Count("pk"))
        .annotate(
            place=Window(RowNumber(), partition_by="factor", order_by="-retrospective"),
            places=Window(Count("*"), partition_by="factor"),
        )
        .filter(place__lte=FEW)
        .order_by("factor", "place")
        .values_list("factor", "retrospective", "places")
    )
    named = Retrospective.objects.with_incidents().in_bulk({pk for _, pk, _ in rows})
    few: dict[int, list[Place]] = defaultdict(list)
    for factor, pk, _ in rows:
        one = named[pk]
        name = ", ".join(incident.reference for incident in one.incidents.all()) or one.title
        few[factor].append(Place(name, one.get_absolute_url()))
    return {factor: Places(tuple(few[factor]), places - len(few[factor])) for factor, _, places in rows}
