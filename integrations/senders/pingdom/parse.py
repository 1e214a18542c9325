"""Webhooks of Pingdom, of checks of uptime and of transactions.

Source: https://www.pingdom.com/resources/webhooks/
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
    inside,
    key_of,
    links_of,
    moment_of,
    named_in,
    tags_of,
    told_of,
)

STATES = {
    "down": Told.FIRING,
    "failing": Told.FIRING,
    "up": Told.RESOLVED,
    "success": Told.RESOLVED,
}
SILENT = ("unknown", "paused", "unconfirmed_down")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    key = text_of(body.get("check_id"))
    if not key:
        raise UnreadableError("“check_id” is missing. Pingdom sends one with each change of a check.")
    state = told_of(body.get("current_state"), "current_state", STATES, SILENT)
    if state is None:
        return Parsed(note=f"The check is {text_of(body.get('current_state')).lower()}.")
    at = moment_of(body.get("state_changed_timestamp")) or moment_of(body.get("state_changed_utc_time"))
    labels = tags_of(body.get("tags")) | filled(
        {
            "check_type": body.get("check_type"),
            "probe": inside(body, "first_probe", "location"),
            "second_probe": inside(body, "second_probe", "location"),
        }
    )
    observed = Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(body.get("check_name"), body.get("description")),
        description=first_of(body.get("long_description"), body.get("description")),
        severity=text_of(body.get("importance_level")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=text_of(inside(body, "check_params", "hostname")),
        at=at,
        started_at=at if state == Told.FIRING else None,
        labels=labels,
        links=links_of(("Checked address", inside(body, "check_params", "full_url"))),
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "check_id": 1,
        "check_name": "A test alert",
        "check_type": "HTTP",
        "check_params": {"hostname": "example.com", "full_url": "https://example.com/"},
        "tags": [f"service:{service}"],
        "previous_state": "UP",
        "current_state": "DOWN",
        "importance_level": "HIGH",
        "state_changed_timestamp": int(now.timestamp()),
        "state_changed_utc_time": now.strftime("%Y-%m-%dT%H:%M:%S"),
        "long_description": "",
        "description": "HTTP Error 503",
        "version": 1,
    }
