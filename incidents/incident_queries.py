"""What the page of one incident asks: each query is put together once a process (core/kept_queries.py)."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils import timezone

from accounts.models import User
from audit.models import AuditEntry
from core.kept_queries import ANOTHER_TIME, SOME_NUMBER, SOME_ROW, SOME_TIME, SOMEBODY, Kept, keep
from core.subqueries import count_of
from incidents.cadence_compliance import kept_rows
from incidents.hooks import has_automations, has_signals, is_followed
from incidents.models import (
    AffectedService,
    ChangeEvent,
    Hypothesis,
    Incident,
    IncidentLink,
    Mitigation,
    Participation,
    RoleAssignment,
    StatusUpdate,
    Task,
    UpdateState,
)
from incidents.models.people import HERE_NOW, Presence
from incidents.models.reference import number_of
from incidents.models.response import CHANGE_WINDOW
from timeline.models import TimelineEvent


def incident_of(user: User, reference: str, now: datetime) -> Any:
    """The incident with its counts, or None for whoever cannot reach it. Any: the stubs do not know the counts."""
    number = number_of(reference)
    if number is None:
        return None
    asked = _incident(user.installation_role, user.sees_private_incidents)
    found = asked.rows({SOMEBODY: user.pk, SOME_NUMBER: number, SOME_TIME: now})
    for incident in found:
        incident.running_roles = _of_incident(_roles, incident)
        return incident
    return None


def hypotheses_of(incident: Incident) -> list[Hypothesis]:
    return _of_incident(_hypotheses, incident)


def tasks_of(incident: Incident) -> list[Task]:
    return _of_incident(_tasks, incident)


def mitigations_of(incident: Incident) -> list[Mitigation]:
    return _of_incident(_mitigations, incident)


def affected_by(incident: Incident) -> list[AffectedService]:
    return _of_incident(_affected, incident)


def presences_on(incident: Incident, now: datetime) -> list[Presence]:
    return _presences().rows({SOME_ROW: incident.pk, SOME_TIME: now - HERE_NOW}, incident=incident)


def changes_near(user: User, incident: Incident, now: datetime) -> list[ChangeEvent]:
    """Changes of the affected services in the two hours before it began, and those put on this incident, the newest
    first. `may_have_introduced` marks the last before it began, while nothing is said to have introduced it.
    """
    asked = _changes(user.installation_role, user.sees_private_incidents)
    times = {SOME_TIME: incident.began_at - CHANGE_WINDOW, ANOTHER_TIME: incident.ended_at or now}
    found = asked.rows({SOMEBODY: user.pk, SOME_ROW: incident.pk, **times})
    before = [change for change in found if change.at <= incident.began_at]
    for change in found:
        change.introduced = incident.introduced_at == change.at  # type: ignore[attr-defined]
        is_last = bool(before) and change is before[0]
        change.may_have_introduced = is_last and incident.introduced_at is None  # type: ignore[attr-defined]
    return found


def _of_incident(asked: Callable[[], Kept], incident: Incident) -> list[Any]:
    return asked().rows({SOME_ROW: incident.pk}, incident=incident)


@cache
def _roles() -> Kept[RoleAssignment]:
    return keep(RoleAssignment.objects.running().filter(incident=SOME_ROW).select_related("role", "user"))


@cache
def _hypotheses() -> Kept[Hypothesis]:
    rows = Hypothesis.objects.filter(incident=SOME_ROW).select_related("owner")
    return keep(rows.annotate(evidence_count=Count("evidence")))


@cache
def _tasks() -> Kept[Task]:
    return keep(Task.objects.filter(incident=SOME_ROW).select_related("owner", "done_by"))


@cache
def _mitigations() -> Kept[Mitigation]:
    return keep(Mitigation.objects.filter(incident=SOME_ROW).select_related("owner"))


@cache
def _affected() -> Kept[AffectedService]:
    return keep(AffectedService.objects.filter(incident=SOME_ROW).running().worst_first())


@cache
def _presences() -> Kept[Presence]:
    here = Presence.objects.filter(incident=SOME_ROW, at__gte=SOME_TIME)
    return keep(here.select_related("user").order_by("user__name"))


@cache
def _incident(role: str, sees_private: bool) -> Kept[Incident]:
    """For whoever reaches as far: the incident with schedules and links, and the timeline's counts."""
    anybody = User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)
    standing = (
        TimelineEvent.objects.standing()
        .exclude(kind="answer", answers__isnull=False)
        .filter(incident=OuterRef("pk"))
    )

    own = Participation.objects.filter(incident=OuterRef("pk"), user=anybody, left_at__isnull=True)
    links = IncidentLink.objects.filter(incident=OuterRef("pk")).values(
        row=JSONObject(label="label", url="url", kind="kind")
    )
    return keep(
        Incident.objects.visible_to(anybody)
        .filter(number=SOME_NUMBER)
        .select_related("severity", "incident_type", "retrospective__owner")
        .with_updates()
        .annotate(
            all_count=count_of(standing),
            key_count=count_of(standing.key()),
            starred_count=count_of(standing.starred()),
            link_rows=ArraySubquery(links),
            own_participation=Exists(own),
            is_followed=is_followed(anybody, OuterRef("pk")),
            has_signals=has_signals(OuterRef("pk")),
            has_automations=has_automations(OuterRef("pk")),
            stamp=stamp(),
            pending_updates=ArraySubquery(
                _pending(OuterRef("pk"), SOME_TIME).values(row=JSONObject(**PENDING))
            ),
            **kept_rows(),
        )
    )


PENDING = {
    "pk": "pk",
    "state": "state",
    "author": "author_id",
    "name": "author__name",
    "leaves_at": "leaves_at",
    "reason": "return_reason",
    "corrects": "corrects_id",
}


def pending_updates(incident: Incident) -> list[dict[str, Any]]:
    """The same rows as `incident.pending_updates`, for pages that load the incident by itself."""
    rows = _pending(incident.pk, timezone.now()).values_list(*PENDING.values())
    return [dict(zip(PENDING, row, strict=True)) for row in rows]


def _pending(incident: Any, now: Any) -> QuerySet[StatusUpdate, Any]:
    """Updates that can still be taken back, wait for approval, or came back to their author: for the banners."""
    newer = StatusUpdate.objects.filter(
        incident=OuterRef("incident"), author=OuterRef("author"), posted_at__gt=OuterRef("posted_at")
    )
    mine = StatusUpdate.objects.filter(incident=incident)
    leaving = Q(state=UpdateState.POSTED, leaves_at__gt=now)
    returned = Q(state=UpdateState.RETURNED) & ~Exists(newer)
    return mine.filter(leaving | returned | Q(state=UpdateState.AWAITING)).order_by("pk")


def stamp() -> Subquery:
    """The number of the last audit entry: it counts up with every change, so screens can tell they are behind."""
    chain = Concat(Value("incident:"), Cast(OuterRef("pk"), CharField()))
    last = AuditEntry.objects.filter(chain=chain).order_by("-sequence").values("sequence")[:1]
    return Subquery(last, output_field=IntegerField())


@cache
def _changes(role: str, sees_private: bool) -> Kept[ChangeEvent]:
    anybody = User(pk=SOMEBODY, installation_role=role, sees_private_incidents=sees_private)
    services = AffectedService.objects.filter(incident=SOME_ROW).values("service")
    told = ChangeEvent.incidents.through.objects
    in_time = ChangeEvent.objects.filter(at__gte=SOME_TIME, at__lte=ANOTHER_TIME).order_by()
    of_none = in_time.filter(~Exists(told.filter(changeevent=OuterRef("pk"))), service__isnull=True)
    # Three questions, each with an index; as one with OR, PostgreSQL would read all changes there are.
    chosen = (
        told.filter(incident=SOME_ROW)
        .values("changeevent")
        .union(in_time.filter(service__in=services).values("pk"), of_none.values("pk"))
    )
    near = ChangeEvent.objects.visible_to(anybody).filter(pk__in=chosen)
    suspected = Incident.suspected_changes.through.objects.filter(
        incident=SOME_ROW, changeevent=OuterRef("pk")
    )
    return keep(near.select_related("service").annotate(is_suspected=Exists(suspected)).order_by("-at")[:12])
