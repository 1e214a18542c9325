"""What an alert that fires becomes: a row of an open incident, a suspected incident, or only itself."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, AlertChange
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from incidents.workflow import report_problem
from timeline.models import Kind
from timeline.workflow import record_event

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
    opened = []
    for alert in alerts:
        if alert.is_test or not alert.is_open or alert.incident is not None or alert.reopens is not None:
            continue
        incident = _open_incident_of(alert)
        if incident is None and (opens == "everything" or (opens == "critical" and is_critical(alert))):
            incident = report_problem(
                by=by,
                title=alert.title[:200],
                summary=alert.description[:500],
                services=[alert.service] if alert.service else [],
                source=Incident.Source.ALERT,
                detected_at=alert.started_at,
            )
            opened.append(incident)
        if incident is not None:
            _attach(alert, incident, by)
    return opened


def _attach(alert: Alert, incident: Incident, by: User) -> None:
    """As `attach_alert` does for a person. The timeline tells of the first few only: a storm is read in the list."""
    there = Alert.objects.filter(incident=incident).order_by()[: NOTED + 1].count()
    alert.incident = incident
    alert.save(update_fields=["incident"])
    AlertChange.objects.create(alert=alert, kind=AlertChange.Kind.ATTACHED, by=by, incident=incident)
    if there > NOTED:
        return
    text = (
        f"Alert: {alert.title}"
        if there < NOTED
        else "More alerts are attached. They are listed under Alerts."
    )
    began = alert.started_at or alert.first_seen_at
    record_event(
        incident=incident,
        kind=Kind.ALERT,
        text=text,
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
        return None
    of_service = _running().filter(
        is_private=False, affected_services__service=alert.service, affected_services__ended_at=None
    )
    return of_service.order_by("-number").first()
