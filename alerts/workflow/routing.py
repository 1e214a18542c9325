"""What an alert that fires becomes: a row of an open incident, a suspected incident, or only itself."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, AlertChange
from alerts.workflow.acting import takes_alerts
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from incidents.workflow import report_problem
from timeline.models import Kind
from timeline.workflow import record_event

MOST_OPENED = 5
"""Incidents that one payload opens; its other alerts are attached to the last."""
STORM = timedelta(minutes=10)
REOPENED_WITHIN = timedelta(minutes=30)
NOTED = 10
"""Alerts of an incident that its timeline tells of, each with a row."""
CRITICAL = frozenset(
    {
        "critical",
        "crit",
        "page",
        "fatal",
        "emergency",
        "emerg",
        "disaster",
        "high",
        "major",
        "error",
        "p1",
        "p2",
        "sev1",
        "sev2",
        "1",
        "2",
    }
)
"""Senders' words for what somebody should look at."""


def is_critical(alert: Alert) -> bool:
    return alert.severity.casefold() in CRITICAL


@transaction.atomic
def route_alerts(*, alerts: Iterable[Alert], opens: str, by: User) -> list[Incident]:
    """Attach what fires to an open incident of its group or service; else open a suspected one where `opens` says so.

    `opens` is "nothing", "critical" or "everything". Returns the incidents that were opened.
    """
    _wait_for_others()
    opened: list[Incident] = []
    for alert in alerts:
        if alert.is_test or not alert.is_open or alert.incident is not None:
            continue
        incident = _held(_open_incident_of(alert)) or (opened[-1] if len(opened) >= MOST_OPENED else None)
        wants_one = opens == "everything" or (opens == "critical" and is_critical(alert))
        if incident is None and wants_one and not _may_be_reopened(alert):
            incident = report_problem(
                by=by,
                title=alert.title[:200],
                summary=alert.description[:500],
                services=[alert.service] if alert.service else [],
                source=Incident.Source.ALERT,
                detected_at=min(alert.started_at, timezone.now()) if alert.started_at else None,
            )
            opened.append(incident)
        if incident is not None:
            _attach(alert, incident, by)
    return opened


def _wait_for_others() -> None:
    """Two senders that tell of one service at once must see each other's incident."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('routing of alerts'), 0)")


def _held(incident: Incident | None) -> Incident | None:
    """The incident, locked; None where somebody ended it in this moment."""
    if incident is None:
        return None
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    return incident if takes_alerts(incident) else None


def _may_be_reopened(alert: Alert) -> bool:
    """Whether its incident was resolved a moment ago: then a person decides whether it is the same trouble."""
    ended = alert.reopens.resolved_at if alert.reopens else None
    return ended is not None and timezone.now() - ended < REOPENED_WITHIN


def _attach(alert: Alert, incident: Incident, by: User) -> None:
    """As `attach_alert` does for a person. The timeline tells of the first few only: a storm is read in the list."""
    there = Alert.objects.filter(incident=incident).order_by()[: NOTED + 1].count()
    alert.incident, alert.reopens = incident, None
    alert.save(update_fields=["incident", "reopens"])
    AlertChange.objects.create(alert=alert, kind=AlertChange.Kind.ATTACHED, by=by, incident=incident)
    if there > NOTED:
        return
    more = "More alerts are attached. They are listed under Alerts."
    began = alert.started_at or alert.first_seen_at
    record_event(
        incident=incident,
        kind=Kind.ALERT,
        text=alert.title if there < NOTED else more,
        by=by,
        occurred_at=min(began, timezone.now()) if there < NOTED else None,
    )


def _running() -> IncidentQuerySet:
    """Suspected, or being worked on."""
    return Incident.objects.active() | Incident.objects.suspected()


def _open_incident_of(alert: Alert) -> Incident | None:
    """Of the same group first, else the newest of the same service that is not private."""
    if alert.group_key:
        of_group = Alert.objects.filter(
            integration=alert.integration_id,
            group_key=alert.group_key,
            incident__in=_running(),
        )
        if found := of_group.order_by("-incident__number").select_related("incident").first():
            return found.incident
    if alert.service is None:
        return None if alert.group_key else _of_a_storm(alert)
    of_service = _running().filter(
        is_private=False, affected_services__service=alert.service, affected_services__ended_at=None
    )
    return of_service.order_by("-number").first()


def _of_a_storm(alert: Alert) -> Incident | None:
    """The suspected incident that the same sender opened a moment ago: nothing says that this is another trouble."""
    since = timezone.now() - STORM
    of_sender = Alert.objects.filter(
        integration=alert.integration_id,
        group_key="",
        service=None,
        incident__in=Incident.objects.suspected().filter(is_private=False, created_at__gte=since),
    )
    found = of_sender.order_by("-incident__number").select_related("incident").first()
    return found.incident if found else None
