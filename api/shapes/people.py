"""People, teams, invitations, tokens."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiToken, Installation, Invitation, Team, User
from api.fields import Once, PersonName, ShownPerson
from api.shapes.base import Shape
from api.shapes.catalogue import TeamName


def _may_know(reader: User, person: User) -> bool:
    return reader.is_administrator or reader.pk == person.pk


@extend_schema_field({"type": ["string", "null"], "format": "email"})
class ShownAddress(serializers.Field):
    """The e-mail address of a person, for administrators and for that person; null for others."""

    def __init__(self, **options: Any):
        super().__init__(read_only=True, source="*", **options)

    def to_representation(self, value: User) -> str | None:
        return value.email if _may_know(self.context["call"].user, value) else None


class PersonShape(Shape):
    """Somebody with an account. Address and access are told to administrators and to oneself; null for others."""

    email = ShownAddress()
    sees_private_incidents = serializers.SerializerMethodField()
    teams = TeamName(many=True)

    class Meta:
        model = User
        fields = [
            "id",
            "name",
            "email",
            "installation_role",
            "sees_private_incidents",
            "is_active",
            "is_service",
            "time_zone",
            "teams",
        ]

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        """Administrators reach the deactivated as well."""
        people = User.objects.with_teams()
        return people if user.is_administrator else people.active()

    def get_sees_private_incidents(self, person: User) -> bool | None:
        return person.sees_private_incidents if _may_know(self.context["call"].user, person) else None


class ProfileShape(Shape):
    """What the caller has chosen for themselves."""

    class Meta:
        model = User
        fields = ["name", "email", "time_zone", "theme", "keys_enabled"]
        extra_kwargs: ClassVar = {"email": {"read_only": True}}

    @classmethod
    def rows(cls, user: User) -> Any:
        return User.objects.filter(pk=user.pk)


class OrganisationShape(Shape):
    duty_person = ShownPerson(allow_null=True)
    duty_mail = serializers.CharField(read_only=True)

    class Meta:
        model = Installation
        fields = [
            "name",
            "time_zone",
            "duty_contact",
            "duty_person",
            "duty_mail",
            "checklist_hidden",
            "assistants",
        ]

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Installation.objects.select_related("duty_person")
        return rows if user.is_administrator else rows.none()


class TeamShape(Shape):
    members = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ["slug", "name", "members"]

    order: ClassVar = ("name",)

    @classmethod
    def rows(cls, user: User) -> Any:
        return Team.objects.prefetch_related("members")

    @extend_schema_field(PersonName(many=True))
    def get_members(self, team: Team) -> list[dict[str, Any]]:
        return [{"id": person.pk, "name": str(person)} for person in team.members.all() if person.is_active]


class InvitationShape(Shape):
    """An invitation that was not answered yet, for administrators."""

    invited_by = ShownPerson()
    teams = TeamName(many=True)

    class Meta:
        model = Invitation
        fields = ["id", "email", "installation_role", "teams", "invited_by", "created_at", "expires_at"]

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        rows = Invitation.objects.unanswered().with_details()
        return rows if user.is_administrator else rows.none()


class TokenShape(Shape):
    owner = ShownPerson()
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    shown = serializers.CharField(read_only=True)

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "shown",
            "owner",
            "scopes",
            "reaches_private",
            "created_at",
            "expires_at",
            "last_used_at",
            "replaced_at",
            "revoked_at",
        ]

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        """One's own and, for administrators, those of service accounts."""
        tokens = ApiToken.objects.select_related("owner")
        if user.is_administrator:
            return tokens.filter(owner=user) | tokens.filter(owner__is_service=True)
        return tokens.filter(owner=user)


class TokenMade(serializers.Serializer):
    """A new token, and its text."""

    text = Once()
    token = TokenShape()


class LinkMade(serializers.Serializer):
    link = Once()


class InvitationMade(serializers.Serializer):
    invitation = InvitationShape()
    link = Once()


class InvitationRefused(serializers.Serializer):
    email = serializers.CharField()
    reason = serializers.CharField()


class InvitationsShape(serializers.Serializer):
    """Who was invited, and whom it was not possible to invite."""

    invited = InvitationMade(many=True)
    refused = InvitationRefused(many=True)
