"""People, teams, invitations, the organisation, and what a person sets about themselves."""

from typing import Any

from rest_framework import serializers

from accounts import workflow
from accounts.models import Installation, InstallationRole, Team, User, validate_time_zone
from accounts.workflow.inviting import MOST_AT_ONCE
from api.fields import Body, body, choice, flag, named, optional_text, person, text
from api.operations.administrators import administrators, all_of, require_administrator
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.people import (
    InvitationShape,
    InvitationsShape,
    LinkMade,
    OrganisationShape,
    PersonShape,
    TeamShape,
)

GIVES_ACCESS = "admin"
"""The scope of what lets somebody in or lets them do more: the caller could be that person, and so do more itself."""

part(
    "person",
    lambda call, raw: PersonShape.rows(call.user).get(pk=number(raw)),
    shape=PersonShape,
    about="The id of a person.",
    number=True,
)
part(
    "team",
    lambda call, raw: TeamShape.rows(call.user).get(slug=raw),
    shape=TeamShape,
    about="The slug of a team.",
    key="slug",
)
part(
    "member",
    lambda call, raw: User.objects.filter(teams=call["team"]).get(pk=number(raw)),
    shape=None,
    about="The id of a member of the team.",
    number=True,
    same="person",
)
part(
    "invitation",
    lambda call, raw: InvitationShape.rows(call.user).get(pk=number(raw)),
    shape=InvitationShape,
    about="The id of an invitation.",
    number=True,
)


def zone(**options: Any) -> serializers.CharField:
    return text(64, validators=[validate_time_zone], help_text="Such as Europe/Berlin.", **options)


def team_names(**options: Any) -> Any:
    return named(Team.objects.all(), many=True, required=False, **options)


# -- people -------------------------------------------------------------------------------------------------


class PeopleQuery(Body):
    q = optional_text(100, help_text="Part of a name.")
    installation_role = choice(InstallationRole, required=False)
    team = named(Team.objects.all(), required=False)
    is_active = flag(help_text="Administrators also find the deactivated.")
    is_service = flag()


def _people(call: Call) -> Any:
    people, asked = PersonShape.rows(call.user), dict(call.query)
    if words := asked.pop("q", ""):
        people = people.filter(name__icontains=words)
    if team := asked.pop("team", None):
        people = people.filter(teams=team)
    return people.filter(**asked)


class PersonBody(Body):
    installation_role = choice(InstallationRole, required=False)
    sees_private_incidents = flag(help_text="Every private incident, not only those this person is on.")
    teams = team_names(help_text="All teams of this person, by slug.")


def _change(call: Call) -> User:
    subject = call["person"]
    stands = {
        "installation_role": subject.installation_role,
        "sees_private_incidents": subject.sees_private_incidents,
        "teams": subject.teams.all(),
    }
    return workflow.change_person(by=call.user, person=subject, **(stands | call.data))


listing("people", PersonShape, _people, name="list_people", summary="People, by name.", query=PeopleQuery)
item("people/{person}", PersonShape, name="get_person", summary="One person.")
verb(
    "PATCH",
    "people/{person}",
    workflow.change_person,
    body=PersonBody,
    answer=PersonShape,
    run=_change,
    scope=GIVES_ACCESS,
    summary="Change a person's installation role and teams. Administrators only.",
)


def _activity(does: Any) -> Any:
    def run(call: Call) -> User:
        does(by=call.user, person=call["person"])
        return call["person"]

    return run


verb(
    "POST",
    "people/{person}/deactivation",
    workflow.deactivate_person,
    answer=PersonShape,
    run=_activity(workflow.deactivate_person),
    summary="Deactivate a person at once. What they wrote stays, and messages to them are withdrawn.",
)
verb(
    "POST",
    "people/{person}/activation",
    workflow.activate_person,
    answer=PersonShape,
    run=_activity(workflow.activate_person),
    scope=GIVES_ACCESS,
    summary="Activate a person who was deactivated.",
)
verb(
    "POST",
    "people/{person}/password-link",
    workflow.create_password_link,
    answer=LinkMade,
    run=lambda call: {"link": workflow.create_password_link(by=call.user, person=call["person"])},
    status=201,
    scope=GIVES_ACCESS,
    summary="Create a link for choosing a new password. It is shown once.",
)

# -- invitations --------------------------------------------------------------------------------------------

listing(
    "invitations",
    InvitationShape,
    administrators(all_of(InvitationShape)),
    name="list_invitations",
    summary="Invitations that nobody answered yet, newest first. Administrators only.",
    scope="people:read",
    tag="People and teams",
)
item(
    "invitations/{invitation}",
    InvitationShape,
    name="get_invitation",
    summary="One invitation.",
    scope="people:read",
    tag="People and teams",
)


def _invite(call: Call) -> dict[str, Any]:
    invited, refused = workflow.invite_people(by=call.user, **call.data)
    return {
        "invited": [{"invitation": invitation, "link": link} for invitation, link in invited],
        "refused": [{"email": email, "reason": reason} for email, reason in refused],
    }


verb(
    "POST",
    "invitations",
    workflow.invite_people,
    body=body(
        "InvitationsBody",
        emails=serializers.ListField(
            child=serializers.EmailField(max_length=254), min_length=1, max_length=MOST_AT_ONCE
        ),
        installation_role=choice(InstallationRole, default=InstallationRole.RESPONDER),
        teams=team_names(),
    ),
    answer=InvitationsShape,
    run=_invite,
    status=201,
    scope=GIVES_ACCESS,
    tag="People and teams",
    summary="Invite people by e-mail. The links are shown once.",
)
verb(
    "POST",
    "invitations/{invitation}/renewal",
    workflow.renew_invitation,
    answer=LinkMade,
    run=lambda call: {"link": workflow.renew_invitation(by=call.user, invitation=call["invitation"])},
    status=201,
    scope=GIVES_ACCESS,
    tag="People and teams",
    summary="Renew an invitation for a week. The link before stops working.",
)
verb(
    "DELETE",
    "invitations/{invitation}",
    workflow.revoke_invitation,
    scope="people:write",
    tag="People and teams",
    summary="Revoke an invitation.",
)

# -- teams --------------------------------------------------------------------------------------------------

listing(
    "teams",
    TeamShape,
    all_of(TeamShape),
    name="list_teams",
    summary="Teams and their members.",
    scope="people:read",
    tag="People and teams",
)
item(
    "teams/{team}",
    TeamShape,
    name="get_team",
    summary="One team.",
    scope="people:read",
    tag="People and teams",
)
verb(
    "POST",
    "teams",
    workflow.add_team,
    body=body("TeamBody", name=text(100)),
    answer=TeamShape,
    status=201,
    scope="people:write",
    tag="People and teams",
    summary="Add a team.",
    location=lambda made: f"/api/v1/teams/{made.slug}",
)
verb(
    "PATCH",
    "teams/{team}",
    workflow.rename_team,
    name="change_team",
    body=body("TeamNameBody", name=text(100)),
    answer=TeamShape,
    scope="people:write",
    tag="People and teams",
    summary="Rename a team.",
)
verb(
    "DELETE",
    "teams/{team}",
    workflow.delete_team,
    name="remove_team",
    scope="people:write",
    tag="People and teams",
    summary="Remove a team that has no members and no services.",
)


def _add_members(call: Call) -> Team:
    workflow.add_team_members(by=call.user, team=call["team"], people=call.data["people"])
    return call["team"]


verb(
    "POST",
    "teams/{team}/members",
    workflow.add_team_members,
    body=body(
        "TeamMembersBody",
        people=serializers.ListField(child=person(), min_length=1, max_length=200),
    ),
    answer=TeamShape,
    run=_add_members,
    scope="people:write",
    tag="People and teams",
    summary="Add people to a team. Members stay members.",
)
verb(
    "DELETE",
    "teams/{team}/members/{member}",
    workflow.remove_team_member,
    run=lambda call: workflow.remove_team_member(by=call.user, team=call["team"], person=call["member"]),
    scope="people:write",
    tag="People and teams",
    summary="Remove a person from a team.",
)

# -- the organisation ---------------------------------------------------------------------------------------


class OrganisationBody(Body):
    name = text(100, required=False, allow_blank=False)
    time_zone = zone(required=False, allow_blank=False)
    duty_contact = optional_text(200, help_text="Shown to people who cannot sign in.")
    duty_person = person(required=False, allow_null=True, help_text="Reminded last, when nobody answers.")
    duty_mail = serializers.EmailField(max_length=254, required=False, allow_blank=True)


def _describe(call: Call) -> Installation:
    stands = Installation.get()
    told = {name: getattr(stands, name) for name in ("name", "time_zone", "duty_contact")}
    return workflow.describe_organisation(by=call.user, **(told | call.data))


def _organisation(call: Call) -> Installation:
    require_administrator(call)
    return Installation.objects.get_or_create(pk=1)[0]


item(
    "organisation",
    OrganisationShape,
    _organisation,
    name="get_organisation",
    summary="What the organisation is called, and who is on duty. Administrators only.",
    scope="admin",
    tag="People and teams",
)
verb(
    "PATCH",
    "organisation",
    workflow.describe_organisation,
    name="change_organisation",
    body=OrganisationBody,
    answer=OrganisationShape,
    run=_describe,
    scope="admin",
    tag="People and teams",
    summary="Change the organisation's settings. `duty_person` and `duty_mail` are reminded last.",
)


def _hide(call: Call) -> Installation:
    workflow.hide_checklist(by=call.user)
    return Installation.get()


verb(
    "POST",
    "organisation/checklist-hiding",
    workflow.hide_checklist,
    name="hide_setup_checklist",
    answer=OrganisationShape,
    run=_hide,
    scope="admin",
    tag="People and teams",
)

verb(
    "PUT",
    "organisation/assistants",
    workflow.allow_assistants,
    name="set_assistants_allowed",
    body=body("AssistantsBody", allowed=serializers.BooleanField()),
    answer=OrganisationShape,
    scope="admin",
    tag="People and teams",
    summary="Allow or forbid assistants that use API tokens.",
)
