"""Whatever the times of a day, as long as they obey the order: it replays, and its metrics are plain arithmetic."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import AuditEntry, first_broken_link
from incidents.models import Status
from replay.drive import replay_document
from replay.outcome import describe

BEGIN = datetime(2024, 3, 30, 22, tzinfo=UTC)  # a night in which clocks change
seconds = st.integers(min_value=0, max_value=6 * 3600)
maybe = st.none() | seconds
WORDS = st.sampled_from(["", "confirmed", "rejected", "chosen", "failed", "reverted", "open", "who knows"])
PEOPLE = st.sampled_from(["a", "b", "c"])
ROLES = st.sampled_from(["commander", "communications", "scribe", "on_call", "gardener", "Ops lead"])


def text(offset: int | None) -> str | None:
    return None if offset is None else f"{BEGIN + timedelta(seconds=offset):%Y-%m-%dT%H:%M:%SZ}"


def span(draw, first: str, last: str) -> dict:
    pair = draw(st.tuples(maybe, maybe))
    if None not in pair:
        pair = sorted(pair)
    return {first: text(pair[0]), last: text(pair[1])}


@st.composite
def days(draw) -> dict:
    times = sorted(draw(st.lists(seconds, min_size=6, max_size=6)))
    introduced, started, mitigated, resolved, closed, _ = times
    offsets = {
        "introduced_at": introduced,
        "started_at": started,
        "detected_at": draw(seconds),
        "declared_at": started + draw(seconds),
        "acknowledged_at": started + draw(seconds),
        "identified_at": draw(seconds),
        "mitigated_at": mitigated,
        "resolved_at": resolved,
        "closed_at": closed,
    }
    known = draw(st.fixed_dictionaries({name: st.booleans() | st.just(True) for name in offsets}))
    offsets = {name: value if known[name] else None for name, value in offsets.items()}
    rows = sorted(draw(st.lists(seconds, max_size=6)))
    updates = sorted(draw(st.lists(seconds, max_size=4)))
    windows = [sorted(draw(st.tuples(seconds, seconds))) for _ in range(draw(st.integers(0, 3)))]
    return {
        "schema_version": 1,
        "id": "any",
        "title": "Any day",
        "catalogue": {
            "services": [{"slug": "any-one", "name": "Any one"}],
            "people": [{"key": key, "placeholder": key.upper()} for key in "abc"],
        },
        "timestamps": {name: {"at": text(value)} for name, value in offsets.items()},
        "severity": [
            {"at": text(moment), "value": draw(st.sampled_from(["SEV1", "SEV2", "SEV3"]))}
            for moment in sorted(draw(st.lists(seconds, min_size=1, max_size=3)))
        ],
        "roles": [
            {"role": draw(ROLES), "person": draw(PEOPLE), **span(draw, "from", "to")}
            for _ in range(draw(st.integers(0, 4)))
        ],
        "alerts": [{"at": text(draw(seconds)), "service": "any-one", "title": "Alarm"}],
        "changes": [{"at": text(draw(seconds)), "service": "any-one", "kind": "deployment"}],
        "timeline": [
            {"at": text(at), "kind": draw(st.sampled_from(["detection", "recovery", "note"])), "text": "Row"}
            for at in rows
        ],
        "hypotheses": [
            {"text": "Perhaps", "outcome": draw(WORDS), **span(draw, "raised_at", "settled_at")}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "mitigation_options": [
            {"text": "Try", "outcome": draw(WORDS), **span(draw, "proposed_at", "executed_at")}
            for _ in range(draw(st.integers(0, 2)))
        ],
        "status_updates": [{"at": text(at), "state": "monitoring", "facts": ["f"]} for at in updates],
        "impact": {"windows": [{"from": text(a), "to": text(b), "service": "any-one"} for a, b in windows]},
        "offsets": offsets,
        "updates": updates,
    }


def arithmetic(day: dict) -> dict:
    t, updates = day["offsets"], day["updates"]

    def between(first, second):
        return None if first is None or second is None else second - first

    return {
        "time_to_detect": between(t["started_at"], t["detected_at"]),
        "time_to_acknowledge": between(t["detected_at"], t["acknowledged_at"]),
        "time_to_declare": between(t["detected_at"], t["declared_at"]),
        "time_to_mitigate": between(t["started_at"], t["mitigated_at"]),
        "time_to_resolve": between(t["started_at"], t["resolved_at"]),
        "time_to_close": between(t["started_at"], t["closed_at"]),
        "time_to_first_public_update": between(t["started_at"], updates[0] if updates else None),
        "longest_gap_between_public_updates": max((b - a for a, b in pairwise(updates)), default=None),
    }


@pytest.mark.django_db
@settings(max_examples=25, derandomize=True, suppress_health_check=list(HealthCheck))
@given(day=days())
def test_replays(day):
    with transaction.atomic():
        incident, _ = replay_document(day)
        outcome = describe(incident)
        assert outcome["metrics"] == arithmetic(day)
        assert incident.status == Status.CLOSED
        lists = ("timeline", "status_updates", "hypotheses", "roles", "changes", "alerts")
        counted = [outcome["counts"][n] for n in ("timeline_events", *lists[1:])]
        assert counted[:3] + counted[4:] == [len(day[n]) for n in lists if n != "roles"]
        assert outcome["counts"]["mitigations"] == len(day["mitigation_options"])
        assert first_broken_link(AuditEntry.objects.of(incident.chain)) is None
        transaction.set_rollback(True)
