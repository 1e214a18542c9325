"""Who the token acts for, and what they have chosen for themselves."""

from typing import Any

from rest_framework import serializers

from accounts import workflow
from accounts.models import Theme, User
from api.fields import Body, choice, flag, text
from api.operations.people import zone
from api.registry import Call, item, verb
from api.shapes.people import (
    PersonShape,
    ProfileShape,
)


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


item(
    "me",
    MeShape,
    _me,
    name="get_me",
    summary="The account of the token, and what the token may do.",
    scope="",
)


PROFILE = ("name", "time_zone", "theme", "keys_enabled")
item(
    "me/profile",
    ProfileShape,
    lambda call: call.user,
    name="get_profile",
    summary="The caller's profile.",
    scope="",
)


class ProfileBody(Body):
    name = text(100, required=False, allow_blank=False)
    time_zone = zone(required=False, allow_blank=False)
    theme = choice(Theme, required=False)
    keys_enabled = flag(help_text="Single-key shortcuts.")


def _edit_profile(call: Call) -> User:
    stands = {name: getattr(call.user, name) for name in PROFILE}
    return workflow.edit_profile(by=call.user, **(stands | call.data))


verb(
    "PATCH",
    "me/profile",
    workflow.edit_profile,
    name="change_profile",
    body=ProfileBody,
    answer=ProfileShape,
    run=_edit_profile,
    scope="people:write",
    summary="Change the caller's name, time zone, theme or shortcuts.",
)
