"""Changing an incident: its words, severity and times, and its steps from mitigated to reopened."""

from typing import Any

from rest_framework import serializers

from api.bodies import ServiceStates, texts_by_audience
from api.fields import (
    Body,
    RecordIn,
    TextField,
    body,
    choice,
    flag,
    moment,
    named,
    optional_text,
    person,
    text,
)
from api.operations.incidents import INCIDENT
from api.registry import REACH_ENDED, Call, listing, verb
from api.shapes.incidents import (
    AffectedServiceShape,
    AssessmentShape,
    IncidentShape,
)
from incidents import workflow
from incidents.models import (
    MILESTONES,
    ImpactAssessment,
    Incident,
    IncidentType,
    Mitigation,
    MitigationState,
    ServiceImpact,
    Severity,
    Status,
)
from retros.workflow import close_with_retrospective

# -- words, severity, status --------------------------------------------------------------------------------


class AssessmentBody(Body):
    """Five answers that suggest a severity."""

    users_affected = choice(ImpactAssessment.Share)
    criticality = choice(ImpactAssessment.Criticality)
    data_at_risk = choice(ImpactAssessment.Answer)
    has_workaround = choice(ImpactAssessment.Answer)
    is_spreading = choice(ImpactAssessment.Answer)


ImpactFigureBody = body("ImpactFigureBody", label=text(60), value=text(30))


class EditBody(Body):
    title = TextField(200, required=False, allow_blank=False)
    summary = optional_text(500)
    now_note = optional_text(200)
    next_note = optional_text(200)
    degraded_note = optional_text(200)
    impact_summary = optional_text(300)
    cost_low = optional_text(40)
    cost_high = optional_text(40)
    impact_figures = serializers.ListField(child=ImpactFigureBody(), required=False, max_length=6)
    incident_type = named(IncidentType.objects.all(), "name", required=False, allow_null=True)
    is_drill = flag()


verb(
    "PATCH",
    INCIDENT,
    workflow.edit_incident,
    name="change_incident",
    body=EditBody,
    answer=IncidentShape,
    summary="Change title, summary, notes and impact of the incident.",
)
verb(
    "PUT",
    f"{INCIDENT}/severity",
    workflow.change_severity,
    name="change_incident_severity",
    body=body("SeverityBody", severity=named(Severity.objects.all(), "name"), reason=optional_text(300)),
    answer=IncidentShape,
    summary="Change the severity. The times at which updates are due follow.",
)
verb(
    "PUT",
    f"{INCIDENT}/status",
    workflow.change_status,
    name="change_incident_status",
    body=body(
        "StatusBody",
        status=choice([Status.INVESTIGATING.value, Status.FIXING.value]),
        reason=optional_text(300),
    ),
    answer=IncidentShape,
    summary="Change between investigating and fixing, or go back from mitigated.",
)
verb(
    "PUT",
    f"{INCIDENT}/visibility",
    workflow.change_visibility,
    name="change_incident_visibility",
    body=body("VisibilityBody", is_private=serializers.BooleanField()),
    answer=IncidentShape,
    may_be_empty=REACH_ENDED,
    summary="Make the incident private or public.",
)
verb(
    "POST",
    f"{INCIDENT}/assessments",
    workflow.assess_impact,
    body=type("AssessBody", (Body,), {"answers": AssessmentBody(), "override_reason": optional_text(300)}),
    answer=AssessmentShape,
    status=201,
    summary="Record the five answers about impact and the severity they suggest.",
)
listing(
    f"{INCIDENT}/assessments",
    AssessmentShape,
    lambda call: AssessmentShape.rows(call.user).filter(incident=call["incident"]),
    name="list_assessments",
    summary="Impact assessments, each with its five answers.",
)


MilestoneBody = body(
    "MilestoneBody",
    at=moment(required=True, allow_null=True),
    source=choice(["system", "alert", "person", "estimate", "unknown"], required=False),
    uncertainty_seconds=serializers.IntegerField(
        min_value=0, max_value=86_400, required=False, allow_null=True
    ),
)
MilestonesBody = body(
    "MilestonesBody", **{name: MilestoneBody(required=False) for name in MILESTONES}
)  # only those that change; null takes one away


def _set_milestones(call: Call) -> Incident:
    moments = {name: said["at"] for name, said in call.data.items()}
    basis = {
        name: {
            "source": said.get("source", "person"),
            "uncertainty_seconds": said.get("uncertainty_seconds"),
        }
        for name, said in call.data.items()
    }
    return workflow.set_milestones(incident=call["incident"], by=call.user, moments=moments, basis=basis)


verb(
    "PATCH",
    f"{INCIDENT}/milestones",
    workflow.set_milestones,
    body=MilestonesBody,
    answer=IncidentShape,
    run=_set_milestones,
    summary="Correct the times of milestones.",
)

# -- mitigated, resolved, closed, reopened ------------------------------------------------------------------


class OutcomeBody(Body):
    mitigation = RecordIn("incident", "mitigations")
    state = choice(MitigationState)


class MitigateBody(Body):
    at = moment()
    note = optional_text(300, help_text="What stopped the impact.")
    outcomes = OutcomeBody(many=True, required=False)
    services = ServiceStates(source="impacts")
    updates = texts_by_audience(help_text="The text each audience reads.")
    next_update_at = moment()

    def validate_outcomes(self, said: list[dict[str, Any]]) -> dict[Mitigation, str]:
        return {one["mitigation"]: one["state"] for one in said}


class ResolveBody(Body):
    at = moment()
    impact_ended_at = moment()
    waive_reason = optional_text(300, help_text="Why the recovery checks that are open are skipped.")
    services = ServiceStates(source="impacts")
    updates = texts_by_audience(help_text="The final text each audience reads.")
    unsent = texts_by_audience(help_text="Why an audience gets no final update.")


class CloseBody(Body):
    owner = person(required=False, allow_null=True, help_text="Who owns the retrospective.")
    waive_reason = optional_text(300, help_text="Why it is closed without a retrospective.")


class ReopenBody(Body):
    reason = text(300)
    commander = person(required=False)
    services = ServiceStates(source="impacts")
    updates = texts_by_audience()
    next_update_at = moment()


verb(
    "POST",
    f"{INCIDENT}/mitigation",
    workflow.mitigate_incident,
    body=MitigateBody,
    answer=IncidentShape,
    summary="Mark the impact as stopped or contained.",
)
verb(
    "POST",
    f"{INCIDENT}/resolution",
    workflow.resolve_incident,
    body=ResolveBody,
    answer=IncidentShape,
    summary="Resolve the incident. Every check must have passed or be waived, and each audience gets a final update.",
)


def _close(call: Call) -> Incident:
    incident, said = call["incident"], call.data
    if owner := said.get("owner"):
        return close_with_retrospective(incident=incident, by=call.user, owner=owner)
    return workflow.close_incident(incident=incident, by=call.user, waive_reason=said.get("waive_reason", ""))


verb(
    "POST",
    f"{INCIDENT}/closure",
    workflow.close_incident,
    body=CloseBody,
    answer=IncidentShape,
    run=_close,
    also=(close_with_retrospective,),
    summary="Close the incident. A required retrospective must have an owner or be waived.",
)
verb(
    "POST",
    f"{INCIDENT}/reopening",
    workflow.reopen_incident,
    body=ReopenBody,
    answer=IncidentShape,
    summary="Reopen the incident. All history is kept.",
)

# -- services -----------------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/affected-services",
    AffectedServiceShape,
    lambda call: AffectedServiceShape.rows(call.user).filter(incident=call["incident"]),
    name="list_affected_services",
    summary="Affected services, with every interval of impact.",
)


class ServiceImpactBody(Body):
    impact = choice(["operational", *ServiceImpact.values])
    at = moment()


def _set_service_impact(call: Call) -> Incident:
    said = call.data
    impact = None if said["impact"] == "operational" else said["impact"]
    workflow.set_service_impact(
        incident=call["incident"], service=call["service"], impact=impact, by=call.user, at=said.get("at")
    )
    return call["incident"]


verb(
    "PUT",
    f"{INCIDENT}/affected-services/{{service}}",
    workflow.set_service_impact,
    body=ServiceImpactBody,
    answer=IncidentShape,
    run=_set_service_impact,
    summary="Set how a service is affected.",
)
