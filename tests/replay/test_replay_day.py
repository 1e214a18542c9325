"""A recorded day gives the times it must, keeps everything, and ends as a live incident would."""

import copy
import json
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from audit.models import AuditEntry, first_broken_link
from incidents.models import (
    Hypothesis,
    HypothesisState,
    Incident,
    Mitigation,
    MitigationState,
    Service,
    Status,
    StatusUpdate,
)
from replay.drive import replay_document
from replay.outcome import describe
from timeline.models import Kind, TimelineEvent

SHARED_DAY = Path(settings.BASE_DIR).parent / "shared" / "data" / "golden_day.json"
pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def replayed(document: dict) -> Incident:
    incident, is_new = replay_document(document)
    assert is_new
    assert incident.status == Status.CLOSED
    assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
    periods = list(incident.status_periods.all())
    assert [p.ended_at for p in periods[:-1]] == [p.started_at for p in periods[1:]]
    assert periods[-1].status == Status.CLOSED
    assert periods[-1].ended_at is None
    assert not incident.role_assignments.running().exists()
    assert not incident.affected_services.running().exists()
    assert incident.retrospective.material == document
    assert incident.retrospective.owner is not None
    stored = incident.timeline.filter(data__replay__has_key="timeline").order_by("data__replay__timeline")
    assert [(e.text, e.occurred_at) for e in stored] == [
        (row["text"], at(row["at"])) for row in document["timeline"]
    ]
    return incident


def test_shared_day_gives_its_expected_metrics():
    if not SHARED_DAY.exists():
        pytest.skip(f"the shared recorded day is not beside the checkout ({SHARED_DAY})")
    document = json.loads(SHARED_DAY.read_text())
    outcome = describe(replayed(document))
    expected = document["expected_metrics"]["values"]
    assert outcome["metrics"] == {name: expected[name] for name in outcome["metrics"]}
    assert outcome["counts"] == {
        "timeline_events": 19,
        "status_updates": 3,
        "hypotheses": 2,
        "mitigations": 2,
        "roles": 5,
        "changes": 3,
        "alerts": 4,
        "action_items": 7,
    }


def test_own_day_gives_its_expected_metrics(day):
    outcome = describe(replayed(day))
    assert outcome["metrics"] == day["expected_metrics"]["values"]
    assert outcome["counts"] == {
        "timeline_events": 7,
        "status_updates": 4,
        "hypotheses": 2,
        "mitigations": 2,
        "roles": 4,
        "changes": 1,
        "alerts": 2,
        "action_items": 1,
    }


def test_severity_is_raised_and_lowered_at_its_times(day):
    incident = replayed(day)
    assert incident.severity.name == "SEV2"
    told = incident.timeline.filter(kind=Kind.SEVERITY).values_list("data__to", "occurred_at", "phase")
    assert list(told) == [
        ("SEV1", at("2026-03-01T00:05:00Z"), "escalated"),
        ("SEV2", at("2026-03-01T00:40:00Z"), ""),
    ]


def test_same_second_keeps_the_order_of_the_file(day):
    incident = replayed(day)
    same = incident.timeline.filter(
        occurred_at=at("2026-03-01T00:05:00Z"), data__replay__has_key="timeline"
    ).oldest_first()
    assert [e.data["replay"]["seq"] for e in same] == [3, 4, 5]


def test_hypotheses_and_mitigations_end_as_recorded(day):
    incident = replayed(day)
    states = {h.claim: (h.state, h.settled_at) for h in Hypothesis.objects.filter(incident=incident)}
    assert states == {
        "The queue's disk is full": (HypothesisState.SUPPORTED, at("2026-02-28T23:50:00Z")),
        "A client retries too often": (HypothesisState.TESTING, None),
    }
    tried = {m.text: (m.state, m.started_at) for m in Mitigation.objects.filter(incident=incident)}
    assert tried == {
        "Delete old segments": (MitigationState.WORKED, at("2026-03-01T00:30:00Z")),
        "Move to a larger disk": (MitigationState.REJECTED, None),
    }


def test_command_is_handed_over_at_its_time(day):
    incident = replayed(day)
    held = incident.role_assignments.filter(role__slug="commander").order_by("started_at")
    assert [(str(a.user), a.started_at, a.ended_at) for a in held] == [
        ("Commander B", at("2026-02-28T23:55:00Z"), at("2026-03-01T00:30:00Z")),
        ("Commander C", at("2026-03-01T00:30:00Z"), at("2026-03-01T01:10:00Z")),
    ]


def test_touching_impact_windows_are_one_interval(day):
    incident = replayed(day)
    affected = {(a.service.slug, a.started_at, a.ended_at) for a in incident.affected_services.all()}
    window = (at("2026-02-28T23:40:00Z"), at("2026-03-01T00:35:00Z"))
    assert affected == {("day-queue", *window), ("day-orders", *window)}
    assert incident.impact_ended_at == window[1]


def test_updates_keep_what_they_announced(day):
    incident = replayed(day)
    posted = StatusUpdate.objects.filter(incident=incident).order_by("posted_at", "pk")
    assert [(u.status, u.audiences) for u in posted] == [
        (Status.INVESTIGATING, ["public"]),
        (Status.FIXING, ["public"]),
        (Status.FIXING, ["public"]),
        (Status.CLOSED, ["public"]),
    ]


def test_alert_and_change_do_not_tell_twice_what_the_timeline_tells(day):
    incident = replayed(day)
    assert incident.timeline.filter(kind=Kind.CHANGE).count() == 1
    assert incident.timeline.filter(kind=Kind.ALERT).count() == 2  # the second alert has no row in the file
    assert set(incident.evidence.values_list("event__kind", flat=True)) == {Kind.ALERT}


def test_services_of_the_installation_stay_as_they_are(day):
    mine = Service.objects.create(name="Our intake", slug="day-orders", tier=3)
    replayed(day)
    mine.refresh_from_db()
    assert (mine.name, mine.tier, mine.depends_on.count()) == ("Our intake", 3, 0)


def test_people_cannot_sign_in(day):
    incident = replayed(day)
    people = [p.user for p in incident.participations.select_related("user")]
    assert len(people) == 3
    assert not any(p.has_usable_password() for p in people)
    assert all(p.email.endswith("@replay.example") for p in people)


def set_time(document: dict, name: str, moment: str | None) -> None:
    document["timestamps"][name] = None if moment is None else {"at": moment, "basis": "source"}


@pytest.mark.parametrize(
    ("missing", "metrics"),
    [
        ("detected_at", ["time_to_detect", "time_to_acknowledge", "time_to_declare"]),
        ("acknowledged_at", ["time_to_acknowledge"]),
        ("declared_at", ["time_to_declare"]),
        ("mitigated_at", ["time_to_mitigate"]),
        ("resolved_at", ["time_to_resolve"]),
        ("closed_at", ["time_to_close"]),
        (
            "started_at",
            [
                "time_to_detect",
                "time_to_mitigate",
                "time_to_resolve",
                "time_to_close",
                "time_to_first_public_update",
            ],
        ),
        ("introduced_at", []),
        ("identified_at", []),
    ],
)
@pytest.mark.parametrize("how", ["null", "absent", "null inside"])
def test_missing_time_is_never_imputed(day, missing, metrics, how):
    if how == "absent":
        del day["timestamps"][missing]
    else:
        day["timestamps"][missing] = None if how == "null" else {"at": None, "basis": "source"}
    expected = day["expected_metrics"]["values"] | dict.fromkeys(metrics)
    assert describe(replayed(day))["metrics"] == expected


def test_a_day_of_hardly_anything(day):
    bare = {
        "schema_version": 1,
        "id": "bare",
        "title": "Hardly anything is known",
        "catalogue": {},
        "timestamps": {"started_at": {"at": "2026-01-01T00:00:00Z"}},
        "severity": [{"value": "SEV5"}],
        "timeline": [],
    }
    outcome = describe(replayed(bare))
    assert set(outcome["metrics"].values()) == {None}
    assert set(outcome["counts"].values()) == {0}


def test_declared_after_mitigation_and_resolution(day):
    set_time(day, "declared_at", "2026-03-01T03:00:00Z")
    set_time(day, "closed_at", "2026-03-01T04:00:00Z")
    incident = replayed(day)
    assert incident.is_retroactive
    metrics = describe(incident)["metrics"]
    assert (metrics["time_to_mitigate"], metrics["time_to_declare"]) == (3300, 12090)


def test_declared_after_closing(day):
    set_time(day, "declared_at", "2026-03-01T03:00:00Z")
    assert describe(replayed(day))["metrics"]["time_to_close"] == 5400


def test_work_that_goes_on_after_closing(day):
    day["hypotheses"].append(
        {"text": "Late thought", "raised_at": "2026-03-01T05:00:00Z", "settled_at": None, "outcome": "open"}
    )
    day["mitigation_options"].append(
        {
            "text": "Late patch",
            "proposed_at": "2026-03-01T06:00:00Z",
            "executed_at": None,
            "outcome": "chosen",
        }
    )
    day["roles"].append(
        {
            "role": "customer_advocate",
            "person": "a",
            "from": "2026-03-01T05:30:00Z",
            "to": "2026-03-01T05:40:00Z",
        }
    )
    day["timeline"].append(
        {"at": "2026-03-01T09:00:00Z", "kind": "note", "text": "The morning after.", "seq": 8}
    )
    outcome = describe(replayed(day))
    assert outcome["metrics"] == day["expected_metrics"]["values"]
    assert (outcome["counts"]["roles"], outcome["counts"]["hypotheses"]) == (5, 3)


def test_everything_in_one_second(day):
    moment = "2026-03-01T00:00:00Z"
    document = json.loads(json.dumps(day), object_hook=lambda d: {k: _flat(v, moment) for k, v in d.items()})
    metrics = describe(replayed(document))["metrics"]
    assert set(metrics.values()) == {0}


def _flat(value, moment):
    is_time = isinstance(value, str) and value.startswith("2026-0") and "T" in value
    return moment if is_time else value


def test_times_with_other_offsets_and_fractions(day):
    day["timestamps"]["resolved_at"]["at"] = "2026-03-01T02:10:00.250+01:00"
    day["timestamps"]["closed_at"]["at"] = "2026-02-28T20:10:01-05:00"
    metrics = describe(replayed(day))["metrics"]
    assert (metrics["time_to_resolve"], metrics["time_to_close"]) == (5400.25, 5401)


def test_long_texts_are_kept_whole(day):
    long = "An extraordinarily long sentence. " * 40
    day["title"] = day["hypotheses"][0]["text"] = day["alerts"][0]["title"] = long
    day["mitigation_options"][1]["reason"] = day["mitigation_options"][0]["text"] = long
    day["timeline"][0]["text"] = long.strip()
    day["changes"][0]["result"] = day["impact"]["customer"] = long
    replayed(day)


def test_empty_and_null_sections(day):
    for name in (
        "roles",
        "changes",
        "alerts",
        "hypotheses",
        "mitigation_options",
        "status_updates",
        "action_items",
    ):
        day[name] = None
    day["impact"] = day["retrospective"] = None
    metrics = describe(replayed(day))["metrics"]
    assert metrics["time_to_first_public_update"] is None
    assert metrics["longest_gap_between_public_updates"] is None


def test_unknown_words_are_kept_not_refused(day):
    day["status_updates"][0]["state"] = "zombie"
    day["hypotheses"][0]["outcome"] = "inconclusive"
    day["mitigation_options"][0]["outcome"] = "half-hearted"
    day["changes"][0]["kind"] = "séance"
    day["timeline"][2]["kind"] = "premonition"
    incident = replayed(day)
    assert incident.hypotheses.get(claim="The queue's disk is full").state == HypothesisState.OPEN
    assert incident.mitigations.get(text="Delete old segments").state == MitigationState.APPLYING


def test_a_role_and_its_holder_may_come_twice(day):
    day["roles"] += [
        {"role": "on_call", "person": "a", "from": "2026-03-01T00:10:00Z", "to": "2026-03-01T00:10:00Z"},
        {"role": "on_call", "person": "a", "from": "2026-03-01T00:20:00Z", "to": None},
    ]
    assert describe(replayed(day))["counts"]["roles"] == 6


def test_two_days_with_the_same_people_keys_are_other_people(day):
    other = copy.deepcopy(day) | {"id": "another-day"}
    first, second = replayed(day), replayed(other)
    people = [set(i.participations.values_list("user", flat=True)) for i in (first, second)]
    assert not people[0] & people[1]
    assert TimelineEvent.objects.filter(incident=second).count() > 0
