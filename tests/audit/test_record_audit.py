"""Every chain links, nothing in it can be changed, and a tampered link is found."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit.context import coming_from
from audit.models import GENESIS, AuditEntry, first_broken_link
from audit.workflow import record_audit

CHAIN = "incident:test"


def write(n: int) -> AuditEntry:
    with transaction.atomic():
        return record_audit(
            chain=CHAIN, action="test.done", subject=f"thing {n}", by=None, changes={"n": [n, n + 1]}
        )


def tamper(sql: str, *params) -> None:
    """Change the trail as somebody with the database password would: with the trigger out of the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER audit_append_only")
        cursor.execute(sql, params)
        cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER audit_append_only")


def verified() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


@pytest.fixture
def chain(db) -> list[AuditEntry]:
    with coming_from("10.0.0.7"):
        return [write(n) for n in range(4)]


def test_links_follow_each_other(chain):
    assert chain[0].previous_hash == GENESIS
    assert [e.sequence for e in chain] == [1, 2, 3, 4]
    assert [e.previous_hash for e in chain[1:]] == [e.hash for e in chain[:-1]]
    assert {(e.actor_label, e.origin) for e in chain} == {("Allclear", "10.0.0.7")}


def test_stored_chain_verifies(chain):
    assert first_broken_link(AuditEntry.objects.of(CHAIN)) is None
    assert "The audit trail holds" in verified()


def test_command_counts_every_link(chain):
    total = AuditEntry.objects.count()
    assert f"{total} links" in verified()


@pytest.mark.django_db(transaction=True)
def test_refuses_outside_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        record_audit(chain=CHAIN, action="test.done", subject="x", by=None)


def test_links_cut_off_the_end_are_missed(chain):
    tamper("DELETE FROM audit_auditentry WHERE chain = %s AND sequence = 4", CHAIN)
    with pytest.raises(CommandError, match=f"of {CHAIN} ends at link 3, but 4"):
        verified()


def test_a_chain_that_is_gone_is_missed(chain):
    tamper("DELETE FROM audit_auditentry WHERE chain = %s", CHAIN)
    with pytest.raises(CommandError, match="ends at link 0, but 4"):
        verified()


@pytest.mark.parametrize(
    "change", ["UPDATE audit_auditentry SET action = 'x'", "DELETE FROM audit_auditentry"]
)
def test_database_refuses_changes(chain, change):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert AuditEntry.objects.of(CHAIN).count() == 4


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE audit_auditentry SET subject = 'other' WHERE chain = %s AND sequence = 2", 2),
        ("UPDATE audit_auditentry SET changes = '{\"n\": [9, 9]}' WHERE chain = %s AND sequence = 3", 3),
        ("UPDATE audit_auditentry SET actor_label = 'Eve' WHERE chain = %s AND sequence = 4", 4),
        ("UPDATE audit_auditentry SET at = at - interval '1 day' WHERE chain = %s AND sequence = 1", 1),
        ("DELETE FROM audit_auditentry WHERE chain = %s AND sequence = 2", 3),
        ("DELETE FROM audit_auditentry WHERE chain = %s AND sequence = 1", 2),
    ],
)
def test_tampering_is_found_and_named(chain, sql, broken):
    tamper(sql, CHAIN)
    with pytest.raises(CommandError, match=f"link {broken} of {CHAIN}") as error:
        verified()
    assert error.value.returncode == 1


def test_hash_survives_the_way_through_the_database(db, commander):
    from datetime import UTC, datetime
    from decimal import Decimal
    from uuid import UUID

    with transaction.atomic():
        record_audit(
            chain=CHAIN,
            action="test.done",
            subject="ä “quoted” 🌱",
            by=commander,
            changes={
                "when": datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC),
                "many": Decimal("1.10"),
                "id": UUID(int=7),
                "large": 12345678901234567890,
                "float": 0.1,
                "z": None,
                "a": {"y": True, "b": [1, "x"]},
            },
        )
    assert first_broken_link(AuditEntry.objects.of(CHAIN)) is None


def test_a_chain_removed_with_its_end_is_missed(incident):
    assert "The audit trail holds" in verified()
    tamper("DELETE FROM audit_auditentry WHERE chain = %s", incident.chain)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditchain WHERE chain = %s", [incident.chain])
    with pytest.raises(CommandError, match=f"of {incident.chain} .* was removed"):
        verified()


def test_a_trail_that_was_emptied_is_missed(incident):
    tamper("TRUNCATE audit_auditentry, audit_auditchain")
    with pytest.raises(CommandError, match="was removed"):
        verified()
