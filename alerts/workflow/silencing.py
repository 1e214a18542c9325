"""Keep an alert quiet where it comes from. The verbs say what is wanted; a worker sees to it (integrations.workflow)."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from alerts.models import LONGEST_COMMENT, Alert, AlertChange, AlertQuerySet, AlertState, EndedBy, Silence
from alerts.workflow.acting import acknowledge_alert, lock_alert, note_change, takes_alerts
from alerts.workflow.announcing import announce_alerts
from core.text import length_in_words
from events.alerts import AlertSilenced
from incidents.workflow.transitions import lock_row
from notifications.workflow import wake_worker
from timeline.models import Kind as TimelineKind
from timeline.workflow import record_event

JOB = "integrations.tasks.keep_silences"
Kind = AlertChange.Kind
MOST_IN_FORCE = 20
"""Of one alert."""


@transaction.atomic
def silence_alert(
    *,
    alert: Alert,
    by: User,
    labels: list[str] | None = None,
    until: datetime | None = None,
    comment: str = "",
) -> Silence:
    """Have its Alertmanager send nothing about alerts with these labels, and acknowledge this one.

    `labels` names those of the alert's labels that count; all of them where it is not said. Without `until` the
    silence ends with the alert's incident. Raises ValidationError naming the field.
    """
    alert = _lock(alert, by)
    source = alert.integration.silenced_in
    if (refusal := why_not_silenced(alert)) or source is None:
        raise ValidationError(refusal)
    matchers = _matchers(alert, labels)
    now = timezone.now()
    if until is not None and not now < until <= now + Silence.LONGEST:
        raise ValidationError({"until": f"Choose a time within the next {Silence.LONGEST.days} days."})
    if until is None and (alert.incident is None or not takes_alerts(alert.incident)):
        raise ValidationError({"until": "Choose how long: the alert belongs to no open incident."})
    if len(comment.strip()) > LONGEST_COMMENT:
        raise ValidationError({"comment": f"Write at most {LONGEST_COMMENT} characters."})
    in_force = list(alert.silences.in_force())
    if any(one.matchers == matchers for one in in_force):
        raise ValidationError("These labels are silenced already. End that silence first.")
    if len(in_force) >= MOST_IN_FORCE:
        raise ValidationError(f"This alert has {MOST_IN_FORCE} silences. End some of them first.")
    silence = Silence.objects.create(
        alert=alert,
        source=source,
        matchers=matchers,
        until=until,
        incident=alert.incident if until is None else None,
        comment=comment.strip(),
        made_by=by,
        made_at=now,
        next_at=now,
    )
    if alert.state == AlertState.FIRING:
        acknowledge_alert(alert=alert, by=by)
    announce_alerts(AlertSilenced, [alert], by=by)
    _tell(silence, Kind.SILENCED, by, f"silenced “{alert.title}” {_until(silence)}")
    wake_worker(JOB)
    return silence


@transaction.atomic
def end_alert_silence(*, silence: Silence, by: User) -> Silence:
    """Its Alertmanager notifies of the alerts again. Ended twice, it is ended once."""
    _lock(silence.alert, by)
    held = hold_silence(silence)
    if held and held.is_in_force:
        note_end(held, reason=EndedBy.PERSON, by=by)
        wake_worker(JOB)
    return held or silence


def _lock(alert: Alert, by: User) -> Alert:
    """As `lock_alert`, with its incident: both come before the silence and the audit trail, as in every verb."""
    alert = lock_alert(alert, by)
    if alert.incident is not None:
        lock_row(alert.incident)
    return alert


def hold_silence(silence: Silence) -> Silence | None:
    """The row, locked to the end of the transaction; None where it is gone with its alert.

    Its alert and the incident of that are locked before it, as in the verbs of people.
    """
    alert = Alert.objects.select_for_update(of=("self",)).filter(pk=silence.alert_id).first()
    if alert is not None and alert.incident is not None:
        lock_row(alert.incident)
    rows = Silence.objects.select_for_update(of=("self",)).select_related("alert__incident")
    return rows.filter(pk=silence.pk).first()


def note_end(silence: Silence, *, reason: str, by: User | None = None) -> None:
    """In a transaction that holds the silence: it is over here, and a worker has still to end it there."""
    silence.ended_at, silence.ended_by, silence.end_reason = timezone.now(), by, reason
    if reason == EndedBy.PERSON:
        silence.next_at = silence.ended_at
    silence.save(update_fields=["ended_at", "ended_by", "end_reason", "next_at"])
    words = {
        EndedBy.PERSON: "ended the silence of",
        EndedBy.REFUSED: "could not silence",
    }.get(EndedBy(reason), "no longer silences")
    _tell(silence, Kind.UNSILENCED, by, f"{words} “{silence.alert.title}”")


def matching_alerts(alert: Alert, matchers: Mapping[str, str], user: User) -> AlertQuerySet:
    """Those that fire now, come from the same integration, and have these labels; in `user`'s reach."""
    rows = Alert.objects.visible_to(user).open().filter(integration=alert.integration_id, is_test=False)
    return rows.filter(labels__contains=dict(matchers))


def why_not_silenced(alert: Alert) -> str:
    """Why it cannot be silenced from here, in a sentence; empty where it can."""
    if not alert.is_open:
        return "This alert is resolved already."
    if alert.is_test:
        return "You can’t silence a test alert: Alertmanager does not know it."
    if alert.integration.silenced_in_id is None:
        return f"Alerts of {alert.integration} cannot be silenced from here. An administrator can choose its Alertmanager under Settings, Integrations."
    return ""


def _matchers(alert: Alert, labels: list[str] | None) -> dict[str, str]:
    named = list(alert.labels) if labels is None else labels
    if unknown := [name for name in named if name not in alert.labels]:
        raise ValidationError({"labels": f"The alert has no label “{unknown[0]}”."})
    matchers = {name: alert.labels[name] for name in named if alert.labels[name]}
    if not matchers:
        raise ValidationError({"labels": "Choose at least one label."})
    return matchers


def _until(silence: Silence) -> str:
    if silence.until is None:
        return "until the incident is resolved"
    return f"for {length_in_words(max(round((silence.until - silence.made_at).total_seconds() / 60), 1))}"


def _tell(silence: Silence, kind: str, by: User | None, text: str) -> None:
    """In the history of the alert, the audit trail, and the timeline of the incident it belongs to."""
    alert = silence.alert
    note_change(alert, kind, by, alert.incident)
    if alert.incident is not None and takes_alerts(alert.incident):
        record_event(
            incident=alert.incident, kind=TimelineKind.FACT, text=text, by=by, occurred_at=timezone.now()
        )
