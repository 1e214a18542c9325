"""Data sources: add, change, test, remove."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from audit.workflow import INSTALLATION, record_audit
from notifications.addresses import check_address
from notifications.kinds import DeliveryKind
from notifications.workflow import wake_worker
from signals.models import DataSource, Signal, SignIn, SourceKind, Trial
from signals.permissions import require_setting_up
from signals.workflow.managing import forget_values, require_values

JOB = "signals.tasks.answer_trials"
UNCHANGED = ""
"""A secret that is not said stays."""


@transaction.atomic
def add_data_source(
    *,
    by: User,
    name: str,
    kind: str,
    url: str,
    sign_in: str = SignIn.NONE,
    user_name: str = "",
    secret: str = "",
    tenant: str = "",
) -> DataSource:
    """A source that workers ask. Raises ValidationError naming the field."""
    require_setting_up(by)
    source = DataSource(created_by=by, kind=kind)
    _fill(source, name=name, url=url, sign_in=sign_in, user_name=user_name, secret=secret, tenant=tenant)
    source.save()
    _audit("data_source.added", source, by, kind=kind, url=source.url, sign_in=sign_in)
    return source


@transaction.atomic
def change_data_source(
    *,
    by: User,
    source: DataSource,
    name: str | None = None,
    url: str | None = None,
    sign_in: str | None = None,
    user_name: str | None = None,
    secret: str = UNCHANGED,
    tenant: str | None = None,
) -> DataSource:
    """What is not said stays. A secret goes only to the server that it was entered for.

    Values of another address or tenant are forgotten; captures stay.
    """
    source = _lock(source, by)
    before = _facts(source)
    if url is not None and url.strip() != source.url and source.secret and not secret:
        raise ValidationError({"secret": "Enter the token or password again, as the address has changed."})
    _fill(
        source, name=name, url=url, sign_in=sign_in, user_name=user_name, secret=secret or None, tenant=tenant
    )
    source.failures, source.retry_at = 0, None
    source.save()
    if any(getattr(source, name) != before[name] for name in ("url", "tenant")):
        for signal in Signal.objects.select_for_update(of=("self",)).filter(source=source).order_by("pk"):
            forget_values(signal)
            signal.save()
    after = _facts(source) | ({"secret": "changed"} if secret else {})
    changes = {key: [before.get(key), value] for key, value in after.items() if before.get(key) != value}
    if changes:
        _audit("data_source.changed", source, by, **changes)
    return source


@transaction.atomic
def remove_data_source(*, by: User, source: DataSource) -> None:
    """One that no signal uses. Silences there run out; its integrations stay."""
    source = _lock(source, by)
    if count := source.signals.count():
        uses = "1 signal uses it." if count == 1 else f"{count} signals use it."
        raise ValidationError(f"You can’t remove {source}: {uses} Remove or change them first.")
    _audit("data_source.removed", source, by)
    source.delete()


@transaction.atomic
def test_data_source(*, by: User, source: DataSource) -> Trial:
    """Have a worker ask whether it answers."""
    require_setting_up(by)
    return _ask(by=by, source=source)


@transaction.atomic
def try_query(
    *,
    by: User,
    source: DataSource,
    query: str,
    path: str = "",
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
) -> Trial:
    """Have a worker ask for the last three hours of a query, before or after it is a signal's."""
    require_setting_up(by)
    require_values(source)
    if not query.strip():
        raise ValidationError({"query": "Write a query to try."})
    return _ask(by=by, source=source, query=query.strip(), path=path.strip(), unit=unit, low=low, high=high)


def _ask(*, by: User, source: DataSource, **asked: Any) -> Trial:
    if Trial.objects.filter(asked_by=by, answered_at=None).count() >= 5:
        raise ValidationError("Some of your queries are still waiting for an answer. Wait for them first.")
    trial = Trial(source=source, asked_by=by, **asked)
    trial.clean_fields()
    trial.save()
    wake_worker(JOB)
    return trial


def _fill(source: DataSource, **said: str | None) -> None:
    for name, value in said.items():
        if value is not None:
            setattr(source, name, value if name == "secret" else value.strip())
    if source.sign_in == SignIn.NONE:
        source.secret = source.user_name = ""
    elif not source.secret:
        what = "the token" if source.sign_in == SignIn.BEARER else "the password"
        raise ValidationError({"secret": f"Enter {what}."})
    if source.sign_in == SignIn.BASIC and not source.user_name:
        raise ValidationError({"user_name": "Enter the user name."})
    for name in ("user_name", "secret", "tenant"):
        if any(ord(character) < 32 or ord(character) == 127 for character in getattr(source, name)):
            raise ValidationError({name: "Line breaks and control characters cannot be sent."})
    if source.sign_in == SignIn.BEARER and not source.secret.isascii():
        raise ValidationError({"secret": "A token has only Latin letters, digits and signs."})
    if not source.tenant.isascii():
        raise ValidationError({"tenant": "Use only Latin letters, digits and signs."})
    try:
        check_address(DeliveryKind.WEBHOOK, source.url)
    except ValidationError as refusal:
        raise ValidationError({"url": refusal.messages}) from refusal
    if source.kind != SourceKind.JSON and ("?" in source.url or "#" in source.url):
        raise ValidationError({"url": "Enter the address without what follows a ? or a #."})
    source.clean_fields(exclude=["created_by"])
    source.validate_unique()


def _facts(source: DataSource) -> dict[str, Any]:
    return {name: getattr(source, name) for name in ("name", "url", "sign_in", "user_name", "tenant")}


def _lock(source: DataSource, by: User) -> DataSource:
    require_setting_up(by)
    return DataSource.objects.select_for_update(of=("self",)).get(pk=source.pk)


def _audit(action: str, source: DataSource, by: User, **changes: Any) -> None:
    subject = f"data_source:{source.pk}"
    record_audit(
        chain=INSTALLATION, action=action, subject=subject, by=by, changes={"name": source.name} | changes
    )
