"""Times that imported incidents lack, as their status updates suggest them, and accepting those."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, F, Q

from accounts.models import User
from incidents.models import MILESTONES, AffectedService, Incident, Status, StatusUpdate
from incidents.models.incident import IncidentQuerySet
from incidents.models.status import LACKS_TIMES
from incidents.workflow import set_milestones
from incidents.workflow.transitions import lock
from insights.cohort import Scope
from insights.definitions import HURTING
from insights.suggesting import Said, Suggestion, suggestions
from insights.tables import percent

READ_AT_ONCE = 2000  # incidents whose updates are read for one page
ACCEPTED_AT_ONCE = 200  # times accepted in one request
IN_ONE_TRANSACTION = 50
SUGGESTED = ("detected_at", "mitigated_at")
OVER = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True)
class Row:
    """One suggestion for one incident."""

    incident: Incident
    suggestion: Suggestion

    @property
    def key(self) -> str:
        """Names this suggestion in a form: another time for the same incident is another suggestion."""
        at = int(self.suggestion.at.timestamp())
        return f"{self.incident.pk}:{self.suggestion.milestone}:{at}"

    @property
    def label(self) -> str:
        return MILESTONES[self.suggestion.milestone]


@dataclass(frozen=True)
class Found:
    """The suggestions for the newest incidents that lack a time; `older` is where the next ones begin, if any."""

    rows: list[Row]
    read: int
    older: int | None

    def count(self, milestone: str) -> int:
        return sum(row.suggestion.milestone == milestone for row in self.rows)


@dataclass(frozen=True)
class Coverage:
    """How many of the incidents somebody sees have the times of a metric, those that still run included."""

    name: str
    known: int
    of: int
    suggested: int = 0

    @property
    def after(self) -> int:
        return self.known + self.suggested

    @property
    def known_share(self) -> str:
        return _share(self.known, self.of)

    @property
    def after_share(self) -> str:
        return _share(self.after, self.of)


def lacking_times(user: User) -> IncidentQuerySet:
    """Imported incidents that are over, that `user` can see, and that lack one of the times."""
    return Incident.objects.visible_to(user).filter(LACKS_TIMES, status__in=OVER)


def find(user: User, *, before: int | None = None) -> Found:
    """What the updates of at most `READ_AT_ONCE` incidents suggest, newest first, from the number `before` down."""
    wanted = lacking_times(user).order_by("-number")
    if before is not None:
        wanted = wanted.filter(number__lt=before)
    incidents = list(wanted[: READ_AT_ONCE + 1])
    has_more = len(incidents) > READ_AT_ONCE
    incidents = incidents[:READ_AT_ONCE]
    return Found(suggested_for(incidents), len(incidents), incidents[-1].number if has_more else None)


def suggested_for(incidents: Sequence[Incident]) -> list[Row]:
    """In the order of `incidents`; two queries however many there are."""
    updates: dict[int, list[Said]] = defaultdict(list)
    told = StatusUpdate.objects.posted().filter(incident__in=incidents).order_by("posted_at", "pk")
    for pk, at, status, text in told.values_list("incident_id", "posted_at", "status", "known"):
        updates[pk].append(Said(at, status, text))
    services: dict[int, list[str]] = defaultdict(list)
    hit = AffectedService.objects.filter(incident__in=incidents).values_list("incident_id", "service__name")
    for pk, name in hit:
        services[pk].append(name)
    return [
        Row(incident, suggestion)
        for incident in incidents
        for suggestion in _suggested(incident, updates[incident.pk], services[incident.pk])
    ]


def _suggested(incident: Incident, updates: Sequence[Said], services: Iterable[str]) -> list[Suggestion]:
    began, resolved = incident.impact_started_at, incident.resolved_at
    if began is None or resolved is None:
        return []
    asked = [
        name
        for name in SUGGESTED
        if getattr(incident, name) is None
        and incident.milestone_basis.get(name, {}).get("source") != "unknown"
    ]
    return suggestions(
        updates,
        services,
        began=began,
        resolved=resolved,
        detected=incident.detected_at,
        mitigated=incident.mitigated_at,
        asked=asked,
    )


def coverage(user: User, found: Found | None = None) -> list[Coverage]:
    """Time to mitigate and time to detect over all incidents that count in Insights, now and with what was `found`."""
    counted = Scope(Incident.objects.visible_to(user)).cohort()
    has_start = Q(impact_started_at__isnull=False)
    totals = counted.order_by().aggregate(
        of=Count("pk"),
        mitigated_at=Count("pk", filter=has_start & (Q(mitigated_at__isnull=False) | Q(status__in=HURTING))),
        detected_at=Count("pk", filter=has_start & Q(detected_at__isnull=False)),
    )
    return [
        Coverage(name, totals[milestone], totals["of"], found.count(milestone) if found else 0)
        for name, milestone in (("Time to mitigate", "mitigated_at"), ("Time to detect", "detected_at"))
    ]


def starts_with_the_first_update(user: User) -> int:
    """How many incidents have an impact start that is the time of their declaration, so that detection is not known."""
    return lacking_times(user).filter(detected_at__isnull=True, declared_at=F("impact_started_at")).count()


def accept_suggested_times(*, by: User, rows: Sequence[Row]) -> int:
    """Store the suggestions as estimated milestones and return how many were stored.

    Each incident is locked and read again: a time that is known by now stays, and a suggestion that does not hold any
    more is left out. Each incident with its timeline and audit entries is stored whole or not at all. At most
    `ACCEPTED_AT_ONCE` are taken; the same rows once more change nothing.
    """
    if not by.is_responder:
        raise PermissionDenied("Only responders can accept suggested times.")
    chosen: dict[int, list[Row]] = defaultdict(list)
    for row in rows[:ACCEPTED_AT_ONCE]:
        chosen[row.incident.pk].append(row)
    count = 0
    for pks in batched(sorted(chosen), IN_ONE_TRANSACTION):
        with transaction.atomic():
            count += sum(_accept(chosen[pk], by) for pk in pks)
    return count


def _accept(rows: Sequence[Row], by: User) -> int:
    if not lacking_times(by).filter(pk=rows[0].incident.pk).exists():
        return 0
    incident = lock(rows[0].incident, by=by)
    standing = {row.suggestion.milestone: row for row in suggested_for([incident])}
    taken = [row.suggestion for row in rows if _is_standing(row, standing.get(row.suggestion.milestone))]
    if not taken:
        return 0
    try:
        set_milestones(
            incident=incident,
            by=by,
            moments={one.milestone: one.at for one in taken},
            basis={one.milestone: {"source": "estimate", "words": one.words} for one in taken},
        )
    except ValidationError:  # another milestone, entered since, contradicts it
        return 0
    return len(taken)


def _is_standing(row: Row, now: Row | None) -> bool:
    return now is not None and now.key == row.key


def _share(part: int, of: int) -> str:
    return percent(part / of if of else 0.0)
