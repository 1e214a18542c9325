"""API tokens and service accounts: make, change, revoke, warn before the end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import InstallationRole, User
from accounts.models.tokens import LONGEST, PREFIX, SCOPES, USUAL, ApiToken, hash_api_token, new_api_token
from accounts.workflow.basics import audit, require_administrator
from core.text import in_words
from notifications.workflow import enqueue_mail

SERVICE_DOMAIN = "service.invalid"
"""Service accounts have addresses that no mail reaches (RFC 2606)."""
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
    owner = owner or by
    _require_own(by, owner)
    token = ApiToken(
        name=name.strip(),
        owner=owner,
        created_by=by,
        scopes=_checked_scopes(scopes, owner),
        reaches_private=reaches_private,
        expires_at=_end(lifetime, owner),
    )
    if not token.name:
        raise ValidationError({"name": "Give the token a name, such as “deploy pipeline”."})
    if owner.api_tokens.working().count() >= MOST_TOKENS:
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
def add_service_account(*, by: User, name: str, installation_role: str = InstallationRole.RESPONDER) -> User:
    """An account that acts by its tokens and has no way to sign in."""
    require_administrator(by)
    name = name.strip()
    if not name:
        raise ValidationError({"name": "Name what acts by it, such as “Deploy pipeline”."})
    if User.objects.filter(is_service=True, name__iexact=name).exists():
        raise ValidationError({"name": "There is a service account of this name."})
    account = User(
        email=_free_address(name),
        name=name,
        installation_role=installation_role,
        is_service=True,
    )
    account.set_unusable_password()
    account.full_clean(exclude=["password"])
    account.save()
    audit("service_account.added", account, by, role=installation_role)
    return account


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
        raise PermissionDenied("A token acts for a person; only that person can create or revoke it.")
    require_administrator(by)


def _checked_scopes(scopes: Iterable[str], owner: User) -> list[str]:
    wanted = set(scopes)
    if unknown := sorted(wanted - set(SCOPES)):
        raise ValidationError({"scopes": f"There is no scope “{unknown[0]}”. There are {', '.join(SCOPES)}."})
    if not wanted:
        raise ValidationError({"scopes": "Choose at least one."})
    if "admin" in wanted and not owner.is_administrator:
        raise ValidationError({"scopes": f"{owner} is not an administrator, so “admin” would open nothing."})
    return [scope for scope in SCOPES if scope in wanted]


def _end(lifetime: timedelta | None, owner: User) -> datetime | None:
    if lifetime is None:
        if not owner.is_service:
            raise ValidationError({"days": "A person's token needs an end, at most a year from now."})
        return None
    if not timedelta(0) < lifetime <= LONGEST and not owner.is_service:
        raise ValidationError({"days": f"From 1 to {LONGEST.days} days."})
    if not timedelta(0) < lifetime <= 10 * LONGEST:
        raise ValidationError({"days": f"From 1 to {10 * LONGEST.days} days, or none."})
    return timezone.now() + lifetime


def _free_address(name: str) -> str:
    base = slugify(name)[:60] or "service"
    for number in range(1, 1000):
        address = f"{base}{f'-{number}' if number > 1 else ''}@{SERVICE_DOMAIN}"
        if not User.objects.with_email(address).exists():
            return address
    raise ValidationError({"name": "Choose another name."})


def working_token(text: str) -> ApiToken | None:
    """The token of this text with its owner, where it opens anything now."""
    if not text.startswith(PREFIX):
        return None
    return ApiToken.objects.working().of_text(text).select_related("owner").first()
