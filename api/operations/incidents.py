"""Incidents: finding, declaring, stepping on, people."""

from functools import partial

from rest_framework import serializers

from api.errors import Malformed
from api.fields import (
    Body,
    IncidentField,
    body,
    choice,
    flag,
    moment,
    named,
    optional_text,
    text,
)
from api.paging import NearFirst, UsualPages
from api.registry import Call, item, listing, verb
from api.shapes.incidents import (
    IncidentShape,
    first_of_all,
)
from incidents import workflow
from incidents.models import (
    Incident,
    IncidentType,
    Service,
    ServiceImpact,
    Severity,
    Status,
)
from incidents.models.incident import IncidentQuerySet
from incidents.workflow.impact import SERVICE_IMPACT_ASKED, asks_for_service_impact
from shell import search

INCIDENT = "incidents/{incident}"


def _address(incident: Incident) -> str:
    return f"/api/v1/incidents/{incident.reference}"


# -- finding ------------------------------------------------------------------------------------------------


class IncidentQuery(Body):
    q = optional_text(200, help_text="The search of the list: “sev1 open service:payments”.")
    status = choice([*Status.values, "open", "active"], required=False)
    severity = named(Severity.objects.all(), "name", required=False)
    incident_type = named(IncidentType.objects.all(), "name", required=False)
    service = named(Service.objects.all(), required=False)


def _incidents(call: Call) -> IncidentQuerySet | NearFirst | UsualPages:
    asked = search.parse(call.query.get("q", ""))
    if asked.problems:
        raise Malformed(" ".join(asked.problems), name="q")
    rows = _narrowed(call)
    if not call.query:
        return UsualPages(partial(first_of_all, call.user), rows)
    if asked.is_empty:
        return rows
    gathered = search.found(asked, call.user, among=rows)
    if not search.is_common(asked):
        return gathered

    def near(position: int | None, is_backwards: bool) -> tuple[IncidentQuerySet, bool]:
        first, last, are_all = search.numbers_near(position, is_backwards=is_backwards)
        common = search.found(asked, call.user, among=rows, is_common=True)
        return common.filter(number__range=(first, last)), are_all

    return NearFirst(near, gathered)


def _narrowed(call: Call) -> IncidentQuerySet:
    shown: IncidentQuerySet = IncidentShape.rows(call.user)
    match call.query.get("status"):
        case None:
            pass
        case "open":
            shown = shown.open()
        case "active":
            shown = shown.active()
        case status:
            shown = shown.filter(status=status)
    for name in ("severity", "incident_type"):
        if found := call.query.get(name):
            shown = shown.filter(**{name: found})
    if service := call.query.get("service"):
        shown = shown.affecting([service])
    return shown


listing(
    "incidents",
    IncidentShape,
    _incidents,
    name="list_incidents",
    summary="Incidents, newest first.",
    query=IncidentQuery,
)
item(INCIDENT, IncidentShape, name="get_incident", summary="One incident.")


SimilarQuery = body("SimilarQuery", title=text(200))
item(
    "incidents/similar",
    IncidentShape,
    lambda call: IncidentShape.rows(call.user).resembling(call.query["title"])[:10],
    name="list_similar_incidents",
    summary="Open and recent incidents with a title like this one.",
    query=SimilarQuery,
    many=True,
)

# -- declaring and reporting --------------------------------------------------------------------------------


def _severity_or_unsure() -> Severity | None:
    return Severity.objects.filter(when_unsure=True).first() or Severity.objects.order_by("rank").first()


class DeclareBody(Body):
    title = text(200)
    severity = named(
        Severity.objects.all(), "name", required=False, help_text="Without it, the one for “not sure”."
    )
    summary = optional_text(500)
    services = named(Service.objects.in_use(), many=True, required=False)
    service_impact = choice(
        ServiceImpact, required=False, help_text="Must be given with services for SEV1 and SEV2."
    )
    takes_command = flag(help_text="Whether the caller takes command. Yes by default.")
    incident_type = named(IncidentType.objects.all(), "name", required=False, allow_null=True)
    is_private = flag()
    is_drill = flag()
    impact_started_at = moment()
    detected_at = moment()
    declaration_id = serializers.UUIDField(
        source="form_token",
        required=False,
        help_text="An id of the caller's own. Sent again with it, however late, it is answered with the incident "
        "that it made the first time.",
    )


def _require_service_impact(severity: Severity, impact: str | None) -> None:
    if asks_for_service_impact(severity) and not impact:
        raise serializers.ValidationError({"service_impact": SERVICE_IMPACT_ASKED})


def _accept(call: Call) -> Incident:
    incident, said = call["incident"], call.data
    if incident.affected_services.running().exists():
        _require_service_impact(said.get("severity") or incident.severity, said.get("service_impact"))
    return workflow.accept_report(incident=incident, by=call.user, **said)


def _declare(call: Call) -> Incident:
    said = dict(call.data)
    if said.get("is_private") and call.user.hides_private:
        raise serializers.ValidationError({"is_private": "This token does not reach private incidents."})
    said.setdefault("severity", _severity_or_unsure())
    said.setdefault("takes_command", not call.user.is_service)
    if said.get("services"):
        _require_service_impact(said["severity"], said.get("service_impact"))
    return workflow.declare_incident(by=call.user, source=Incident.Source.API, **said)


verb(
    "POST",
    "incidents",
    workflow.declare_incident,
    body=DeclareBody,
    answer=IncidentShape,
    run=_declare,
    status=201,
    location=_address,
    summary="Declare an incident.",
)
verb(
    "POST",
    "incidents/reports",
    workflow.report_problem,
    body=body(
        "ReportBody",
        title=text(200),
        summary=optional_text(500),
        services=named(Service.objects.in_use(), many=True, required=False),
    ),
    answer=IncidentShape,
    run=lambda call: workflow.report_problem(by=call.user, source=Incident.Source.API, **call.data),
    status=201,
    location=_address,
    summary="Report a suspected incident. It waits in triage.",
)
verb(
    "POST",
    f"{INCIDENT}/acceptance",
    workflow.accept_report,
    body=body(
        "AcceptBody",
        severity=named(Severity.objects.all(), "name", required=False),
        service_impact=choice(ServiceImpact, required=False),
        takes_command=flag(),
    ),
    answer=IncidentShape,
    run=_accept,
    summary="Declare a suspected incident under its reference.",
)
verb(
    "POST",
    f"{INCIDENT}/declination",
    workflow.decline_report,
    body=body("DeclineBody", reason=text(300)),
    answer=IncidentShape,
    summary="Decline a suspected incident, with a reason.",
)


verb(
    "POST",
    f"{INCIDENT}/merge",
    workflow.merge_incident,
    body=body("MergeBody", into=IncidentField(help_text="The reference of the incident that continues.")),
    answer=IncidentShape,
    summary="Merge a duplicate into another incident.",
)
