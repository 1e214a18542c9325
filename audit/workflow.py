"""The one verb of the audit trail."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from audit import context
from audit.models import GENESIS, AuditChain, AuditEntry
from core.person import Person

INSTALLATION = "installation"


class Said(NamedTuple):
    """What one link of the audit trail says."""

    action: str
    subject: str
    by: Person | None
    changes: dict[str, Any]


def record_audit(
    *, chain: str, action: str, subject: str, by: Person | None, changes: dict[str, Any] | None = None
) -> AuditEntry:
    """Append one link to `chain`, in the caller's transaction; `by` is a user, or None for the system.

    Raises TransactionManagementError outside a transaction: a change and its record commit together.
    """
    return record_all(chain=chain, said=[Said(action, subject, by, changes or {})])[0]


def record_many(
    *, chain: str, action: str, subjects: Iterable[tuple[str, dict[str, Any]]], by: Person | None
) -> None:
    """`record_all`, of the same `action` for each (subject, changes)."""
    record_all(chain=chain, said=[Said(action, subject, by, changes) for subject, changes in subjects])


def record_all(*, chain: str, said: Iterable[Said]) -> list[AuditEntry]:
    """Append a link to `chain` for each of `said`, in that order: two statements, however many.

    Raises TransactionManagementError outside a transaction: a change and its record commit together.
    """
    _require_transaction()
    sequence, last_hash = _lock_end_of(chain)
    entries: list[AuditEntry] = []
    for place, one in enumerate(said, sequence + 1):
        entries.append(_link(chain, place, *one, last_hash))
        last_hash = entries[-1].hash
    return AuditEntry.objects.bulk_create(entries)


def record_beginnings(
    *, action: str, beginnings: Iterable[tuple[str, str, dict[str, Any]]], by: Person | None
) -> None:
    """The first link of many new chains, (chain, subject, changes) each, in the caller's transaction.

    Raises IntegrityError where one of the chains is there already.
    """
    _require_transaction()
    entries = [
        _link(chain, 1, action, subject, by, changes, GENESIS) for chain, subject, changes in beginnings
    ]
    AuditChain.objects.bulk_create(AuditChain(chain=entry.chain) for entry in entries)
    AuditEntry.objects.bulk_create(entries)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A change and its audit entry commit together.")


def _link(
    chain: str,
    sequence: int,
    action: str,
    subject: str,
    by: Person | None,
    changes: dict[str, Any],
    previous: str,
) -> AuditEntry:
    """An entry with its hash, not saved yet."""
    entry = AuditEntry(
        chain=chain,
        sequence=sequence,
        at=timezone.now(),
        actor_id=by.pk if by else None,
        actor_label=str(by) if by else "Allclear",
        origin=context.origin(),
        action=action,
        subject=subject,
        changes=changes,
        previous_hash=previous,
    )
    entry.hash = entry.expected_hash()
    return entry


def _lock_end_of(chain: str) -> tuple[int, str]:
    """The sequence and hash of the last link; the chain stays locked to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_auditchain AS stored (chain, sequence, hash) VALUES (%s, 0, %s)"
            " ON CONFLICT (chain) DO UPDATE SET sequence = stored.sequence RETURNING sequence, hash",
            [chain, GENESIS],
        )
        sequence, stored = cursor.fetchone()
        return sequence, stored
