"""The audit trail: who changed what from what to what, when, from where. Append-only and hash-chained."""

import hashlib
import json
from collections.abc import Iterable

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

GENESIS = "0" * 64
EMPTY: tuple = (None, "", [])
LISTS = frozenset({"audiences", "people", "services"})  # recorded as lists, never as [old, new]


class AuditQuerySet(models.QuerySet):
    def of(self, chain: str) -> "AuditQuerySet":
        return self.filter(chain=chain).order_by("sequence")

    def newest_first(self) -> "AuditQuerySet":
        return self.select_related("actor").order_by("-sequence")

    def page_of(
        self, chain: str, before: int | None = None, size: int = 50
    ) -> "tuple[list[AuditEntry], int | None]":
        """The newest entries before a sequence number, and from where the next page goes on (None: the end)."""
        entries = self.filter(chain=chain).newest_first()
        if before is not None:
            entries = entries.filter(sequence__lt=before)
        page = list(entries[: size + 1])
        return page[:size], page[size - 1].sequence if len(page) > size else None


class AuditChain(models.Model):
    """Where a chain ends: the database moves it on with every link, so that links cut off its end are missed."""

    chain = models.CharField(max_length=64, primary_key=True)
    sequence = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence}"


class AuditEntry(models.Model):
    """One link. `hash` = SHA-256 over the previous hash and the canonical JSON of this entry's facts."""

    chain = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    actor_label = models.CharField(max_length=200)
    origin = models.CharField(max_length=100, blank=True)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=200)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_one_link_per_place")]

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence} {self.action}"

    @property
    def told_action(self) -> str:
        return self.action.replace(".", " ").replace("_", " ")

    @property
    def told_changes(self) -> "list[tuple[str, object, object]]":
        """(name, from, to) per change, each name as it is recorded; [old, new] is recorded as a pair, anything else has no past.

        The names in `LISTS` are recorded as lists: two audiences are not an old and a new one.

        What was empty and stayed empty is not worth a line.
        """
        told = [
            (
                name,
                *(
                    value
                    if isinstance(value, list) and len(value) == 2 and name not in LISTS
                    else (None, value)
                ),
            )
            for name, value in self.changes.items()
        ]
        return [(name, old, new) for name, old, new in told if old not in EMPTY or new not in EMPTY]

    def expected_hash(self) -> str:
        facts = [
            self.previous_hash,
            self.chain,
            self.sequence,
            self.at.isoformat(),
            self.actor_id,
            self.actor_label,
            self.origin,
            self.action,
            self.subject,
            json.loads(json.dumps(self.changes, cls=DjangoJSONEncoder)),
        ]
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken_link(entries: Iterable[AuditEntry]) -> AuditEntry | None:
    """The first entry of one chain, in order, that does not follow from those before it; None if all hold."""
    previous_hash = GENESIS
    for sequence, entry in enumerate(entries, 1):
        if (entry.sequence, entry.previous_hash) != (sequence, previous_hash):
            return entry
        if entry.hash != entry.expected_hash():
            return entry
        previous_hash = entry.hash
    return None
