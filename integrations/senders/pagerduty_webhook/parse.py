"""Webhooks of PagerDuty, whose incidents are alerts here: version 3, and the older versions 2 and 1.

Sources: https://developer.pagerduty.com/docs/webhooks-overview/ (version 3)
and https://support.pagerduty.com/main/docs/webhooks (older versions)
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

EVENTS = {
    "incident.triggered": Told.FIRING,
    "incident.reopened": Told.FIRING,
    "incident.acknowledged": Told.ACKNOWLEDGED,
    "incident.unacknowledged": Told.UNACKNOWLEDGED,
    "incident.resolved": Told.RESOLVED,
    "incident.trigger": Told.FIRING,
    "incident.acknowledge": Told.ACKNOWLEDGED,
    "incident.unacknowledge": Told.UNACKNOWLEDGED,
    "incident.resolve": Told.RESOLVED,
}
STATUSES = {"triggered": Told.FIRING, "acknowledged": Told.ACKNOWLEDGED, "resolved": Told.RESOLVED}


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    body = an_object(body)
    if event := object_of(body, "event"):
        told = [_of_event(event.get("event_type"), object_of(event, "data"), event.get("occurred_at"))]
    elif messages := objects_of(body, "messages"):
        told = [
            _of_event(
                first_of(one.get("event"), one.get("type")),
                object_of(one, "incident") or object_of(one, "data", "incident"),
                one.get("created_on"),
            )
            for one in messages
        ]
    elif text_of(body.get("type")) == "incident":
        state = told_of(body.get("status"), "status", STATUSES) or Told.FIRING
        told = [_observed(body, state, moment_of(body.get("last_status_change_at")))]
    else:
        raise UnreadableError(
            "There is neither “event” nor “messages”. Send a webhook of version 3 from PagerDuty."
        )
    alerts = [one for one in told if isinstance(one, Observed)]
    notes = dict.fromkeys(one for one in told if isinstance(one, str))
    return Parsed(tuple(alerts), note="" if alerts else "; ".join(notes)[:500])


def _of_event(kind: Any, incident: dict[str, Any], at: Any) -> Observed | str:
    """An incident as an event leaves it, or a note."""
    name = text_of(kind)
    if not name:
        raise UnreadableError("The type of an event is missing.")
    if name not in EVENTS:
        return f"“{name[:60]}” changes no state."
    moment = moment_of(at)
    # One that is triggered or reopened begins now; its own time of creation stays the same when it is reopened.
    return _observed(incident, EVENTS[name], moment, began_at=moment if EVENTS[name] == Told.FIRING else None)


def _observed(
    incident: dict[str, Any], state: Told, at: datetime | None, *, began_at: datetime | None = None
) -> Observed:
    key = needed("“id” of the incident", incident.get("id"))
    service = object_of(incident, "service")
    return Observed(
        dedup_key=key_of(key),
        state=state,
        title=first_of(
            incident.get("title"),
            inside(incident, "trigger_summary_data", "subject"),
            inside(incident, "trigger_summary_data", "description"),
            incident.get("summary"),
        ),
        severity=first_of(inside(incident, "priority", "summary"), incident.get("urgency")),
        service=first_of(service.get("summary"), service.get("name")),
        at=at,
        started_at=began_at or moment_of(first_of(incident.get("created_at"), incident.get("created_on"))),
        labels=filled(
            {
                "number": first_of(incident.get("number"), incident.get("incident_number")),
                "urgency": incident.get("urgency"),
                "incident_key": incident.get("incident_key"),
                "escalation_policy": inside(incident, "escalation_policy", "summary"),
            }
        ),
        links=links_of(("PagerDuty", incident.get("html_url"))),
    )


def sample(service: str) -> dict[str, Any]:
    now = timezone.now().isoformat()
    return {
        "event": {
            "id": "test",
            "event_type": "incident.triggered",
            "resource_type": "incident",
            "occurred_at": now,
            "data": {
                "id": "test",
                "type": "incident",
                "html_url": "",
                "number": 1,
                "status": "triggered",
                "title": "A test alert",
                "created_at": now,
                "service": {"id": "test", "type": "service_reference", "summary": service},
                "priority": None,
                "urgency": "low",
            },
        }
    }
