"""Which published retrospectives an incident brings to mind: the same services, factors and words."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Count, F, FloatField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from incidents.models import Incident
from retros.models import ContributingFactor, Publication, Retrospective

MOST = 3
ALIKE = 0.2  # of ts_rank for each word asked for: one word of a title or a factor, or two of the text
A_SERVICE = 0.3
WORDS = re.compile(r"[^\W_]{4,}")
COMMON = {
    "after",
    "from",
    "have",
    "into",
    "that",
    "their",
    "there",
    "they",
    "this",
    "with",
    "fail",
    "fails",
    "slow",
}


@dataclass(frozen=True)
class Seen:
    retrospective: Retrospective
    services: list[str]
    factors: list[str]
    words: list[str]

    @property
    def why(self) -> str:
        """same service: gateway · factor: mute had no end date"""
        if self.services:
            return "same service: " + ", ".join(self.services[:3])
        return "similar factor: " + self.factors[0] if self.factors else "similar words"


def seen_before(incident: Incident, *, reader: Any) -> list[Seen]:
    """The most alike, at most three, within the reader's reach and without the incident's own."""
    claims = list(incident.hypotheses.values_list("claim", flat=True)[:10])
    wanted = _words(" ".join([incident.title, incident.summary, *claims]))
    services = set(incident.affected_services.values_list("service", flat=True))
    if not wanted and not services:
        return []
    query = SearchQuery(" | ".join(wanted) or "''", search_type="raw", config="english")
    newest = Publication.objects.filter(retrospective=OuterRef("pk")).order_by("-number")
    rank = newest.annotate(rank=SearchRank(F("search"), query)).values("rank")[:1]
    found = (
        Retrospective.objects.visible_to(reader)
        .published()
        .exclude(incidents=incident)
        .annotate(
            alike=Coalesce(Subquery(rank, output_field=FloatField()), Value(0.0)) * Value(float(len(wanted))),
            shared=Count(
                "incidents__affected_services__service",
                filter=Q(incidents__affected_services__service__in=services),
                distinct=True,
            ),
        )
        .filter(Q(alike__gte=ALIKE) | Q(shared__gt=0))
    )
    near = sorted(found, key=lambda r: (-(r.alike + A_SERVICE * r.shared), -r.pk))[:MOST]
    return _explained(near, services, wanted)


def _explained(near: list[Any], services: set[int], wanted: list[str]) -> list[Seen]:
    ids = [retrospective.pk for retrospective in near]
    names: dict[int, list[str]] = {}
    shared = Incident.objects.filter(retrospectives__in=ids, affected_services__service__in=services)
    for pk, name in shared.values_list("retrospectives", "affected_services__service__name").distinct():
        names.setdefault(pk, []).append(name)
    texts: dict[int, list[str]] = {}
    for factor in ContributingFactor.objects.filter(retrospective__in=ids):
        if set(wanted) & set(_words(factor.text)):
            texts.setdefault(factor.retrospective_id, []).append(factor.text)
    return [Seen(r, sorted(names.get(r.pk, [])), texts.get(r.pk, []), wanted) for r in near]


def _words(text: str) -> list[str]:
    return [w for w in dict.fromkeys(WORDS.findall(text.lower())) if w not in COMMON][:40]
