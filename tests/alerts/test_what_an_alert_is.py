"""Does every rule hold that other tools learnt from their users' bug reports?"""

import pytest
from django.utils import timezone

from alerts.models import Alert, AlertState
from alerts.observed import Observed, Told
from alerts.workflow import acknowledge_alert
from incidents.models import Incident
from incidents.workflow import decline_report
from tests.alerts.conftest import firing, minute, resolved

pytestmark = pytest.mark.django_db


def the_alert() -> Alert:
    return Alert.objects.get()


def test_a_resolve_before_its_firing_is_remembered_and_leaves_nothing_hanging(tell):
    tell(resolved(at=1), at=1)
    assert not Alert.objects.exists()
    taken = tell(firing(at=0, severity="critical"), at=2)
    assert the_alert().state == AlertState.RESOLVED
    assert taken.opened == []
    assert not Incident.objects.exists()


def test_a_resolve_is_remembered_for_five_minutes(tell):
    tell(resolved(at=1), at=1)
    tell(firing(at=0), at=7)
    assert the_alert().state == AlertState.FIRING


def test_an_early_resolve_does_not_end_a_firing_after_it(tell):
    tell(resolved(at=1), at=1)
    tell(firing(at=2), at=2)
    assert the_alert().state == AlertState.FIRING


def test_an_older_event_never_undoes_a_newer(tell):
    tell(firing(at=0), at=0)
    tell(resolved(at=5), at=5)
    tell(firing(at=0), at=6)  # the first one, late
    assert the_alert().state == AlertState.RESOLVED
    tell(firing(at=8), at=8)
    tell(resolved(at=5), at=9)  # the end of the occurrence before, late
    assert the_alert().state == AlertState.FIRING


def test_a_resolved_alert_never_opens_an_incident(tell):
    taken = tell(resolved(severity="critical", title="Disk is full"), at=1)
    assert taken.opened == []
    tell(firing(at=2, severity="info"), at=2)
    tell(resolved(at=3, severity="critical"), at=3)
    assert not Incident.objects.exists()


def test_a_firing_one_never_joins_a_resolved_incident_and_suggests_reopening(tell):
    (incident,) = tell(firing(at=0, severity="critical"), at=0).opened
    Incident.objects.filter(pk=incident.pk).update(status="resolved", resolved_at=timezone.now())
    tell(resolved(at=1), at=1)
    taken = tell(firing(at=5, severity="critical"), at=5)
    alert = the_alert()
    assert (alert.incident, alert.reopens) == (None, incident)
    assert taken.opened == []


def test_after_a_false_alarm_the_real_one_opens_an_incident(tell, commander):
    (incident,) = tell(firing(at=0, severity="critical"), at=0).opened
    decline_report(incident=incident, by=commander, reason="Nothing was wrong")
    tell(resolved(at=1), at=1)
    (another,) = tell(firing(at=60, severity="critical"), at=60).opened
    assert another != incident
    assert (the_alert().incident, the_alert().reopens) == (another, None)


def test_what_left_a_private_incident_stays_with_it(tell, responder):
    (incident,) = tell(firing(at=0, severity="critical"), at=0).opened
    long_ago = timezone.now()
    Incident.objects.filter(pk=incident.pk).update(status="resolved", resolved_at=long_ago, is_private=True)
    tell(resolved(at=1), at=1)
    tell(firing(at=5, severity="warning"), at=5)
    assert the_alert().reopens == incident
    assert not Alert.objects.visible_to(responder).exists()


def test_an_earlier_occurrence_told_late_does_not_fire_again(tell):
    tell(firing(at=10), at=10)
    tell(resolved(at=12), at=12)
    tell(firing(at=5), at=13)
    assert the_alert().state == AlertState.RESOLVED


def test_the_end_of_the_next_occurrence_is_remembered_too(tell):
    tell(firing(at=0), at=0)
    tell(resolved(at=1), at=1)
    tell(resolved(at=4), at=4)
    tell(firing(at=3), at=5)
    assert the_alert().state == AlertState.RESOLVED


def test_a_wrong_clock_freezes_nothing(tell):
    tell(firing(at=60 * 24 * 365), at=0)
    tell(resolved(at=1), at=1)
    assert the_alert().state == AlertState.RESOLVED


def test_a_test_takes_no_key_of_a_real_alert(tell):
    tell(firing("1", severity="critical"), at=0, is_test=True)
    taken = tell(firing("1", severity="critical", at=1), at=1)
    assert len(taken.opened) == 1
    assert Alert.objects.filter(is_test=False).count() == 1


def test_an_acknowledgement_of_a_person_stays(tell, responder):
    tell(firing(at=0), at=0)
    acknowledge_alert(alert=the_alert(), by=responder)
    tell(Observed(dedup_key="disk", state=Told.UNACKNOWLEDGED, at=minute(2)), at=2)
    assert (the_alert().state, the_alert().acknowledged_by) == (AlertState.ACKNOWLEDGED, responder)


def test_many_alerts_without_a_group_open_few_incidents(tell):
    opened = tell(*(firing(f"disk {n}", severity="critical") for n in range(30)), at=0).opened
    opened += tell(firing("another", severity="critical", at=1), at=1).opened
    assert len(opened) == 1
    assert Alert.objects.exclude(incident=None).count() == 31


def test_state_comes_from_the_senders_field_never_from_words_in_a_title(tell):
    tell(firing(title="RESOLVED: all OK again"), at=0)
    assert the_alert().state == AlertState.FIRING


def test_a_refire_keeps_its_fingerprint_and_is_a_new_occurrence(tell):
    tell(firing(at=0), at=0)
    tell(resolved(at=1), at=1)
    tell(firing(at=2), at=2)
    alert = the_alert()
    assert (alert.state, alert.occurrences, alert.first_seen_at) == (AlertState.FIRING, 2, minute(0))


def test_the_same_occurrence_told_again_counts_once(tell):
    for at in (0, 5, 10):
        tell(firing(at=0), at=at)
    assert (the_alert().occurrences, the_alert().last_seen_at) == (1, minute(10))


def test_a_refire_after_a_day_is_a_new_alert(tell):
    tell(firing(at=0), at=0)
    tell(resolved(at=1), at=1)
    tell(firing(at=24 * 60 + 2), at=24 * 60 + 2)
    assert Alert.objects.count() == 2


def test_a_resolve_with_empty_annotations_blanks_nothing(tell):
    tell(firing(description="The disk of db-1", severity="warning", labels={"host": "db-1"}), at=0)
    tell(resolved(at=1), at=1)
    alert = the_alert()
    assert (alert.title, alert.description, alert.severity) == ("Disk is full", "The disk of db-1", "warning")
    assert alert.labels == {"host": "db-1"}


def test_truncated_groups_close_by_group(tell):
    tell(firing("a", group_key="g"), firing("b", group_key="g"), firing("c", group_key="other"), at=0)
    tell(resolved("a", at=3), at=3, closed=["g"], told_at=minute(3))
    assert set(Alert.objects.open().values_list("dedup_key", flat=True)) == {"c"}


def test_a_group_that_is_closed_does_not_end_what_fired_after_it(tell):
    tell(firing("a", group_key="g", at=5), at=5)
    tell(at=6, closed=["g"], told_at=minute(3))
    assert the_alert().state == AlertState.FIRING


def test_two_rows_with_one_fingerprint_are_one(tell):
    tell(firing("a"), firing("a", title="Disk is very full"), at=0)
    alert = the_alert()
    assert (alert.title, alert.occurrences) == ("Disk is very full", 1)


def test_integers_beyond_2_53_survive(tell):
    tell(firing(labels={"id": "9007199254740993", "n": str(2**70)}), at=0)
    assert Alert.objects.values_list("labels", flat=True).get() == {"id": "9007199254740993", "n": str(2**70)}


def test_one_group_makes_one_incident(tell):
    opened = tell(*(firing(f"disk {n}", group_key="g", severity="critical") for n in range(30)), at=0).opened
    opened += tell(firing("another", group_key="g", severity="critical", at=1), at=1).opened
    assert len(opened) == 1
    assert opened[0].alerts.count() == 31


def test_the_firing_time_is_when_it_was_detected(tell):
    (incident,) = tell(firing(at=0, severity="critical"), at=2).opened
    assert (incident.detected_at, incident.impact_started_at, incident.source) == (minute(0), None, "alert")


def test_what_is_not_critical_is_recorded_only(tell):
    assert tell(firing(severity="warning"), at=0).opened == []
    assert the_alert().incident is None
