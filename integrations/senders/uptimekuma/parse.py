"""Webhooks of Uptime Kuma, with the body that it sends by itself (application/json).

Source: https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/webhook.js
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    key_of,
    links_of,
    moment_of,
    named_in,
    needed,
    object_of,
    tags_of,
    told_of,
)

STATES = {"0": Told.FIRING, "1": Told.RESOLVED}
SILENT = ("2", "3")  # pending, maintenance


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    beat, monitor = object_of(body, "heartbeat"), object_of(body, "monitor")
    if not beat:
        if text_of(body.get("msg")):
            return Parsed(note="Uptime Kuma sent a test, or a word on a certificate. It tells no state.")
        raise UnreadableError("There is neither “heartbeat” nor “msg”. Choose application/json as its body.")
    key = needed(
        "“monitorID” of “heartbeat”", beat.get("monitorID"), beat.get("monitor_id"), monitor.get("id")
    )
    state = told_of(beat.get("status"), "status", STATES, SILENT)
    if state is None:
        return Parsed(note="The monitor is pending, or under maintenance.")
    at = moment_of(beat.get("time"))
    labels = tags_of(monitor.get("tags")) | filled(
        {"type": monitor.get("type"), "path": monitor.get("pathName")}
    )
    address = text_of(monitor.get("url"))
    observed = Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(monitor.get("name"), f"Monitor {key}"),
        description=text_of(beat.get("msg")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=text_of(monitor.get("hostname")),
        at=at,
        # A reminder is not important: the monitor was down before.
        started_at=at if state == Told.FIRING and beat.get("important") in (True, 1) else None,
        labels=labels,
        links=links_of(("Checked address", "" if address == "https://" else address)),
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().strftime("%Y-%m-%d %H:%M:%S.000")
    return {
        "heartbeat": {
            "monitorID": 1,
            "status": 0,
            "time": now,
            "msg": "timeout of 48000ms exceeded",
            "important": True,
            "duration": 60,
        },
        "monitor": {
            "id": 1,
            "name": "A test alert",
            "url": "https://example.com/",
            "type": "http",
            "tags": [{"name": "service", "value": service}],
        },
        "msg": "[A test alert] [Down] timeout of 48000ms exceeded",
    }
