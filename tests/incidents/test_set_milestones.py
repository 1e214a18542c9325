from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit import context
from audit.models import AuditEntry
from incidents.workflow import set_milestones
from timeline.models import Kind, Phase


def test_backdating_shows_one_row_and_who_moved_it(incident, commander, ago, traces):
    seen, before = traces(incident), incident.detected_at
    moved = set_milestones(
        incident=incident,
        by=commander,
        moments={"detected_at": ago(minutes=7), "impact_started_at": ago(minutes=9)},
        basis={"detected_at": {"source": "alert", "uncertainty_seconds": 60}},
    )
    assert moved.milestone_basis == {"detected_at": {"source": "alert", "uncertainty_seconds": 60}}
    assert moved.version == incident.version + 1
    rows = {e.data["milestone"]: e for e in incident.timeline.filter(kind=Kind.MILESTONE)}
    assert rows["detected_at"].occurred_at == moved.detected_at
    assert rows["detected_at"].phase == Phase.DETECTED
    assert any(text.startswith("corrected detected") for text in seen.texts)
    entry = AuditEntry.objects.of(incident.chain).last()
    assert entry.changes["detected_at"][0].startswith(f"{before:%Y-%m-%dT%H:%M:%S}")
    assert seen.topics == ["milestones.set"]


def test_correcting_twice_keeps_one_row(incident, commander, ago):
    for minutes in (9, 8, 7):
        set_milestones(incident=incident, by=commander, moments={"impact_started_at": ago(minutes=minutes)})
    assert incident.timeline.filter(kind=Kind.MILESTONE, data__milestone="impact_started_at").count() == 1


def test_wrong_order_names_both_times(mitigated, commander, ago):
    with pytest.raises(ValidationError) as error:
        set_milestones(
            incident=mitigated,
            by=commander,
            moments={"impact_started_at": ago(minutes=5), "mitigated_at": ago(minutes=9)},
        )
    message = error.value.message_dict["mitigated_at"][0]
    assert f"{ago(minutes=9):%H:%M}" in message
    assert f"{ago(minutes=5):%H:%M}" in message


def test_detection_may_come_before_the_impact(incident, commander, ago):
    early = set_milestones(
        incident=incident,
        by=commander,
        moments={"detected_at": ago(minutes=9), "impact_started_at": ago(minutes=5)},
    )
    assert early.is_detected_early


def test_declaration_may_come_after_mitigation(mitigated, commander, ago):
    late = set_milestones(incident=mitigated, by=commander, moments={"mitigated_at": ago(minutes=5)})
    assert late.is_retroactive


def test_the_future_is_refused(incident, commander):
    with pytest.raises(ValidationError, match="future"):
        set_milestones(
            incident=incident, by=commander, moments={"detected_at": context.now() + timedelta(minutes=1)}
        )


def test_a_needed_time_is_not_emptied(resolved, commander):
    with pytest.raises(ValidationError, match="resolved incident has this time"):
        set_milestones(incident=resolved, by=commander, moments={"mitigated_at": None})


def test_unless_it_is_said_to_be_unknown(resolved, commander):
    unknown = {"source": "unknown"}
    known = set_milestones(
        incident=resolved, by=commander, moments={"mitigated_at": None}, basis={"mitigated_at": unknown}
    )
    assert known.mitigated_at is None
    assert known.milestone_basis["mitigated_at"] == unknown
    assert not known.timeline.standing().filter(data__milestone="mitigated_at").exists()


def test_the_same_again_writes_nothing(incident, commander, traces):
    seen = traces(incident)
    set_milestones(incident=incident, by=commander, moments={"detected_at": incident.detected_at})
    assert seen.none


def test_unknown_milestones_are_refused(incident, commander):
    with pytest.raises(ValidationError, match="no milestone called"):
        set_milestones(incident=incident, by=commander, moments={"lunch_at": None})


def test_stakeholder_is_refused(incident, stakeholder):
    with pytest.raises(PermissionDenied):
        set_milestones(incident=incident, by=stakeholder, moments={})


@pytest.mark.parametrize("name", ["mitigated_at", "resolved_at", "closed_at"])
def test_a_status_not_reached_has_no_time(incident, commander, ago, name):
    with pytest.raises(ValidationError, match=r"is investigating\. .* it first"):
        set_milestones(incident=incident, by=commander, moments={name: ago(minutes=0)})


def test_a_suspicion_is_not_declared_by_its_time(suspected, responder, ago):
    with pytest.raises(ValidationError, match="Declare it first"):
        set_milestones(incident=suspected, by=responder, moments={"declared_at": ago(minutes=0)})
