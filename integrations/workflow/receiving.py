"""From a request to a stored payload. Nothing is read here: the answer waits for the database alone."""

import re
from collections.abc import Mapping
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from integrations.models import PREFIX, Integration, Payload, PayloadState
from integrations.senders import SENDERS, load
from integrations.senders.base import stored
from integrations.workflow.heartbeats import KIND as HEARTBEAT
from notifications.workflow import wake_worker

JOB = "integrations.tasks.process_waiting_payloads"
CHECK = "integrations.tasks.check_signatures"
NOTED_EVERY = timedelta(seconds=10)
SECRET_WORDS = ("authorization", "cookie", "token", "secret", "key", "password")
"""Headers with one of these in their name are kept without their value."""
KEY = re.compile(rf"{PREFIX}[0-9a-f]{{32}}")
MOST_HEADERS, LONGEST_HEADER = 50, 500


@transaction.atomic
def receive(
    *,
    integration: Integration,
    dialect: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
    is_test: bool = False,
) -> Payload:
    """Store a payload for a worker, which reads it within seconds. One of a paused integration stays unread."""
    load()
    now, sender = timezone.now(), SENDERS.get(dialect)
    is_checked_later = sender is not None and sender.proof is not None and not is_test
    payload = Payload.objects.create(
        integration=integration,
        dialect=dialect,
        headers=_kept(headers or {}),
        content_type=(headers or {}).get("Content-Type", "")[:100],
        body=re.sub(KEY.pattern.encode(), b"...", body),
        size=len(body),
        state=PayloadState.PAUSED if integration.paused_at else PayloadState.WAITING,
        outcome="The integration is paused." if integration.paused_at else "",
        check_at=now if is_checked_later else None,
        is_test=is_test,
        received_at=now,
    )
    is_heard = not (is_test and integration.kind == HEARTBEAT)  # a person's test says nothing of the job
    last = integration.last_received_at
    if is_heard and (last is None or now - last >= NOTED_EVERY):
        Integration.objects.filter(pk=integration.pk).update(last_received_at=now)
    if payload.state == PayloadState.WAITING:
        wake_worker(CHECK if is_checked_later else JOB)
    return payload


def refuse(*, integration: Integration, dialect: str, size: int, reason: str) -> Payload:
    """Note a request that was refused, without its body, for the page of the integration."""
    return Payload.objects.create(
        integration=integration,
        dialect=dialect,
        body=b"",
        size=size,
        state=PayloadState.REJECTED,
        outcome=reason[:500],
    )


def send_test(*, by: User, integration: Integration) -> Payload:
    """A test alert, as its sender would send it. It opens no incident."""
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change integrations.")
    load()
    sender = SENDERS[integration.kind]
    return receive(
        integration=integration,
        dialect=integration.kind,
        body=sender.write(sender.sample(integration.service.slug if integration.service else "")),
        headers={"Content-Type": sender.content_type},
        is_test=True,
    )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name[:100]: "…"
        if any(word in name.lower() for word in SECRET_WORDS)
        else KEY.sub("…", stored(value))[:LONGEST_HEADER]
        for name, value in list(headers.items())[:MOST_HEADERS]
    }
