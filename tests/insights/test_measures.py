"""Is every metric measured as it is printed?"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from incidents.cadence_compliance import kept, kept_rows, longest_silence
from incidents.models import (
    AffectedService,
    ChangeEvent,
    DueTime,
    Incident,
    Service,
    Status,
    StatusPeriod,
    StatusUpdate,
)
from incidents.models.people import ActivitySession, Participation
from insights.cells import cells
from insights.cohort import Scope
from insights.definitions import METRICS, SUMS
from insights.hours import load, responder_hours
from insights.promises import promises
from insights.queries import broken, phases, stays

BERLIN = ZoneInfo("Europe/Berlin")


def everything(**more) -> Scope:
    return Scope(Incident.objects.all(), **more)


def measured() -> dict:
    return cells(everything(), METRICS)[""]


def seconds(minutes: float) -> pytest.approx:
    return pytest.approx(minutes * 60)


def test_each_group_has_every_metric_whatever_is_declared_meanwhile(past):
    """They are read by several statements."""
    past(rank=1, resolved=10)
    asked = []

    def declare_before_the_second(execute, sql, params, many, context):
        asked.append(sql)
        if len(asked) == 2:
            past(rank=2, resolved=10)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(declare_before_the_second):
        found = cells(everything(), METRICS, "severity")
    assert {len(group) for group in found.values()} == {len(METRICS)}
    assert len(found) == 2


def test_times_between_milestones(past):
    past(introduced=-30, detected=4, declared=6, acknowledged=7, mitigated=40, impact_ended=45, resolved=90, closed=200,
         status=Status.CLOSED)  # fmt: skip
    found = measured()
    minutes = {
        "latent_time": 30, "time_to_detect": 4, "time_to_declare": 2, "time_to_acknowledge": 3, "time_to_mitigate": 40,
        "time_to_repair": 41, "time_to_resolve": 90, "time_to_close": 200,
    }  # fmt: skip
    for name, expected in minutes.items():
        assert found[name].median == found[name].km_median == seconds(expected), name
        assert (found[name].count, found[name].coverage) == (1, 1)


def test_a_missing_time_leaves_its_metric_and_is_never_zero(past):
    past(resolved=90)
    past(resolved=30, detected=5)
    found = measured()
    assert (found["time_to_detect"].count, found["time_to_detect"].coverage) == (1, 0.5)
    assert found["time_to_detect"].mean == seconds(5)
    assert (found["time_to_mitigate"].count, found["time_to_mitigate"].median) == (0, None)


def test_declared_after_it_was_mitigated_has_no_time_to_declare(past):
    past(detected=5, declared=100, mitigated=50, resolved=120)
    past(detected=5, declared=9, mitigated=50, resolved=120)
    declare = measured()["time_to_declare"]
    assert (declare.count, declare.of, declare.median) == (1, 1, seconds(4))


def test_repair_falls_back_to_the_mitigation(past):
    past(detected=10, mitigated=30, resolved=90)
    assert measured()["time_to_repair"].median == seconds(20)


def test_recovery_counts_from_the_suspected_change_only(past):
    incident, other = past(mitigated=30, resolved=90), past(mitigated=30, resolved=90)
    change = ChangeEvent.objects.create(title="v231", at=incident.impact_started_at - timedelta(minutes=10))
    change.suspected_in.add(incident)
    later = ChangeEvent.objects.create(title="later", at=other.impact_started_at + timedelta(minutes=1))
    later.suspected_in.add(other)
    recovery = measured()["dora_recovery"]
    assert (recovery.count, recovery.of, recovery.median) == (1, 1, seconds(40))


def test_time_in_a_status_adds_its_stays(past):
    incident = past(resolved=90)
    began = incident.impact_started_at
    for status, first, last in (("fixing", 0, 10), ("mitigated", 10, 20), ("fixing", 20, 45)):
        StatusPeriod.objects.create(
            incident=incident, status=status,
            started_at=began + timedelta(minutes=first), ended_at=began + timedelta(minutes=last),
        )  # fmt: skip
    found = measured()
    assert found["time_fixing"].median == seconds(35)
    assert found["time_mitigated"].median == seconds(10)
    assert found["time_investigating"].count == 0
    fixing = next(stay for stay in stays(everything()) if stay.status == "fixing")
    assert (fixing.incidents, fixing.stays, fixing.seconds) == (1, 2, seconds(35))


def test_impact_is_the_union_of_its_intervals(past):
    incident = past(resolved=90)
    began = incident.impact_started_at
    services = [Service.objects.create(name=name, slug=name) for name in ("a", "b", "c")]
    for service, (first, last) in zip(services, ((0, 30), (10, 40), (60, 70)), strict=True):
        AffectedService.objects.create(
            incident=incident, service=service, impact="degraded",
            started_at=began + timedelta(minutes=first), ended_at=began + timedelta(minutes=last),
        )  # fmt: skip
    assert measured()["impact_time"].median == seconds(50)
    assert {one.name: one.impact for one in broken(everything())} == {"a": 1800, "b": 1800, "c": 600}


@pytest.fixture
def worked(past, responder, commander):
    """Tuesday in Berlin: the responder 17:50–18:10, 18:35–19:00 (a gap of 25 min) and a moment at 23:30; the commander
    from joining at 18:00 to leaving at 18:30."""
    began = datetime(2026, 3, 10, 17, 30, tzinfo=BERLIN)
    incident = past(at=began, resolved=600)

    def at(hour, minute):
        return datetime(2026, 3, 10, hour, minute, tzinfo=BERLIN)

    mine = Participation.objects.create(
        incident=incident, user=responder, joined_at=at(17, 50), last_active_at=at(23, 30)
    )
    for first, last in ((at(17, 50), at(18, 10)), (at(18, 35), at(19, 0)), (at(23, 30), at(23, 30))):
        ActivitySession.objects.create(participation=mine, started_at=first, last_at=last)
    Participation.objects.create(
        incident=incident, user=commander, joined_at=at(18, 0), left_at=at(18, 30), last_active_at=at(18, 0)
    )
    Participation.objects.count_work()
    return incident


def test_responder_time_merges_gaps_and_counts_five_minutes_at_least(worked):
    assert measured()["responder_time"].median == seconds(70 + 5 + 30)


def test_responder_hours_by_local_time_and_only_ones_own(worked, responder, commander):
    hours = responder_hours(everything(), "Europe/Berlin")
    assert {k: round(v * 60) for k, v in hours.items()} == {
        "day": 10,
        "evening": 90,
        "night": 5,
        "weekend": 0,
    }
    own = responder_hours(everything(), "Europe/Berlin", commander.pk)
    assert {k: round(v * 60) for k, v in own.items()} == {"day": 0, "evening": 30, "night": 0, "weekend": 0}


def test_the_hours_of_the_week_are_local(worked):
    found = load(everything(now=datetime(2026, 3, 24, 12, tzinfo=BERLIN)), "Europe/Berlin")
    assert found.weeks == 2
    running = [(day, hour) for day in range(7) for hour in range(24) if found.hours[day][hour]]
    assert running == [(1, h) for h in range(17, 24)] + [(2, h) for h in range(4)]
    assert found.nights == 1


def test_a_night_is_broken_by_local_hours_also_where_they_begin_at_half_past(past, responder):
    kolkata = ZoneInfo("Asia/Kolkata")
    incident = past(at=datetime(2026, 3, 10, 22, 55, tzinfo=kolkata), resolved=30)
    seat = Participation.objects.create(
        incident=incident, user=responder, joined_at=incident.declared_at, last_active_at=incident.declared_at
    )
    ActivitySession.objects.create(
        participation=seat, started_at=incident.declared_at, last_at=incident.resolved_at
    )
    Participation.objects.count_work()
    found = load(everything(now=datetime(2026, 3, 12, 12, tzinfo=kolkata)), "Asia/Kolkata")
    assert found.nights == 1
    hours = responder_hours(everything(), "Asia/Kolkata")
    assert {k: round(v * 60) for k, v in hours.items()} == {
        "day": 0,
        "evening": 5,
        "night": 25,
        "weekend": 0,
    }


def test_promises_are_those_of_the_incident_itself(past, commander):
    """Counted in SQL over many and in Python on one: the same rule."""
    incident = past(resolved=180)
    began, severity = incident.declared_at, incident.severity

    def say(minute, *audiences, state="posted"):
        return StatusUpdate.objects.create(
            incident=incident, audiences=list(audiences), known="x", status="fixing", severity=severity, state=state,
            author=commander, posted_at=began + timedelta(minutes=minute),
        )  # fmt: skip

    def owe(audience, since, due, ended, update=None):
        DueTime.objects.create(
            incident=incident, audience=audience, update=update, since_at=began + timedelta(minutes=since),
            due_at=began + timedelta(minutes=due), ended_at=began + timedelta(minutes=ended),
        )  # fmt: skip

    owe("public", 0, 30, 31, say(31, "public"))  # within the grace
    owe("public", 31, 61, 80, say(80, "public", "stakeholders"))  # late
    owe("stakeholders", 0, 60, 80)  # late
    owe("public", 80, 110, 100, say(100, "public", state="withdrawn"))  # taken back: as if never said
    owe("public", 80, 110, 180)  # nothing came
    say(190, "public")
    told = kept(Incident.objects.annotate(**kept_rows()).get(pk=incident.pk))
    found = promises(everything())
    assert [(p.audience, p.due, p.on_time, round(p.overdue)) for p in found] == [
        (k.audience, k.due, k.on_time, round(k.overdue.total_seconds())) for k in told
    ]
    assert sum(p.on_time for p in found) == 1
    measures = measured()
    assert measures["longest_silence"].median == longest_silence(told).total_seconds() == seconds(110)
    assert measures["overdue_time"].median == sum(k.overdue.total_seconds() for k in told)


def test_what_is_still_owed_counts_once_it_is_late(past):
    now = timezone.now()
    incident = past(at=now - timedelta(minutes=90))
    incident.update_schedules.create(
        audience="public", since_at=now - timedelta(minutes=90), due_at=now - timedelta(minutes=30)
    )
    incident.update_schedules.create(
        audience="stakeholders", since_at=now - timedelta(minutes=90), due_at=now + timedelta(minutes=30)
    )
    found = {one.audience: one for one in promises(everything(now=now))}
    assert (found["public"].due, found["public"].on_time) == (1, 0)
    assert found["public"].overdue == seconds(30)
    assert (found["stakeholders"].due, found["stakeholders"].on_time) == (0, 0)


def test_phases_add_up_for_those_that_have_all_the_times(past):
    past(detected=5, declared=15, mitigated=40, resolved=100)
    past(detected=5, declared=2, mitigated=40, resolved=100)  # not in order
    past(resolved=100)
    found = phases(everything())
    assert (found.complete, found.of) == (1, 3)
    assert found.sums == {"detect": 300, "declare": 600, "mitigate": 1500, "verify": 3600}


def test_the_cohort_goes_by_impact_start_else_by_declaration(past):
    now = timezone.now()
    past(at=now - timedelta(days=10), declared=9 * 1440, resolved=9 * 1440 + 1)
    past(days_ago=1, impact_started_at=None, resolved=1)
    assert everything(since=now - timedelta(days=5)).cohort().count() == 1
    assert everything(since=now - timedelta(days=11), until=now - timedelta(days=5)).cohort().count() == 1


def test_sums_know_every_incident_without_any_of_it(past):
    past(resolved=5)
    assert all(measured()[metric.key].count == 0 for metric in SUMS if metric.key != "overdue_time")
    assert User.objects.count() == 0
