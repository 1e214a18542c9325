"""Which published retrospectives an incident brings to mind: the same services, factors and words."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import BooleanField, Case, Count, F, FloatField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from core.subqueries import expected_rows
from incidents.models import AffectedService, Incident
from retros.models import Publication, Retrospective

MOST = 3
COMPARED = 200  # of the newest that have a word or a service in common
TOUCHED = 400  # incidents on the same services, the newest
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
    title: str
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
    """The most alike, at most three, within the reader's reach and without the incident's own.

    Of those with a word or a service in common the newest `COMPARED` are compared.
    """
    claims = list(incident.hypotheses.values_list("claim", flat=True)[:10])
    wanted = _words(" ".join([incident.title, incident.summary, *claims]))
    services = set(incident.affected_services.values_list("service", flat=True))
    if not wanted and not services:
        return []
    query = SearchQuery(" | ".join(wanted) or "''", search_type="raw", config="english")
    alike = {*_with_words(query), *_on_services(services)}
    candidates = (
        Retrospective.objects.filter(pk__in=alike)
        .readable_by(reader, one_by_one=True)
        .published()
        .exclude(incidents=incident)
        .order_by("-published_at", "-pk")
        .values_list("pk", flat=True)
    )
    rank = Publication.objects.filter(retrospective=OuterRef("pk")).order_by("-number")
    told = Subquery(
        rank.annotate(rank=SearchRank(F("search"), query)).values("rank")[:1], output_field=FloatField()
    )
    on_them = AffectedService.objects.filter(
        incident__retrospectives=OuterRef("pk"), service__in=services
    ).values("service")
    compared = Retrospective.objects.filter(pk__in=list(candidates[:COMPARED])).annotate(
        alike=Coalesce(told, Value(0.0)) * Value(float(len(wanted))),
        shared=Coalesce(
            Subquery(
                on_them.order_by()
                .annotate(one=Value(1))
                .values("one")
                .annotate(n=Count("service", distinct=True))
                .values("n")
            ),
            0,
        ),
    )
    # Chosen here: a condition and an order would each work the two columns out again.
    likeness = {
        pk: alike + A_SERVICE * shared
        for pk, alike, shared in compared.order_by().values_list("pk", "alike", "shared")
        if alike >= ALIKE or shared
    }
    likest = sorted(likeness, key=lambda pk: (likeness[pk], pk), reverse=True)[:MOST]
    found = Retrospective.objects.defer("material").in_bulk(likest)
    return _explained([found[pk] for pk in likest if pk in found], services, wanted)


def _with_words(query: SearchQuery) -> list[int]:
    """The newest retrospectives whose published text has one of the words, whoever may see them.

    Rare words are found by their index. Common ones stand in every few retrospectives: the newest are looked at one
    after the other, instead of gathering all that have them.
    """
    said = Publication.objects.newest().filter(search=query).order_by()
    recent = Retrospective.objects.filter(published_at__isnull=False).order_by("-published_at", "-pk")
    if expected_rows(said) < COMPARED:
        recent = recent.filter(pk__in=said.values("retrospective"))
    else:
        read = Publication.objects.filter(retrospective=OuterRef("pk")).order_by("-number")
        has_one = Case(When(search=query, then=True), default=False)
        recent = recent.filter(Subquery(read.values(has_one=has_one)[:1], output_field=BooleanField()))
    return list(recent.values_list("pk", flat=True)[:COMPARED])


def _on_services(services: set[int]) -> list[int]:
    """The retrospectives of the newest incidents that affected one of the services, whoever may see them."""
    newest = AffectedService.objects.filter(service__in=services).order_by("-incident").values("incident")
    covered = Retrospective.incidents.through.objects.filter(incident__in=newest[:TOUCHED])
    return list(covered.values_list("retrospective", flat=True))


def _explained(near: list[Any], services: set[int], wanted: list[str]) -> list[Seen]:
    """In the words of the versions that are read."""
    ids = [retrospective.pk for retrospective in near]
    names: dict[int, list[str]] = {}
    shared = Incident.objects.filter(retrospectives__in=ids, affected_services__service__in=services)
    for pk, name in shared.values_list("retrospectives", "affected_services__service__name").distinct():
        names.setdefault(pk, []).append(name)
    told = Publication.objects.newest().filter(retrospective__in=ids)
    titles, texts = {}, {}
    for pk, title, factors in told.values_list("retrospective", "content__title", "content__factors"):
        titles[pk] = title
        texts[pk] = [f["text"] for f in factors if set(wanted) & set(_words(f["text"]))]
    return [Seen(r, titles[r.pk], sorted(names.get(r.pk, [])), texts[r.pk], wanted) for r in near]


def _words(text: str) -> list[str]:
    return [w for w in dict.fromkeys(WORDS.findall(text.lower())) if w not in COMMON][:40]
