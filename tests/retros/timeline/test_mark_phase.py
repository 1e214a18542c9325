"""Does a phase have one row, and do the times follow it?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from incidents.workflow import declare_incident, mitigate_incident, set_milestones
from retros.measures import headlines
from retros.models import Participant, TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.workflow import (
    add_entry,
    add_gap,
    add_recollection,
    change_entry,
    frame_retrospective,
    mark_phase,
    restore_entry,
    seed_timeline,
)
from timeline.workflow import star_event, write_event


@pytest.fixture
def seeded(retrospective, commander):
    seed_timeline(retrospective=retrospective, by=commander)
    return retrospective


@pytest.fixture
def row(seeded, commander, began):
    return add_entry(
        retrospective=seeded, by=commander, text="traffic is back", occurred_at=began + timedelta(minutes=33)
    )


@pytest.fixture
def second(seeded, over, commander, began, severity):
    """Another incident that is covered too, mitigated after 50 minutes; with a starred note of 45."""
    second = declare_incident(by=commander, title="Search stands still", severity=severity(2))
    set_milestones(incident=second, by=commander, moments={"impact_started_at": began})
    mitigate_incident(incident=second, by=commander, at=began + timedelta(minutes=50))
    note = write_event(
        incident=second, by=commander, text="search is back", occurred_at=began + timedelta(minutes=45)
    )
    star_event(event=note, by=commander, starred=True)
    frame_retrospective(retrospective=seeded, by=commander, incidents=[over, second])
    seed_timeline(retrospective=seeded, by=commander)
    second.refresh_from_db()
    return second


def minutes(retrospective):
    return {
        m.name.split()[0]: m.value and m.value.total_seconds() / 60
        for m in headlines(RetrospectiveTimeline(retrospective).measures)
        if not m.name.startswith("TTA")
    }


def test_the_times_of_the_incident_hold_until_a_row_says_otherwise(seeded, row, commander):
    assert minutes(seeded) == {"TTO": 5, "Latent": None, "TTM": 40, "MTTR": 70}
    mark_phase(entry=row, by=commander, phase="mitigated", version=0)
    assert minutes(seeded)["TTM"] == 33
    assert RetrospectiveTimeline(seeded).moments["M"].elsewhere is not None


def test_moving_a_milestone_row_moves_the_times(seeded, commander, began):
    change_entry(
        entry=TimelineEntry.objects.get(text="Impact began"),
        by=commander,
        occurred_at=began - timedelta(minutes=10),
    )
    assert minutes(seeded) | {"TTO": 15, "TTM": 50, "MTTR": 80} == minutes(seeded)


def test_one_row_a_phase_and_the_other_can_come_back(seeded, row, commander):
    mark_phase(entry=row, by=commander, phase="mitigated")
    marked = TimelineEntry.objects.standing().filter(retrospective=seeded, phase="mitigated")
    assert [m.pk for m in marked] == [row.pk]
    gone = TimelineEntry.objects.get(text="Mitigated", removed_at__isnull=False)
    assert restore_entry(entry=gone, by=commander).phase == ""
    assert [m.pk for m in marked.all()] == [row.pk]


def test_the_incident_is_corrected_when_asked_and_comes_back_once(seeded, row, over, commander, began):
    mark_phase(entry=row, by=commander, phase="mitigated", sets_milestone=True)
    over.refresh_from_db()
    assert over.mitigated_at == began + timedelta(minutes=33)
    assert RetrospectiveTimeline(seeded).moments["M"].elsewhere is None
    seed_timeline(retrospective=seeded, by=commander)
    assert [r.text for r in RetrospectiveTimeline(seeded).standing if r.phase == "mitigated"] == [
        "traffic is back"
    ]
    assert "Mitigated" not in [r.text for r in RetrospectiveTimeline(seeded).standing]


def test_a_milestone_the_incident_had_not_is_not_told_twice(seeded, over, commander, began):
    deployed = add_entry(
        retrospective=seeded, by=commander, text="v231 out", occurred_at=began - timedelta(minutes=7)
    )
    mark_phase(entry=deployed, by=commander, phase="introduced", sets_milestone=True)
    seed_timeline(retrospective=seeded, by=commander)
    assert [r.text for r in RetrospectiveTimeline(seeded).standing if r.phase == "introduced"] == ["v231 out"]
    assert minutes(seeded)["Latent"] == 7


def test_out_of_order_changes_nothing_anywhere(seeded, row, over, commander, began):
    late = add_entry(
        retrospective=seeded, by=commander, text="much later", occurred_at=began + timedelta(minutes=100)
    )
    with pytest.raises(ValidationError):
        mark_phase(entry=late, by=commander, phase="mitigated", sets_milestone=True)
    late.refresh_from_db()
    over.refresh_from_db()
    assert (late.phase, over.mitigated_at) == ("", began + timedelta(minutes=40))


def test_a_stakeholder_who_takes_part_marks_but_corrects_no_incident(seeded, row, stakeholder, over, began):
    Participant.objects.create(retrospective=seeded, user=stakeholder)
    mark_phase(entry=row, by=stakeholder, phase="escalated")
    with pytest.raises(PermissionDenied):
        mark_phase(entry=row, by=stakeholder, phase="mitigated", sets_milestone=True)
    over.refresh_from_db()
    assert over.mitigated_at == began + timedelta(minutes=40)


def test_a_gap_begins_no_phase(seeded, commander, began):
    gap = add_gap(retrospective=seeded, by=commander, text="?", occurred_at=began)
    with pytest.raises(ValidationError, match="not with a gap"):
        mark_phase(entry=gap, by=commander, phase="detected")


def test_a_row_of_another_incident_speaks_for_that_one(seeded, over, second, commander, began, client):
    back = TimelineEntry.objects.get(text="search is back")
    client.force_login(commander)
    assert second.reference in client.get(f"/retrospectives/{seeded.pk}/timeline/{back.pk}/phase/").text
    mark_phase(entry=back, by=commander, phase="mitigated", sets_milestone=True)
    over.refresh_from_db()
    second.refresh_from_db()
    assert over.mitigated_at == began + timedelta(minutes=40)
    assert second.mitigated_at == began + timedelta(minutes=45)
    marked = TimelineEntry.objects.standing().filter(phase="mitigated")
    assert {(row.event.incident, row.text) for row in marked} == {
        (over, "Mitigated"), (second, "search is back"),
    }  # fmt: skip
    assert minutes(seeded)["TTM"] == 40


def test_a_row_that_marks_a_phase_becomes_no_recollection(seeded, commander):
    detected = TimelineEntry.objects.get(text="Detected")
    with pytest.raises(ValidationError, match="not with a gap or a recollection"):
        change_entry(entry=detected, by=commander, is_recollection=True)
    detected.refresh_from_db()
    assert not detected.is_recollection


def test_a_recollection_begins_no_phase(seeded, row, commander):
    remembered = add_recollection(fact=row, by=commander, text="earlier, I think")
    with pytest.raises(ValidationError, match="not with a gap or a recollection"):
        mark_phase(entry=remembered, by=commander, phase="mitigated")
    assert TimelineEntry.objects.standing().get(phase="mitigated").text == "Mitigated"
