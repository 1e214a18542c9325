"""The one verb of the audit trail."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from audit import context
from audit.models import GENESIS, AuditEntry

INSTALLATION = "installation"


def record_audit(
    *, chain: str, action: str, subject: str, by: Any, changes: dict | None = None
) -> AuditEntry:
    """Append one link to `chain`, in the caller's transaction; `by` is a user, or None for the system.

    Raises TransactionManagementError outside a transaction: a change and its record commit together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "record_audit belongs into the transaction of the change"
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", ["audit:" + chain])
    last = AuditEntry.objects.filter(chain=chain).order_by("-sequence").values("sequence", "hash").first()
    entry = AuditEntry(
        chain=chain,
        sequence=last["sequence"] + 1 if last else 1,
        at=timezone.now(),
        actor=by,
        actor_label=str(by) if by else "Allclear",
        origin=context.origin(),
        action=action,
        subject=subject,
        changes=changes or {},
        previous_hash=last["hash"] if last else GENESIS,
    )
    entry.hash = entry.expected_hash()
    entry.save(force_insert=True)
    return entry
