"""From a stored payload to alerts and incidents."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from alerts.observed import Parsed
from alerts.workflow import route_alerts, services_by_name, take_in
from audit.workflow import INSTALLATION, record_audit
from incidents.workflow import receive_change
from integrations.models import Payload, PayloadState
from integrations.senders import SENDERS, UnreadableError, load
from integrations.senders.base import read_json
from notifications.workflow import wake_worker

JOB = "integrations.tasks.process_waiting_payloads"


@transaction.atomic
def begin_payloads(*, at_most: int) -> list[int]:
    """The ids of those that wait and nobody has, in their order, with an attempt counted for each.

    An attempt is counted before it is made: a payload that ends the process is given up after some of them.
    """
    rows = Payload.objects.waiting().select_for_update(skip_locked=True).values_list("pk", flat=True)
    ids = list(rows[:at_most])
    Payload.objects.filter(pk__in=ids).update(attempts=F("attempts") + 1)
    return ids


@transaction.atomic
def process_payload(payload_id: int) -> bool:
    """Read one payload and bring alerts up to what it tells; False where another worker has it, or had it.

    What cannot be understood is kept with the reason.
    """
    load()
    rows = Payload.objects.waiting().select_related("integration__service", "integration__account")
    payload = rows.select_for_update(of=("self",), skip_locked=True).filter(pk=payload_id).first()
    if payload is None:
        return False
    if payload.attempts > Payload.MOST_ATTEMPTS:
        _settle(payload, PayloadState.FAILED, f"Given up after {Payload.MOST_ATTEMPTS} attempts.")
    else:
        _process(payload)
    return True


def _process(payload: Payload) -> None:
    integration = payload.integration
    sender = SENDERS.get(payload.dialect)
    try:
        if sender is None:
            raise UnreadableError(f"Nothing here reads “{payload.dialect}”.")
        parsed = sender.parse(read_json(bytes(payload.body)), payload.headers, integration.mapping)
    except UnreadableError as fault:
        _settle(payload, PayloadState.FAILED, str(fault))
        return
    taken = take_in(
        integration=integration,
        parsed=parsed,
        received_at=payload.received_at,
        by=integration.account,
        is_test=payload.is_test,
    )
    opened = route_alerts(alerts=taken.fired, opens=integration.opens, by=integration.account)
    said = [str(taken) if parsed.alerts else "", _opened(len(opened))]
    said += [_changes(payload, parsed), parsed.note]
    payload.alerts = len(parsed.alerts)
    _settle(payload, PayloadState.PROCESSED, ", ".join(filter(None, said)) or "No alert")


def _opened(count: int) -> str:
    """Without references: an incident may become private, and this stays."""
    return f"{count} suspected {'incident' if count == 1 else 'incidents'} opened" if count else ""


def _changes(payload: Payload, parsed: Parsed) -> str:
    """Changes are shown beside incidents of their service, and notify nobody."""
    integration = payload.integration
    services = services_by_name(change.service for change in parsed.changes)
    for change in parsed.changes if not payload.is_test else ():
        receive_change(
            by=integration.account,
            key=change.key,
            title=change.title,
            at=change.at,
            kind=change.kind,
            service=services.get(change.service.casefold()) or integration.service,
            url=change.url if change.url.startswith(("http://", "https://")) else "",
            source=integration.name,
        )
    count = len(parsed.changes)
    return f"{count} {'change' if count == 1 else 'changes'}" if count else ""


def _settle(payload: Payload, state: str, outcome: str) -> None:
    payload.state, payload.outcome, payload.processed_at = state, outcome[:500], timezone.now()
    payload.save(update_fields=["state", "outcome", "processed_at", "alerts"])


@transaction.atomic
def replay_payload(*, payload: Payload, by: User) -> Payload:
    """Read it once more, such as after the mapping was mended. What it told already stays as it is."""
    if not by.is_administrator:
        raise PermissionDenied("Only administrators can change integrations.")
    payload = Payload.objects.select_for_update(of=("self",)).get(pk=payload.pk)
    if payload.state == PayloadState.REJECTED:
        return payload
    payload.state, payload.attempts, payload.outcome = PayloadState.WAITING, 0, ""
    payload.replayed_at, payload.replayed_by = timezone.now(), by
    payload.save(update_fields=["state", "attempts", "outcome", "replayed_at", "replayed_by"])
    subject = f"integration:{payload.integration_id}"
    record_audit(
        chain=INSTALLATION, action="payload.replayed", subject=subject, by=by, changes={"payload": payload.pk}
    )
    wake_worker(JOB)
    return payload
