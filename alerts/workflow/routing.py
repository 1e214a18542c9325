"""What an alert that fires becomes: routes decide, in their order; else the field `opens` of its integration.

What is decided stands in `alerts.deciding`. Here it is asked with what the database knows, and done.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.models import User
from alerts.deciding.decisions import (
    CRITICAL,
    WAITING,
    Decided,
    Decision,
    Firing,
    Why,
    decide,
)
from alerts.deciding.rules import OPENING, Becomes, Rule
from alerts.models import Alert, AlertChange, Route
from alerts.workflow.announcing import announce_alerts
from alerts.workflow.knowing import known_of
from alerts.workflow.taking_in import wait_for_others
from events.alerts import AlertAttached
from incidents.models import Incident, IncidentType, Severity
from incidents.permissions import can_declare
from incidents.workflow import declare_incident, report_problem
from notifications.workflow import wake_worker
from timeline.models import Kind
from timeline.workflow import record_event

JOB = "alerts.tasks.route_due_alerts"
NOTED = 10
"""Alerts of an incident that its timeline tells of, each with a row."""
MORE = "More alerts are attached. They are listed under Alerts."
DECIDED = ["route", "route_group", "decision", "decision_reason", "decided_at", "check_at", "waits_until"]


def is_critical(alert: Alert) -> bool:
    return alert.severity.casefold() in CRITICAL


@transaction.atomic
def route_alerts(
    *, alerts: Iterable[Alert], opens: str, by: User, again: Iterable[Alert] = (), at: datetime | None = None
) -> list[Incident]:
    """Do with alerts that fire what routes say, or `opens` ("nothing", "critical", "everything") where none matches.

    `again` are those that were firing before: they are looked at where they wait. `at` is the time of the payload.
    Returns the incidents that were opened.
    """
    looked_at = [(alert, Why.FIRES) for alert in alerts] + [(alert, Why.FIRES_AGAIN) for alert in again]
    return _route(looked_at, opens=opens, by=by, at=at)


@transaction.atomic
def route_due_alerts(*, now: datetime) -> bool:
    """Look once more at those that have waited long enough, of one sender and one moment. False where there are none."""
    due = Alert.objects.filter(check_at__lte=now, incident=None)
    first = due.order_by("check_at", "integration", "pk").first()
    if first is None:
        return False
    wait_for_others(first.integration_id)  # before its rows are locked, as whoever takes in a payload does
    rows = due.filter(check_at=first.check_at, integration=first.integration_id)
    alerts = list(rows.select_for_update(of=("self",)).select_related("integration__account").order_by("pk"))
    integration = first.integration
    looked_at = [(alert, Why.IS_DUE) for alert in alerts]
    _route(looked_at, opens=integration.opens, by=integration.account, at=first.check_at)
    rows.update(check_at=None)  # of those about which nothing was decided
    return True


def _route(
    looked_at: Sequence[tuple[Alert, Why]], *, opens: str, by: User, at: datetime | None
) -> list[Incident]:
    by_key = {alert.pk: alert for alert, _why in looked_at if alert.is_open and not alert.is_test}
    if not by_key:
        return []
    prefetch_related_objects(list(by_key.values()), "integration", "service", "reopens")
    rules = Route.active_rules()
    moment = at or max(alert.last_seen_at for alert in by_key.values())
    firings = [_firing(rules, alert, why, moment) for alert, why in looked_at if alert.pk in by_key]
    if any(_may_open(one, opens) for one in firings):
        _wait_for_others()
    decisions = decide(firings, known_of(firings, moment), opens=opens, at=moment)
    opened = [_open(one, by_key[one.firing.alert.pk], by) for one in decisions if one.opens is not None]
    _write(decisions, by_key)
    _attach(decisions, by_key, by)
    return opened


def _firing(rules: Sequence[Rule], alert: Alert, why: Why, at: datetime) -> Firing:
    facts = alert.facts
    rule = next((one for one in rules if one.matches(facts)), None)
    return Firing(
        facts,
        why,
        alert.firing_since or alert.first_seen_at,
        rule,
        rule.group_of(facts) if rule else "",
        is_attached=alert.incident_id is not None,
        waits=alert.decision in WAITING,
        ended_at=alert.reopens.resolved_at if alert.reopens else None,
    )


def _may_open(firing: Firing, opens: str) -> bool:
    """Whether an incident may come of it; what only joins one, or nothing, need not wait for other senders."""
    if firing.rule is not None:
        return firing.outcome.becomes in OPENING
    return opens == "everything" or (opens == "critical" and firing.alert.severity.casefold() in CRITICAL)


def _wait_for_others() -> None:
    """Two senders that tell of one service at once must see each other's incident."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('routing of alerts'), 0)")


def _open(decision: Decision, alert: Alert, by: User) -> Incident:
    """A suspected incident; a declared one where the account of the sender can declare."""
    outcome, rule = decision.opens, decision.firing.rule
    assert outcome is not None
    assert decision.trouble is not None
    severity = Severity.objects.filter(pk=outcome.severity).first() if outcome.severity else None
    said: dict[str, Any] = {
        "by": by,
        "title": alert.title[:200],
        "summary": alert.description[:500],
        "services": [alert.service] if alert.service else [],
        "source": Incident.Source.ALERT,
        "detected_at": min(alert.started_at, timezone.now()) if alert.started_at else None,
    }
    if outcome.becomes == Becomes.DECLARE and can_declare(by):
        kind = (
            IncidentType.objects.filter(pk=rule.incident_type).first()
            if rule and rule.incident_type
            else None
        )
        incident = declare_incident(
            severity=severity or Severity.objects.when_nobody_is_sure(),
            incident_type=kind,
            takes_command=False,
            **said,
        )
    else:
        if outcome.becomes == Becomes.DECLARE:
            decision.kind = Decided.SUSPECTED
            decision.reason = "The account of its integration can’t declare incidents."
        incident = report_problem(severity=severity, **said)
    decision.trouble.key = incident
    return incident


def _write(decisions: Sequence[Decision], by_key: dict[int, Alert]) -> None:
    """On each alert, which route decided and why."""
    for one in decisions:
        alert, rule = by_key[one.firing.alert.pk], one.firing.rule
        alert.route_id = rule.key if rule else None
        alert.route_group = one.firing.group
        alert.decision, alert.decision_reason = one.kind, one.reason
        alert.decided_at = timezone.now()
        alert.check_at, alert.waits_until = one.check_at, one.until
    if len(decisions) == 1:
        by_key[decisions[0].firing.alert.pk].save(update_fields=DECIDED)
    else:
        Alert.objects.bulk_update([by_key[one.firing.alert.pk] for one in decisions], DECIDED)
    if any(one.check_at for one in decisions):
        wake_worker(JOB)  # it finds out when the next is due


def _attach(decisions: Sequence[Decision], by_key: dict[int, Alert], by: User) -> None:
    """Those of one incident at once, with the alerts of their groups that waited."""
    by_incident: dict[int, tuple[Incident, list[Alert], dict[int, str]]] = {}
    for one in decisions:
        if one.trouble is None:
            continue
        incident = one.trouble.key
        _incident, alerts, names = by_incident.setdefault(incident.pk, (incident, [], {}))
        rule = one.firing.rule
        found = [by_key[one.firing.alert.pk]]
        if rule is not None and rule.times > 1:
            found += _waiting_with(one)
        for alert in found:
            if all(alert.pk != there.pk for there in alerts):
                alerts.append(alert)
                names[alert.pk] = rule.name if rule else ""
    for incident, alerts, names in by_incident.values():
        _attach_all(alerts, incident, by, names)


def _waiting_with(decision: Decision) -> list[Alert]:
    """Those of its group that wait for more firings."""
    route, group = decision.firing.key
    rows = Alert.objects.open().filter(
        route=route, route_group=group, decision=Decided.WAITS, check_at=None, incident=None
    )
    # One that is locked is being taken in just now, and is looked at there.
    waiting = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    for alert in waiting:
        alert.decision, alert.decision_reason, alert.decided_at = Decided.ATTACHED, "", timezone.now()
    Alert.objects.bulk_update(waiting, ["decision", "decision_reason", "decided_at"])
    return waiting


def _attach_all(alerts: list[Alert], incident: Incident, by: User, names: dict[int, str]) -> None:
    """As `attach_alert` does for a person. The timeline tells of the first few only: a storm is read in the list."""
    there = Alert.objects.filter(incident=incident).order_by()[: NOTED + 1].count()
    for alert in alerts:
        alert.incident, alert.reopens = incident, None
    Alert.objects.bulk_update(alerts, ["incident", "reopens"])
    attached = AlertChange.Kind.ATTACHED
    AlertChange.objects.bulk_create(
        AlertChange(alert=alert, kind=attached, by=by, incident=incident) for alert in alerts
    )
    announce_alerts(AlertAttached, alerts, by=by)
    for alert in alerts[: max(0, NOTED - there)]:
        name = names[alert.pk]
        record_event(
            incident=incident,
            kind=Kind.ALERT,
            text=alert.title,
            detail=f"By the alert route “{name}”" if name else "",
            by=by,
            occurred_at=min(alert.started_at or alert.first_seen_at, timezone.now()),
        )
    if there <= NOTED < there + len(alerts):
        record_event(incident=incident, kind=Kind.ALERT, text=MORE, by=by)
