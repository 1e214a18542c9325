"""Webhooks that Opsgenie and Jira Service Management send: what happened to one of their alerts.

Source: https://support.atlassian.com/opsgenie/docs/opsgenie-edge-connector-alert-action-data/
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of
from integrations.senders.payload_fields import (
    NAMES_OF_SERVICE,
    filled,
    first_of,
    key_of,
    moment_of,
    named_in,
    object_of,
    texts_in,
)

STATES = {
    "create": Told.FIRING,
    "acknowledge": Told.ACKNOWLEDGED,
    "unacknowledge": Told.UNACKNOWLEDGED,
    "close": Told.RESOLVED,
    "delete": Told.RESOLVED,
}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    action = text_of(body.get("action"))
    alert = object_of(body, "alert")
    if not action or not alert:
        raise UnreadableError(
            "“action” or “alert” is missing. Add the alert payload to the webhook in Opsgenie."
        )
    state = STATES.get(action.casefold())
    if state is None:
        return Parsed(note=f"“{action[:60]}” changes no state.")
    key = first_of(alert.get("alias"), alert.get("alertId"))
    if not key:
        raise UnreadableError("“alias” and “alertId” of the alert are missing.")
    labels = texts_of(alert.get("details")) | filled(
        {
            "tags": ", ".join(texts_in(alert, "tags")),
            "teams": ", ".join(texts_in(alert, "teams")),
            "alert_id": alert.get("alertId"),
            "tiny_id": alert.get("tinyId"),
        }
    )
    observed = Observed(
        dedup_key=key_of(key),
        state=state,
        title=text_of(alert.get("message")),
        description=text_of(alert.get("description")),
        severity=text_of(alert.get("priority")),
        service=named_in(labels, NAMES_OF_SERVICE),
        source=first_of(alert.get("entity"), alert.get("source")),
        at=moment_of(alert.get("updatedAt")) or moment_of(alert.get("createdAt")),
        started_at=moment_of(alert.get("createdAt")),
        labels=labels,
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    now = int(timezone.now().timestamp() * 1000)
    return {
        "action": "Create",
        "alert": {
            "alertId": "test",
            "message": "A test alert",
            "tags": [],
            "tinyId": "1",
            "alias": "test",
            "entity": "",
            "details": {"service": service},
            "createdAt": now,
            "updatedAt": now * 1_000_000,
            "priority": "P3",
        },
        "source": {"name": "web", "type": "API"},
        "integrationName": "Webhook",
    }
