"""What the incident itself holds for and against its recovery, for whoever decides whether it is resolved.

Only what was recorded is named. Where nothing was recorded, that is said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Max

from core.text import shorten
from incidents import hooks
from incidents.models import (
    Audience,
    ChecklistKind,
    CheckState,
    HypothesisState,
    Incident,
    MitigationState,
    ServiceImpact,
)
from incidents.models.recovery import RecoveryCheck
from timeline.models import Kind

MOST = 3  # lines of one kind; the others are counted
LONGEST = 120  # characters of a title
WRITTEN = (
    Kind.NOTE, Kind.DECISION, Kind.QUESTION, Kind.ANSWER, Kind.HYPOTHESIS, Kind.MITIGATION, Kind.ALERT, Kind.CHANGE,
    Kind.SEVERITY, Kind.SERVICE,
)  # fmt: skip


class Speaks(StrEnum):
    FOR = "for"
    AGAINST = "against"
    OPEN = "open"


@dataclass(frozen=True)
class Evidence:
    speaks: Speaks
    text: str
    at: datetime | None = None


def recovery_evidence(incident: Incident, received: dict[str, dict]) -> list[Evidence]:
    """What speaks against recovery first, then what is open, then what speaks for it.

    `received` says by audience how many updates it had and when the `last` was posted.
    """
    found = [
        *_mitigations(incident),
        *_services(incident),
        *_checks(list(incident.recovery_checks.all())),
        *_alerts(incident),
        *_hypotheses(incident),
        *_questions(incident),
        *_tasks(incident),
        *_updates(incident, received),
        *_last_entry(incident),
    ]
    order = (Speaks.AGAINST, Speaks.OPEN, Speaks.FOR)
    return sorted(found, key=lambda line: order.index(line.speaks))


def _mitigations(incident: Incident) -> Iterator[Evidence]:
    rows = list(incident.mitigations.all())
    of = {state: [row for row in rows if row.state == state] for state in MitigationState}
    yield from _named(
        Speaks.AGAINST, "Still applying", ((m.text, m.started_at) for m in of[MitigationState.APPLYING])
    )
    yield from _named(
        Speaks.AGAINST,
        "Made it worse and is not reverted",
        ((m.text, m.settled_at) for m in of[MitigationState.MADE_WORSE]),
    )
    yield from _named(
        Speaks.FOR, "Mitigation worked", ((m.text, m.settled_at) for m in of[MitigationState.WORKED])
    )
    if not of[MitigationState.WORKED]:
        yield Evidence(Speaks.OPEN, "No mitigation is recorded as worked")


def _services(incident: Incident) -> Iterator[Evidence]:
    running = list(incident.affected_services.running().worst_first())
    for row in running[:MOST]:
        impact = ServiceImpact(row.impact).label.lower()
        yield Evidence(Speaks.AGAINST, f"{row.service} is still set to {impact}, since", row.started_at)
    if len(running) > MOST:
        yield Evidence(Speaks.AGAINST, f"{_many(len(running) - MOST, 'more service')} still affected")
    if not running and (last := incident.affected_services.order_by("-ended_at").first()):
        yield Evidence(Speaks.FOR, "All affected services are operational again", last.ended_at)


def _checks(checks: list[RecoveryCheck]) -> Iterator[Evidence]:
    passed = [check for check in checks if check.state == CheckState.PASSED]
    waived = [check for check in checks if check.state == CheckState.WAIVED]
    if passed:
        last = max((check.settled_at for check in passed if check.settled_at), default=None)
        yield Evidence(
            Speaks.FOR, f"{len(passed)} of {_many(len(checks), 'recovery check')} passed, the last one", last
        )
    if waived:
        yield Evidence(Speaks.OPEN, f"{_many(len(waived), 'recovery check')} waived, so not verified")
    signals = {CheckState(check.state) for check in checks if check.kind == ChecklistKind.SIGNAL}
    if CheckState.WATCHING in signals:
        yield Evidence(Speaks.OPEN, "A signal is still being watched")
    elif CheckState.PASSED not in signals:
        yield Evidence(Speaks.OPEN, "No signal was watched until it stayed normal")


def _alerts(incident: Incident) -> Iterator[Evidence]:
    """What fires still, silenced or not. That nothing was recorded says something only where alerts were before."""
    firing = [alert for alert in hooks.alerts(incident).shown if alert.is_open]
    if firing:
        yield from _named(
            Speaks.AGAINST, "Alert still fires", ((alert.title, alert.started_at) for alert in firing)
        )
        return
    alerts = incident.timeline.standing().filter(kind=Kind.ALERT)
    last = alerts.aggregate(at=Max("occurred_at"))["at"]
    if last is None:
        return
    if incident.mitigated_at and last > incident.mitigated_at:
        since = alerts.filter(occurred_at__gt=incident.mitigated_at).count()
        yield Evidence(Speaks.AGAINST, f"{_many(since, 'alert')} after the mitigation, the last one", last)
    else:
        yield Evidence(Speaks.FOR, "No alert recorded since the mitigation, the last one before it", last)


def _hypotheses(incident: Incident) -> Iterator[Evidence]:
    rows = list(incident.hypotheses.all())
    supported = [h for h in rows if h.state == HypothesisState.SUPPORTED]
    yield from _named(Speaks.FOR, "Supported hypothesis", ((h.claim, h.settled_at) for h in supported))
    unsettled = [h for h in rows if not h.is_settled]
    yield from _named(Speaks.OPEN, "Hypothesis not settled", ((h.claim, h.raised_at) for h in unsettled))


def _questions(incident: Incident) -> Iterator[Evidence]:
    asked = (
        incident.timeline.standing().unanswered().order_by("occurred_at").values_list("text", "occurred_at")
    )
    yield from _named(Speaks.OPEN, "Question without an answer", asked)


def _tasks(incident: Incident) -> Iterator[Evidence]:
    """Those that people added. The lines of checklists say what to do, and little about recovery."""
    tasks = incident.tasks.filter(done_at=None, template=None)
    yield from _named(Speaks.OPEN, "Task not done", ((task.title, None) for task in tasks))


def _updates(incident: Incident, received: dict[str, dict]) -> Iterator[Evidence]:
    for audience, had in received.items():
        if incident.mitigated_at and had["last"] < incident.mitigated_at:
            label = Audience(audience).label
            yield Evidence(
                Speaks.OPEN, f"{label}: the last update is from before the mitigation", had["last"]
            )


def _last_entry(incident: Incident) -> Iterator[Evidence]:
    last = incident.timeline.standing().filter(kind__in=WRITTEN).order_by("-occurred_at", "-pk").first()
    if last and incident.mitigated_at and last.occurred_at <= incident.mitigated_at:
        yield Evidence(
            Speaks.FOR, "Nothing new on the timeline since the mitigation, the last entry", last.occurred_at
        )
    elif last:
        yield Evidence(
            Speaks.OPEN, f"Last entry on the timeline: {Kind(last.kind).label.lower()}", last.occurred_at
        )


def _named(speaks: Speaks, what: str, rows: Iterable[tuple[str, datetime | None]]) -> Iterator[Evidence]:
    found = list(rows)
    for text, at in found[:MOST]:
        yield Evidence(speaks, f"{what}: “{shorten(text, LONGEST)}”", at)
    if len(found) > MOST:
        yield Evidence(speaks, f"{what}: {len(found) - MOST} more")


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
