"""Signatures that only a worker can check, as it needs the network. What is right is read then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from integrations.models import Payload, PayloadState
from integrations.senders import SENDERS, UnreadableError, load
from integrations.senders.base import stored
from integrations.senders.signatures import SilentError, UnsignedError
from integrations.workflow.receiving import JOB
from notifications.workflow import wake_worker

PAUSE = timedelta(seconds=30)
"""Before the second check, twice as long before the third, and so on. Longer than a check takes."""


@dataclass(frozen=True)
class Claim:
    """One check of one payload. Another worker begins the next only after it can no longer be under way."""

    payload: Payload
    attempt: int

    def settle(self, **fields: object) -> bool:
        rows = Payload.objects.unchecked().filter(pk=self.payload.pk, attempts=self.attempt)
        return bool(rows.update(**fields))

    def end(self, state: str, outcome: str) -> None:
        self.settle(state=state, outcome=stored(outcome)[:500], processed_at=timezone.now())


def unchecked_payloads(*, at_most: int, now: datetime) -> list[int]:
    """The ids of those whose signature is to be checked now."""
    return list(Payload.objects.unchecked().filter(check_at__lte=now).values_list("pk", flat=True)[:at_most])


def check_payload(payload_id: int) -> bool:
    """Check one signature; False where another worker does.

    An attempt is counted before it is made. Without an answer it is made again, up to five times.
    """
    load()
    claim = _claim(payload_id, timezone.now())
    if claim is None:
        return False
    payload, sender = claim.payload, SENDERS.get(claim.payload.dialect)
    if sender is None or sender.proof is None:
        claim.end(PayloadState.FAILED, f"Nothing here checks signatures of “{payload.dialect}”.")
        return True
    if claim.attempt > Payload.MOST_ATTEMPTS:
        claim.end(PayloadState.FAILED, f"Given up after {Payload.MOST_ATTEMPTS} attempts. {payload.outcome}")
        return True
    topic = payload.integration.topic_arn
    try:
        told = sender.proof(
            bytes(payload.body), payload.headers, topic=topic, received_at=payload.received_at
        )
    except UnsignedError as fault:
        claim.end(PayloadState.REJECTED, str(fault))
    except UnreadableError as fault:
        claim.end(PayloadState.FAILED, str(fault))
    except SilentError as fault:
        claim.settle(outcome=stored(f"The signature could not be checked yet: {fault}.")[:500])
    else:
        if told:
            claim.end(PayloadState.PROCESSED, told)
        elif claim.settle(check_at=None, attempts=0, outcome=""):
            wake_worker(JOB)
    return True


@transaction.atomic
def _claim(payload_id: int, now: datetime) -> Claim | None:
    rows = Payload.objects.unchecked().filter(pk=payload_id, check_at__lte=now)
    payload = rows.select_related("integration").select_for_update(of=("self",), skip_locked=True).first()
    if payload is None:
        return None
    again_at = now + PAUSE * 2 ** min(payload.attempts, Payload.MOST_ATTEMPTS)
    Payload.objects.filter(pk=payload.pk).update(attempts=F("attempts") + 1, check_at=again_at)
    return Claim(payload, payload.attempts + 1)
