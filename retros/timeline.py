"""The account as pages and verbs read it: rows in order, the moments they tell, what is left open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Max, OuterRef, Q, RowRange, Subquery, Window
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from core.text import in_words
from figures.story import SILENCE
from incidents.models import AffectedService, ChangeEvent, Incident
from retros.gaps import LATE_RECORD, Found, Told, find_gaps
from retros.measures import LETTERS, Interval, Measure, measures, recovery
from retros.models import AffectedUsers, Retrospective, TimelineEntry
from timeline.models import Kind, Phase

LEAST_MARGIN = timedelta(days=1)
GAP_SOURCE = "gap"  # entries that answer a gap that was found: kept while they stand, dismissed once removed
PHASE_LETTERS = {
    Phase.INTRODUCED: "I",
    Phase.DETECTED: "D",
    Phase.MITIGATED: "M",
    Phase.RESOLVED: "R",
}
PHASE_MILESTONES = {
    Phase.INTRODUCED: "introduced_at",
    Phase.DETECTED: "detected_at",
    Phase.MITIGATED: "mitigated_at",
    Phase.RESOLVED: "resolved_at",
}
INCIDENT_NAMES = {letter: name for name, letter in LETTERS.items()}


@dataclass(frozen=True)
class Moment:
    """When a milestone was, by this account; `elsewhere` is what the incident says, where that is another time."""

    letter: str
    at: datetime
    entry: TimelineEntry | None = None
    elsewhere: datetime | None = None


LATE = Q(
    event__isnull=False,
    phase="",
    recorded_at__gte=F("occurred_at") + LATE_RECORD,
) & ~Q(kind__in=(Kind.MILESTONE, Kind.GAP))
"""A row that was written down late, where its time of recording says something."""
MOMENTS = ("occurred_at", "ended_at", "recorded_at")
ROW_FIELDS = (
    *MOMENTS, "pk", "removed_at", "merged_into_id", "event_id", "kind", "phase", "source", "source_id",
)  # fmt: skip
ENDED = Coalesce("ended_at", "occurred_at")


def gap_columns(retrospective: OuterRef) -> dict[str, Any]:
    """What `Account.of_columns` needs to find gaps, to be annotated to a retrospective.

    Few rows however many there are: those that say something by themselves, and of all others where they are
    silent for `SILENCE`.
    """
    entries = TimelineEntry.objects.filter(retrospective=retrospective)
    rows = entries.annotate(
        milestone=KeyTextTransform("milestone", "event__data"), told_of=F("event__incident")
    )
    telling = rows.filter(LATE | ~Q(phase="") | Q(milestone__isnull=False) | Q(source=GAP_SOURCE)).in_order()
    before = Window(Max(ENDED), order_by=("occurred_at", "pk"), frame=RowRange(None, -1))
    runs = entries.standing().annotate(quiet_since=before).order_by("occurred_at", "pk")
    runs = runs.filter(Q(quiet_since=None) | Q(occurred_at__gte=F("quiet_since") + SILENCE))
    covered = Incident.objects.filter(retrospectives=retrospective).order_by("number")
    told = {name: name for name in (*ROW_FIELDS, "milestone", "told_of")}
    last = entries.standing().order_by().values("retrospective").annotate(last=Max(ENDED)).values("last")
    return {
        "rows": ArraySubquery(telling.values(row=JSONObject(**told))),
        "runs": ArraySubquery(runs.values(row=JSONObject(began="occurred_at", quiet_since="quiet_since"))),
        "last_told": Subquery(last),
        "incidents": ArraySubquery(
            covered.values(row=JSONObject(pk="pk", **{name: name for name in LETTERS}))
        ),
    }


def _told(row: Any) -> Told:
    says_when = row.event_id and not row.phase and row.kind not in (Kind.MILESTONE, Kind.GAP)
    return Told(
        row.pk,
        row.occurred_at,
        getattr(row, "text", ""),
        ended_at=row.ended_at,
        recorded_at=row.recorded_at if says_when else None,
    )


def _from_json(told: dict, *moments: str) -> Any:
    read = {name: told[name] and datetime.fromisoformat(told[name]) for name in moments}
    return SimpleNamespace(**told | read)


class RetrospectiveTimeline:
    """Everything about one retrospective's timeline: rows, incidents, impact; a query each when asked for."""

    def __init__(self, retrospective: Retrospective):
        self.retrospective = retrospective

    @classmethod
    def of_columns(cls, retrospective: Retrospective, columns: dict[str, Any]) -> "RetrospectiveTimeline":
        """Without a query, enough to find gaps: what `gap_columns` brought along with another one."""
        timeline = cls(retrospective)
        timeline.everything = [_from_json(row, *MOMENTS) for row in columns["rows"]]
        timeline.incidents = [_from_json(incident, *LETTERS) for incident in columns["incidents"]]
        runs = [_from_json(run, "began", "quiet_since") for run in columns["runs"]]
        ends = [*(run.quiet_since for run in runs[1:]), columns["last_told"]]
        timeline.told = [
            *(_told(row) for row in timeline.standing),
            *(Told(0, run.began, "", ended_at=end) for run, end in zip(runs, ends, strict=True)),
        ]
        return timeline

    @cached_property
    def everything(self) -> list[Any]:
        rows: list[Any] = list(
            TimelineEntry.objects.filter(retrospective=self.retrospective)
            .select_related("actor", "service")
            .annotate(milestone=KeyTextTransform("milestone", "event__data"), told_of=F("event__incident"))
            .in_order()
        )
        for row in rows:
            row.data = {"milestone": row.milestone}  # what its mark is chosen by, as for events
        return rows

    @cached_property
    def standing(self) -> list[Any]:
        return [row for row in self.everything if row.removed_at is None and row.merged_into_id is None]

    @cached_property
    def removed(self) -> list[Any]:
        """What was taken out and can come back; dismissed gaps are not rows."""
        gone = [row for row in self.everything if row.removed_at and row.source != GAP_SOURCE]
        return sorted(gone, key=lambda row: row.removed_at, reverse=True)

    @cached_property
    def facts(self) -> list[Any]:
        """The rows themselves, each with its `beside_it`: the recollections that stand beside it or beside a row
        that was merged into it, and with its `sources`: those rows.
        """
        stands_for = {row.pk: row.merged_into_id for row in self.everything if row.merged_into_id}
        by_fact: dict[int, list[Any]] = {}
        sources: dict[int, list[Any]] = {}
        for row in self.everything:
            if row.merged_into_id and row.removed_at is None:
                sources.setdefault(row.merged_into_id, []).append(row)
        for row in self.standing:
            if row.beside_id:
                by_fact.setdefault(stands_for.get(row.beside_id, row.beside_id), []).append(row)
        facts = [row for row in self.standing if not row.beside_id]
        for row in facts:
            row.beside_it, row.sources = by_fact.get(row.pk, []), sources.get(row.pk, [])
        return facts

    @cached_property
    def incidents(self) -> list[Incident]:
        """Those it covers, with when the last deployment that is suspected in each was made."""
        suspected = ChangeEvent.objects.filter(suspected_in=OuterRef("pk"), kind=ChangeEvent.Kind.DEPLOYMENT)
        deployed = Subquery(suspected.order_by("-at").values("at")[:1])
        return list(self.retrospective.incidents.annotate(deployed_at=deployed).order_by("number"))

    @cached_property
    def incident(self) -> Incident | None:
        """The one whose times are measured: whose duty this fulfils, or else the first it covers."""
        own = next((one for one in self.incidents if one.pk == self.retrospective.incident_id), None)
        return own or next(iter(self.incidents), None)

    def incident_of(self, row: TimelineEntry) -> Incident | None:
        """The one whose phases and milestones `row` tells of: a row of none speaks for the one that is measured."""
        return row.event.incident if row.event else self.incident

    @cached_property
    def moments(self) -> dict[str, Moment]:
        """By letter. A row marked with the phase says it, else the row of the milestone, else the incident."""
        found: dict[str, Moment] = {}
        main = self.incident.pk if self.incident else None
        own = [row for row in self.standing if row.told_of in (None, main)]
        for row in own:
            letter = LETTERS.get(row.milestone or "")
            if letter:
                found[letter] = self._moment(letter, row)
        for row in own:
            if row.phase in PHASE_LETTERS:
                letter = PHASE_LETTERS[Phase(row.phase)]
                found[letter] = self._moment(letter, row)
        for name, letter in LETTERS.items():
            at = getattr(self.incident, name, None)
            if at and letter not in found:
                found[letter] = Moment(letter, at)
        return {letter: found[letter] for letter in LETTERS.values() if letter in found}

    def _moment(self, letter: str, row: Any) -> Moment:
        there = getattr(self.incident, INCIDENT_NAMES[letter], None)
        return Moment(letter, row.occurred_at, row, there if there != row.occurred_at else None)

    @property
    def times(self) -> dict[str, datetime]:
        return {letter: moment.at for letter, moment in self.moments.items()}

    @property
    def measures(self) -> list[Measure]:
        deployed = getattr(self.incident, "deployed_at", None)
        return [*measures(self.times), *recovery(self.times, deployed)]

    @cached_property
    def told(self) -> list[Told]:
        return [_told(row) for row in self.standing]

    @cached_property
    def gaps(self) -> list[Found]:
        """What is offered: found, and neither kept nor dismissed yet."""
        times = self.times
        began = min((times[x] for x in "SDC" if x in times), default=None)
        ended = times.get("R") or times.get("M")
        return find_gaps(
            self.told,
            active=(began, ended) if began and ended and began < ended else None,
            started_at=times.get("S"),
            detected_at=times.get("D"),
            answered=frozenset(row.source_id for row in self.everything if row.source == GAP_SOURCE),
        )

    @cached_property
    def usual_span(self) -> tuple[datetime, datetime] | None:
        """From when to when rows are expected: the incidents and as long around them, at least a day."""
        times = [
            at
            for incident in self.incidents
            for name in LETTERS
            if name != "introduced_at" and (at := getattr(incident, name))
        ]
        if not times:
            return None
        first, last = min(times), max(times)
        margin = max(last - first, LEAST_MARGIN)
        return first - margin, last + margin

    def far_outside(self, row: Any) -> str:
        """How far a row is from the incidents, in words, where its date looks wrong; empty where it does not."""
        if self.usual_span is None or row.phase == Phase.INTRODUCED or row.milestone == "introduced_at":
            return ""
        first, last = self.usual_span
        if row.occurred_at < first:
            return f"{in_words(first - row.occurred_at)} earlier than expected"
        if row.occurred_at > last:
            return f"{in_words(row.occurred_at - last)} later than expected"
        return ""

    @cached_property
    def affected(self) -> list[Interval]:
        """How the services were affected over time, with the users somebody has stated; one query."""
        stated = AffectedUsers.objects.filter(retrospective=self.retrospective, service=OuterRef("service"))
        rows = (
            AffectedService.objects.filter(incident__retrospectives=self.retrospective)
            .select_related("service")
            .annotate(users=Subquery(stated.values("users")), share=Subquery(stated.values("share")))
            .order_by("started_at", "pk")
        )
        now = timezone.now()
        return [
            Interval(
                row.service.name,
                row.impact,
                row.started_at,
                row.ended_at or now,
                users=row.users,
                share=None if row.share is None else float(row.share),
                service_id=row.service_id,
            )
            for row in rows
        ]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the first to the last moment told; where nothing is, the last hour."""
        told = [row.occurred_at for row in self.standing] + list(self.times.values())
        now = timezone.now()
        return (min(told), max(told)) if told else (now, now)


def known_at(row: TimelineEntry) -> datetime:
    """From when on it could be known: what was not learned later was known when it occurred."""
    return row.known_at or row.occurred_at
