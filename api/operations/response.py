"""What responders try, suspect, do and verify."""

from typing import Any

from rest_framework import serializers

from api.fields import body, choice, flag, moment, named, optional_text, person, text
from api.operations.incidents import INCIDENT
from api.registry import Call, item, listing, verb
from api.shapes.base import Shape
from api.shapes.response import (
    ChangeShape,
    HypothesisShape,
    MitigationShape,
    RecoveryCheckShape,
    TaskShape,
)
from incidents import workflow
from incidents.models import (
    ChangeEvent,
    CheckState,
    Confidence,
    HypothesisState,
    Mitigation,
    MitigationState,
    RecoveryCheck,
    Service,
)


def minutes(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=10_000, required=False, allow_null=True, **options)


def _of_incident(shape: type[Shape]) -> Any:
    return lambda call: shape.rows(call.user).filter(incident=call["incident"])


# -- hypotheses ---------------------------------------------------------------------------------------------

HYPOTHESES = f"{INCIDENT}/hypotheses"
listing(
    HYPOTHESES,
    HypothesisShape,
    _of_incident(HypothesisShape),
    name="list_hypotheses",
    summary="Hypotheses, newest first.",
)
item(f"{HYPOTHESES}/{{hypothesis}}", HypothesisShape, name="get_hypothesis", summary="One hypothesis.")
verb(
    "POST",
    HYPOTHESES,
    workflow.raise_hypothesis,
    body=body(
        "HypothesisBody",
        claim=text(300),
        confidence=choice(Confidence, required=False),
        test=optional_text(300),
        owner=person(required=False, allow_null=True),
        at=moment(),
    ),
    answer=HypothesisShape,
    status=201,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/hypotheses/{made.pk}",
    summary="Add a hypothesis.",
)
verb(
    "PUT",
    f"{HYPOTHESES}/{{hypothesis}}/state",
    workflow.move_hypothesis,
    body=body(
        "HypothesisStateBody",
        state=choice(HypothesisState),
        verdict=optional_text(300),
        confidence=choice(Confidence, required=False),
        at=moment(),
    ),
    answer=HypothesisShape,
    summary="Change the state of a hypothesis.",
)

# -- mitigations --------------------------------------------------------------------------------------------

MITIGATIONS = f"{INCIDENT}/mitigations"
listing(
    MITIGATIONS,
    MitigationShape,
    _of_incident(MitigationShape),
    name="list_mitigations",
    summary="Mitigations, newest first.",
)
item(f"{MITIGATIONS}/{{mitigation}}", MitigationShape, name="get_mitigation", summary="One mitigation.")
verb(
    "POST",
    MITIGATIONS,
    workflow.record_mitigation,
    body=body(
        "MitigationBody",
        text=text(300),
        kind=choice(Mitigation.Kind, required=False),
        state=choice([MitigationState.PROPOSED.value, MitigationState.APPLYING.value], required=False),
        target=named(Service.objects.in_use(), required=False, allow_null=True),
        owner=person(required=False, allow_null=True),
        risk=optional_text(200),
        is_reversible=flag(),
        time_box_minutes=minutes(),
        expected_effect=optional_text(300),
        at=moment(),
    ),
    answer=MitigationShape,
    status=201,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/mitigations/{made.pk}",
    summary="Add a mitigation, proposed or being applied.",
)
verb(
    "PUT",
    f"{MITIGATIONS}/{{mitigation}}/state",
    workflow.move_mitigation,
    body=body(
        "MitigationStateBody",
        state=choice(MitigationState),
        observed_effect=optional_text(300),
        at=moment(),
    ),
    answer=MitigationShape,
    summary="Change the state of a mitigation.",
)

# -- tasks --------------------------------------------------------------------------------------------------

TASKS = f"{INCIDENT}/tasks"
listing(
    TASKS,
    TaskShape,
    _of_incident(TaskShape),
    name="list_tasks",
    summary="Tasks of the incident, those of the checklist first.",
)
item(f"{TASKS}/{{task}}", TaskShape, name="get_task", summary="One task.")
verb(
    "POST",
    TASKS,
    workflow.add_task,
    body=body("TaskBody", title=text(200), owner=person(required=False, allow_null=True), minutes=minutes()),
    answer=TaskShape,
    status=201,
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/tasks/{made.pk}",
    summary="Add a task.",
)
verb(
    "PUT",
    f"{TASKS}/{{task}}/owner",
    workflow.assign_task,
    body=body("TaskOwnerBody", owner=person(allow_null=True)),
    answer=TaskShape,
    summary="Assign a task, or take the assignment away.",
)
verb(
    "PUT",
    f"{TASKS}/{{task}}/completion",
    workflow.complete_task,
    body=body("TaskDoneBody", done=serializers.BooleanField()),
    answer=TaskShape,
    summary="Mark a task as done, or as open again.",
)

# -- recovery checks ----------------------------------------------------------------------------------------

CHECKS = f"{INCIDENT}/recovery-checks"
listing(
    CHECKS,
    RecoveryCheckShape,
    _of_incident(RecoveryCheckShape),
    name="list_recovery_checks",
    summary="Recovery checks.",
)
item(f"{CHECKS}/{{check}}", RecoveryCheckShape, name="get_recovery_check", summary="One recovery check.")
verb(
    "POST",
    CHECKS,
    workflow.add_recovery_check,
    body=body(
        "RecoveryCheckBody",
        title=text(200),
        kind=choice(RecoveryCheck.KINDS),
        minutes=minutes(help_text="For a signal: how long it must stay normal."),
        owner=person(required=False, allow_null=True),
    ),
    answer=RecoveryCheckShape,
    status=201,
    summary="Add a check that must pass before the incident is resolved.",
    location=lambda made: f"/api/v1/incidents/{made.incident.reference}/recovery-checks/{made.pk}",
)
verb(
    "POST",
    f"{CHECKS}/{{check}}/watch",
    workflow.watch_recovery_check,
    body=body("WatchBody", since=moment()),
    answer=RecoveryCheckShape,
    summary="Start the time in which a signal must stay normal.",
)
verb(
    "PUT",
    f"{CHECKS}/{{check}}/state",
    workflow.settle_recovery_check,
    body=body(
        "RecoveryCheckStateBody",
        state=choice([s.value for s in CheckState if s != CheckState.WATCHING]),
        result=optional_text(300),
        at=moment(),
    ),
    answer=RecoveryCheckShape,
    summary="Set a recovery check to passed, failed or waived.",
)

# -- changes ------------------------------------------------------------------------------------------------

CHANGES = f"{INCIDENT}/changes"
listing(
    CHANGES,
    ChangeShape,
    lambda call: ChangeShape.rows(call.user).filter(incidents=call["incident"]),
    name="list_changes",
    summary="Deployments and other changes of the incident, newest first.",
)
item(f"{CHANGES}/{{change}}", ChangeShape, name="get_change", summary="One change.")
verb(
    "POST",
    CHANGES,
    workflow.record_change,
    body=body(
        "ChangeBody",
        title=text(200),
        at=moment(required=True),
        service=named(Service.objects.in_use(), required=False, allow_null=True),
        kind=choice(ChangeEvent.Kind, required=False),
        url=serializers.URLField(max_length=500, required=False, allow_blank=True),
        source=optional_text(60),
    ),
    answer=ChangeShape,
    status=201,
    summary="Add a deployment or other change.",
)


def _suspect(call: Call) -> Any:
    workflow.suspect_change(
        incident=call["incident"], change=call["change"], by=call.user, suspected=call.data["suspected"]
    )
    return call["change"]


def _introduce(call: Call) -> Any:
    workflow.mark_introducing_change(incident=call["incident"], change=call["change"], by=call.user)
    return call["change"]


verb(
    "PUT",
    f"{CHANGES}/{{change}}/suspicion",
    workflow.suspect_change,
    body=body("SuspicionBody", suspected=serializers.BooleanField()),
    answer=ChangeShape,
    run=_suspect,
    summary="Mark a change as suspected, or remove the mark.",
)
verb(
    "POST",
    f"{CHANGES}/{{change}}/introduction",
    workflow.mark_introducing_change,
    answer=ChangeShape,
    run=_introduce,
    summary="Mark a change as what introduced the problem, and set that time of the incident.",
)
