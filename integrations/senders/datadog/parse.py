"""Webhooks of Datadog, with the payload that `PAYLOAD` says: what Datadog sends by itself tells no state.

Source: https://docs.datadoghq.com/integrations/webhooks/#variables
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
    tags_of,
)

PAYLOAD = """{
  "alert_id": "$ALERT_ID",
  "transition": "$ALERT_TRANSITION",
  "scope": "$ALERT_SCOPE",
  "cycle_key": "$ALERT_CYCLE_KEY",
  "aggregation_key": "$AGGREG_KEY",
  "title": "$ALERT_TITLE",
  "message": "$TEXT_ONLY_MSG",
  "status": "$ALERT_STATUS",
  "priority": "$ALERT_PRIORITY",
  "type": "$ALERT_TYPE",
  "tags": "$TAGS",
  "hostname": "$HOSTNAME",
  "metric": "$ALERT_METRIC",
  "query": "$ALERT_QUERY",
  "link": "$LINK",
  "snapshot": "$SNAPSHOT",
  "last_updated": "$LAST_UPDATED"
}"""
STATES = {
    "triggered": Told.FIRING,
    "re-triggered": Told.FIRING,
    "warn": Told.FIRING,
    "re-warn": Told.FIRING,
    "no data": Told.FIRING,
    "re-no data": Told.FIRING,
    "renotify": Told.FIRING,
    "recovered": Told.RESOLVED,
}

PRIORITIES = ("p1", "p2", "p3", "p4", "p5")


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    word = first_of(body.get("transition"), body.get("alert_transition"))
    state = STATES.get(word.casefold())
    if state is None:
        said = f"“transition” is “{word[:60]}”." if word else "“transition” is missing."
        raise UnreadableError(
            f"{said} Copy the payload from the page of this integration into the webhook in Datadog."
        )
    monitor, scope = _said(body.get("alert_id")) or _said(body.get("monitor_id")), _said(body.get("scope"))
    key = key_of(monitor, scope) if monitor else first_of(body.get("aggregation_key"), body.get("cycle_key"))
    if not key:
        raise UnreadableError("“alert_id” is missing.")
    labels = (
        tags_of(body.get("tags"))
        | tags_of(scope)
        | filled({name: _said(body.get(name)) for name in ("metric", "query", "type", "transition")})
    )
    at = moment_of(body.get("last_updated")) or moment_of(body.get("date"))
    observed = Observed(
        dedup_key=key_of(key),
        group_key=key_of(monitor) if scope else "",
        state=state,
        title=_title(first_of(_said(body.get("title")), body.get("alert_title"), body.get("event_title"))),
        description=first_of(_said(body.get("message")), _said(body.get("status")), body.get("body")),
        severity=_said(body.get("priority")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(_said(body.get("hostname")), labels.get("host")),
        at=at,
        started_at=at if word.casefold() == "triggered" else None,
        labels=labels,
        links=links_of(("Datadog", _said(body.get("link"))), ("Graph", _said(body.get("snapshot")))),
    )
    return Parsed((observed,))


def _title(text: str) -> str:
    """A title without what Datadog writes before it: “[P2] [Triggered on {host:web-1}] CPU is high”."""
    for _ in range(2):
        before, closing, after = text.partition("] ")
        word = before.removeprefix("[").split(" on ", 1)[0].casefold()
        if not closing or not before.startswith("[") or not (word in STATES or word in PRIORITIES):
            break
        text = after
    return text


def _said(value: Any) -> str:
    """Datadog writes “null”, or leaves the name of a variable, where it has nothing to say."""
    text = text_of(value)
    is_variable = text.startswith("$") and text[1:].replace("_", "").isupper() and " " not in text
    return "" if text == "null" or is_variable else text


def sample(service: str) -> dict[str, Any]:
    return {
        "alert_id": "1",
        "transition": "Triggered",
        "scope": f"service:{service}",
        "title": "A test alert",
        "message": "",
        "priority": "P3",
        "tags": f"service:{service}",
        "hostname": "",
        "link": "",
        "last_updated": int(timezone.now().timestamp() * 1000),
    }
