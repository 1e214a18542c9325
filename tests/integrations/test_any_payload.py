"""Whatever a payload holds, a parser reads it or refuses it with a reason: nothing else comes out of it."""

import json
from copy import deepcopy
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.observed import Changed, Observed, Parsed, Told
from incidents.models import ChangeEvent
from integrations.senders import SENDERS, UnreadableError, load

load()
EXAMPLES = 100
WORDS = (
    "firing", "resolved", "OK", "ALARM", "success", "incident", "ping", "0", "1", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00",
    "2016-08-12 15:26:29 UTC", "$STATE", "{MACRO}", "[]", '{"a": 1}', "\ud800", "a\0b", "a:b,c:d", "/" * 600,
)  # fmt: skip
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, 2**53 + 1, 2**70, 1502709956288000110, -(10**18), 10**30]),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(WORDS),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES_OF_HEADERS = (
    "X-Github-Event", "Sentry-Hook-Resource", "sentry-hook-timestamp", "Ce-Type", "ce-source", "ce-time",
    "X-Amz-Sns-Message-Type", "Content-Type",
)  # fmt: skip
EVENTS = ("ping", "push", "deployment", "deployment_status", "release", "workflow_run", "issue", "event_alert", "Notification")  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(NAMES_OF_HEADERS), st.sampled_from(EVENTS) | st.text(max_size=12), max_size=3
)


def _opened(value: Any) -> Any:
    """The same with JSON in text fields as objects, so that what stands in them is changed as well."""
    if isinstance(value, dict):
        return {name: _opened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_opened(one) for one in value]
    return (
        json.loads(value) if isinstance(value, str) and value.startswith("{") and '"' in value[:3] else value
    )


def _places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for name, one in inner for place in ((*above, name), *_places(one, (*above, name)))]


@st.composite
def _changed_samples(draw: st.DrawFn, kind: str) -> Any:
    """The sender's own sample, with keys removed and values of other types."""
    body = deepcopy(_opened(SENDERS[kind].sample("checkout")))
    for _ in range(draw(st.integers(1, 3))):
        places = _places(body)
        if not places:
            break
        *above, name = draw(st.sampled_from(places))
        holder = body
        for step in above:
            holder = holder[step]
        if draw(st.booleans()):
            del holder[name]
        else:
            holder[name] = draw(NESTED)
    return body


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in _texts(one)]
    if isinstance(value, tuple):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, Observed | Changed | Parsed) or hasattr(value, "url"):
        return [text for one in fields(value) for text in _texts(getattr(value, one.name))]
    return []


def _read(kind: str, body: Any, headers: dict[str, str]) -> Parsed | None:
    """None where it is refused. Every other error goes on."""
    try:
        return SENDERS[kind].parse(body, headers, {})
    except UnreadableError:
        return None


@pytest.mark.parametrize("kind", sorted(SENDERS))
def test_any_payload_is_read_or_refused(kind: str) -> None:
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(body=st.one_of(_changed_samples(kind), NESTED), headers=HEADERS)
    def check(body: Any, headers: dict[str, str]) -> None:
        parsed = _read(kind, body, headers)
        if parsed is None:
            return
        assert isinstance(parsed, Parsed)
        assert parsed.alerts or parsed.changes or parsed.closed_groups or parsed.note or body_is_empty(body)
        for alert in parsed.alerts:
            assert alert.dedup_key
            assert isinstance(alert.state, Told)
        for change in parsed.changes:
            assert change.key
            assert change.kind in ChangeEvent.Kind.values
        for moment in _moments(parsed):
            assert moment.tzinfo == UTC
            assert 1970 < moment.year < 2200
        for text in _texts(parsed):
            assert "\0" not in text
            assert text.encode().decode() == text

    def body_is_empty(body: Any) -> bool:
        return body == [] or (isinstance(body, dict) and body.get("alerts") == [])

    check()


READING = sorted(one.kind for one in SENDERS.values() if not one.takes_anything)
"""The others have nothing to read."""


def _moments(parsed: Parsed) -> list[datetime]:
    found = [parsed.at, *(moment for one in parsed.alerts for moment in (one.at, one.started_at))]
    return [moment for moment in (*found, *(one.at for one in parsed.changes)) if moment is not None]


@pytest.mark.parametrize("kind", READING)
def test_own_sample_is_one_firing_alert_or_one_change(kind: str) -> None:
    body = SENDERS[kind].sample("checkout")
    parsed = SENDERS[kind].parse(json.loads(json.dumps(body)), {"Content-Type": "application/json"}, {})
    assert len(parsed.alerts) + len(parsed.changes) == 1
    assert not parsed.note
    for alert in parsed.alerts:
        assert alert.state == Told.FIRING
        assert (bool(alert.dedup_key), bool(alert.title), alert.service) == (True, True, "checkout")
    for change in parsed.changes:
        assert (bool(change.key), bool(change.title), change.service) == (True, True, "checkout")


@pytest.mark.parametrize("kind", READING)
def test_own_sample_without_a_service_is_read(kind: str) -> None:
    parsed = SENDERS[kind].parse(SENDERS[kind].sample(""), {}, {})
    assert len(parsed.alerts) + len(parsed.changes) == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("pagerduty", {"event_action": []}),
        ("pagerduty", {"event_action": "trigger", "payload": "down"}),
        ("opsgenie", {"action": {}, "body": {"alias": "a"}}),
        ("alertmanager", {"alerts": [{"status": {}}]}),
    ],
)
def test_field_of_another_type_is_refused_with_a_reason(kind: str, body: Any) -> None:
    with pytest.raises(UnreadableError):
        SENDERS[kind].parse(body, {}, {})


def test_payload_of_a_resolve_may_be_of_another_type() -> None:
    body = {"event_action": "resolve", "dedup_key": "a", "payload": "down"}
    assert SENDERS["pagerduty"].parse(body, {}, {}).alerts[0].state == Told.RESOLVED


def test_events_without_a_key_are_alerts_of_their_own() -> None:
    first, second = (SENDERS["pagerduty"].sample(name) | {"dedup_key": ""} for name in ("cart", "search"))
    keys = {SENDERS["pagerduty"].parse(body, {}, {}).alerts[0].dedup_key for body in (first, second, first)}
    assert len(keys) == 2


@pytest.mark.parametrize("kind", ["generic", "change", "riemann"])
def test_long_keys_that_begin_alike_stay_apart(kind: str) -> None:
    name = {"generic": "key", "change": "key", "riemann": "host"}[kind]
    bodies = [SENDERS[kind].sample("checkout") | {name: "k" * 600 + end} for end in "ab"]
    found = [SENDERS[kind].parse(body, {}, {}) for body in bodies]
    keys = {one.dedup_key for parsed in found for one in parsed.alerts}
    keys |= {one.key for parsed in found for one in parsed.changes}
    assert len({key[:300] for key in keys}) == 2
