"""One method per verb of a plan: from the file's words to the workflow's."""

from datetime import datetime
from typing import Any

from accounts.models import User
from action_items.workflow import take_over_action_items
from core.text import shorten
from incidents.models import (
    Audience,
    ChangeEvent,
    ChecklistKind,
    CheckState,
    Hypothesis,
    HypothesisState,
    Incident,
    Mitigation,
    MitigationState,
    Role,
    Severity,
    Status,
)
from incidents.workflow import (
    assign_role,
    change_severity,
    change_status,
    close_incident,
    mitigate_incident,
    move_hypothesis,
    move_mitigation,
    note_activity,
    post_status_update,
    raise_hypothesis,
    record_change,
    record_mitigation,
    release_role,
    resolve_incident,
    set_service_impact,
    settle_recovery_check,
    watch_recovery_check,
)
from incidents.workflow.resolving import missing_for_resolution
from replay.cast import Cast
from replay.clock import Clock
from replay.plan import DEGREES, Step
from retros.workflow import start_retrospective
from retros.workflow.takeover import publish_taken_over, take_over
from timeline.models import EvidenceKind, Kind, TimelineEvent
from timeline.workflow import attach_evidence, write_event

STATES = {
    "investigating": Status.INVESTIGATING,
    "identified": Status.FIXING,
    "fixing": Status.FIXING,
    "monitoring": Status.MITIGATED,
    "mitigated": Status.MITIGATED,
    "resolved": Status.RESOLVED,
    "postmortem": Status.CLOSED,
    "closed": Status.CLOSED,
}
KINDS = {"change": Kind.CHANGE, "decision": Kind.DECISION, "question": Kind.QUESTION}
NOT_RECORDED = "The recorded day does not mention this check."


class Verbs:
    """Holds what later steps need of earlier ones; every method runs with the clock at its step."""

    def __init__(self, day: dict, document: dict, cast: Cast, incident: Incident, clock: Clock):
        self.day, self.document, self.cast, self.incident, self.clock = day, document, cast, incident, clock
        self.hypotheses: dict[str, Hypothesis] = {}
        self.mitigations: dict[str, Mitigation] = {}
        self.told: list[tuple[str, datetime, TimelineEvent]] = []  # kind in the file, when, the row

    def lead(self, step: Step) -> User:
        return self.cast.holder(Role.COMMANDER, step.at) or self.cast.recorder

    def change_severity(self, step: Step) -> None:
        severity = Severity.objects.get(name=step.detail["value"])
        change_severity(
            incident=self.incident, severity=severity, by=self.lead(step), reason=step.detail["note"]
        )

    def assign_role(self, step: Step) -> None:
        user = self.cast.people[step.detail["person"]]
        role = self.cast.role(step.detail["role"])
        assign_role(incident=self.incident, role=role, user=user, by=self.lead(step), at=step.at)

    def release_role(self, step: Step) -> None:
        """Unless whoever took over a one-person role has relieved them already."""
        user, role = self.cast.people[step.detail["person"]], self.cast.role(step.detail["role"])
        if self.incident.role_assignments.running().filter(role=role, user=user).exists():
            release_role(incident=self.incident, role=role, user=user, by=user, at=step.at)

    def write_event(self, step: Step) -> None:
        index, entry = step.detail
        actor = self.cast.holder(entry["actor_role"], step.at) if entry["actor_role"] else None
        raw = self.document["timeline"][index]
        alarmed = entry["kind"] == "detection" and any(a["at"] == step.at for a in self.day["alerts"])
        event = write_event(
            incident=self.incident,
            by=actor or self.cast.recorder,
            text=entry["text"],
            kind=Kind.ALERT if alarmed else KINDS.get(entry["kind"], Kind.NOTE),
            occurred_at=step.at,
            source=shorten(entry["actor_role"], 60),
            data={"replay": {k: v for k, v in raw.items() if k not in ("at", "text")} | {"timeline": index}},
        )
        self.told.append((entry["kind"], step.at, event))
        if actor:
            note_activity(incident=self.incident, by=actor)

    def record_change(self, step: Step) -> None:
        entry, service = step.detail, self.cast.services.get(step.detail["service"])
        row = self._row_of("change", step.at)
        if row:
            self.told.remove(row)  # one row tells of one change
        title = (
            entry["title"] or entry["result"] or f"{entry['kind'] or 'change'} of {service or 'something'}"
        )
        kind = entry["kind"] if entry["kind"] in ChangeEvent.Kind.values else ChangeEvent.Kind.OTHER
        record_change(
            incident=self.incident,
            by=self.cast.recorder,
            title=shorten(title, 200),
            at=step.at,
            service=service,
            kind=kind,
            source="recorded day",
            told_by=row[2] if row else None,
        )

    def attach_alert(self, step: Step) -> None:
        row = self._row_of("detection", step.at)
        attach_evidence(
            incident=self.incident,
            by=self.cast.recorder,
            kind=EvidenceKind.ALERT,
            title=shorten(step.detail["title"], 200),
            body=step.detail["note"],
            captured_at=step.at,
            event=row[2] if row else None,
            data={
                n: step.detail[n] for n in ("source", "dedup_key", "service", "severity") if step.detail[n]
            },
        )

    def begin_impact(self, step: Step) -> None:
        self.incident.refresh_from_db(fields=["severity"])
        degree = DEGREES.get(self.incident.severity.rank, "degraded")
        service = self.cast.services[step.detail]
        set_service_impact(
            incident=self.incident, service=service, impact=degree, by=self.cast.recorder, at=step.at
        )

    def end_impact(self, step: Step) -> None:
        service = self.cast.services[step.detail]
        set_service_impact(
            incident=self.incident, service=service, impact=None, by=self.cast.recorder, at=step.at
        )

    def raise_hypothesis(self, step: Step) -> None:
        self.hypotheses[step.path] = raise_hypothesis(
            incident=self.incident,
            by=self._teller("hypothesis", step),
            claim=shorten(step.detail["text"], 300),
            at=step.at,
        )

    def test_hypothesis(self, step: Step) -> None:
        hypothesis = self.hypotheses[step.path]
        assert hypothesis.owner is not None  # raised by somebody of the cast
        move_hypothesis(hypothesis=hypothesis, state=HypothesisState.TESTING, by=hypothesis.owner, at=step.at)

    def settle_hypothesis(self, step: Step) -> None:
        """An outcome that is neither for nor against leaves the claim open, with what was said."""
        entry, state = step.detail
        verdict = entry["evidence"] or f"Recorded as {entry['outcome'] or 'not settled'}."
        move_hypothesis(
            hypothesis=self.hypotheses[step.path],
            state=state or HypothesisState.OPEN,
            by=self._teller("finding", step),
            verdict=shorten(verdict, 300),
            at=step.at,
        )

    def propose_mitigation(self, step: Step) -> None:
        self.mitigations[step.path] = record_mitigation(
            incident=self.incident,
            by=self._teller("decision", step),
            text=shorten(step.detail["text"], 300),
            at=step.at,
        )

    def apply_mitigation(self, step: Step) -> None:
        move_mitigation(
            mitigation=self.mitigations[step.path],
            state=MitigationState.APPLYING,
            by=self._teller("mitigation", step),
            at=step.at,
        )

    def settle_mitigation(self, step: Step) -> None:
        entry, state = step.detail
        effect = entry["reason"]
        if state == MitigationState.REJECTED:
            effect = effect or f"Recorded as {entry['outcome']}."
        move_mitigation(
            mitigation=self.mitigations[step.path],
            state=state,
            by=self.lead(step),
            observed_effect=shorten(effect, 300),
            at=step.at,
        )

    def begin_fixing(self, step: Step) -> None:
        """Where the cause was found only after the impact had stopped, a note says so instead."""
        self.incident.refresh_from_db()
        if self.incident.status == Status.INVESTIGATING:
            change_status(incident=self.incident, status=Status.FIXING, by=self.lead(step))
        else:
            write_event(
                incident=self.incident, by=self.lead(step), text="The cause is known.", occurred_at=step.at
            )

    def mitigate(self, step: Step) -> None:
        mitigate_incident(incident=self.incident, by=self.lead(step), at=step.at)

    def verify(self, step: Step) -> None:
        """Settle the checks that the recorded rows speak for; the others stay open."""
        by = self.lead(step)
        for check in self.incident.recovery_checks.all():
            if check.kind == ChecklistKind.SIGNAL and (row := self._last_row("recovery", before=step.at)):
                check = watch_recovery_check(check=check, by=by, since=row[1])
                if check.watch_ends_at and check.watch_ends_at <= step.at:
                    self._pass(check, by, row[2], step.at)
            elif check.kind == ChecklistKind.TEST and (row := self._last_row("verification", step.at)):
                self._pass(check, by, row[2], row[1])

    def resolve(self, step: Step) -> None:
        resolve_incident(
            incident=self.incident,
            by=self.lead(step),
            at=step.at,
            waive_reason=NOT_RECORDED if missing_for_resolution(self._fresh()) else "",
        )

    def post_update(self, step: Step) -> None:
        """It was said in public then: the same words are the team's and the public's."""
        entry = step.detail
        word = entry["state"].strip().lower()
        said = "\n".join(entry["facts"] or []) or f"Status: {entry['state'] or 'no text recorded'}"
        post_status_update(
            incident=self.incident,
            by=self.cast.holder(Role.COMMUNICATIONS_LEAD, step.at) or self.cast.recorder,
            audiences=[Audience.PUBLIC],
            known=said,
            wordings={Audience.PUBLIC: {"known": said}},
            public_title=shorten(self.incident.title, 120),
            published_at=step.at,
            status=STATES.get(word),
        )

    def start_retrospective(self, step: Step) -> None:
        """It takes the whole file along, so that nothing this replay has no place for is lost."""
        facilitator = self.cast.people.get(self.day["retrospective"].get("facilitator_person") or "")
        self.retrospective = start_retrospective(
            incident=self.incident,
            by=self.lead(step),
            owner=facilitator or self.lead(step),
            material=self.document,
            brings_timeline=False,
        )

    def take_over_retrospective(self) -> None:
        """What the file tells of it, published as it was elsewhere; a file that tells nothing leaves it open."""
        told, actions = self.day["retrospective"], self.day["action_items"]
        if not any(told.values()) and not actions:
            return
        by = self.retrospective.owner
        assert by is not None  # the cast has an owner for it
        take_over(
            retrospective=self.retrospective,
            told=told,
            people=self.cast.people,
            by=by,
        )
        take_over_action_items(retrospective=self.retrospective, told=actions, people=self.cast.people)
        publish_taken_over(retrospective=self.retrospective, by=by)

    def close(self, step: Step) -> None:
        close_incident(incident=self.incident, by=self.lead(step), at=self.clock.closed)

    def _fresh(self) -> Incident:
        return Incident.objects.get(pk=self.incident.pk)

    def _pass(self, check: Any, by: User, row: TimelineEvent, at: datetime) -> None:
        settle_recovery_check(
            check=check, state=CheckState.PASSED, by=by, result=shorten(row.text, 300), at=at
        )

    def _row_of(self, kind: str, at: datetime) -> tuple[str, datetime, TimelineEvent] | None:
        return next((row for row in self.told if row[:2] == (kind, at)), None)

    def _last_row(self, kind: str, before: datetime) -> tuple[str, datetime, TimelineEvent] | None:
        """The last row of a kind told between mitigation and `before`."""
        rows = [r for r in self.told if r[0] == kind and self.clock.mitigated <= r[1] <= before]
        return rows[0] if rows and kind == "recovery" else rows[-1] if rows else None

    def _teller(self, kind: str, step: Step) -> User:
        """Who wrote the row of that kind at that instant, else the commander."""
        row = self._row_of(kind, step.at)
        return (row and row[2].actor) or self.lead(step)
