"""Which incidents are asked about, and as of when."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from action_items.models import ActionItem, ActionItemQuerySet
from core.kept_queries import ANOTHER_TIME, SOME_TIME, SOMEBODY, Statement
from incidents.models import Incident, Status
from incidents.models.incident import IncidentQuerySet
from retros.models import Retrospective
from retros.models.retrospective import RetrospectiveQuerySet

WHY_LEFT_OUT: dict[str, str] = {
    Status.TRIAGE: "suspected",
    Status.DECLINED: "declined",
    Status.MERGED: "merged",
}
LEFT_OUT = tuple(WHY_LEFT_OUT)
COLUMNS = (
    "id", "status", "severity_id", "incident_type_id", "introduced_at", "impact_started_at",
    "detected_at", "declared_at", "acknowledged_at", "mitigated_at", "impact_ended_at", "resolved_at", "closed_at",
    "created_at", "began",
)  # fmt: skip


@dataclass(frozen=True)
class Access:
    """What somebody may read, whatever is asked; without a person all of it. Put together when first asked for."""

    person: User | None

    @classmethod
    def of(cls, user: User) -> "Access":
        return cls(user)

    @classmethod
    def everything(cls) -> "Access":
        """For whoever sits at the command line of the installation."""
        return cls(None)

    @cached_property
    def incidents(self) -> IncidentQuerySet:
        return Incident.objects.all() if self.person is None else Incident.objects.visible_to(self.person)

    @cached_property
    def retrospectives(self) -> RetrospectiveQuerySet:
        return (
            Retrospective.objects.all()
            if self.person is None
            else Retrospective.objects.visible_to(self.person)
        )

    @cached_property
    def action_items(self) -> ActionItemQuerySet:
        return ActionItem.objects.all() if self.person is None else ActionItem.objects.visible_to(self.person)

    @cached_property
    def readable(self) -> tuple[str, tuple]:
        """The retrospectives as a subquery, with what it is filled with."""
        found = self.retrospectives.order_by().values("pk", "incident_id", "subject")
        return found.query.sql_with_params()


@dataclass(frozen=True)
class Scope:
    """`incidents` are those in somebody's reach, narrowed as asked; the period counts by impact start."""

    incidents: IncidentQuerySet
    since: datetime | None = None
    until: datetime | None = None
    now: datetime = field(default_factory=timezone.now)
    access: Access = field(default_factory=Access.everything)

    @property
    def horizon(self) -> datetime:
        """What happened later is not known yet: whatever ran on then is censored there."""
        return min(self.until, self.now) if self.until else self.now

    @property
    def before(self) -> "Scope | None":
        """The period of the same length before this one; all time has none."""
        if self.since is None:
            return None
        return replace(self, since=self.since - (self.horizon - self.since), until=self.since)

    def cohort(self) -> IncidentQuerySet:
        began: Any = Coalesce("impact_started_at", "declared_at")
        return self.within(
            self.incidents.filter(is_drill=False).exclude(status__in=LEFT_OUT).annotate(began=began)
        )

    @property
    def is_everything(self) -> bool:
        """Whether neither a period nor a filter narrows it."""
        return self.since is None and self.until is None and self.incidents is self.access.incidents

    @cached_property
    def count(self) -> int:
        return self._rows(_count)[0][0]

    @property
    def began_first(self) -> datetime | None:
        found: Any = self.cohort()
        return found.order_by("began").values_list("began", flat=True).first()

    def newest_first(self) -> IncidentQuerySet:
        began: Any = Coalesce("impact_started_at", "declared_at")
        return self.cohort().order_by(began.desc(), "-number")

    def left_out(self) -> dict[str, int]:
        """How many are not counted, and why; a drill that was declined is a drill."""
        told = dict.fromkeys(("drills", *WHY_LEFT_OUT.values()), 0)
        for is_drill, status, n in self._rows(_left_out):
            told["drills" if is_drill else WHY_LEFT_OUT[status]] += n
        return told

    def sql(self, *columns: str) -> tuple[str, tuple]:
        """The cohort as a subquery, with what it is filled with."""
        chosen = self.cohort().order_by().values(*(columns or COLUMNS))
        return chosen.query.sql_with_params()

    def _rows(self, asked: "Question") -> list[tuple[Any, ...]]:
        """What `asked` says of this scope. Its SQL is kept where nothing but the period narrows it."""
        person = self.access.person
        if person is None or not person.is_active or self.incidents is not self.access.incidents:
            sql, params = asked(self)
        else:
            kept = _kept(
                asked, sees_private=person.sees_private_incidents, hides_private=person.hides_private,
                has_since=self.since is not None, has_until=self.until is not None,
            )  # fmt: skip
            values = {SOMEBODY: person.pk, SOME_TIME: self.since, ANOTHER_TIME: self.until}
            sql, params = kept.filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def within(self, found: Any) -> IncidentQuerySet:
        """Of `found`, those whose `began` lies in the period."""
        found = found.filter(began__isnull=False)
        if self.since:
            found = found.filter(began__gte=self.since)
        return found.filter(began__lt=self.until) if self.until else found


Question = Callable[[Scope], tuple[str, tuple[Any, ...]]]
"""The SQL that asks something of a scope, with its parameters."""


def _count(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    sql, params = scope.sql("pk")
    return f"SELECT count(*) FROM ({sql}) AS counted", params


def _left_out(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    began: Any = Coalesce("impact_started_at", "declared_at", "created_at")
    found = scope.incidents.filter(Q(is_drill=True) | Q(status__in=LEFT_OUT)).annotate(began=began)
    rows = scope.within(found).order_by().values_list("is_drill", "status").annotate(n=Count("pk"))
    return rows.query.sql_with_params()


@cache
def _kept(
    asked: Question, *, sees_private: bool, hides_private: bool, has_since: bool, has_until: bool
) -> Statement:
    """For whoever reaches as far, with marks where the person and the times come."""
    anybody = User(pk=SOMEBODY, sees_private_incidents=sees_private)
    anybody.hides_private = hides_private
    scope = Scope(
        Incident.objects.visible_to(anybody),
        SOME_TIME if has_since else None,
        ANOTHER_TIME if has_until else None,
    )
    return Statement.of(*asked(scope))
