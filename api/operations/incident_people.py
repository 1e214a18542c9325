"""Who is on an incident, links and the brief, and the caller's views of the list."""

from datetime import timedelta
from typing import Any

from rest_framework import serializers

from api.fields import (
    Once,
    TextField,
    body,
    choice,
    moment,
    optional_text,
    person,
    text,
)
from api.operations.incidents import INCIDENT
from api.registry import Call, listing, verb
from api.shapes.incidents import (
    BriefLinkShape,
    IncidentLinkShape,
    IncidentParticipantShape,
    RoleHolderShape,
    SavedViewShape,
)
from incidents import workflow
from incidents.brief_address import brief_address
from incidents.models import (
    Audience,
)
from incidents.models.catalogue import LinkKind

# -- people -------------------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/roles",
    RoleHolderShape,
    lambda call: RoleHolderShape.rows(call.user).filter(incident=call["incident"]),
    name="list_incident_roles",
    summary="Role assignments. Those that ended have ended_at.",
)
verb(
    "PUT",
    f"{INCIDENT}/roles/{{role}}",
    workflow.assign_role,
    body=body("AssignRoleBody", person=person(source="user"), note=optional_text(2000), at=moment()),
    answer=RoleHolderShape,
    summary="Assign a role. In a role for one person, the holder before is relieved.",
)
verb(
    "POST",
    f"{INCIDENT}/roles/{{role}}/handover",
    workflow.hand_over_role,
    body=body("HandOverBody", to=person(), note=text(2000)),
    answer=RoleHolderShape,
    summary="Hand a role over with a note of how things stand.",
)
verb(
    "POST",
    f"{INCIDENT}/roles/{{role}}/release",
    workflow.release_role,
    body=body("ReleaseRoleBody", person=person(source="user"), note=optional_text(2000), at=moment()),
    summary="Release a role.",
)
listing(
    f"{INCIDENT}/participants",
    IncidentParticipantShape,
    lambda call: IncidentParticipantShape.rows(call.user).filter(incident=call["incident"]),
    name="list_incident_participants",
    summary="Who is and was on the incident.",
)
verb(
    "POST",
    f"{INCIDENT}/participants",
    workflow.add_person,
    name="add_incident_participant",
    body=body("AddPersonBody", person=person(source="user")),
    answer=IncidentParticipantShape,
    status=201,
    summary="Add a person to the incident. For a private incident this gives access.",
)
verb(
    "POST",
    f"{INCIDENT}/participants/access-revocation",
    workflow.revoke_access,
    name="revoke_incident_access",
    body=body("RevokeAccessBody", person=person(source="user")),
    summary="Revoke somebody's access to a private incident. Their roles end.",
)
verb(
    "POST",
    f"{INCIDENT}/joining",
    workflow.join_incident,
    answer=IncidentParticipantShape,
    summary="Join the incident.",
)
verb(
    "POST",
    f"{INCIDENT}/leaving",
    workflow.leave_incident,
    summary="Leave the incident. The caller's roles end.",
)
verb(
    "POST",
    f"{INCIDENT}/seen",
    workflow.mark_seen,
    name="mark_incident_seen",
    body=body("SeenBody", until=moment()),
    summary="Mark the incident as read by the caller, up to a moment.",
)

# -- links and the brief ------------------------------------------------------------------------------------

listing(
    f"{INCIDENT}/links",
    IncidentLinkShape,
    lambda call: IncidentLinkShape.rows(call.user).filter(incident=call["incident"]),
    name="list_incident_links",
    summary="Bridge, channel, dashboards and other links.",
)
verb(
    "POST",
    f"{INCIDENT}/links",
    workflow.add_link,
    name="add_incident_link",
    body=body(
        "LinkBody",
        label=text(100),
        url=serializers.URLField(max_length=500),
        kind=choice(LinkKind, required=False),
    ),
    answer=IncidentLinkShape,
    status=201,
    summary="Add a link.",
)


class BriefAddress(Once):
    """Whoever has it reads the brief: it is not kept for an Idempotency-Key either."""

    def to_representation(self, value: Any) -> str:
        return brief_address(value)


class BriefLinkMade(BriefLinkShape):
    """With its address, which is told only here."""

    url = BriefAddress(source="*")

    class Meta(BriefLinkShape.Meta):
        fields = [*BriefLinkShape.Meta.fields, "url"]


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
    summary="Create a link that shows the brief without a sign-in, until it expires or is revoked.",
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
    name="add_saved_view",
    body=body(
        "SavedViewBody", name=text(60), query=TextField(3000, allow_blank=True), path=optional_text(200)
    ),
    answer=SavedViewShape,
    scope="incidents:write",
    status=201,
    summary="Save a view. A name that is already used gets the new filters.",
)
verb(
    "DELETE",
    "me/saved-views/{view}",
    workflow.delete_view,
    name="remove_saved_view",
    run=lambda call: workflow.delete_view(view=call["view"]),
    scope="incidents:write",
    summary="Delete a saved view.",
)
