"""What Fernhill has behind it: incidents of the last months, all closed, each told in a few lines."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import User
from demo.cast import Stage
from incidents.models import Incident, IncidentType, Status
from incidents.workflow import (
    assign_role,
    change_status,
    close_incident,
    declare_incident,
    decline_report,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    note_activity,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    report_problem,
    resolve_incident,
    set_service_impact,
    settle_recovery_check,
    watch_recovery_check,
)
from retros.workflow import assume_costs, start_retrospective, state_users
from timeline.workflow import write_event

DAY = 24 * 60


@dataclass
class Past:
    """Minutes count from the beginning of the impact."""

    days_ago: float
    title: str
    rank: int
    commander: str
    service: str
    impact: str
    cause: str
    fix: str
    kind: str
    detected: int
    declared: int
    mitigated: int
    resolved: int
    incident_type: str = "Availability"
    is_drill: bool = False
    refuted: str = ""
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    felt: tuple[int, str] | None = None  # by how many users of the service, and which per cent of them


PASTS = [
    Past(
        152, "Customers are signed out at random", 3, "lee", "customer-accounts", "degraded",
        "Two of six servers have a wrong clock.", "Take the two servers out of rotation", "isolate",
        12, 31, 74, 140, notes=[(40, "priya", "Nine tickets, all say “asked to sign in again”.")],
        felt=(84_000, "9"),
    ),
    Past(
        128, "Prices show without tax after the import", 2, "ana", "stock-import", "partial_outage",
        "The import reads the net column since the supplier renamed it.", "Restore prices of 05:00 from backup",
        "rollback", 35, 41, 88, 205, incident_type="Data", refuted="The tax service answers with zero.",
        notes=[(60, "jonas", "412 products are affected. 37 orders were placed with a wrong price.")],
        felt=(61_000, "0.5"),
    ),
    Past(
        96, "Order mails arrive hours late", 4, "mira", "mail", "degraded",
        "One sender queue waits for a provider that limits us.", "Spread mails over both providers", "redirect",
        55, 80, 170, 260, incident_type="Third party", felt=(84_000, "4"),
    ),
    Past(
        71, "Basket answers slowly in the evening", 3, "sam", "basket", "degraded",
        "A report runs on the same database at 19:00.", "Stop the report", "isolate", 9, 16, 38, 95,
        incident_type="Performance", refuted="The mobile app polls twice as often.", felt=(61_000, "30"),
    ),
    Past(
        44, "Stale prices after import", 3, "jonas", "stock-import", "degraded",
        "The import's lock was never released after a restart.", "Release the lock by hand", "restart",
        28, 45, 60, 110, incident_type="Data", felt=(61_000, "2"),
    ),
    Past(
        23, "Pool exhausted at peak", 1, "ana", "payments-api", "major_outage",
        "A slow third-party call holds database connections.", "Roll payments-api back to v221", "rollback",
        3, 7, 41, 96, refuted="A burst of bots uses all connections.",
        notes=[
            (12, "sam", "All 40 connections are in use on every instance."),
            (44, "lee", "Errors fall from 61% to below 1%."),
        ],
        felt=(52_000, "61"),
    ),
    Past(
        20, "Drill: the search index is lost", 3, "lee", "search-index", "major_outage",
        "The drill says so.", "Rebuild from the snapshot", "other", 4, 9, 52, 75, is_drill=True,
    ),
    Past(
        9, "Label printer queue stands still", 3, "tom", "label-printing", "partial_outage",
        "One malformed address stops the queue.", "Skip the malformed label", "patch", 6, 11, 27, 70,
        felt=(140, "35"),
    ),
]  # fmt: skip


def tell_past(stage: Stage) -> None:
    hour, minute = ((Decimal(a), Decimal(b), Decimal(c)) for a, b, c in ((60, 85, 120), (80, 140, 260)))
    with stage.at(180 * DAY):
        assume_costs(by=stage.people["ines"], currency="EUR", rates={"hour": hour, "minute": minute})
    for past in PASTS:
        incident = _until_resolved(stage, past)
        by, end = stage.people[past.commander], _end(past)
        with stage.at(end - 40):
            _look_back(stage, past, incident, owner=by)
            close_incident(incident=incident, by=by)
    with stage.at(6 * DAY):
        report = report_problem(
            by=stage.people["priya"],
            title="Many sign-ins from one town",
            summary="Forty sign-ins in ten minutes, all from the same place.",
        )
    with stage.at(6 * DAY - 18):
        decline_report(
            incident=report,
            by=stage.people["ines"],
            reason="A garden fair: one shared network, real customers.",
        )


def tell_yesterday(stage: Stage) -> None:
    """Resolved, not closed: its retrospective still looks for an owner."""
    past = Past(
        1.1, "Checkout latency in zone c", 2, "sam", "checkout", "degraded",
        "The cache of zone c was cold after maintenance.", "Send zone c's traffic to a and b", "redirect",
        4, 8, 33, 80, incident_type="Performance", felt=(52_000, "12"),
    )  # fmt: skip
    incident = _until_resolved(stage, past)
    with stage.at(_end(past) - 10):
        _look_back(stage, past, incident)


def _look_back(stage: Stage, past: Past, incident: Incident, owner: Any = None) -> None:
    by = stage.people[past.commander]
    retrospective = start_retrospective(incident=incident, by=by, owner=owner)
    if past.felt:
        users, share = past.felt[0], Decimal(past.felt[1])
        service = stage.services[past.service]
        state_users(retrospective=retrospective, by=by, service=service, users=users, share=share)


def _end(past: Past) -> float:
    return past.days_ago * DAY - past.resolved


def _until_resolved(stage: Stage, past: Past) -> Incident:
    began = past.days_ago * DAY
    by, service = stage.people[past.commander], stage.services[past.service]
    others = [p for key, p in stage.people.items() if key not in (past.commander, "nora")]
    with stage.at(began - past.declared):
        incident = declare_incident(
            by=by,
            title=past.title,
            severity=stage.severity(past.rank),
            incident_type=IncidentType.objects.filter(name=past.incident_type).first(),
            is_drill=past.is_drill,
            impact_started_at=stage.ago(began),
            detected_at=stage.ago(began - past.detected),
        )
        set_service_impact(incident=incident, service=service, impact=past.impact, by=by, at=stage.ago(began))
        communications = stage.role("communications_lead")
        assign_role(incident=incident, role=communications, user=others[0], by=by)
    _investigate(stage, past, incident, others)
    for minutes in range(past.declared, past.mitigated, 15):
        with stage.at(began - minutes):
            _have_open(incident)
    with stage.at(began - past.mitigated):
        set_service_impact(incident=incident, service=service, impact=None, by=by)
        mitigate_incident(incident=incident, by=by, note=past.fix)
        _say(stage, incident, others[0], "It works again. We are watching.", began - past.mitigated - 60)
    _verify(stage, past, incident, by)
    return incident


def _have_open(incident: Incident) -> None:
    for participation in incident.participations.select_related("user"):
        note_activity(incident=incident, by=participation.user)


def _investigate(stage: Stage, past: Past, incident: Incident, others: list) -> None:
    began, by = past.days_ago * DAY, stage.people[past.commander]
    third = (past.mitigated - past.declared) / 3
    with stage.at(began - past.declared - third * 0.5):
        _say(
            stage,
            incident,
            others[0],
            f"{past.title}. We are looking for the cause.",
            began - past.declared - 30,
        )
    with stage.at(began - past.declared - third):
        right = raise_hypothesis(incident=incident, by=others[1], claim=past.cause, confidence="likely")
        move_hypothesis(hypothesis=right, state="testing", by=others[1])
        if past.refuted:
            wrong = raise_hypothesis(incident=incident, by=others[2], claim=past.refuted)
            move_hypothesis(
                hypothesis=wrong, state="refuted", by=others[2], verdict="The numbers do not show it."
            )
    for minute, who, text in past.notes:
        with stage.at(began - max(minute, past.declared)):
            write_event(
                incident=incident, by=stage.people[who], text=text, occurred_at=stage.ago(began - minute)
                if minute < past.declared else None
            )  # fmt: skip
    with stage.at(began - past.declared - third * 2):
        move_hypothesis(
            hypothesis=right, state="supported", by=others[1], verdict="Seen in logs and metrics."
        )
        change_status(incident=incident, status=Status.FIXING, by=by)
        fix: Any = record_mitigation(
            incident=incident,
            by=others[1],
            text=past.fix,
            kind=past.kind,
            state="applying",
            time_box_minutes=15,
        )
    with stage.at(began - past.mitigated):
        move_mitigation(mitigation=fix, state="worked", by=others[1], observed_effect="Back to normal.")


def _verify(stage: Stage, past: Past, incident: Incident, by: User) -> None:
    began = past.days_ago * DAY
    with stage.at(began - past.mitigated - 1):
        for check in incident.recovery_checks.filter(kind="signal"):
            watch_recovery_check(check=check, by=by)
    with stage.at(began - past.resolved):
        for check in incident.recovery_checks.all():
            settle_recovery_check(check=check, state="passed", by=by, result="Looks right.")
        over = "It has worked without trouble since and is resolved. We are sorry for the trouble."
        resolve_incident(incident=incident, by=by, updates=dict.fromkeys(_audiences(incident), over))


def _audiences(incident: Incident) -> list[str]:
    return ["public", "stakeholders"] if _is_told(incident) else ["stakeholders"]


def _is_told(incident: Incident) -> bool:
    """Whether customers notice: not the small ones, and never a drill."""
    return incident.severity.rank < 4 and not incident.is_drill


def _say(stage: Stage, incident: Incident, by: User, known: str, next_minutes_ago: float) -> None:
    post_status_update(
        incident=incident,
        by=by,
        audiences=_audiences(incident),
        known=known,
        wordings={"public": {"known": known}},
        public_title=incident.title,
        unknown="We do not know yet whether it can come back.",
        next_update_at=stage.ago(next_minutes_ago),
    )
