"""API tokens: one's own and, for administrators, those of service accounts."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from rest_framework import serializers

from accounts import workflow
from accounts.models import SCOPES, ApiToken, InstallationRole, User
from accounts.models.tokens import LONGEST, USUAL
from api.fields import Body, body, choice, flag, text
from api.operations.administrators import administrators
from api.parts import number
from api.registry import Call, item, listing, part, verb
from api.shapes.people import PersonShape, TokenMade, TokenShape

TAG = "API tokens"


def _accounts(call: Call) -> Any:
    accounts = PersonShape.rows(call.user).filter(is_service=True)
    return accounts if call.user.is_administrator else accounts.none()


part(
    "token",
    lambda call, raw: TokenShape.rows(call.user).filter(owner=call.user).get(pk=number(raw)),
    shape=TokenShape,
    about="The id of a token of the caller.",
    number=True,
)
part(
    "account",
    lambda call, raw: _accounts(call).get(pk=number(raw)),
    shape=PersonShape,
    about="The id of a service account.",
    number=True,
)
part(
    "account_token",
    lambda call, raw: TokenShape.rows(call.user).filter(owner=call["account"]).get(pk=number(raw)),
    shape=TokenShape,
    about="The id of a token of the service account.",
    number=True,
    called="token",
)


def _fields(longest: int) -> dict[str, Any]:
    return {
        "name": text(80, help_text="Where it is used, such as “deploy pipeline”."),
        "scopes": serializers.ListField(child=choice(SCOPES), min_length=1, max_length=len(SCOPES)),
        "reaches_private": flag(help_text="Reaches the private incidents that its owner reaches."),
        "days": serializers.IntegerField(
            min_value=1,
            max_value=longest,
            required=False,
            allow_null=longest > LONGEST.days,
            help_text=f"How long it works. By default {USUAL.days} days.",
        ),
    }


TokenBody = body("TokenBody", **_fields(LONGEST.days))
ServiceTokenBody = body("ServiceTokenBody", **_fields(10 * LONGEST.days))


def _create(call: Call, owner: User) -> dict[str, Any]:
    said = dict(call.data)
    if "days" in said:
        days = said.pop("days")
        said["lifetime"] = None if days is None else timedelta(days=days)
    if call.token:
        _require_no_more(call.token, said, owner)
    token, written = workflow.create_token(by=call.user, owner=owner, **said)
    return {"text": written, "token": token}


def _require_no_more(asking: ApiToken, said: dict[str, Any], owner: User) -> None:
    """A token gives away nothing that it does not have, and does not outlive itself."""
    missing = [scope for scope in said["scopes"] if not asking.allows(scope)]
    if missing:
        raise ValidationError({"scopes": f"The token that asks lacks {', '.join(missing)}."})
    if said.get("reaches_private") and not asking.reaches_private:
        raise ValidationError({"reaches_private": "The token that asks does not reach private incidents."})
    if owner.is_service or asking.expires_at is None:
        return
    left = asking.expires_at - timezone.now()
    if said.setdefault("lifetime", min(USUAL, left)) > left:
        raise ValidationError({"days": "The new token would work longer than the one that asks."})


# -- one's own ----------------------------------------------------------------------------------------------

listing(
    "me/tokens",
    TokenShape,
    lambda call: TokenShape.rows(call.user).filter(owner=call.user),
    name="list_tokens",
    summary="The caller's tokens, newest first.",
    scope="people:read",
    tag=TAG,
)
item("me/tokens/{token}", TokenShape, name="get_token", summary="One token.", scope="people:read", tag=TAG)
verb(
    "POST",
    "me/tokens",
    workflow.create_token,
    body=TokenBody,
    answer=TokenMade,
    run=lambda call: _create(call, call.user),
    status=201,
    scope="people:write",
    tag=TAG,
    summary="Create a token with at most the scopes of the calling token. Its text is shown once.",
    location=lambda made: f"/api/v1/me/tokens/{made['token'].pk}",
)
verb(
    "POST",
    "me/tokens/{token}/revocation",
    workflow.revoke_token,
    answer=TokenShape,
    scope="people:write",
    tag=TAG,
    summary="Revoke a token: it opens nothing from now on.",
)

# -- service accounts ---------------------------------------------------------------------------------------

ACCOUNT = "service-accounts/{account}"
listing(
    "service-accounts",
    PersonShape,
    administrators(_accounts),
    name="list_service_accounts",
    summary="Service accounts. Administrators only.",
    scope="admin",
    tag=TAG,
)
item(
    ACCOUNT,
    PersonShape,
    name="get_service_account",
    summary="One service account.",
    scope="admin",
    tag=TAG,
)


class ServiceAccountBody(Body):
    name = text(100)
    installation_role = choice(InstallationRole, required=False)


verb(
    "POST",
    "service-accounts",
    workflow.add_service_account,
    body=ServiceAccountBody,
    answer=PersonShape,
    status=201,
    scope="admin",
    tag=TAG,
    location=lambda made: f"/api/v1/service-accounts/{made.pk}",
    summary="Add a service account, which acts by tokens and cannot sign in.",
)
listing(
    f"{ACCOUNT}/tokens",
    TokenShape,
    lambda call: TokenShape.rows(call.user).filter(owner=call["account"]),
    name="list_service_account_tokens",
    summary="The tokens of a service account, newest first.",
    scope="admin",
    tag=TAG,
)
item(
    f"{ACCOUNT}/tokens/{{account_token}}",
    TokenShape,
    name="get_service_account_token",
    summary="One token of a service account.",
    scope="admin",
    tag=TAG,
)
verb(
    "POST",
    f"{ACCOUNT}/tokens",
    workflow.create_token,
    name="create_service_account_token",
    body=ServiceTokenBody,
    answer=TokenMade,
    run=lambda call: _create(call, call["account"]),
    status=201,
    scope="admin",
    tag=TAG,
    summary="Create a token of a service account. Its text is shown once.",
    location=lambda made: f"/api/v1/service-accounts/{made['token'].owner_id}/tokens/{made['token'].pk}",
)
verb(
    "POST",
    f"{ACCOUNT}/tokens/{{account_token}}/revocation",
    workflow.revoke_token,
    name="revoke_service_account_token",
    answer=TokenShape,
    run=lambda call: workflow.revoke_token(by=call.user, token=call["account_token"]),
    scope="admin",
    tag=TAG,
    summary="Revoke a token of a service account.",
)

RotationBody = body(
    "RotationBody",
    at_once=flag(help_text="Revokes the old one at once. By default it works for 24 more hours."),
)


def _rotate(call: Call, token: ApiToken) -> dict[str, Any]:
    if call.token:
        lifetime = token.lifetime or USUAL
        said = {"scopes": token.scopes, "reaches_private": token.reaches_private, "lifetime": lifetime}
        _require_no_more(call.token, said, token.owner)
    made, written = workflow.rotate_token(by=call.user, token=token, **call.data)
    return {"text": written, "token": made}


verb(
    "POST",
    "me/tokens/{token}/rotation",
    workflow.rotate_token,
    body=RotationBody,
    answer=TokenMade,
    run=lambda call: _rotate(call, call["token"]),
    status=201,
    scope="people:write",
    tag=TAG,
    summary="Rotate a token: a new one of the same name, scopes and lifetime. Its text is shown once.",
    location=lambda made: f"/api/v1/me/tokens/{made['token'].pk}",
)
verb(
    "POST",
    f"{ACCOUNT}/tokens/{{account_token}}/rotation",
    workflow.rotate_token,
    name="rotate_service_account_token",
    body=RotationBody,
    answer=TokenMade,
    run=lambda call: _rotate(call, call["account_token"]),
    status=201,
    scope="admin",
    tag=TAG,
    summary="Replace a token of a service account. Its text is shown once.",
    location=lambda made: f"/api/v1/service-accounts/{made['token'].owner_id}/tokens/{made['token'].pk}",
)


class ServiceAccountChangeBody(Body):
    name = text(100)
    installation_role = choice(InstallationRole)


verb(
    "PUT",
    ACCOUNT,
    workflow.change_service_account,
    body=ServiceAccountChangeBody,
    answer=PersonShape,
    scope="admin",
    tag=TAG,
    summary="Change the name or role of a service account.",
)
verb(
    "POST",
    f"{ACCOUNT}/deactivation",
    workflow.deactivate_service_account,
    answer=PersonShape,
    scope="admin",
    tag=TAG,
    summary="Deactivate a service account. Its tokens stop working.",
)
verb(
    "POST",
    f"{ACCOUNT}/activation",
    workflow.activate_service_account,
    answer=PersonShape,
    scope="admin",
    tag=TAG,
    summary="Activate a service account. Its tokens work again unless they are expired or revoked.",
)
