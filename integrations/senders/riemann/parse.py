"""Events of Riemann, one or several, as its HTTP clients send them.

Source: https://riemann.io/concepts.html
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import filled, key_of, moment_of, texts_in, told_of

STATES = {
    "ok": Told.RESOLVED,
    "up": Told.RESOLVED,
    "warning": Told.FIRING,
    "critical": Told.FIRING,
    "error": Told.FIRING,
    "down": Told.FIRING,
    "unknown": Told.FIRING,
    "expired": Told.FIRING,  # nothing was heard of it in its time to live
}
KNOWN = ("host", "service", "state", "description", "time", "tags", "metric", "ttl")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    events = body if isinstance(body, list) else [body]
    return Parsed(tuple(_observed(an_object(one, "An event")) for one in events))


def _observed(event: dict[str, Any]) -> Observed:
    host, service = text_of(event.get("host")), text_of(event.get("service"))
    if not host and not service:
        raise UnreadableError("An event has neither “host” nor “service”.")
    state = told_of(event.get("state"), "state", STATES) or Told.FIRING
    labels = texts_of({name: value for name, value in event.items() if name not in KNOWN})
    return Observed(
        dedup_key=key_of(host, service),
        state=state,
        title=f"{service} on {host}" if host and service else service or host,
        description=text_of(event.get("description")),
        severity=text_of(event.get("state")) if state == Told.FIRING else "",
        service=service,
        source=host,
        at=moment_of(event.get("time")),
        labels=labels | filled({"metric": event.get("metric"), "tags": ", ".join(texts_in(event, "tags"))}),
    )


def sample(service: str) -> dict[str, Any]:
    return {
        "host": "test",
        "service": service or "test",
        "state": "warning",
        "description": "A test alert",
        "metric": 1,
        "time": int(timezone.now().timestamp()),
    }
