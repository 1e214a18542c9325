"""From a stored payload to alerts and incidents."""

import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from alerts.observed import Parsed
from alerts.workflow import route_alerts, services_by_name, take_in, wait_for_others
from audit.workflow import INSTALLATION, record_audit
from incidents.workflow import receive_change
from integrations.models import Payload, PayloadState
from integrations.senders import SENDERS, UnreadableError, load
from integrations.senders.base import stored
from integrations.senders.payload_fields import key_of
from integrations.workflow.receiving import CHECK, JOB
from notifications.workflow import wake_worker

MOST_IN_ONE = 1000
"""Alerts and changes in one payload: as many as a worker reads in a few seconds."""
logger = logging.getLogger(__name__)


def waiting_payloads(*, at_most: int) -> list[int]:
    """The ids of those that wait, in their order."""
    return list(Payload.objects.waiting().values_list("pk", flat=True)[:at_most])


def process_payload(payload_id: int) -> bool:
    """Read one payload and bring alerts up to what it tells; False where another worker has it, or it failed.

    What cannot be understood is kept with the reason. An attempt is counted before it is made: a payload that fails in
    an unforeseen way, or ends the process, is given up after some of them, and none stops the others.
    """
    load()
    if not _count_attempt(payload_id):
        return False
    try:
        return _read(payload_id)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the job goes on later
    except Exception:
        logger.exception("payload %s could not be read and will be tried again", payload_id)
        return False


@transaction.atomic
def _count_attempt(payload_id: int) -> bool:
    rows = Payload.objects.waiting().select_for_update(skip_locked=True).filter(pk=payload_id)
    payload = rows.only("pk").first()
    return payload is not None and bool(
        Payload.objects.filter(pk=payload.pk).update(attempts=F("attempts") + 1)
    )


@transaction.atomic
def _read(payload_id: int) -> bool:
    """In the order in which a sender sent: one that came earlier is read first."""
    waiting = Payload.objects.waiting()
    integration_id = waiting.filter(pk=payload_id).values_list("integration_id", flat=True).first()
    if integration_id is None:
        return False
    wait_for_others(integration_id)
    rows = waiting.select_related("integration__service", "integration__account")
    payload = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=payload_id).first()
    if payload is None or waiting.filter(integration_id=integration_id, pk__lt=payload_id).exists():
        return False
    if payload.attempts > Payload.MOST_ATTEMPTS:
        _settle(payload, PayloadState.FAILED, f"Given up after {Payload.MOST_ATTEMPTS} attempts.")
        return True
    try:
        with transaction.atomic():
            outcome = _process(payload)
    except UnreadableError as fault:
        _settle(payload, PayloadState.FAILED, str(fault))
    except PermissionDenied:
        _settle(payload, PayloadState.FAILED, "The account of this integration may not do this.")
    except ValidationError as fault:
        _settle(payload, PayloadState.FAILED, " ".join(fault.messages))
    else:
        _settle(payload, PayloadState.PROCESSED, outcome)
    return True


def _process(payload: Payload) -> str:
    """What became of it, in words."""
    integration, sender = payload.integration, SENDERS.get(payload.dialect)
    if sender is None:
        raise UnreadableError(f"Nothing here reads “{payload.dialect}”.")
    body = {} if sender.takes_anything else sender.read(bytes(payload.body))
    parsed = sender.parse(body, payload.headers, integration.mapping)
    if len(parsed.alerts) + len(parsed.changes) > MOST_IN_ONE:
        raise UnreadableError(f"More than {MOST_IN_ONE:,} alerts in one payload are not read.")
    taken = take_in(
        integration=integration,
        parsed=parsed,
        received_at=payload.received_at,
        by=integration.account,
        is_test=payload.is_test,
    )
    opened = route_alerts(
        alerts=taken.firing,
        again=taken.firing_again,
        opens=integration.opens,
        by=integration.account,
        at=payload.received_at,
    )
    payload.alerts = len(parsed.alerts)
    said = [str(taken) if parsed.alerts else "", _opened(len(opened)), _changes(payload, parsed), parsed.note]
    return ", ".join(filter(None, said)) or "No alert"


def _opened(count: int) -> str:
    """Without references: an incident may become private, and this stays."""
    return f"{count} {'incident' if count == 1 else 'incidents'} opened" if count else ""


def _changes(payload: Payload, parsed: Parsed) -> str:
    """Changes are shown beside incidents of their service, and notify nobody."""
    integration = payload.integration
    services = services_by_name(change.service for change in parsed.changes)
    for change in parsed.changes if not payload.is_test else ():
        receive_change(
            by=integration.account,
            key=key_of(str(integration.pk), change.key),
            title=change.title,
            at=change.at,
            kind=change.kind,
            service=services.get(change.service.casefold()) or integration.service,
            url=change.url if change.url.startswith(("http://", "https://")) else "",
            source=integration.name[:60],
        )
    count = len(parsed.changes)
    return f"{count} {'change' if count == 1 else 'changes'}" if count else ""


def _settle(payload: Payload, state: str, outcome: str) -> None:
    payload.state, payload.outcome, payload.processed_at = state, stored(outcome)[:500], timezone.now()
    payload.save(update_fields=["state", "outcome", "processed_at", "alerts"])


@transaction.atomic
def replay_payload(*, payload: Payload, by: User) -> Payload:
    """Read it once more, such as after the mapping was mended. What it told already stays as it is."""
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change integrations.")
    payload = Payload.objects.select_for_update(of=("self",)).get(pk=payload.pk)
    if not payload.has_body:
        return payload
    is_unchecked = payload.check_at is not None
    payload.state, payload.attempts, payload.outcome = PayloadState.WAITING, 0, ""
    payload.check_at = timezone.now() if is_unchecked else None
    payload.replayed_at, payload.replayed_by = timezone.now(), by
    payload.save(update_fields=["state", "attempts", "outcome", "check_at", "replayed_at", "replayed_by"])
    subject = f"integration:{payload.integration_id}"
    record_audit(
        chain=INSTALLATION, action="payload.replayed", subject=subject, by=by, changes={"payload": payload.pk}
    )
    wake_worker(CHECK if is_unchecked else JOB)
    return payload
