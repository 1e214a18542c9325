"""Events as PagerDuty takes them, version 2.

Source: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Link, Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of, time_of
from integrations.senders.payload_fields import hash_of, object_of

STATES = {"trigger": Told.FIRING, "acknowledge": Told.ACKNOWLEDGED, "resolve": Told.RESOLVED}
SEVERITIES = ("critical", "error", "warning", "info")
LONGEST_KEY = 255


def faults_of(body: Any) -> list[str]:
    """What PagerDuty would refuse of an event, in its words; nothing where it is right."""
    if not isinstance(body, dict):
        return ["JSON body must be an object"]
    faults = []
    if text_of(body.get("event_action")) not in STATES:
        faults.append("'event_action' is missing or invalid (must be one of: trigger, acknowledge, resolve)")
    key = body.get("dedup_key")
    if key is not None and (not isinstance(key, str) or len(key) > LONGEST_KEY):
        faults.append(f"'dedup_key' is invalid (must be a string of at most {LONGEST_KEY} characters)")
    if body.get("event_action") in ("acknowledge", "resolve") and not key:
        faults.append("'dedup_key' is missing or blank")
    if body.get("event_action") == "trigger":
        faults += _faults_of_payload(body.get("payload"))
    return faults


def _faults_of_payload(payload: Any) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    faults = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source")
        if not text_of(payload.get(name))
    ]
    if payload.get("severity") not in SEVERITIES:
        faults.append(f"'payload.severity' is missing or invalid (must be one of: {', '.join(SEVERITIES)})")
    return faults


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if faults := faults_of(body):
        raise UnreadableError("; ".join(faults))
    payload = object_of(body, "payload")
    details = payload.get("custom_details")
    labels = texts_of(details if isinstance(details, dict) else {"details": details})
    labels |= {
        name: text_of(payload[name]) for name in ("class", "component", "group") if text_of(payload.get(name))
    }
    return Parsed(
        (
            Observed(
                # PagerDuty makes a key of its own where an event has none: such an event is one alert.
                dedup_key=text_of(body.get("dedup_key")) or hash_of(body),
                group_key=text_of(payload.get("group")),
                state=STATES[text_of(body["event_action"])],
                title=text_of(payload.get("summary")),
                severity=text_of(payload.get("severity")),
                service=text_of(payload.get("component")),
                source=text_of(payload.get("source")),
                at=time_of(payload.get("timestamp")),
                labels=labels,
                links=tuple(_links(body)),
            ),
        )
    )


def _links(body: dict[str, Any]) -> list[Link]:
    links = body.get("links") if isinstance(body.get("links"), list) else []
    found = [
        Link(text_of(one.get("text")) or "Link", text_of(one.get("href")))
        for one in links or []
        if isinstance(one, dict) and text_of(one.get("href"))
    ]
    client = text_of(body.get("client_url"))
    return [*found, *([Link(text_of(body.get("client")) or "Client", client)] if client else [])]


def sample(service: str) -> dict[str, Any]:
    return {
        "event_action": "trigger",
        "dedup_key": "test",
        "payload": {
            "summary": "A test alert",
            "source": "allclear",
            "severity": "warning",
            "component": service,
            "timestamp": timezone.now().isoformat(),
        },
    }
