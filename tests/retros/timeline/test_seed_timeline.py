"""Does the account begin with the incident's own key events, once, and follow them until somebody touches it?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from incidents.workflow import set_milestones
from notifications.models import OutboxMessage
from retros.imports.rows import Row
from retros.models import Retrospective, RetrospectiveStatus, TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.workflow import bring_rows, change_entry, remove_entry, seed_timeline
from timeline.models import TimelineEvent
from timeline.workflow import attach_evidence, mark_gap, remove_event, star_event, write_event


def texts(retrospective):
    return [row.text for row in RetrospectiveTimeline(retrospective).standing]


def test_key_events_come_with_what_they_say(retrospective, over, commander, began):
    note = write_event(incident=over, by=commander, text="only a note")
    star_event(event=write_event(incident=over, by=commander, text="starred"), by=commander, starred=True)
    mark_gap(incident=over, by=commander, text="no metrics", occurred_at=began, minutes=6)
    evidence = attach_evidence(incident=over, by=commander, kind="alert", title="Page", captured_at=began)
    brought = seed_timeline(retrospective=retrospective, by=commander)
    rows = {row.text: row for row in RetrospectiveTimeline(retrospective).standing}
    assert brought.added == len(rows)
    assert note.text not in rows
    assert rows["Page"].evidence.get() == evidence
    assert rows["no metrics"].ended_at == began + timedelta(minutes=6)
    assert rows["Detected"].phase == "detected"
    assert rows["Detected"].known_at  # it was written down hours later
    assert {"starred", "Impact began", "Mitigated", "Resolved"} <= set(rows)


def test_again_brings_only_what_is_new(retrospective, over, commander):
    seed_timeline(retrospective=retrospective, by=commander)
    before = texts(retrospective)
    traces = AuditEntry.objects.of(retrospective.chain).count(), OutboxMessage.objects.count()
    assert seed_timeline(retrospective=retrospective, by=commander).added == 0
    assert texts(retrospective) == before
    assert (AuditEntry.objects.of(retrospective.chain).count(), OutboxMessage.objects.count()) == traces
    write_event(incident=over, by=commander, kind="decision", text="decided late")
    assert seed_timeline(retrospective=retrospective, by=commander).added == 1


def test_untouched_rows_follow_the_incident_touched_ones_stay(retrospective, over, commander, began):
    decision = write_event(incident=over, by=commander, kind="decision", text="roll back")
    seed_timeline(retrospective=retrospective, by=commander)
    touched = TimelineEntry.objects.get(text="Mitigated")
    change_entry(entry=touched, by=commander, text="Mitigated for most")
    set_milestones(
        incident=over,
        by=commander,
        moments={"detected_at": began + timedelta(minutes=9), "mitigated_at": began + timedelta(minutes=44)},
    )
    remove_event(event=decision, by=commander)
    assert seed_timeline(retrospective=retrospective, by=commander).changed == 2
    account = RetrospectiveTimeline(retrospective)
    assert account.times["D"] == began + timedelta(minutes=9)
    assert account.times["M"] == began + timedelta(minutes=40)
    assert account.moments["M"].elsewhere == began + timedelta(minutes=44)
    assert "roll back" not in texts(retrospective)


def test_a_phase_given_way_to_stays_given_way_to(retrospective, over, commander, began):
    bring_rows(
        retrospective=retrospective,
        by=commander,
        rows=[Row(occurred_at=began, text="seen", source="paste", source_id="1", phase="detected")],
    )
    for _ in range(3):
        seed_timeline(retrospective=retrospective, by=commander)
        marked = TimelineEntry.objects.standing().filter(phase="detected")
        assert [row.text for row in marked] == ["seen"]


def test_a_phase_the_incident_moves_to_another_row_moves_here_too(retrospective, over, commander, began):
    moments = {"occurred_at": began + timedelta(minutes=1), "phase": "escalated"}
    first = write_event(incident=over, by=commander, text="called the others", **moments)
    write_event(incident=over, by=commander, text="called them again", **moments)
    seed_timeline(retrospective=retrospective, by=commander)
    marked = TimelineEntry.objects.standing().filter(phase="escalated")
    assert [row.text for row in marked] == ["called the others"]
    write_event(incident=over, by=commander, text="before all", occurred_at=began, phase="escalated")
    for _ in range(2):  # who marks it goes on doing so
        seed_timeline(retrospective=retrospective, by=commander)
        assert [row.text for row in marked.all()] == ["called the others"]
    remove_event(event=first, by=commander)
    for _ in range(2):
        seed_timeline(retrospective=retrospective, by=commander)
        assert [row.text for row in marked.all()] == ["before all"]


def test_the_length_of_a_gap_and_when_it_was_known_are_followed(retrospective, over, commander, began):
    seed_timeline(retrospective=retrospective, by=commander)
    gap = mark_gap(incident=over, by=commander, text="no metrics", occurred_at=began, minutes=6)
    seed_timeline(retrospective=retrospective, by=commander)
    TimelineEvent.objects.filter(pk=gap.pk).update(data={"minutes": 9}, recorded_at=began)
    seed_timeline(retrospective=retrospective, by=commander)
    row = TimelineEntry.objects.get(text="no metrics")
    assert (row.ended_at, row.known_at) == (began + timedelta(minutes=9), None)


def test_a_recollection_of_the_incident_begins_no_phase(retrospective, over, commander, began):
    write_event(
        incident=over, by=commander, text="it felt sudden", occurred_at=began, phase="introduced", is_recollection=True
    )  # fmt: skip
    seed_timeline(retrospective=retrospective, by=commander)
    assert TimelineEntry.objects.get(text="it felt sudden").phase == ""


def test_what_was_removed_here_stays_removed(retrospective, commander):
    seed_timeline(retrospective=retrospective, by=commander)
    remove_entry(entry=TimelineEntry.objects.get(text="Detected"), by=commander)
    assert seed_timeline(retrospective=retrospective, by=commander).added == 0
    assert "Detected" not in texts(retrospective)


def test_a_retrospective_without_an_incident_has_nothing_to_take_over(commander):
    of_a_sprint = Retrospective.objects.create(title="Sprint 12", subject="sprint", owner=commander)
    assert seed_timeline(retrospective=of_a_sprint, by=commander).added == 0


def test_who_cannot_reach_it_and_what_is_published(private_retrospective, outsider, stakeholder, commander):
    for person in (outsider, stakeholder):
        with pytest.raises(PermissionDenied):
            seed_timeline(retrospective=private_retrospective, by=person)
    private_retrospective.status = RetrospectiveStatus.PUBLISHED
    private_retrospective.save()
    with pytest.raises(ValidationError, match="published"):
        seed_timeline(retrospective=private_retrospective, by=commander)
