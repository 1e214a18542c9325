"""After many random edits on both sides, with kills in between: are both equal, or is a conflict there to see?"""

import os
import random
from datetime import date

import pytest
from django.utils import timezone

from action_items.workflow.from_tickets import take_from_ticket
from audit.models import AuditEntry
from tests.trackers.served.serving import Fault
from trackers.face import Field
from trackers.models import TicketConflict
from trackers.translating import Table
from trackers.workflow.linking import values_of
from trackers.workflow.sweeping import touch

ROUNDS = int(os.environ.get("TRACKER_ROUNDS", "40"))
"""Of some edits each; 700 are about 1,000 edits."""
FIELDS = (Field.TITLE, Field.STATE, Field.DUE, Field.PRIORITY)


@pytest.fixture
def edits(there, item, ticket, responder):
    """`edits.ours()` and `edits.theirs()` change some field at random."""

    class Edits:
        def __init__(self) -> None:
            self.random, self.count = random.Random(17), 0

        def value(self, field: Field) -> str:
            self.count += 1
            day = date.fromordinal(date(2027, 1, 1).toordinal() + self.count).isoformat()
            return {
                Field.TITLE: f"Title {self.count}",
                Field.STATE: self.random.choice(list(there.states)),
                Field.DUE: self.random.choice([day, day, ""]),
                Field.PRIORITY: self.random.choice(list(there.priorities)),
            }[field]

        def ours(self, field: Field | None = None) -> None:
            field = field or self.random.choice(FIELDS)
            value = self.value(field)
            item.refresh_from_db()
            said = (date.fromisoformat(value) if value else None) if field == Field.DUE else value
            take_from_ticket(item=item, by=responder, ticket="by hand", **{field.value: said})

        def theirs(self, field: Field | None = None, by: str = there.dana) -> None:
            field = field or self.random.choice(FIELDS)
            value = self.value(field)
            raw = {Field.STATE: there.states, Field.PRIORITY: there.priorities}.get(field, {}).get(
                value, value
            )
            there.edit(ticket.remote_id, by, **{field.value: raw})

    return Edits()


def test_nothing_is_lost(there, calls, edits, item, ticket, work_on, let_leases_end):
    pk = ticket.remote_id
    for _ in range(ROUNDS):
        for _ in range(edits.random.randrange(4)):
            edits.random.choice([edits.ours, edits.theirs])()
        what = edits.random.choice(["nothing", "before", "after", "lost", "between"])
        if what in ("before", "after"):
            calls.kill(what, edits.random.randrange(6))
        elif what == "lost":
            there.faults.append(Fault(loses=True, method=edits.random.choice(["GET", "POST", "PUT"])))
        elif what == "between":
            edits.ours(Field.TITLE)
            calls.edit_after_look(lambda: edits.theirs(Field.TITLE, there.sam))
        touch(ticket.tracker_id, [pk], timezone.now())
        work_on()
        calls.clear()
        there.faults.clear()
        let_leases_end()
    for _ in range(3):
        touch(ticket.tracker_id, [pk], timezone.now())
        work_on()
        let_leases_end()
    item.refresh_from_db()
    ticket.refresh_from_db()
    assert (ticket.problem, len(there.issues)) == ("", 1)
    tables, ours = ticket.project.tables(Table()), values_of(item)
    for field in FIELDS:
        assert tables.read(field, there.value(pk, field), ours[field]) == ours[field], field
    # A title is used once: each of theirs was taken here, or is in a conflict, or was written over there by them.
    known = set(TicketConflict.objects.filter(ticket=ticket, field="title").values_list("theirs", flat=True))
    for entry in AuditEntry.objects.filter(subject=item.reference, changes__has_key="title"):
        known |= set(entry.changes["title"])
    assert not _overwritten_by_us(there, pk) - known


def _overwritten_by_us(there, pk: str) -> set[str]:
    """Titles of theirs that Allclear wrote over."""
    return {before for by, before in there.titles(pk) if by not in (there.dana, there.sam)}
