"""The organisation's words for what contributed: the same factor again, and like ones, within a person's reach."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef

from retros.models import ContributingFactor, Factor, Retrospective

KEY_LENGTH = 300
ALIKE = 0.45
COMPARED = 10_000  # of the newest appearances of factors
SUGGESTED = 6
NEAREST = 60  # appearances among which those are found
FEW = 5  # places named of one factor
COUNTED = 50  # places beyond them; of more, there are “50+ more”


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
    """Where a factor appears: the newest few, and how many more there are, counted as far as `COUNTED`."""

    few: tuple[Place, ...] = ()
    more: int = 0

    @property
    def others(self) -> str:
        """“7 more”, “50+ more”; empty where all are named."""
        if not self.more:
            return ""
        return f"{COUNTED}+ more" if self.more > COUNTED else f"{self.more} more"

    @property
    def names(self) -> tuple[str, ...]:
        return (*(place.name for place in self.few), *([self.others] if self.more else ()))


def recurrences(retrospective: Retrospective, user: Any) -> dict[int, Places]:
    """Where else the factors of this retrospective appear, by factor; only what `user` can reach."""
    mine = retrospective.factors.order_by().values("factor")
    return _places_of(mine, retrospective, user)


def similar(retrospective: Retrospective, user: Any, text: str, *, but: int | None = None) -> list[Known]:
    """Factors of other retrospectives in `user`'s reach that read like `text`, the likest first.

    `but` is a factor that is not wanted: the one the text is linked to already. Only the newest `COMPARED` are
    compared, however many there are.
    """
    if len(text.strip()) < 3:
        return []
    nearest = _in_reach(_alike(retrospective, text), user)
    first: dict[int, ContributingFactor] = {}
    for one in nearest:
        if one.factor_id != but:
            first.setdefault(one.factor_id, one)
    found = list(first.values())[:SUGGESTED]
    places = _places_of({one.factor_id for one in found}, retrospective, user)
    return [Known(one.pk, one.text, one.category, places.get(one.factor_id, Places())) for one in found]


def _alike(retrospective: Retrospective, text: str) -> list[int]:
    """Factors of other retrospectives that read like `text`, the likest first, whoever may see them.

    An organisation words the same again and again: each wording is compared once, however often it was written.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH newest AS MATERIALIZED (
              SELECT id, text, retrospective_id FROM retros_contributingfactor
              WHERE id > (SELECT max(id) FROM retros_contributingfactor) - %s),
            worded AS MATERIALIZED (SELECT DISTINCT text FROM newest),
            compared AS MATERIALIZED (SELECT text, word_similarity(%s, text) AS likeness FROM worded)
            SELECT id FROM newest JOIN compared USING (text)
            WHERE likeness >= %s::real AND retrospective_id <> %s ORDER BY likeness DESC, id DESC""",
            [COMPARED, text, ALIKE, retrospective.pk],
        )
        return [key for (key,) in cursor.fetchall()]


def _in_reach(keys: list[int], user: Any) -> list[ContributingFactor]:
    """The first of them that `user` can reach. Most are: the first keys are enough nearly always."""
    found: list[ContributingFactor] = []
    for some in (keys[: 2 * NEAREST], keys[2 * NEAREST :]):
        if len(found) < NEAREST:
            rows = ContributingFactor.objects.visible_to(user).in_bulk(some)
            found += [rows[key] for key in some if key in rows]
    return found[:NEAREST]


def _places_of(factors: Any, retrospective: Retrospective, user: Any) -> dict[int, Places]:
    """Where else than in this retrospective they appear, within `user`'s reach.

    A retrospective is in reach only where all its incidents are.
    """
    elsewhere = (
        ContributingFactor.objects.visible_to(user)
        .filter(factor=OuterRef("pk"))
        .exclude(retrospective=retrospective)
        .order_by("-retrospective")
        .values("retrospective")
        .distinct()
    )
    rows = (
        Factor.objects.filter(pk__in=factors)
        .order_by()
        .annotate(newest=ArraySubquery(elsewhere[: FEW + COUNTED + 1]))
    )
    places = dict(rows.values_list("pk", "newest"))
    named = Retrospective.objects.with_incidents().in_bulk(
        {pk for keys in places.values() for pk in keys[:FEW]}
    )
    found = {}
    for factor, keys in places.items():
        few = []
        for key in keys[:FEW]:
            one = named[key]
            name = ", ".join(incident.reference for incident in one.incidents.all()) or one.title
            few.append(Place(name, one.get_absolute_url()))
        if few:
            found[factor] = Places(tuple(few), len(keys) - len(few))
    return found
