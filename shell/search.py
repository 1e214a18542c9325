"""What people type to find incidents: `sev1 open service:payments "connection pool" after:2026-03-01`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from core.local_time import first_moment
from core.subqueries import expected_rows
from incidents.models import (
    AffectedService,
    Incident,
    ReferenceCounter,
    RoleAssignment,
    Status,
    StatusUpdate,
    UpdateState,
)
from incidents.models.incident import IncidentQuerySet
from incidents.search_words import Matches, query_of
from retros.models import Document, Retrospective
from timeline.models import TimelineEvent

LONGEST = 200
MOST_TERMS = 12
TERM = re.compile(r'(?:(?P<key>[^\W\d_][\w-]*):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+))')
SEVERITY = re.compile(r"sev-?([1-5])", re.IGNORECASE)
IS = ("private", "drill", "open", "active")


@dataclass
class Asked:
    """What was understood, and in `problems`, in words, what was not."""

    words: list[str] = field(default_factory=list)  # a phrase is one of them, with its spaces
    ranks: set[int] = field(default_factory=set)
    names: list[tuple[str, str]] = field(
        default_factory=list
    )  # (service, type, commander, team; what it is called)
    statuses: set[str] = field(default_factory=set)
    is_: set[str] = field(default_factory=set)
    references: list[str] = field(default_factory=list)
    since: datetime | None = None
    until: datetime | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return self == Asked()


def parse(text: str) -> Asked:
    """Never fails: what makes no sense is told in `problems`."""
    asked = Asked()
    for number, match in enumerate(TERM.finditer(text[:LONGEST])):
        if number == MOST_TERMS:
            asked.problems.append(f"Only the first {MOST_TERMS} words are looked for.")
            break
        key = (match["key"] or "").lower()
        value = match["word"] if match["quoted"] is None else match["quoted"]
        if match["key"] is None and match["quoted"] is None:
            _bare(asked, value)
        elif not key:
            _word(asked, value)
        elif reader := KEYS.get(key):
            reader(asked, value.strip())
        else:
            known = ", ".join(f"{name}:" for name in SHOWN_KEYS)
            asked.problems.append(f"There is no “{key}:” to search by. There are {known}.")
    return asked


def _word(asked: Asked, value: str) -> None:
    if any(character.isalnum() for character in value):
        asked.words.append(value.strip())


def _bare(asked: Asked, value: str) -> None:
    """A word that stands alone: a severity, a status, a reference, or just a word."""
    low = value.lower()
    if match := SEVERITY.fullmatch(value):
        asked.ranks.add(int(match[1]))
    elif low in ("open", "active"):
        asked.is_.add(low)
    elif low in Status.values:
        asked.statuses.add(low)
    elif re.fullmatch(rf"{re.escape(settings.REFERENCE_PREFIX)}-\d{{1,9}}", value, re.IGNORECASE | re.ASCII):
        asked.references.append(value)
    else:
        _word(asked, value)


def _severity(asked: Asked, value: str) -> None:
    match = SEVERITY.fullmatch(value) or re.fullmatch(r"([1-5])", value)
    if match:
        asked.ranks.add(int(match[1]))
    else:
        asked.problems.append(f"“{value}” is no severity; write severity:1 to severity:5.")


def _status(asked: Asked, value: str) -> None:
    if value.lower() in Status.values:
        asked.statuses.add(value.lower())
    elif value.lower() in ("open", "active"):
        asked.is_.add(value.lower())
    else:
        asked.problems.append(f"“{value}” is not a status. You can use open, {', '.join(Status.values)}.")


def _is(asked: Asked, value: str) -> None:
    if value.lower() in IS:
        asked.is_.add(value.lower())
    else:
        asked.problems.append(
            f"“is:{value}” is not known. You can use {', '.join(f'is:{name}' for name in IS)}."
        )


def _named(kind: str) -> Callable[[Asked, str], None]:
    def read(asked: Asked, value: str) -> None:
        if value:
            asked.names.append((kind, value))
        else:
            asked.problems.append(f"Say which: {kind}:name.")

    return read


def _day(name: str) -> Callable[[Asked, str], None]:
    """The day begins at midnight where the reader is."""

    def read(asked: Asked, value: str) -> None:
        try:
            day = first_moment(date.fromisoformat(value), timezone.get_current_timezone())
        except (ValueError, OverflowError):
            asked.problems.append(f"“{value}” is not a date. Write {name}:2026-03-01.")
            return
        if name == "after":
            asked.since = day
        else:
            asked.until = day

    return read


KEYS: dict[str, Callable[[Asked, str], None]] = {
    "service": _named("service"),
    "severity": _severity,
    "sev": _severity,
    "status": _status,
    "type": _named("type"),
    "commander": _named("commander"),
    "team": _named("team"),
    "is": _is,
    "after": _day("after"),
    "before": _day("before"),
}
COMMON = 2000  # rows of timelines, and one in a hundred: a word that is in as many is common
NEWEST = 4000  # numbers of incidents that are looked through for a common word
SHOWN_KEYS = [key for key in KEYS if key != "sev"]


def found(
    asked: Asked, user: User, *, is_common: bool = False, among: IncidentQuerySet | None = None
) -> IncidentQuerySet:
    """The incidents in `user`'s reach that fit, of those in `among`, which are in reach already. All words stand in one text: of the incident itself, a row of its
    timeline, a posted update, or a published retrospective.

    `is_common`: many fit, so look at one after the other until a page is full, instead of gathering them all. Ask so
    for a few `numbers` only: looking at one after the other for what is not there takes long.
    """
    incidents = Incident.objects.visible_to(user) if among is None else among
    if asked.ranks:
        incidents = incidents.filter(severity__rank__in=asked.ranks)
    if asked.statuses:
        incidents = incidents.filter(status__in=asked.statuses)
    for name, narrow in _NARROWED.items():
        if name in asked.is_:
            incidents = narrow(incidents)
    for kind, name in asked.names:
        incidents = incidents.filter(_NAMED[kind](name, user))
    if asked.since:
        incidents = incidents.filter(declared_at__gte=asked.since)
    if asked.until:
        incidents = incidents.filter(declared_at__lt=asked.until)
    if asked.references:
        numbers = [int(reference.rpartition("-")[2]) for reference in asked.references]
        incidents = incidents.filter(number__in=numbers)
    if asked.words:
        query = query_of(asked.words)
        incidents = incidents.filter(
            having(query, user, is_common=is_common, is_told=in_retrospectives(query).exists())
        )
    return incidents


def having(query: Any, user: User, *, is_common: bool, is_told: bool) -> Q:
    """Incidents that have the words in one of their texts, whoever may see them.

    `is_told`: the words stand in a retrospective. Few do: the others ask none.
    """
    texts = _texts(query, user, is_told=is_told)
    return _one_by_one(query, texts) if is_common else Q(pk__in=_ids_with(query, texts))


def in_retrospectives(query: Any) -> Any:
    """The ids of retrospectives that have the words in any of their texts, whoever may see them."""
    texts = _with(Document, query).values("retrospective")
    return _with(Retrospective, query).values("pk").union(texts).order_by()


def in_rows(query: Any) -> Any:
    """The rows of timelines that have the words, of all incidents."""
    return _with(TimelineEvent, query).filter(removed_at__isnull=True)


def is_common(asked: Asked) -> bool:
    """Whether the words stand in so many texts that a page of the newest is sooner found by looking there.

    It is the planner's guess of the rarest word, which costs nothing however many there are; of several together it
    would guess that they have nothing to do with each other. Where it is wrong, the page is not filled from the newest
    `NEWEST`, and then all are gathered.
    """
    if not asked.words:
        return False
    fewest = min(_guessed(word) for word in asked.words)
    return is_in_many(fewest)


def is_in_many(guessed: int) -> bool:
    """Whether a word that the planner expects in `guessed` rows of timelines is common."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [TimelineEvent._meta.db_table]
        )
        (total,) = cursor.fetchone()
    return guessed >= max(COMMON, total / 100)


def _guessed(word: str) -> int:
    """In how many rows of timelines the planner expects a word."""
    return expected_rows(in_rows(query_of([word])).values("pk"))


def newest_number() -> int:
    return ReferenceCounter.objects.get(pk=1).last


def numbers_near(position: int | None, *, is_backwards: bool) -> tuple[int, int, bool]:
    """(first, last, whether there are none beyond) of the numbers to look through for a common word: those below
    `position`, or above it for who goes back to newer ones; without it, the newest."""
    newest = newest_number()
    if is_backwards:
        first = min(position or 1, newest + 1)
        return first, first + NEWEST, first + NEWEST >= newest
    last = newest if position is None else max(min(position, newest + 1), 0)
    return last - NEWEST, last, last <= NEWEST


def _at_address(address: str, asker: User) -> Q:
    """Stakeholders learn of no address but their own whether it has an account, as in the API."""
    asked = Q(user__email__iexact=address)
    return asked if asker.is_responder else asked & Q(user=asker.pk)


_NARROWED: dict[str, Callable[[IncidentQuerySet], IncidentQuerySet]] = {
    "private": lambda incidents: incidents.filter(is_private=True),
    "drill": lambda incidents: incidents.filter(is_drill=True),
    "open": lambda incidents: incidents.open(),
    "active": lambda incidents: incidents.active(),
}
_NAMED: dict[str, Callable[[str, User], Any]] = {
    "service": lambda name, _user: Exists(
        AffectedService.objects.filter(
            Q(service__name__iexact=name) | Q(service__slug__iexact=name), incident=OuterRef("pk")
        )
    ),
    "team": lambda name, _user: Exists(
        AffectedService.objects.filter(
            Q(service__owner_team__name__iexact=name) | Q(service__owner_team__slug__iexact=name),
            incident=OuterRef("pk"),
        )
    ),
    "type": lambda name, _user: Q(incident_type__name__iexact=name),
    "commander": lambda name, user: Exists(
        RoleAssignment.objects.filter(
            Q(user__name__icontains=name) | _at_address(name, user),
            incident=OuterRef("pk"),
            role__slug="commander",
        )
    ),
}


def _with(model: type[Model], query: Any) -> Any:
    return model._default_manager.filter(Matches(query)).order_by()


def _ids_with(query: Any, texts: list[Any]) -> Any:
    return _with(Incident, query).values("pk").union(*(text.values("incident") for text in texts))


def _one_by_one(query: Any, texts: list[Any]) -> Q:
    """The same, asked of each incident by itself.

    Two bounds and no “=”: with that, the planner gathers every match into a hash first, page or no page.
    """
    this = {"incident__gte": OuterRef("pk"), "incident__lte": OuterRef("pk")}
    itself = Exists(_with(Incident, query).filter(pk__gte=OuterRef("pk"), pk__lte=OuterRef("pk")))
    return reduce(or_, (Q(Exists(text.filter(**this))) for text in texts), Q(itself))


def _texts(query: Any, user: User, *, is_told: bool) -> list[Any]:
    """What belongs to an incident and has the words."""
    updates = _with(StatusUpdate, query).filter(state=UpdateState.POSTED)
    texts = [in_rows(query), updates]
    return [*texts, _retrospectives(in_retrospectives(query), user)] if is_told else texts


def _retrospectives(told: Any, user: User) -> Any:
    """What the published retrospectives in reach look back on, of those that have `told` it in any of their texts."""
    read = Retrospective.objects.visible_to(user).published().order_by().values("pk")
    covered = Retrospective.incidents.through.objects.order_by()
    return covered.filter(retrospective__in=told).filter(retrospective__in=read)
