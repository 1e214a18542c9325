"""People, teams, tokens."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import ApiToken, Team, User
from api.fields import ShownPerson
from api.shapes.base import Shape


class TeamName(serializers.ModelSerializer):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, read_only=True, **options)

    class Meta:
        model = Team
        fields = ["slug", "name"]


class PersonShape(Shape):
    teams = TeamName(many=True)

    class Meta:
        model = User
        fields = ["id", "name", "email", "installation_role", "is_active", "is_service", "time_zone", "teams"]
        extra_kwargs = {"email": {"read_only": True}}

    order: ClassVar = ("name", "pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return User.objects.prefetch_related("teams")


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
            "revoked_at",
        ]

    order: ClassVar = ("-created_at", "-pk")

    @classmethod
    def rows(cls, user: User) -> Any:
        return ApiToken.objects.filter(owner=user).select_related("owner")
