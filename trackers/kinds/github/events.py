"""What the events of an issue say of its title, state and owner, before and after. Plain values only.

Source: https://docs.github.com/rest/using-the-rest-api/issue-event-types
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from trackers.face import Field, RemoteChange, RemotePerson

AT_ONCE = timedelta(seconds=1)
"""Where one owner takes the place of another, there are two events."""


def changes_of(events: Collection[dict[str, Any]], is_complete: bool) -> tuple[RemoteChange, ...]:
    """Oldest first. Who owned it is only known where the events are complete."""
    found: list[RemoteChange] = []
    for change in _each(events, is_complete):
        if found and _belongs_to(found[-1], change):
            found[-1] = replace(change, before=found[-1].before)
        else:
            found.append(change)
    return tuple(change for change in found if change.before != change.after)


def _each(events: Collection[dict[str, Any]], is_complete: bool) -> Iterator[RemoteChange]:
    state, owners = "open", list[str]()
    for event in events:
        kind, name, before, after = event.get("event"), None, "", ""
        if kind == "renamed":
            name, before, after = Field.TITLE, event["rename"]["from"], event["rename"]["to"]
        elif kind in ("closed", "reopened"):
            name, before = Field.STATE, state
            state = f"closed:{event.get('state_reason') or 'completed'}" if kind == "closed" else "open"
            after = state
        elif kind in ("assigned", "unassigned") and event.get("assignee") and is_complete:
            name, before = Field.OWNER, owners[0] if owners else ""
            one = str(event["assignee"]["id"])
            owners = [other for other in owners if other != one] + ([one] if kind == "assigned" else [])
            after = owners[0] if owners else ""
        if name is not None:
            by = event.get("assigner") or event.get("actor") or {}
            yield RemoteChange(
                pk=str(event["id"]),
                field=name,
                before=before,
                after=after,
                at=datetime.fromisoformat(event["created_at"]).astimezone(UTC),
                by=RemotePerson(str(by.get("id", "")), by.get("login", "")),
            )


def _belongs_to(before: RemoteChange, change: RemoteChange) -> bool:
    return (
        change.field == before.field == Field.OWNER
        and not before.after
        and change.by == before.by
        and change.at - before.at <= AT_ONCE
    )
