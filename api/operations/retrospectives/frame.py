"""Finding and starting retrospectives, their frame, who takes part."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q
from django.http import Http404
from rest_framework import serializers

from api.fields import Body, ShownPerson, TextField, body, choice, flag, named, optional_text, person
from api.operations.retrospectives.common import RETROSPECTIVE, IncidentsIn, PersonAsked, for_leaders, of_it
from api.registry import REACH_ENDED, Call, item, listing, verb
from api.shapes.retrospectives import PublicationShape, RetrospectiveParticipantShape, RetrospectiveShape
from incidents.models import Service
from retros import workflow
from retros.models import (
    Publication,
    Retrospective,
    RetrospectiveFormat,
    RetrospectiveStatus,
    Subject,
)
from retros.rotation import suggested_facilitators
from retros.similar import seen_before

LONGEST_SCOPE = 10_000
MOST_AT_TABLE = 200
OUT_OF_REACH = "This token does not reach private retrospectives."


def _address(retrospective: Retrospective) -> str:
    return f"/api/v1/retrospectives/{retrospective.pk}"


# -- finding ------------------------------------------------------------------------------------------------


class RetrospectiveQuery(Body):
    q = optional_text(200, help_text="Words of the title, or of the published text.")
    status = choice([*RetrospectiveStatus.values, "open"], required=False)
    subject = choice(Subject, required=False)
    owner = PersonAsked(required=False)
    incident = optional_text(20, help_text="The reference of an incident of the retrospective.")
    service = named(Service.objects.all(), required=False)
    factor = serializers.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, help_text="`shared_as` of a contributing factor."
    )


def _retrospectives(call: Call) -> Any:
    asked, shown = call.query, RetrospectiveShape.rows(call.user)
    if words := asked.get("q", "").strip():
        published = _published_with(words)
        shown = shown.filter(Q(pk__in=published) | Q(title__icontains=words))
    if status := asked.get("status"):
        shown = shown.unfinished() if status == "open" else shown.filter(status=status)
    if subject := asked.get("subject"):
        shown = shown.filter(subject=subject)
    if "owner" in asked:
        shown = shown.filter(owner=asked["owner"])
    if reference := asked.get("incident"):
        shown = shown.filter(pk__in=_covering(call, reference))
    return shown.filter(_about(asked))


def _published_with(words: str) -> Any:
    query = SearchQuery(words, search_type="websearch", config="english")
    return Publication.objects.newest().filter(search=query).values("retrospective")


def _covering(call: Call, reference: str) -> Any:
    covered = Retrospective.objects.visible_to(call.user)
    number = reference.upper().removeprefix("INC-")
    is_one = number.isascii() and number.isdigit() and len(number) < 10
    return covered.filter(incidents__number=int(number)).values("pk") if is_one else []


def _about(asked: dict[str, Any]) -> Q:
    """Service and factor, as they stand now."""
    about = Q()
    if service := asked.get("service"):
        hit = Retrospective.objects.filter(incidents__affected_services__service=service)
        about &= Q(pk__in=hit.values("pk"))
    if factor := asked.get("factor"):
        about &= Q(pk__in=Retrospective.objects.filter(factors__factor=factor).values("pk"))
    return about


class LibraryQuery(Body):
    q = optional_text(200, help_text="Words of the published text.")
    service = named(Service.objects.all(), required=False)
    factor = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def _library(call: Call) -> Any:
    shown = PublicationShape.rows(call.user).newest()
    if words := call.query.get("q", "").strip():
        shown = shown.filter(search=SearchQuery(words, search_type="websearch", config="english"))
    if about := _about(call.query):
        reached = Retrospective.objects.visible_to(call.user).filter(about)
        shown = shown.filter(retrospective__in=reached)
    return shown


listing(
    "retrospectives",
    RetrospectiveShape,
    _retrospectives,
    name="list_retrospectives",
    summary="Retrospectives, the ones started last first.",
    query=RetrospectiveQuery,
)
listing(
    "retrospectives/library",
    PublicationShape,
    _library,
    name="list_published_retrospectives",
    summary="The newest published version of each retrospective, also of those that are open again.",
    query=LibraryQuery,
)
item(RETROSPECTIVE, RetrospectiveShape, name="get_retrospective", summary="One retrospective.")


class SimilarPublishedIncident(serializers.Serializer):
    """A published retrospective that an incident brings to mind, and why."""

    retrospective = serializers.IntegerField()
    title = serializers.CharField()
    why = serializers.CharField()


def _seen_before(call: Call) -> list[dict[str, Any]]:
    found = seen_before(call["incident"], reader=call.user)
    return [{"retrospective": one.retrospective.pk, "title": one.title, "why": one.why} for one in found]


item(
    "incidents/{incident}/seen-before",
    SimilarPublishedIncident,
    _seen_before,
    name="list_similar_published_incidents",
    summary="Published retrospectives that resemble the incident.",
    scope="retrospectives:read",
    tag="Retrospectives",
    many=True,
)

# -- starting -----------------------------------------------------------------------------------------------


def _of_incident(call: Call) -> Retrospective:
    found = Retrospective.objects.visible_to(call.user).filter(incidents=call["incident"]).first()
    if found is None:
        raise Http404
    return found


item(
    "incidents/{incident}/retrospective",
    RetrospectiveShape,
    _of_incident,
    name="get_incident_retrospective",
    summary="The retrospective of the incident.",
    scope="retrospectives:read",
    tag="Retrospectives",
)
verb(
    "POST",
    "incidents/{incident}/retrospective",
    workflow.start_retrospective,
    body=body(
        "StartRetrospectiveBody",
        owner=person(required=False, allow_null=True, help_text="Who owns it. Without it, nobody yet."),
    ),
    answer=RetrospectiveShape,
    status=201,
    scope="retrospectives:write",
    tag="Retrospectives",
    location=_address,
    summary="Start the retrospective of an incident, or assign the existing one.",
)


class OpenRetrospectiveBody(Body):
    title = optional_text(200, help_text="By default the title of the first incident.")
    subject = choice(Subject, required=False)
    incidents = IncidentsIn(required=False, help_text="References, such as INC-14.")
    format = named(
        RetrospectiveFormat.objects.all(), "name", required=False, help_text="Of one without an incident."
    )
    people = serializers.ListField(child=person(), required=False, max_length=MOST_AT_TABLE)
    scope = optional_text(LONGEST_SCOPE)
    period_from = serializers.DateField(required=False, allow_null=True)
    period_to = serializers.DateField(required=False, allow_null=True)
    owner = person(required=False, allow_null=True)
    is_private = flag()

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        covered = said.get("incidents")
        if not said.get("title", "").strip():
            if not covered:
                raise serializers.ValidationError({"title": "Give it a title."})
            said["title"] = covered[0].title
        if said.get("subject", Subject.INCIDENT) != Subject.INCIDENT and "format" not in said:
            raise serializers.ValidationError({"format": "Choose a format."})
        if said.get("is_private") and self.context["call"].user.hides_private:
            raise serializers.ValidationError({"is_private": OUT_OF_REACH})
        return said


def _open(call: Call) -> Retrospective:
    said = dict(call.data)
    if said.get("subject", Subject.INCIDENT) != Subject.INCIDENT:
        said.setdefault("owner", call.user)
    return workflow.open_retrospective(by=call.user, **said)


verb(
    "POST",
    "retrospectives",
    workflow.open_retrospective,
    body=OpenRetrospectiveBody,
    answer=RetrospectiveShape,
    run=_open,
    status=201,
    location=_address,
    summary="Start a retrospective of incidents, a release, a sprint or a project.",
)

# -- the frame ----------------------------------------------------------------------------------------------


class FrameBody(Body):
    """Only what changes."""

    title = TextField(200, required=False, allow_blank=False)
    subject = choice(Subject, required=False)
    incidents = IncidentsIn(required=False)
    scope = optional_text(LONGEST_SCOPE)
    objectives = optional_text(LONGEST_SCOPE)
    period_from = serializers.DateField(required=False, allow_null=True)
    period_to = serializers.DateField(required=False, allow_null=True)
    is_private = flag()
    owner = person(required=False, allow_null=True)
    facilitator = person(required=False, allow_null=True)
    note_taker = person(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


verb(
    "PATCH",
    RETROSPECTIVE,
    workflow.frame_retrospective,
    name="change_retrospective",
    body=FrameBody,
    answer=RetrospectiveShape,
    may_be_empty=REACH_ENDED,
    summary="Change the subject, due date or facilitator of a retrospective.",
)

# -- people -------------------------------------------------------------------------------------------------

listing(
    f"{RETROSPECTIVE}/participants",
    RetrospectiveParticipantShape,
    of_it(RetrospectiveParticipantShape),
    name="list_retrospective_participants",
    summary="Participants.",
)


def _add_participants(call: Call) -> Retrospective:
    workflow.add_participants(retrospective=call["retrospective"], by=call.user, **call.data)
    return call["retrospective"]


verb(
    "POST",
    f"{RETROSPECTIVE}/participants",
    workflow.add_participants,
    name="add_retrospective_participants",
    body=body(
        "ParticipantsBody",
        people=serializers.ListField(child=person(), min_length=1, max_length=MOST_AT_TABLE),
    ),
    answer=RetrospectiveShape,
    run=_add_participants,
    summary="Add participants.",
)
verb(
    "DELETE",
    f"{RETROSPECTIVE}/participants/{{participant}}",
    workflow.remove_participant,
    name="remove_retrospective_participant",
    summary="Remove a participant.",
)


class SuggestedPerson(serializers.Serializer):
    """Somebody who could be asked, and why."""

    person = ShownPerson()
    reason = serializers.CharField(allow_blank=True)


def _suggested_people(call: Call) -> list[dict[str, Any]]:
    there = workflow.suggested_people(for_leaders(call))
    return [{"person": one, "reason": "Was on the incident"} for one in there]


item(
    f"{RETROSPECTIVE}/participants/suggestions",
    SuggestedPerson,
    _suggested_people,
    name="list_suggested_participants",
    summary="People who were on the incidents and do not take part yet.",
    many=True,
)
item(
    f"{RETROSPECTIVE}/facilitator/suggestions",
    SuggestedPerson,
    lambda call: suggested_facilitators(for_leaders(call), call.user),
    name="list_suggested_facilitators",
    summary="Suggested facilitators: people who did not respond and have facilitated least.",
    many=True,
)
