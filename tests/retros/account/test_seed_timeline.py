"""Does the account begin with the incident's own key events, once, and follow them until somebody touches it?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import AuditEntry
from incidents.workflow import set_milestones
from notifications.models import OutboxMessage
from retros.account import Account
from retros.models import Retrospective, RetrospectiveStatus, TimelineEntry
from retros.workflow import change_entry, remove_entry, seed_timeline
from timeline.workflow import attach_evidence, mark_gap, remove_event, star_event, write_event


def texts(retrospective):
    return [row.text for row in Account(retrospective).standing]


def test_key_events_come_with_what_they_say(retrospective, over, commander, began):
    note = write_event(incident=over, by=commander, text="only a note")
    star_event(event=write_event(incident=over, by=commander, text="starred"), by=commander, starred=True)
    mark_gap(incident=over, by=commander, text="no metrics", occurred_at=began, minutes=6)
    evidence = attach_evidence(incident=over, by=commander, kind="alert", title="Page", captured_at=began)
    brought = seed_timeline(retrospective=retrospective, by=commander)
    rows = {row.text: row for row in Account(retrospective).standing}
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
    account = Account(retrospective)
    assert account.times["D"] == began + timedelta(minutes=9)
    assert account.times["M"] == began + timedelta(minutes=40)
    assert account.moments["M"].elsewhere == began + timedelta(minutes=44)
    assert "roll back" not in texts(retrospective)


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
