"""What monitoring sent to Fernhill: what fires now, and two weeks of firings that show which rules are noise."""

from datetime import datetime, timedelta

from accounts.models import User
from alerts.models import Alert, AlertChange
from alerts.observed import Link, Observed, Parsed, Told
from alerts.workflow import acknowledge_alert, add_alert_route, attach_alert, mark_noise, take_in
from demo.cast import Stage
from incidents.models import Incident
from integrations.models import Integration
from integrations.workflow import create_integration

DAY = 24 * 60  # minutes
NIGHT = 3 * 60 + 20


def tell_alerts(stage: Stage) -> None:
    """Keys of the integrations are known to nobody: what sends for real gets one of its own by rotating it."""
    ines = stage.people["ines"]
    prometheus, _ = create_integration(by=ines, kind="alertmanager", name="Alertmanager eu-1")
    uptime, _ = create_integration(by=ines, kind="uptimekuma", name="Uptime Kuma")
    create_integration(by=ines, kind="github", name="GitHub deployments")
    _routes(stage, ines)
    _noisy_weeks(stage, prometheus)
    _of_now(stage, prometheus, uptime)


def _routes(stage: Stage, by: User) -> None:
    add_alert_route(
        by=by,
        name="Payments page at once",
        labels=["service = payments-api", "severity = critical"],
        becomes="declare",
        severity=stage.severity(2),
    )
    add_alert_route(
        by=by,
        name="Disks that fill",
        labels=["alertname = Disk*"],
        becomes="record",
        is_quiet_in_maintenance=True,
    )


def _noisy_weeks(stage: Stage, prometheus: Integration) -> None:
    """A rule that wakes people and is over after minutes, and one that was a real incident once."""
    for day in range(14, 0, -1):
        _fired(stage, prometheus, "CpuHigh", day * DAY + NIGHT, 6, service="stock-import", severity="warning")
        if day % 3 == 0:
            _fired(
                stage,
                prometheus,
                "QueueLag",
                day * DAY - 200,
                18,
                service="label-printing",
                severity="warning",
            )
    mark_noise(alert=_newest("CpuHigh"), by=stage.people["sam"], is_noise=True)


def _of_now(stage: Stage, prometheus: Integration, uptime: Integration) -> None:
    payments = Incident.objects.get(title="Card payments fail at checkout")
    search = Incident.objects.get(title="Search results are hours old")
    runbook = (Link("Runbook", "https://runbooks.fernhill.example/payments-5xx"),)
    _fire(
        stage, prometheus, "PaymentsApi5xxRatio", 40,
        title="PaymentsApi5xxRatio above 5% for 2 min (now 38%)",
        description="More than 5% of the answers of the payments API are 5xx.",
        service="payments-api", severity="critical", links=runbook,
    )  # fmt: skip
    _fire(
        stage, uptime, "checkout-probe", 38, title="checkout.fernhill.example: 502 from 2 of 3 places",
        service="checkout", severity="critical",
    )  # fmt: skip
    _fire(
        stage, prometheus, "SearchIndexAge", 80, title="SearchIndexAge above 2 h (now 2 h 50 min)",
        service="search", severity="warning",
    )  # fmt: skip
    _fire(
        stage, prometheus, "DiskWillFillIn4Hours", 55, title="DiskWillFillIn4Hours on orders-db-2",
        service="orders-db", severity="warning",
    )  # fmt: skip
    _attach(stage, "PaymentsApi5xxRatio", payments, "ana", 37)
    _attach(stage, "checkout-probe", payments, "ana", 36)
    _attach(stage, "SearchIndexAge", search, "tom", 69)
    with stage.at(35):
        acknowledge_alert(alert=_newest("PaymentsApi5xxRatio"), by=stage.people["ana"])
    _date(_newest("PaymentsApi5xxRatio"), AlertChange.Kind.ACKNOWLEDGED, stage.ago(35))
    Alert.objects.filter(dedup_key="PaymentsApi5xxRatio").update(acknowledged_at=stage.ago(35))


def _fired(
    stage: Stage, integration: Integration, name: str, minutes: float, lasted: float, **said: str
) -> None:
    _fire(stage, integration, name, minutes, title=f"{name} on {said['service']}", **said)
    over = stage.ago(minutes - lasted)
    _take_in(integration, over, Observed(dedup_key=name, state=Told.RESOLVED, at=over))


def _fire(stage: Stage, integration: Integration, name: str, minutes: float, **said: object) -> None:
    at = stage.ago(minutes)
    labels = {
        "alertname": name,
        "cluster": "eu-1",
        "service": str(said["service"]),
        "severity": str(said["severity"]),
    }
    observed = Observed(
        dedup_key=name,
        state=Told.FIRING,
        at=at,
        started_at=at - timedelta(minutes=2),
        labels=labels,
        **said,  # type: ignore[arg-type]
    )
    _take_in(integration, at, observed)


def _take_in(integration: Integration, at: datetime, observed: Observed) -> None:
    take_in(integration=integration, parsed=Parsed((observed,)), received_at=at, by=integration.account)


def _attach(stage: Stage, name: str, incident: Incident, who: str, minutes: float) -> None:
    with stage.at(minutes):
        attach_alert(alert=_newest(name), incident=incident, by=stage.people[who])
    _date(_newest(name), AlertChange.Kind.ATTACHED, stage.ago(minutes))


def _date(alert: Alert, kind: str, at: datetime) -> None:
    alert.changes.filter(kind=kind).update(received_at=at)


def _newest(name: str) -> Alert:
    return Alert.objects.filter(dedup_key=name).latest("last_seen_at")
