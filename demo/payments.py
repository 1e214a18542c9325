"""The large one: card payments fail at checkout. Minutes count back from now; the impact began 42 minutes ago."""

from demo.cast import Stage
from demo.rollback import tell_rollback, try_mitigation
from incidents.models import Incident, Task
from incidents.workflow import (
    assign_role,
    change_severity,
    complete_task,
    declare_incident,
    hand_over_role,
    join_incident,
    merge_incident,
    move_hypothesis,
    move_mitigation,
    post_status_update,
    raise_hypothesis,
    record_change,
    set_milestones,
    set_service_impact,
    suspect_change,
)
from timeline.workflow import attach_evidence, mark_gap, star_event, write_event


def tell_payments(stage: Stage) -> None:
    incident = _declared(stage)
    _first_minutes(stage, incident)
    _raised(stage, incident)
    _tried(stage, incident)
    tell_rollback(stage, incident)


def _declared(stage: Stage) -> Incident:
    ana, services = stage.people["ana"], stage.services
    with stage.at(37):
        incident = declare_incident(
            by=ana,
            title="Card payments fail at checkout",
            summary="Card payments return errors. Wallets and invoice seem to work.",
            severity=stage.severity(2),
            impact_started_at=stage.ago(42),
            detected_at=stage.ago(40),
        )
        attach_evidence(
            incident=incident,
            by=ana,
            kind="alert",
            title="PaymentsApi5xxRatio above 5% for 2 min (now 38%)",
            captured_at=stage.ago(40),
            data={"source": "Prometheus", "severity": "critical", "service": "payments-api"},
        )
        for slug, impact in (("payments-api", "partial_outage"), ("checkout", "partial_outage")):
            set_service_impact(
                incident=incident, service=services[slug], impact=impact, by=ana, at=stage.ago(42)
            )
    return incident


def _first_minutes(stage: Stage, incident: Incident) -> None:
    ana, sam, lee, jonas = (stage.people[key] for key in ("ana", "sam", "lee", "jonas"))
    with stage.at(36):
        assign_role(incident=incident, role=stage.role("operations_lead"), user=sam, by=ana)
        assign_role(incident=incident, role=stage.role("communications_lead"), user=ana, by=ana)
        record_change(
            incident=incident,
            by=sam,
            title="search-index v88",
            at=stage.ago(103),
            service=stage.services["search-index"],
            source="release train",
        )
        record_change(
            incident=incident,
            by=sam,
            title="Flag new-basket 10 → 25%",
            at=stage.ago(74),
            service=stage.services["basket"],
            kind="feature_flag",
        )
        release = record_change(
            incident=incident,
            by=sam,
            title="payments-api v230 → v231 “3-D Secure retry”",
            at=stage.ago(49),
            service=stage.services["payments-api"],
            source="release train",
        )
        suspect_change(incident=incident, change=release, by=sam, suspected=True)
        set_milestones(
            incident=incident,
            by=sam,
            moments={"introduced_at": stage.ago(49), "impact_started_at": stage.ago(42)},
            basis={
                "introduced_at": {"source": "estimate"},
                "impact_started_at": {"source": "system", "uncertainty_seconds": 60},
            },
        )
    with stage.at(34):
        join_incident(incident=incident, by=lee)
        mark_gap(
            incident=incident,
            by=lee,
            text="Checkout metrics arrive late from zone b.",
            occurred_at=stage.ago(48),
            gap="delayed",
            minutes=6,
        )
        pool = raise_hypothesis(
            incident=incident,
            by=lee,
            claim="Pool is exhausted on every instance",
            test="Look at pool in use.",
        )
        move_hypothesis(hypothesis=pool, state="supported", by=lee, verdict="40 of 40 in use everywhere.")
    with stage.at(31):
        assign_role(incident=incident, role=stage.role("scribe"), user=jonas, by=ana)


def _raised(stage: Stage, incident: Incident) -> None:
    ana, mira = stage.people["ana"], stage.people["mira"]
    with stage.at(30):
        change_severity(
            incident=incident,
            severity=stage.severity(1),
            by=ana,
            reason="every card payment can fail, not one region",
        )
        set_service_impact(
            incident=incident, service=stage.services["payments-api"], impact="major_outage", by=ana
        )
        set_service_impact(
            incident=incident,
            service=stage.services["order-history"],
            impact="degraded",
            by=ana,
            at=stage.ago(33),
        )
    with stage.at(29):
        duplicate = declare_incident(
            by=stage.people["tom"],
            title="Cards are declined in the app",
            severity=stage.severity(3),
            takes_command=False,
        )
    with stage.at(27):
        merge_incident(incident=duplicate, into=incident, by=ana)
        post_status_update(
            incident=incident,
            by=ana,
            audiences=["executives"],
            known="Card payments fail for a quarter of an hour. About 38% return an error.",
            unknown="The cause.",
            doing="Payments and Platform work on it together.",
            next_update_at=stage.ago(-3),
        )
    with stage.at(25):
        hand_over_role(
            incident=incident,
            role=stage.role("communications_lead"),
            to=mira,
            by=ana,
            note="Executives know. Nothing is public yet. Wallets and invoice work.",
        )


def _tried(stage: Stage, incident: Incident) -> None:
    sam, priya, jonas = (stage.people[key] for key in ("sam", "priya", "jonas"))
    with stage.at(24):
        wallets = try_mitigation(stage, incident, "Offer wallets first", "feature_flag", "checkout", 5)
        join_incident(incident=incident, by=priya)
    with stage.at(21):
        tickets = write_event(
            incident=incident,
            by=priya,
            text="31 tickets since the impact began, all “payment could not be processed”. Reply macro is live.",
        )
        star_event(event=tickets, by=jonas, starred=True)
    with stage.at(19):
        move_mitigation(
            mitigation=wallets,
            state="worked",
            by=sam,
            observed_effect="A third of the buyers switch to a wallet.",
        )
        if freeze := Task.objects.filter(incident=incident, title="Freeze deployments").first():
            complete_task(task=freeze, by=jonas)
    with stage.at(16):
        scale = try_mitigation(
            stage,
            incident,
            "Raise the connection pool from 40 to 80 per instance",
            "scale",
            "payments-api",
            10,
        )
    with stage.at(14):
        move_mitigation(mitigation=scale, state="no_effect", by=sam, observed_effect="Full again after 90 s.")
    with stage.at(13):
        move_mitigation(mitigation=scale, state="reverted", by=sam)
