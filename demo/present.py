"""What is going on at Fernhill right now, beside the large one."""

from accounts.models import User
from demo.cast import Stage
from incidents.models import Audience, Incident, IncidentType
from incidents.workflow import (
    add_person,
    assign_role,
    declare_incident,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    report_problem,
    set_service_impact,
    settle_recovery_check,
    watch_recovery_check,
)
from retros.workflow import start_retrospective
from timeline.workflow import attach_evidence, write_event


def tell_private(stage: Stage) -> None:
    """Only Ines and Lee know of it."""
    ines, lee = stage.people["ines"], stage.people["lee"]
    with stage.at(190):
        incident = declare_incident(
            by=ines,
            title="Unusual exports of customer addresses",
            summary="One support account exported 4,100 addresses in the night.",
            severity=stage.severity(2),
            incident_type=IncidentType.objects.filter(name="Security").first(),
            services=[stage.services["customer-accounts"]],
            is_private=True,
            impact_started_at=stage.ago(410),
            detected_at=stage.ago(200),
        )
        add_person(incident=incident, user=lee, by=ines)
    with stage.at(181):
        write_event(
            incident=incident, by=lee, text="The account's sessions are ended, its password is reset."
        )
        post_status_update(
            incident=incident,
            by=ines,
            audiences=["stakeholders", "executives"],
            known="One account exported addresses. It is locked. No payment data is involved.",
            unknown="Whether the addresses left our network.",
            next_update_at=stage.ago(120),
        )
    with stage.at(150):
        mitigate_incident(
            incident=incident, by=ines, note="The account is locked and the export switched off."
        )
        start_retrospective(incident=incident, by=ines, owner=ines)
    with stage.at(35):
        post_status_update(
            incident=incident,
            by=ines,
            audiences=["stakeholders", "executives"],
            known="The account is locked, exports are off. Nothing further was exported since.",
            unknown="Whether the addresses left our network.",
            next_update_at=stage.ago(-25),
        )


def tell_label_printing(stage: Stage) -> None:
    tom, jonas = stage.people["tom"], stage.people["jonas"]
    with stage.at(146):
        incident = declare_incident(
            by=tom,
            title="Warehouse label printing stops",
            severity=stage.severity(2),
            incident_type=IncidentType.objects.filter(name="Availability").first(),
            impact_started_at=stage.ago(151),
            detected_at=stage.ago(149),
        )
        set_service_impact(
            incident=incident,
            service=stage.services["label-printing"],
            impact="major_outage",
            by=tom,
            at=stage.ago(151),
        )
        assign_role(incident=incident, role=stage.role("operations_lead"), user=jonas, by=tom)
    with stage.at(131):
        cause = raise_hypothesis(
            incident=incident, by=jonas, claim="The first print queue is blocked by a job of 9,000 labels."
        )
        move_hypothesis(
            hypothesis=cause, state="supported", by=jonas, verdict="The job is at the head of the queue."
        )
        queue = record_mitigation(
            incident=incident,
            by=jonas,
            text="Print from the second queue",
            kind="redirect",
            state="applying",
            time_box_minutes=20,
            target=stage.services["label-printing"],
        )
    with stage.at(86):
        _say(stage, incident, tom, "No labels are printed. Parcels wait. A second queue is being set up.", 26)
    with stage.at(40):
        move_mitigation(
            mitigation=queue, state="worked", by=jonas, observed_effect="40 labels a minute again."
        )
        set_service_impact(
            incident=incident, service=stage.services["label-printing"], impact="degraded", by=tom
        )
        mitigate_incident(incident=incident, by=tom, note="Labels print again from the second queue.")
    with stage.at(26):
        _say(
            stage,
            incident,
            tom,
            "Labels print again from the second queue. We are watching.",
            -34,
            [*Audience.values],
        )
    with stage.at(4):
        signal = incident.recovery_checks.filter(kind="signal").first()
        if signal:
            watch_recovery_check(check=signal, by=jonas)
        trial = incident.recovery_checks.filter(kind="test").first()
        if trial:
            settle_recovery_check(
                check=trial, state="passed", by=tom, result="Ten labels in a row, all readable."
            )


def tell_search(stage: Stage) -> None:
    """Nobody has command, and the next update is overdue."""
    tom = stage.people["tom"]
    with stage.at(69):
        incident = declare_incident(
            by=tom,
            title="Search results are hours old",
            summary="New products do not appear since the index rebuild.",
            severity=stage.severity(3),
            takes_command=False,
            impact_started_at=stage.ago(194),
            detected_at=stage.ago(80),
        )
        set_service_impact(
            incident=incident, service=stage.services["search"], impact="degraded", by=tom, at=stage.ago(194)
        )
    with stage.at(51):
        _say(
            stage, incident, tom, "Search shows products as of last night. Everything can still be bought.", 9
        )
        raise_hypothesis(incident=incident, by=tom, claim="The rebuild left the old index in place.")


def tell_suspicions(stage: Stage) -> None:
    with stage.at(32):
        report_problem(
            by=stage.people["priya"],
            title="“Basket empties itself” × 6",
            summary="Six customers report it since this morning, on phones only.",
            services=[stage.services["basket"]],
        )
    with stage.at(23):
        bounced = report_problem(
            by=stage.people["lee"],
            title="Refund e-mails bounce for one provider",
            services=[stage.services["mail"]],
            source=Incident.Source.ALERT,
        )
        attach_evidence(
            incident=bounced,
            by=stage.people["lee"],
            kind="alert",
            title="MailBounceRatio above 20% for 10 min",
            data={"source": "Prometheus", "severity": "warning"},
        )


def _say(
    stage: Stage,
    incident: Incident,
    by: User,
    known: str,
    next_minutes_ago: float,
    audiences: list[str] | None = None,
) -> None:
    post_status_update(
        incident=incident,
        by=by,
        audiences=audiences or ["public", "stakeholders"],
        known=known,
        wordings={"public": {"known": known}},
        public_title=incident.title,
        unknown="We do not know yet why it began.",
        next_update_at=stage.ago(next_minutes_ago),
    )
