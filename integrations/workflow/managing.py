"""Integrations: create, change, pause, rotate the key, delete."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.workflow import add_service_account
from audit.workflow import INSTALLATION, record_audit
from core.jmespaths import ExpressionError, check_expression
from incidents.models import Service
from integrations.models import (
    OVERLAP,
    USUAL_SILENCE,
    Integration,
    Opens,
    PayloadState,
    hash_key,
    new_key,
)
from integrations.senders import SENDERS, load
from integrations.senders.mappings import CHOICES, USUAL, WORDS
from integrations.workflow.heartbeats import KIND as HEARTBEAT
from integrations.workflow.receiving import JOB
from notifications.workflow import wake_worker
from signals.models import DataSource, SourceKind

TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?")
NOT_SAID: Any = object()


@transaction.atomic
def create_integration(
    *,
    by: User,
    kind: str,
    name: str,
    service: Service | None = None,
    opens: str = Opens.CRITICAL,
    expected_every: int | None = None,
    topic_arn: str = "",
) -> tuple[Integration, str]:
    """An integration with a service account of its own, and the key that its sender needs, which is not stored.

    `expected_every` is of a heartbeat: the minutes after which nothing heard is an alert; `topic_arn` is of Amazon SNS.
    Raises ValidationError naming the field.
    """
    _require_administrator(by)
    load()
    if kind not in SENDERS:
        raise ValidationError(
            {"kind": f"There is no kind “{kind}”. There are: {', '.join(sorted(SENDERS))}."}
        )
    key = new_key()
    integration = Integration(
        kind=kind,
        name=name.strip(),
        service=service,
        opens=opens,
        expected_every=_expected(expected_every, kind) or (USUAL_SILENCE if kind == HEARTBEAT else None),
        topic_arn=_topic(topic_arn, kind),
        key_hash=hash_key(key),
        key_ending=key[-5:],
        created_by=by,
    )
    integration.clean_fields(exclude=["account"])
    integration.validate_unique()
    integration.account = add_service_account(by=by, name=_name_of_account(integration.name))
    integration.save()
    audit_integration("integration.created", integration, by, kind=kind)
    return integration, key


@transaction.atomic
def change_integration(
    *,
    by: User,
    integration: Integration,
    name: str | None = None,
    service: Service | None = NOT_SAID,
    opens: str | None = None,
    mapping: Mapping[str, str] | None = None,
    secret: str | None = None,
    expected_every: int | None = None,
    silenced_in: DataSource | None = NOT_SAID,
    topic_arn: str | None = None,
) -> Integration:
    """Its name, service, what it opens, where fields stand in its payloads, and the secret that its sender signs with.

    What is not said stays as it is. An empty secret means that signatures are not checked. `silenced_in` is the
    Alertmanager that its alerts come from. With an empty topic, messages of all topics of SNS are taken, if SNS signed them.
    """
    load()
    integration = lock_integration(integration, by)
    said: dict[str, Any] = {}
    if name is not None:
        said["name"] = name.strip()
    if service is not NOT_SAID:
        said["service"] = service
    if opens is not None:
        said["opens"] = opens
    if mapping is not None:
        said["mapping"] = _checked(mapping, integration.kind)
    if expected_every is not None:
        said["expected_every"] = _expected(expected_every, integration.kind)
    if secret is not None:
        said["secret"] = _secret(secret, integration.kind)
    if silenced_in is not NOT_SAID:
        said["silenced_in"] = _silencing(silenced_in, integration.kind)
        integration.quiet_asked_at = None
    if topic_arn is not None:
        said["topic_arn"] = _topic(topic_arn, integration.kind)
    for field, value in said.items():
        setattr(integration, field, value)
    integration.clean_fields(exclude=["account"])
    integration.validate_unique()
    if said:
        integration.save(update_fields=[*said, "quiet_asked_at"])
        wake_worker()
        told = {field: _told(field, value) for field, value in said.items()}
        audit_integration("integration.changed", integration, by, **told)
    return integration


@transaction.atomic
def pause_integration(*, by: User, integration: Integration) -> Integration:
    """What comes is stored and not read until it is resumed."""
    integration = lock_integration(integration, by)
    if integration.paused_at is None:
        integration.paused_at, integration.paused_by = timezone.now(), by
        integration.save(update_fields=["paused_at", "paused_by"])
        audit_integration("integration.paused", integration, by)
    return integration


@transaction.atomic
def resume_integration(*, by: User, integration: Integration) -> Integration:
    """What came while it was paused is read now."""
    integration = lock_integration(integration, by)
    if integration.paused_at is not None:
        integration.paused_at = integration.paused_by = None
        integration.save(update_fields=["paused_at", "paused_by"])
        paused = integration.payloads.filter(state=PayloadState.PAUSED)
        paused.update(state=PayloadState.WAITING, outcome="")
        wake_worker(JOB)
        audit_integration("integration.resumed", integration, by)
    return integration


@transaction.atomic
def rotate_key(*, by: User, integration: Integration, at_once: bool = False) -> tuple[Integration, str]:
    """A new key. The old one works for another 24 hours, or with `at_once` no more."""
    integration = lock_integration(integration, by)
    key = new_key()
    integration.previous_hash = "" if at_once else integration.key_hash
    integration.previous_until = None if at_once else timezone.now() + OVERLAP
    integration.key_hash, integration.key_ending, integration.key_made_at = (
        hash_key(key),
        key[-5:],
        timezone.now(),
    )
    integration.save()
    audit_integration("integration.key_rotated", integration, by, at_once=at_once)
    return integration, key


@transaction.atomic
def delete_integration(*, by: User, integration: Integration) -> None:
    """With its payloads and alerts. Incidents stay, and so does its account, which the audit trail names."""
    integration = lock_integration(integration, by)
    audit_integration("integration.deleted", integration, by)
    integration.delete()


def _checked(mapping: Mapping[str, str], kind: str) -> dict[str, str]:
    usual = USUAL.get(kind, {})
    if mapping and not usual:
        *others, last = (f"“{SENDERS[one].name}”" for one in USUAL)
        raise ValidationError({"mapping": f"Only {', '.join(others)} and {last} take a mapping."})
    faults = {}
    words, choices = WORDS.get(kind, ()), CHOICES.get(kind, {})
    for name, path in mapping.items():
        if name in words:
            continue
        if name in choices:
            if path and path not in choices[name]:
                faults[name] = f"“{path}” is none of {', '.join(choices[name])}."
        elif name not in usual:
            faults[name] = f"There is no field “{name}”. There are {', '.join((*usual, *words, *choices))}."
        elif path:
            try:
                check_expression(path)
            except ExpressionError as fault:
                faults[name] = str(fault)
    if faults:
        raise ValidationError({"mapping": [f"{name}: {fault}" for name, fault in faults.items()]})
    return {name: path.strip() for name, path in mapping.items() if path.strip()}


def _secret(secret: str, kind: str) -> str:
    if secret and SENDERS[kind].signature is None:
        signing = ", ".join(sorted(one.name for one in SENDERS.values() if one.signature))
        raise ValidationError({"secret": f"{SENDERS[kind].name} signs nothing. These do: {signing}."})
    if secret and not secret.strip():
        raise ValidationError({"secret": "Enter a secret."})
    return secret.strip()


def _topic(arn: str, kind: str) -> str:
    arn = arn.strip()
    if arn and SENDERS[kind].proof is None:
        raise ValidationError({"topic_arn": f"{SENDERS[kind].name} sends through no topic of Amazon SNS."})
    if arn and not TOPIC.fullmatch(arn):
        raise ValidationError(
            {
                "topic_arn": "This is no ARN of a topic. One looks like arn:aws:sns:eu-west-1:123456789012:alarms."
            }
        )
    return arn


def _expected(minutes: int | None, kind: str) -> int | None:
    if minutes is not None and kind != HEARTBEAT:
        raise ValidationError({"expected_every": "Only a heartbeat is expected regularly."})
    return minutes


def _silencing(source: DataSource | None, kind: str) -> DataSource | None:
    if source is not None and not SENDERS[kind].has_silences:
        raise ValidationError(
            {"silenced_in": f"Alerts of {SENDERS[kind].name} cannot be silenced from here."}
        )
    if source is not None and source.kind != SourceKind.ALERTMANAGER:
        raise ValidationError({"silenced_in": f"{source} is no Alertmanager."})
    return source


def _told(field: str, value: Any) -> Any:
    """What the audit trail may hold of it."""
    if field == "secret":
        return "set" if value else "removed"
    return str(value or "") if field in ("service", "silenced_in") else value


def _name_of_account(name: str) -> str:
    taken = set(User.objects.service_accounts().values_list("name", flat=True))
    wanted, n = f"{name} (integration)"[:100], 2
    while wanted in taken:
        wanted, n = f"{name} (integration {n})"[:100], n + 1
    return wanted


def lock_integration(integration: Integration, by: User) -> Integration:
    _require_administrator(by)
    return Integration.objects.select_for_update().get(pk=integration.pk)


def _require_administrator(by: User) -> None:
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change integrations.")


def audit_integration(action: str, integration: Integration, by: User, **changes: Any) -> None:
    subject = f"integration:{integration.pk}"
    record_audit(
        chain=INSTALLATION,
        action=action,
        subject=subject,
        by=by,
        changes={"name": integration.name} | changes,
    )
