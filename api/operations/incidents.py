"""Incidents: finding, declaring, stepping on, people."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from rest_framework import serializers

from api.bodies import ServiceStates, texts_by_audience
from api.errors import Malformed
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
from api.registry import Call, item, listing, verb
from api.shapes.incidents import (
    AssessmentShape,
    BriefLinkShape,
    ImpactShape,
    IncidentShape,
    LinkShape,
    ParticipantShape,
    RoleHolderShape,
    SavedViewShape,
)
from incidents import workflow
from incidents.models import (
    MILESTONES,
    Audience,
    ImpactAssessment,
    Incident,
    IncidentType,
    Mitigation,
    MitigationState,
    Service,
    ServiceImpact,
    Severity,
    Status,
)
from incidents.models.catalogue import LinkKind
from retros.workflow import close_with_retrospective
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


def _incidents(call: Call) -> "QuerySet[Any]":
    asked = search.parse(call.query.get("q", ""))
    if asked.problems:
        raise Malformed(" ".join(asked.problems), name="q")
    shown = IncidentShape.rows(call.user)
    if not asked.is_empty:
        shown = shown.filter(pk__in=search.found(asked, call.user).order_by().values("pk"))
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


class Assessment(Body):
    """Five answers that suggest a severity."""

    users_affected = choice(ImpactAssessment.Share)
    criticality = choice(ImpactAssessment.Criticality)
    data_at_risk = choice(ImpactAssessment.Answer)
    has_workaround = choice(ImpactAssessment.Answer)
    is_spreading = choice(ImpactAssessment.Answer)


def _severity_or_unsure() -> Severity | None:
    return Severity.objects.filter(when_unsure=True).first() or Severity.objects.order_by("rank").first()


class DeclareBody(Body):
    title = text(200)
    severity = named(
        Severity.objects.all(), "name", required=False, help_text="Without it, the one for “not sure”."
    )
    summary = optional_text(500)
    services = named(Service.objects.in_use(), many=True, required=False)
    service_impact = choice(ServiceImpact, required=False)
    takes_command = flag(help_text="Whether the caller takes command; by default yes.")
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


def _declare(call: Call) -> Incident:
    said = dict(call.data)
    if said.get("is_private") and call.user.hides_private:
        raise serializers.ValidationError({"is_private": "This token does not reach private incidents."})
    said.setdefault("severity", _severity_or_unsure())
    said.setdefault("takes_command", not call.user.is_service)
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
)
verb(
    "POST",
    f"{INCIDENT}/declination",
    workflow.decline_report,
    body=body("DeclineBody", reason=text(300)),
    answer=IncidentShape,
)


class MergeBody(Body):
    into = TextField(20, help_text="The reference of the incident that goes on, such as INC-14.")


def _merge(call: Call) -> Incident:
    into = Incident.objects.visible_to(call.user).of_reference(call.data["into"]).first()
    if into is None:
        raise serializers.ValidationError(
            {"into": "There is no incident with this reference that you can reach."}
        )
    return workflow.merge_incident(incident=call["incident"], into=into, by=call.user)


verb("POST", f"{INCIDENT}/merge", workflow.merge_incident, body=MergeBody, answer=IncidentShape, run=_merge)

# -- words, severity, status --------------------------------------------------------------------------------


Figure = body("Figure", label=text(60), value=text(30))


class EditBody(Body):
    title = TextField(200, required=False, allow_blank=False)
    summary = optional_text(500)
    now_note = optional_text(200)
    next_note = optional_text(200)
    degraded_note = optional_text(200)
    impact_summary = optional_text(300)
    cost_low = optional_text(40)
    cost_high = optional_text(40)
    impact_figures = serializers.ListField(child=Figure(), required=False, max_length=6)
    incident_type = named(IncidentType.objects.all(), "name", required=False, allow_null=True)
    is_drill = flag()


verb("PATCH", INCIDENT, workflow.edit_incident, body=EditBody, answer=IncidentShape)
verb(
    "PUT",
    f"{INCIDENT}/severity",
    workflow.change_severity,
    body=body("SeverityBody", severity=named(Severity.objects.all(), "name"), reason=optional_text(300)),
    answer=IncidentShape,
)
verb(
    "PUT",
    f"{INCIDENT}/status",
    workflow.change_status,
    body=body(
        "StatusBody",
        status=choice([Status.INVESTIGATING.value, Status.FIXING.value]),
        reason=optional_text(300),
    ),
    answer=IncidentShape,
)
verb(
    "PUT",
    f"{INCIDENT}/visibility",
    workflow.change_visibility,
    body=body("VisibilityBody", is_private=serializers.BooleanField()),
    answer=IncidentShape,
)
verb(
    "POST",
    f"{INCIDENT}/assessments",
    workflow.assess_impact,
    body=type("AssessBody", (Body,), {"answers": Assessment(), "override_reason": optional_text(300)}),
    answer=AssessmentShape,
    status=201,
)
listing(
    f"{INCIDENT}/assessments",
    AssessmentShape,
    lambda call: AssessmentShape.rows(call.user).filter(incident=call["incident"]),
    name="list_assessments",
    summary="The five answers about impact, each time they were given.",
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
)

# -- mitigated, resolved, closed, reopened ------------------------------------------------------------------


class Outcome(Body):
    mitigation = RecordIn("incident", "mitigations")
    state = choice(MitigationState)


class MitigateBody(Body):
    at = moment()
    note = optional_text(300, help_text="What stopped the impact.")
    outcomes = Outcome(many=True, required=False)
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


verb("POST", f"{INCIDENT}/mitigation", workflow.mitigate_incident, body=MitigateBody, answer=IncidentShape)
verb("POST", f"{INCIDENT}/resolution", workflow.resolve_incident, body=ResolveBody, answer=IncidentShape)


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
    summary="Hand the incident over formally. A retrospective that is required must have an owner, or be waived.",
)
verb("POST", f"{INCIDENT}/reopening", workflow.reopen_incident, body=ReopenBody, answer=IncidentShape)

# -- services -----------------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/affected-services",
    ImpactShape,
    lambda call: ImpactShape.rows(call.user).filter(incident=call["incident"]),
    name="list_affected_services",
    summary="How services were and are affected, interval by interval.",
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
)

# -- people -------------------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/roles",
    RoleHolderShape,
    lambda call: RoleHolderShape.rows(call.user).filter(incident=call["incident"]),
    name="list_roles_held",
    summary="Who holds and held which role; those that ended have ended_at.",
)
verb(
    "PUT",
    f"{INCIDENT}/roles/{{role}}",
    workflow.assign_role,
    body=body("AssignRoleBody", person=person(source="user"), note=optional_text(2000), at=moment()),
    answer=RoleHolderShape,
)
verb(
    "POST",
    f"{INCIDENT}/roles/{{role}}/handover",
    workflow.hand_over_role,
    body=body("HandOverBody", to=person(), note=text(2000)),
    answer=RoleHolderShape,
)
verb(
    "POST",
    f"{INCIDENT}/roles/{{role}}/release",
    workflow.release_role,
    body=body("ReleaseRoleBody", person=person(source="user"), note=optional_text(2000), at=moment()),
)
listing(
    f"{INCIDENT}/participants",
    ParticipantShape,
    lambda call: ParticipantShape.rows(call.user).filter(incident=call["incident"]),
    name="list_participants",
    summary="Who is and was on the incident.",
)
verb(
    "POST",
    f"{INCIDENT}/participants",
    workflow.add_person,
    body=body("AddPersonBody", person=person(source="user")),
    answer=ParticipantShape,
    status=201,
)
verb(
    "POST",
    f"{INCIDENT}/participants/access-revocation",
    workflow.revoke_access,
    body=body("RevokeAccessBody", person=person(source="user")),
)
verb("POST", f"{INCIDENT}/joining", workflow.join_incident, answer=ParticipantShape)
verb("POST", f"{INCIDENT}/leaving", workflow.leave_incident)
verb(
    "POST",
    f"{INCIDENT}/seen",
    workflow.mark_seen,
    body=body("SeenBody", until=moment()),
    summary="Note that the caller has read what is new, up to now.",
)

# -- links and the brief ------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/links",
    LinkShape,
    lambda call: LinkShape.rows(call.user).filter(incident=call["incident"]),
    name="list_links",
    summary="Bridge, channel, dashboards and other links.",
)
verb(
    "POST",
    f"{INCIDENT}/links",
    workflow.add_link,
    body=body(
        "LinkBody",
        label=text(100),
        url=serializers.URLField(max_length=500),
        kind=choice(LinkKind, required=False),
    ),
    answer=LinkShape,
    status=201,
    summary="Add a link.",
)


class BriefLinkMade(BriefLinkShape):
    """With its address, which is told only here."""

    url = serializers.SerializerMethodField()

    class Meta(BriefLinkShape.Meta):
        fields = [*BriefLinkShape.Meta.fields, "url"]

    def get_url(self, link: Any) -> str:
        return f"{settings.PUBLIC_URL}/brief/{signing.dumps(link.pk, salt='incident brief')}/"


listing(
    f"{INCIDENT}/brief-links",
    BriefLinkShape,
    lambda call: BriefLinkShape.rows(call.user).filter(incident=call["incident"]),
    name="list_brief_links",
    summary="Links that show the brief without a sign-in.",
)


def _create_brief_link(call: Call) -> Any:
    said = dict(call.data)
    if days := said.pop("days", None):
        said["lifetime"] = timedelta(days=days)
    return workflow.create_brief_link(incident=call["incident"], by=call.user, **said)


verb(
    "POST",
    f"{INCIDENT}/brief-links",
    workflow.create_brief_link,
    body=body(
        "BriefLinkBody",
        audience=choice(Audience, required=False),
        days=serializers.IntegerField(min_value=1, max_value=90, required=False),
    ),
    answer=BriefLinkMade,
    run=_create_brief_link,
    status=201,
)
verb(
    "POST",
    f"{INCIDENT}/brief-links/{{link}}/revocation",
    workflow.revoke_brief_link,
    summary="Revoke a link to the brief.",
)

# -- views of the list --------------------------------------------------------------------------------------

listing(
    "me/saved-views",
    SavedViewShape,
    lambda call: SavedViewShape.rows(call.user),
    name="list_saved_views",
    summary="The caller's saved views of lists.",
    scope="",
)

verb(
    "POST",
    "me/saved-views",
    workflow.save_view,
    body=body(
        "SavedViewBody", name=text(60), query=TextField(3000, allow_blank=True), path=optional_text(200)
    ),
    answer=SavedViewShape,
    scope="incidents:write",
    status=201,
)
verb(
    "DELETE",
    "me/saved-views/{view}",
    workflow.delete_view,
    run=lambda call: workflow.delete_view(view=call["view"]),
    scope="incidents:write",
    summary="Delete a saved view.",
)
