"""Who the token acts for."""

from typing import Any

from rest_framework import serializers

from api.registry import Call, item
from api.shapes.people import PersonShape


class MeShape(serializers.Serializer):
    """The caller, and what the token may do."""

    person = PersonShape()
    token = serializers.CharField(allow_null=True, help_text="The token's name, or null for a session.")
    scopes = serializers.ListField(child=serializers.CharField())
    reaches_private = serializers.BooleanField()
    expires_at = serializers.DateTimeField(allow_null=True)


def _me(call: Call) -> dict[str, Any]:
    token = call.token
    return {
        "person": call.user,
        "token": token.name if token else None,
        "scopes": token.scopes if token else [],
        "reaches_private": not call.user.hides_private,
        "expires_at": token.expires_at if token else None,
    }


item("me", MeShape, _me, name="get_me", summary="Who the token acts for, and what it may do.", scope="")
