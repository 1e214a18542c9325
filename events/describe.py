"""The catalogue as a page for people (docs/events.md)."""

from dataclasses import fields
from textwrap import dedent

from events.catalogue import (
    BY_NAME,
    action_items,
    alerts,
    automations,
    incidents,
    maintenance,
    retrospectives,
    status_updates,
    tickets,
)
from events.event import Event

SUBJECTS = [
    module.__name__
    for module in (
        incidents,
        status_updates,
        retrospectives,
        action_items,
        tickets,
        maintenance,
        alerts,
        automations,
    )
]
INTRODUCTION = dedent(
    """\
    # Events

    Everything that happens in Allclear is announced under one of these names, in the transaction of the change.
    A name stays for good; its version grows when a field changes its meaning. Fields are ids and plain values.
    Where a webhook type is given, the webhooks of channels receive it (see [What webhooks get](webhooks.md)).

    Those marked as inner are for the application itself; all others are read with `GET /api/v1/events`, with their
    JSON Schema in `GET /api/v1/event-types`.

    | Event | What happened | Fields | Webhook type |
    |---|---|---|---|
    """
)


def as_markdown() -> str:
    """One row an event, in the order of the catalogue."""
    rows = (_row(event) for subject in SUBJECTS for event in BY_NAME.values() if event.__module__ == subject)
    return INTRODUCTION + "".join(rows)


def _row(event: type[Event]) -> str:
    names = ", ".join(f"`{field.name}`" for field in fields(event))
    webhook = f"`{event.webhook}`" if event.webhook else "" if event.is_public else "inner"
    return f"| `{event.name}` v{event.version} | {event.__doc__} | {names} | {webhook} |\n"
