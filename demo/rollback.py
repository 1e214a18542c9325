"""The second half of the large one: what is found, decided and being rolled back."""

from typing import Any

from demo.cast import Stage
from incidents.models import Incident, Status
from incidents.workflow import (
    add_link,
    add_task,
    change_status,
    edit_incident,
    move_hypothesis,
    note_activity,
    post_status_update,
    raise_hypothesis,
    record_mitigation,
    request_update,
)
from timeline.models import Kind
from timeline.workflow import attach_evidence, star_event, write_event


def tell_rollback(stage: Stage, incident: Incident) -> None:
    _told(stage, incident)
    _fixing(stage, incident)
    _now(stage, incident)


def try_mitigation(
    stage: Stage, incident: Incident, text: str, kind: str, target: str, minutes: int, **fields: Any
) -> Any:
    return record_mitigation(
        incident=incident,
        by=stage.people["sam"],
        text=text,
        kind=kind,
        state="applying",
        target=stage.services[target],
        time_box_minutes=minutes,
        **fields,
    )


def _told(stage: Stage, incident: Incident) -> None:
    with stage.at(12):
        post_status_update(
            incident=incident,
            by=stage.people["mira"],
            audiences=["public", "stakeholders"],
            known="Some customers cannot pay by card. Wallets and invoice work.",
            wordings={
                "public": {
                    "known": "Some customers cannot pay by card. We are looking into it.",
                    "workaround": "Pay by wallet or invoice.",
                }
            },
            public_title="Card payments fail at checkout",
            unknown="We do not know the cause yet.",
            doing="We are undoing recent changes one by one.",
            workaround="Pay with a wallet or by invoice.",
            next_update_at=stage.ago(-4),
        )


def _fixing(stage: Stage, incident: Incident) -> None:
    ana, lee, mira, priya = (stage.people[key] for key in ("ana", "lee", "mira", "priya"))
    with stage.at(15):
        acquirer = raise_hypothesis(
            incident=incident,
            by=lee,
            claim="The card acquirer is down",
            test="Authorise directly against the acquirer.",
        )
        raise_hypothesis(
            incident=incident,
            by=stage.people["sam"],
            claim="Retry storm from the mobile app",
            confidence="unsure",
            test="Compare requests per order with last week.",
        )
    with stage.at(10):
        move_hypothesis(
            hypothesis=acquirer,
            state="refuted",
            by=lee,
            verdict="A direct authorisation against the acquirer passed 50 of 50.",
        )
    with stage.at(8):
        change_status(incident=incident, status=Status.FIXING, by=ana)
    with stage.at(6):
        question = write_event(
            incident=incident,
            by=mira,
            kind=Kind.QUESTION,
            text="Are saved cards affected too, or only new ones?",
        )
    with stage.at(5):
        write_event(
            incident=incident, by=priya, answers=question, text="Both. Wallets and invoice go through."
        )
    with stage.at(4):
        decision = write_event(
            incident=incident,
            by=ana,
            kind=Kind.DECISION,
            text="Roll back now. Do not wait for the v232 patch.",
            detail="The patch needs 25 min of tests and each minute costs about 51 orders.",
        )
        star_event(event=decision, by=stage.people["jonas"], starred=True)
        try_mitigation(
            stage,
            incident,
            "Roll payments-api back from v231 to v230, one zone at a time",
            "rollback",
            "payments-api",
            10,
            expected_effect="5xx under 1%",
            risk="Payments in flight are retried once.",
        )


def _now(stage: Stage, incident: Incident) -> None:
    people = stage.people
    with stage.at(2):
        leak = raise_hypothesis(
            incident=incident,
            by=people["lee"],
            claim="v231 leaks database connections when the 3-D Secure provider times out",
            test="Pool in use on a v230 canary stays under 20.",
            confidence="likely",
        )
        move_hypothesis(hypothesis=leak, state="testing", by=people["lee"])
        for kind, title, body in (
            (
                "metric",
                "Pool saturation",
                "40 of 40 in use on every v231 instance, 12 of 40 on the v230 canary.",
            ),
            (
                "log",
                "acquire timeout ×1,204",
                "TimeoutError: no free connection after 5000 ms (pool=payments)",
            ),
        ):
            attach_evidence(
                incident=incident, by=people["lee"], kind=kind, title=title, body=body, hypothesis=leak
            )
    with stage.at(1):
        write_event(
            incident=incident, by=people["sam"], text="Zone a is back on v230: 38% → 6% errors there."
        )
    with stage.at(6):
        request_update(incident=incident, by=people["nora"], question="Do we tell the press today?")
    with stage.at(14):
        edit_incident(
            incident=incident,
            by=people["ana"],
            summary="38% of card payments return 5xx. Wallets and invoice work.",
            now_note="Rolling payments-api back to v230",
            next_note="Confirm 5xx under 1% for 10 min",
            impact_figures=[
                {"label": "Card payments failing", "value": "38%"},
                {"label": "Customers", "value": "2,140"},
                {"label": "Orders lost", "value": "≈ 1,900"},
            ],
        )
        for title, owner, minutes in (
            ("Page the payments vendor contact", people["sam"], 10),
            ("Check refunds job is paused", people["lee"], None),
            ("Warn the warehouse shift lead", None, None),
        ):
            add_task(incident=incident, by=people["ana"], title=title, owner=owner, minutes=minutes)
        add_link(
            incident=incident,
            by=people["ana"],
            label="Runbook: payments-api 5xx",
            kind="runbook",
            url="https://runbooks.example.test/payments-api-5xx",
        )
    with stage.at(0):
        for key in ("ana", "sam", "lee", "mira", "jonas", "priya"):
            note_activity(incident=incident, by=people[key])
