"""What people do with alerts."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert, AlertChange, AlertState
from alerts.permissions import can_act_on_alerts
from alerts.workflow.announcing import announce_alerts
from audit.workflow import INSTALLATION, record_audit, record_many
from events.alerts import AlertAcknowledged, AlertAttached
from incidents.models import Incident, Status
from incidents.workflow.transitions import lock
from timeline.models import Kind as TimelineKind
from timeline.workflow import record_event

Kind = AlertChange.Kind
MOST_AT_ONCE = 100


@transaction.atomic
def acknowledge_alert(*, alert: Alert, by: User) -> Alert:
    """Somebody looks at it. Again it changes nothing; one that is resolved is refused."""
    alert = lock_alert(alert, by)
    if alert.state == AlertState.RESOLVED:
        raise ValidationError("This alert is resolved already.")
    if alert.state == AlertState.FIRING:
        alert.state, alert.acknowledged_at, alert.acknowledged_by = (
            AlertState.ACKNOWLEDGED,
            timezone.now(),
            by,
        )
        alert.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
        note_change(alert, Kind.ACKNOWLEDGED, by)
        announce_alerts(AlertAcknowledged, [alert], by=by)
    return alert


@transaction.atomic
def acknowledge_alerts(*, alerts: Iterable[Alert], by: User) -> list[Alert]:
    """Those of them that fire, at once; the others stay as they are. Answers with those that were acknowledged."""
    if not can_act_on_alerts(by):
        raise PermissionDenied("Only responders can change an alert.")
    named = [alert.pk for alert in alerts]
    if len(named) > MOST_AT_ONCE:
        raise ValidationError({"alerts": f"Choose at most {MOST_AT_ONCE} alerts at once."})
    rows = Alert.objects.visible_to(by).filter(pk__in=named, state=AlertState.FIRING)
    rows = rows.select_related("service", "incident")
    firing = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for alert in firing:
        alert.state, alert.acknowledged_at, alert.acknowledged_by = (
            AlertState.ACKNOWLEDGED,
            timezone.now(),
            by,
        )
    Alert.objects.bulk_update(firing, ["state", "acknowledged_at", "acknowledged_by"])
    AlertChange.objects.bulk_create(
        AlertChange(alert=alert, kind=Kind.ACKNOWLEDGED, by=by) for alert in firing
    )
    said = [(alert.chain, {"alert": alert.pk}) for alert in firing]
    record_many(chain=INSTALLATION, action=f"alert.{Kind.ACKNOWLEDGED}", subjects=said, by=by)
    announce_alerts(AlertAcknowledged, firing, by=by)
    return firing


@transaction.atomic
def mark_noise(*, alert: Alert, by: User, is_noise: bool) -> Alert:
    """Whether nobody had to be told of it."""
    alert = lock_alert(alert, by)
    if alert.is_noise != is_noise:
        alert.is_noise = is_noise
        alert.save(update_fields=["is_noise"])
        note_change(alert, Kind.NOISE if is_noise else Kind.NOT_NOISE, by)
    return alert


@transaction.atomic
def attach_alert(*, alert: Alert, incident: Incident, by: User) -> Alert:
    """It belongs to this incident, and to no other. One that is over is refused: reopen it first."""
    alert = lock_alert(alert, by)
    incident = lock(incident, by=by)
    if not takes_alerts(incident):
        raise ValidationError(f"{incident.reference} is over. Reopen it first.")
    if alert.incident_id != incident.pk:
        alert.incident, alert.reopens, alert.check_at = incident, None, None
        alert.save(update_fields=["incident", "reopens", "check_at"])
        note_change(alert, Kind.ATTACHED, by, incident)
        announce_alerts(AlertAttached, [alert], by=by)
        record_event(
            incident=incident,
            kind=TimelineKind.ALERT,
            text=alert.title,
            by=by,
            occurred_at=min(alert.started_at or alert.first_seen_at, timezone.now()),
        )
    return alert


@transaction.atomic
def detach_alert(*, alert: Alert, by: User) -> Alert:
    """It has nothing to do with its incident."""
    alert = lock_alert(alert, by)
    if alert.incident is not None:
        incident, alert.incident = alert.incident, None
        alert.save(update_fields=["incident"])
        note_change(alert, Kind.DETACHED, by, incident)
    return alert


def takes_alerts(incident: Incident) -> bool:
    """Whether it is suspected or being worked on."""
    return incident.is_active or incident.status == Status.TRIAGE


def lock_alert(alert: Alert, by: User) -> Alert:
    """The row, locked, for somebody who sees it and may change it."""
    if not can_act_on_alerts(by):
        raise PermissionDenied("Only responders can change an alert.")
    return Alert.objects.visible_to(by).select_for_update(of=("self",)).get(pk=alert.pk)


def note_change(alert: Alert, kind: str, by: User | None, incident: Incident | None = None) -> None:
    """In the alert's history and the audit trail: what has to do with an incident in the incident's, without words."""
    AlertChange.objects.create(alert=alert, kind=kind, by=by, incident=incident)
    chain = incident.chain if incident else INSTALLATION
    subject = incident.reference if incident else f"alert:{alert.pk}"
    record_audit(chain=chain, action=f"alert.{kind}", subject=subject, by=by, changes={"alert": alert.pk})
