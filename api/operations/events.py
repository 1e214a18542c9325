"""What happened, newest first, and the catalogue of what can happen."""

from typing import Any

from django.http import Http404

from api.fields import Body, IncidentField, body, choice, moment
from api.registry import Call, item, listing
from api.shapes.events import PUBLIC, EventShape, EventTypeShape
from events.catalogue import BY_NAME
from events.json_schema import schema_of


class EventQuery(Body):
    name = choice(PUBLIC, required=False)
    incident = IncidentField(required=False, help_text="A reference, such as INC-14.")
    after = moment(help_text="Only what happened at this time or later.")
    before = moment(help_text="Only what happened before this time.")


def _events(call: Call) -> Any:
    events, asked = EventShape.rows(call.user), call.query
    if name := asked.get("name"):
        events = events.filter(topic=name)
    if incident := asked.get("incident"):
        events = events.filter(subject=incident.chain)
    if after := asked.get("after"):
        events = events.filter(due_at__gte=after)
    if before := asked.get("before"):
        events = events.filter(due_at__lt=before)
    return events


listing(
    "events",
    EventShape,
    _events,
    name="list_events",
    summary="What happened in the last 30 days to what the caller can see, newest first.",
    query=EventQuery,
    scope="incidents:read",
    tag="Events",
)


def _not_here(call: Call) -> Any:
    """Answered before it comes to Django (config/asgi.py): api/event_stream.py."""
    raise Http404


item(
    "events/stream",
    None,
    _not_here,
    name="stream_events",
    summary="Stream events live as server-sent events. Last-Event-ID continues after that event.",
    query=body("EventStreamQuery", name=choice(PUBLIC, required=False)),
    scope="incidents:read",
    tag="Events",
    file_types=("text/event-stream",),
)


def _types(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "name": event.name,
            "version": event.version,
            "description": (event.__doc__ or "").strip(),
            "webhook": event.webhook,
            "data_schema": schema_of(event),
        }
        for name, event in sorted(BY_NAME.items())
        if event.is_public
    ]


item(
    "event-types",
    EventTypeShape,
    _types,
    name="list_event_types",
    summary="The catalogue of events.",
    scope="",
    tag="Events",
    many=True,
)
