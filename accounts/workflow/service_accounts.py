"""Service accounts: they act by API tokens, have no way to sign in, and the audit trail names them."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import InstallationRole, User
from accounts.workflow.common import audit, differences, require_administrator

SERVICE_DOMAIN = "service.invalid"
"""Service accounts have addresses that no mail reaches (RFC 2606)."""


@transaction.atomic
def add_service_account(*, by: User, name: str, installation_role: str = InstallationRole.RESPONDER) -> User:
    """An account that acts by its tokens and has no way to sign in."""
    require_administrator(by)
    name = _checked_name(name)
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


@transaction.atomic
def change_service_account(*, by: User, account: User, name: str, installation_role: str) -> User:
    """Its name and what it may do. Its tokens stay as they are."""
    require_administrator(by)
    account = User.objects.service_accounts().select_for_update().get(pk=account.pk)
    name = _checked_name(name, account)
    changes = differences(account, {"name": name, "installation_role": installation_role})
    if changes:
        account.name, account.installation_role = name, installation_role
        account.clean_fields(exclude=["password"])
        account.save(update_fields=["name", "installation_role"])
        audit("service_account.changed", account, by, **changes)
    return account


@transaction.atomic
def deactivate_service_account(*, by: User, account: User) -> User:
    """Its tokens open nothing from now on. Again changes nothing."""
    return _switch(by, account, is_active=False)


@transaction.atomic
def activate_service_account(*, by: User, account: User) -> User:
    """Its tokens work again, unless they are expired or revoked."""
    return _switch(by, account, is_active=True)


def _switch(by: User, account: User, *, is_active: bool) -> User:
    require_administrator(by)
    account = User.objects.service_accounts().select_for_update().get(pk=account.pk)
    if account.is_active != is_active:
        account.is_active = is_active
        account.save(update_fields=["is_active"])
        audit(f"service_account.{'activated' if is_active else 'deactivated'}", account, by)
    return account


def _checked_name(name: str, account: User | None = None) -> str:
    name = name.strip()
    if not name:
        raise ValidationError({"name": "Name what acts by it, such as “Deploy pipeline”."})
    others = User.objects.service_accounts().exclude(pk=account.pk if account else None)
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": "There is a service account of this name."})
    return name


def _free_address(name: str) -> str:
    base = slugify(name)[:60] or "service"
    for number in range(1, 1000):
        address = f"{base}{f'-{number}' if number > 1 else ''}@{SERVICE_DOMAIN}"
        if not User.objects.with_email(address).exists():
            return address
    raise ValidationError({"name": "Choose another name."})
