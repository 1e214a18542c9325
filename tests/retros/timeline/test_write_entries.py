"""Are rows written, changed, removed and brought back without anybody's words being lost?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import AuditEntry
from incidents.workflow import Conflict
from notifications.models import OutboxMessage
from retros.models import Participant
from retros.timeline import RetrospectiveTimeline
from retros.workflow import add_entry, add_recollection, change_entry, remove_entry, restore_entry


@pytest.fixture
def row(retrospective, commander, began):
    return add_entry(
        retrospective=retrospective, by=commander, text=" opened the dashboard ", occurred_at=began
    )


def test_a_row_leaves_its_traces(retrospective, row, commander):
    assert (row.text, row.added_by) == ("opened the dashboard", commander)
    assert AuditEntry.objects.of(retrospective.chain).last().action == "timeline.written"
    message = OutboxMessage.objects.filter(subject=retrospective.chain).last()
    assert message.topic == "retrospective.timeline_changed"
    assert "dashboard" not in str(message.payload)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "  "),
        ("kind", "nonsense"),
        ("occurred_at", timedelta(hours=4)),
        ("ended_at", timedelta(minutes=-1)),
        ("known_at", timedelta(minutes=-1)),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(row, commander, began, field, value):
    with pytest.raises(ValidationError) as refusal:
        change_entry(
            entry=row, by=commander, **{field: began + value if isinstance(value, timedelta) else value}
        )
    assert list(refusal.value.error_dict) == [field]


def test_a_stale_change_loses_nothing(row, commander, responder):
    change_entry(entry=row, by=commander, version=0, text="opened two dashboards")
    with pytest.raises(Conflict) as conflict:
        change_entry(entry=row, by=responder, version=0, text="opened none")
    assert conflict.value.current.text == "opened two dashboards"


def test_a_change_is_audited_with_before_and_after_and_none_leaves_no_trace(retrospective, row, commander):
    change_entry(entry=row, by=commander, text="opened it")
    entry = AuditEntry.objects.of(retrospective.chain).last()
    assert entry.changes["text"] == ["opened the dashboard", "opened it"]
    before = AuditEntry.objects.count(), OutboxMessage.objects.count()
    row.refresh_from_db()
    change_entry(entry=row, by=commander, version=row.version, text="opened it")
    assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == before


def test_removed_with_what_stands_beside_it_and_back(retrospective, row, commander, responder):
    add_recollection(fact=row, by=responder, text="it was the other one")
    remove_entry(entry=row, by=commander)
    assert RetrospectiveTimeline(retrospective).standing == []
    restore_entry(entry=row, by=commander)
    (fact,) = RetrospectiveTimeline(retrospective).facts
    assert [beside.text for beside in fact.beside_it] == ["it was the other one"]


def test_several_people_remember_side_by_side(retrospective, row, commander, responder, admin, began):
    one = add_recollection(fact=row, by=responder, text="before the page")
    add_recollection(
        fact=one, by=commander, actor=admin, text="after it", occurred_at=began + timedelta(minutes=2)
    )
    (fact,) = RetrospectiveTimeline(retrospective).facts
    assert [(r.actor, r.text, r.is_recollection) for r in fact.beside_it] == [
        (responder, "before the page", True), (admin, "after it", True),
    ]  # fmt: skip


def test_who_writes(retrospective, row, stakeholder, outsider, private_retrospective):
    with pytest.raises(PermissionDenied):
        change_entry(entry=row, by=stakeholder, text="x")
    Participant.objects.create(retrospective=retrospective, user=stakeholder)
    change_entry(entry=row, by=stakeholder, text="I was there, too")
    with pytest.raises(PermissionDenied):
        add_entry(retrospective=private_retrospective, by=outsider, text="x", occurred_at=timezone.now())
