"""Automations of incidents: run, confirmed, refused, run again, reversed."""

from typing import Any

from rest_framework import serializers

from api.fields import RecordIn, body, optional_text
from api.operations.incidents import INCIDENT
from api.parts import number, within
from api.registry import Call, item, listing, part, verb
from api.shapes.automations import IncidentAutomationShape, RunShape
from automations import workflow
from automations.filling import LONGEST_INPUT
from incidents.models import OPEN_STATUSES

TAG = "Automations"
AUTOMATIONS = f"{INCIDENT}/automations"
RUNS = f"{INCIDENT}/automation-runs"

part(
    "incident_automation",
    lambda call, raw: _of_incident(call).get(pk=number(raw)),
    shape=IncidentAutomationShape,
    about="The id of an automation of a service that the incident affects.",
    number=True,
)
within("automation_run", RunShape, "incident", "The id of a run of the incident.")


def _of_incident(call: Call) -> Any:
    hit = call["incident"].affected_services.values("service")
    rows = IncidentAutomationShape.rows(call.user).filter(service__in=hit)
    return rows if call["incident"].status in OPEN_STATUSES else rows.none()


def _run(call: Call) -> Any:
    return workflow.run_automation(
        incident=call["incident"], automation=call["incident_automation"], by=call.user, **call.data
    )


def _at(made: Any) -> str:
    return f"/api/v1/incidents/{made.incident.reference}/automation-runs/{made.pk}"


listing(
    AUTOMATIONS,
    IncidentAutomationShape,
    _of_incident,
    name="list_incident_automations",
    summary="Automations of the affected services. None where the incident is not open.",
    tag=TAG,
)
item(
    f"{AUTOMATIONS}/{{incident_automation}}",
    IncidentAutomationShape,
    name="get_incident_automation",
    summary="One automation of an affected service.",
    tag=TAG,
)
verb(
    "POST",
    f"{AUTOMATIONS}/{{incident_automation}}/runs",
    workflow.run_automation,
    body=body(
        "RunBody",
        inputs=serializers.DictField(
            child=optional_text(LONGEST_INPUT), required=False, help_text="By the names of the inputs."
        ),
        reverses=RecordIn("incident", "automation_runs", required=False, allow_null=True),
        run_id=serializers.UUIDField(
            source="form_token",
            required=False,
            help_text="An id of the caller's own. Sent again with it, it is answered with the run that it made first.",
        ),
    ),
    answer=RunShape,
    status=201,
    run=_run,
    tag=TAG,
    summary="Run an automation: it records a mitigation and calls the target once, or asks for a confirmation.",
    location=_at,
)
listing(
    RUNS,
    RunShape,
    lambda call: RunShape.rows(call.user).filter(incident=call["incident"]),
    name="list_automation_runs",
    summary="Runs of automations on an incident, the newest first.",
    tag=TAG,
)
item(
    f"{RUNS}/{{automation_run}}",
    RunShape,
    name="get_automation_run",
    summary="One run, and how its target answered.",
    tag=TAG,
)
verb(
    "POST",
    f"{RUNS}/{{automation_run}}/confirmation",
    workflow.confirm_run,
    name="confirm_automation_run",
    answer=RunShape,
    run=lambda call: workflow.confirm_run(run=call["automation_run"], by=call.user),
    tag=TAG,
    summary="Confirm a run that somebody else asked for. It is called once.",
)
verb(
    "POST",
    f"{RUNS}/{{automation_run}}/refusal",
    workflow.refuse_run,
    name="refuse_automation_run",
    body=body("RefusalBody", reason=optional_text(300)),
    answer=RunShape,
    run=lambda call: workflow.refuse_run(run=call["automation_run"], by=call.user, **call.data),
    tag=TAG,
    summary="Refuse a run that somebody asked for, or withdraw your own request.",
)
verb(
    "POST",
    f"{RUNS}/{{automation_run}}/repetition",
    workflow.repeat_run,
    name="repeat_automation_run",
    answer=RunShape,
    status=201,
    run=lambda call: workflow.repeat_run(run=call["automation_run"], by=call.user),
    tag=TAG,
    summary="Run one that failed again, with the same inputs. Look at its target first where it may have run.",
    location=_at,
)
