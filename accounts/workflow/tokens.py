"""API tokens: make, rotate, revoke, warn before the end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.models.tokens import (
    LONGEST,
    OVERLAP,
    PREFIX,
    SCOPES,
    USUAL,
    ApiToken,
    hash_api_token,
    new_api_token,
)
from accounts.workflow.common import audit, require_administrator
from core.kept_queries import SOME_TEXT, SOME_TIME, Kept, keep
from core.text import in_words
from notifications.workflow import enqueue_mail

MOST_TOKENS = 50
"""Of one account, in use at a time."""


@transaction.atomic
def create_token(
    *,
    by: User,
    name: str,
    scopes: Iterable[str],
    owner: User | None = None,
    lifetime: timedelta | None = USUAL,
    reaches_private: bool = False,
) -> tuple[ApiToken, str]:
    """A token of `by` or, made by an administrator, of a service account; with its text, which is not stored.

    Without a `lifetime` it has no end, which only a service account's may. Raises ValidationError naming the field.
    """
    owner, now = owner or by, timezone.now()
    _require_own(by, owner)
    token = ApiToken(
        name=name.strip(),
        owner=owner,
        created_by=by,
        scopes=_checked_scopes(scopes, owner),
        reaches_private=reaches_private,
        created_at=now,
        expires_at=_end(now, lifetime, owner),
    )
    if not token.name:
        raise ValidationError({"name": "Give the token a name, such as “deploy pipeline”."})
    if owner.api_tokens.working().filter(replaced_at=None).count() >= MOST_TOKENS:
        raise ValidationError(f"{owner} has {MOST_TOKENS} tokens in use. Revoke one first.")
    text = new_api_token()
    token.token_hash, token.ending = hash_api_token(text), text[-4:]
    token.full_clean(exclude=["token_hash"])
    token.save()
    audit(
        "token.created",
        f"{owner}: {token}",
        by,
        scopes=token.scopes,
        private=reaches_private,
        until=token.expires_at,
    )
    return token, text


@transaction.atomic
def revoke_token(*, by: User, token: ApiToken) -> ApiToken:
    """It opens nothing from now on. Again changes nothing."""
    _require_own(by, token.owner)
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("owner").get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit("token.revoked", f"{token.owner}: {token}", by)
    return token


@transaction.atomic
def rotate_token(*, by: User, token: ApiToken, at_once: bool = False) -> tuple[ApiToken, str]:
    """A new token of the same name, scopes and lifetime; the old one works for 24 more hours, or is revoked `at_once`.

    Answers the new token with its text. Raises ValidationError where the old one opens nothing or was rotated before.
    """
    _require_own(by, token.owner)
    old = ApiToken.objects.select_for_update(of=("self",)).select_related("owner").get(pk=token.pk)
    _require_rotatable(old)
    lifetime, now = old.lifetime, timezone.now()
    old.replaced_at = old.warned_at = now  # whoever rotates it knows that it ends
    old.expires_at = min(now + OVERLAP, old.expires_at or now + OVERLAP)
    if at_once:
        old.revoked_at = now
    old.save(update_fields=["replaced_at", "warned_at", "expires_at", "revoked_at"])
    audit("token.rotated", f"{old.owner}: {old}", by, until=old.revoked_at or old.expires_at)
    return create_token(
        by=by,
        owner=old.owner,
        name=old.name,
        scopes=old.scopes,
        lifetime=lifetime,
        reaches_private=old.reaches_private,
    )


def warn_of_expiry() -> bool:
    """Mail the owner of one token that ends within a week; whether there was one. Repeatable: each is told once."""
    with transaction.atomic():
        token = (
            ApiToken.objects.to_warn_of()
            .select_related("owner", "created_by")
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if token is None:
            return False
        token.warned_at = timezone.now()
        token.save(update_fields=["warned_at"])
        reader = token.created_by if token.owner.is_service else token.owner
        if reader and reader.is_active and token.expires_at:
            left = in_words(max(token.expires_at - timezone.now(), timedelta()))
            enqueue_mail(
                to=reader.email,
                subject=f"The API token “{token}” expires in {left}",
                text=(
                    f"The API token “{token}” ({token.shown}) of {token.owner} expires in {left}, on "
                    f"{token.expires_at:%d %B %Y at %H:%M} UTC. Programs that use it are refused from then on.\n\n"
                    f"Create a new one: {settings.PUBLIC_URL}/settings/tokens/\n"
                ),
                about="sign-in",
            )
        return True


def _require_own(by: User, owner: User) -> None:
    if owner.pk == by.pk and not owner.is_service:
        return
    if not owner.is_service:
        raise PermissionDenied("A token acts for a person. Only that person can create, rotate or revoke it.")
    require_administrator(by)


def _require_rotatable(token: ApiToken) -> None:
    if token.replaced_at is not None:
        raise ValidationError(f"“{token}” was rotated already. Rotate the token that replaced it.")
    if not token.is_working:
        raise ValidationError(f"“{token}” no longer works. Create a new token instead.")


def _checked_scopes(scopes: Iterable[str], owner: User) -> list[str]:
    wanted = set(scopes)
    if unknown := sorted(wanted - set(SCOPES)):
        raise ValidationError({"scopes": f"There is no scope “{unknown[0]}”. There are {', '.join(SCOPES)}."})
    if not wanted:
        raise ValidationError({"scopes": "Choose at least one scope."})
    if "admin" in wanted and not owner.is_administrator:
        raise ValidationError({"scopes": f"{owner} is not an administrator, so “admin” would open nothing."})
    return [scope for scope in SCOPES if scope in wanted]


def _end(now: datetime, lifetime: timedelta | None, owner: User) -> datetime | None:
    if lifetime is None:
        if not owner.is_service:
            raise ValidationError({"days": "A person's token needs an end, at most a year from now."})
        return None
    if not timedelta(0) < lifetime <= LONGEST and not owner.is_service:
        raise ValidationError({"days": f"From 1 to {LONGEST.days} days."})
    if not timedelta(0) < lifetime <= 10 * LONGEST:
        raise ValidationError({"days": f"From 1 to {10 * LONGEST.days} days, or none."})
    return now + lifetime


def working_token(text: str) -> ApiToken | None:
    """The token of this text with its owner, where it opens anything now."""
    if not text.startswith(PREFIX):
        return None
    found = _working_by_hash().rows({SOME_TEXT: hash_api_token(text), SOME_TIME: timezone.now()})
    return found[0] if found else None


@cache
def _working_by_hash() -> Kept[ApiToken]:
    """Asked with every request of the API."""
    return keep(ApiToken.objects.working(SOME_TIME).filter(token_hash=SOME_TEXT).select_related("owner"))
