"""Do rows come in once, as what they are, and only what the person may know?"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from incidents.models import Service
from incidents.workflow import declare_incident, record_change, set_service_impact
from retros.imports.records import alerts_of, changes_around
from retros.imports.rows import Row
from retros.models import TimelineEntry
from retros.timeline import RetrospectiveTimeline
from retros.workflow import bring_rows, remove_entry, seed_timeline
from timeline.workflow import attach_evidence, write_event


def row(at, text="rolled back", **more):
    return Row(occurred_at=at, text=text, source="paste", source_id=text, **more)


def test_the_same_row_never_twice_even_once_removed(retrospective, commander, began):
    rows = [row(began), row(began, "second"), row(began)]
    assert bring_rows(retrospective=retrospective, by=commander, rows=rows).added == 2
    remove_entry(entry=TimelineEntry.objects.get(text="second"), by=commander)
    again = bring_rows(retrospective=retrospective, by=commander, rows=rows)
    assert (again.added, again.known) == (0, 3)


def test_nothing_comes_in_where_one_cannot_be(retrospective, commander, began):
    with pytest.raises(ValidationError):
        bring_rows(
            retrospective=retrospective,
            by=commander,
            rows=[row(began), row(timezone.now() + timedelta(hours=1), "x")],
        )
    assert not TimelineEntry.objects.exists()


def test_a_phase_that_is_marked_already_is_not_marked_again(retrospective, commander, began):
    seed_timeline(retrospective=retrospective, by=commander)
    bring_rows(
        retrospective=retrospective,
        by=commander,
        rows=[row(began, phase="detected"), row(began, "v", phase="introduced")],
    )
    marked = TimelineEntry.objects.standing().exclude(phase="")
    assert sorted(marked.values_list("phase", "text")) == [
        ("detected", "Detected"), ("introduced", "v"), ("mitigated", "Mitigated"), ("resolved", "Resolved"),
    ]  # fmt: skip


def test_a_recollection_that_comes_in_marks_no_phase(retrospective, commander, began):
    rows = [row(began, "as I remember", phase="introduced", is_recollection=True)]
    bring_rows(retrospective=retrospective, by=commander, rows=rows)
    assert TimelineEntry.objects.get().phase == ""


def test_alerts_that_are_not_rows_yet(retrospective, over, commander, began):
    event = write_event(incident=over, by=commander, text="note with an alert")
    attach_evidence(
        incident=over, by=commander, kind="alert", title="Pool full", event=event, captured_at=began
    )
    attach_evidence(incident=over, by=commander, kind="alert", title="Page", captured_at=began)
    seed_timeline(retrospective=retrospective, by=commander)
    reading = alerts_of(retrospective)
    assert [r.text for r in reading.rows] == ["Pool full"]
    bring_rows(retrospective=retrospective, by=commander, rows=reading.rows)
    assert [r.kind for r in RetrospectiveTimeline(retrospective).standing if r.text == "Pool full"] == [
        "alert"
    ]


def test_changes_around_it_as_far_as_one_may_know(retrospective, over, commander, outsider, severity, began):
    pay, other = (Service.objects.create(name=name, slug=name) for name in ("pay", "other"))
    set_service_impact(incident=over, service=pay, impact="degraded", by=commander, at=began)
    secret = declare_incident(by=commander, title="Zephyrquartz", severity=severity(2), is_private=True)
    near = began - timedelta(minutes=20)
    record_change(incident=over, by=commander, title="v231", at=near, service=pay)
    record_change(incident=secret, by=commander, title="Zephyrquartz fix", at=near, service=pay)
    record_change(incident=secret, by=commander, title="unrelated", at=near, service=other)

    def seen(by, since=began):
        found = changes_around(retrospective, since=since, until=began + timedelta(minutes=70), by=by)
        return {r.text for r in found.rows}

    assert seen(outsider) == {"Deployment: v231"}
    assert seen(commander) == {"Deployment: v231", "Deployment: Zephyrquartz fix"}
    assert seen(outsider, since=began + timedelta(hours=2)) == set()


def test_nobody_brings_anything_into_what_they_cannot_reach(private_retrospective, outsider, began):
    with pytest.raises(PermissionDenied):
        bring_rows(retrospective=private_retrospective, by=outsider, rows=[row(began)])
    assert not TimelineEntry.objects.exists()
