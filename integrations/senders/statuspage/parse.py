"""Webhooks of a Statuspage of others: its incidents, and its components without one.

Source: https://support.atlassian.com/statuspage/docs/enable-webhook-notifications/
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of
from integrations.senders.payload_fields import (
    filled,
    first_of,
    inside,
    key_of,
    links_of,
    moment_of,
    needed,
    object_of,
    objects_of,
    told_of,
)

STATES = {
    "investigating": Told.FIRING,
    "identified": Told.FIRING,
    "monitoring": Told.FIRING,
    "resolved": Told.RESOLVED,
    "postmortem": Told.RESOLVED,
}
OVER = [word for word, state in STATES.items() if state == Told.RESOLVED]
MAINTENANCE = ("scheduled", "in_progress", "verifying", "completed")
COMPONENT_STATES = {
    "degraded_performance": Told.FIRING,
    "partial_outage": Told.FIRING,
    "major_outage": Told.FIRING,
    "operational": Told.RESOLVED,
}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if incident := object_of(body, "incident"):
        return _incident(incident, body)
    if update := object_of(body, "component_update"):
        return _component(update, body)
    raise UnreadableError(
        "There is neither “incident” nor “component_update”. Subscribe this address to a Statuspage as a webhook."
    )


def _incident(incident: dict[str, Any], body: dict[str, Any]) -> Parsed:
    key = needed("“id” of “incident”", incident.get("id"))
    state = told_of(incident.get("status"), "status", STATES, MAINTENANCE)
    if state is None:
        return Parsed(note="A maintenance of the page is no alert.")
    updates = objects_of(incident, "incident_updates")
    components = [name for one in objects_of(incident, "components") if (name := text_of(one.get("name")))]
    observed = Observed(
        dedup_key=key_of(key),
        state=state,
        title=text_of(incident.get("name")),
        description=text_of(updates[0].get("body")) if updates else "",
        severity=text_of(incident.get("impact")),
        service=components[0] if len(components) == 1 else "",
        source=first_of(inside(body, "page", "name"), inside(body, "page", "id"), incident.get("page_id")),
        at=moment_of(incident.get("updated_at")),
        started_at=_began_at(incident, updates),
        labels=filled({"status": incident.get("status"), "components": ", ".join(components)}),
        links=links_of(("Statuspage", incident.get("shortlink"))),
    )
    return Parsed((observed,))


def _began_at(incident: dict[str, Any], updates: list[dict[str, Any]]) -> datetime | None:
    """When the incident began, or when it was opened again after it was resolved. The newest update stands first."""
    reopened_at = None
    for update in updates:
        if text_of(update.get("status")).casefold() in OVER:
            if reopened_at:
                return reopened_at
            break
        reopened_at = moment_of(update.get("created_at"))
    return moment_of(incident.get("started_at")) or moment_of(incident.get("created_at"))


def _component(update: dict[str, Any], body: dict[str, Any]) -> Parsed:
    component = object_of(body, "component")
    key = needed("“component_id”", update.get("component_id"), component.get("id"))
    state = told_of(update.get("new_status"), "new_status", COMPONENT_STATES, ("under_maintenance",))
    if state is None:
        return Parsed(note="A maintenance of a component is no alert.")
    at = moment_of(update.get("created_at"))
    name = text_of(component.get("name"))
    observed = Observed(
        dedup_key=key_of("component", key),
        state=state,
        title=name or f"Component {key}",
        severity=text_of(update.get("new_status")) if state == Told.FIRING else "",
        service=name,
        source=first_of(inside(body, "page", "name"), inside(body, "page", "id")),
        at=at,
        labels=filled({"status": update.get("new_status"), "before": update.get("old_status")}),
    )
    return Parsed((observed,))


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().isoformat()
    return {
        "meta": {"generated_at": now},
        "page": {"id": "test", "status_indicator": "minor", "status_description": "Minor outage"},
        "incident": {
            "id": "test",
            "name": "A test alert",
            "status": "investigating",
            "impact": "minor",
            "shortlink": "",
            "created_at": now,
            "updated_at": now,
            "resolved_at": None,
            "incident_updates": [],
            "components": [{"id": "test", "name": service, "status": "partial_outage"}],
        },
    }
