"""Requests of the Alert API of Opsgenie, which Jira Service Management speaks too.

What is stored is {"action": …, "alias": …, "body": …}: the address names the action and the alert.
Source: https://docs.opsgenie.com/docs/alert-api
"""

from collections.abc import Mapping
from typing import Any

from alerts.observed import Observed, Parsed, Told
from integrations.senders.base import UnreadableError, an_object, text_of, texts_of

STATES = {
    "create": Told.FIRING,
    "close": Told.RESOLVED,
    "acknowledge": Told.ACKNOWLEDGED,
    "unacknowledge": Told.UNACKNOWLEDGED,
}
PRIORITIES = ("P1", "P2", "P3", "P4", "P5")
LONGEST_MESSAGE, LONGEST_ALIAS = 130, 512


def parse(body: Any, headers: Mapping[str, str], mapping: Mapping[str, str]) -> Parsed:
    request = an_object(body)
    action = text_of(request.get("action", "create"))
    state = STATES.get(action)
    if not action:
        raise UnreadableError("“action” is no text.")
    if state is None:  # a note, a tag and the like
        return Parsed(note=f"“{action[:60]}” changes no state")
    said = an_object(request.get("body", request), "The request")
    alias = text_of(request.get("alias")) or text_of(said.get("alias"))
    message = text_of(said.get("message"))
    if state == Told.FIRING and not message:
        raise UnreadableError("“message” is missing.")
    if not alias:
        raise UnreadableError("“alias” is missing.")
    labels = texts_of(said.get("details"))
    tags = said.get("tags")
    if isinstance(tags, list):
        labels |= {"tags": ", ".join(text_of(tag) for tag in tags if text_of(tag))} if tags else {}
    return Parsed(
        (
            Observed(
                dedup_key=alias,
                state=state,
                title=message,
                description=text_of(said.get("description")),
                severity=text_of(said.get("priority"))
                if state != Told.FIRING
                else text_of(said.get("priority")) or "P3",
                service=labels.get("service", ""),
                source=text_of(said.get("entity")) or text_of(said.get("source")),
                labels=labels,
            ),
        )
    )


def sample(service: str) -> dict[str, Any]:
    return {
        "action": "create",
        "alias": "test",
        "body": {
            "message": "A test alert",
            "alias": "test",
            "priority": "P3",
            "details": {"service": service},
        },
    }
