"""What Jira's answers mean. Plain values only.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v2/ and
https://developer.atlassian.com/server/jira/platform/rest/
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from trackers.face import Choice, Field, RemoteChange, RemotePerson, RemoteTicket
from trackers.translating import NOT_DONE

ATTRIBUTES = {
    Field.TITLE: "summary",
    Field.STATE: "status",
    Field.OWNER: "assignee",
    Field.DUE: "duedate",
    Field.PRIORITY: "priority",
}
BY_ATTRIBUTE = {name: field for field, name in ATTRIBUTES.items()}
CATEGORIES = {"new": "open", "indeterminate": "in_progress", "done": "done"}
FINISHED = ("done", "fixed", "resolved", "completed")
LONGEST_TEXT = 32_767
"""Characters of a description, as Jira has it by default."""


def person(user: dict[str, Any] | None) -> RemotePerson | None:
    """By what lasts: the account id of Cloud, the key of Data Center. A user name may change."""
    if not user:
        return None
    pk = user.get("accountId") or user.get("key") or user["name"]
    return RemotePerson(str(pk), user.get("displayName") or str(pk), user.get("emailAddress") or "")


def ticket(issue: dict[str, Any], url: str) -> RemoteTicket:
    said = issue["fields"]
    owner, priority, project = person(said.get("assignee")), said.get("priority") or {}, said["project"]
    raw = {
        Field.TITLE: said["summary"],
        Field.STATE: str(said["status"]["id"]),
        Field.OWNER: owner.pk if owner else "",
        Field.DUE: said.get("duedate") or "",
        Field.PRIORITY: str(priority.get("id", "")),
    }
    names = raw | {
        Field.STATE: said["status"]["name"],
        Field.OWNER: owner.name if owner else "",
        Field.PRIORITY: priority.get("name", ""),
    }
    return RemoteTicket(
        pk=str(issue["id"]),
        key=issue["key"],
        url=f"{url}/browse/{issue['key']}",
        project=str(project["id"]),
        raw=raw,
        names=names,
        updated_at=moment(said["updated"]),
        is_archived=bool(said.get("archiveddate") or project.get("archived")),
        changes=tuple(changes(issue.get("changelog") or {})),
    )


def changes(log: dict[str, Any]) -> Iterator[RemoteChange]:
    """Oldest first: Cloud begins with the newest, Data Center with the oldest."""
    histories = log.get("histories", [])
    for history in sorted(histories, key=lambda row: (moment(row["created"]), int(row["id"]))):
        for item in history.get("items", []):
            field = BY_ATTRIBUTE.get(item.get("fieldId") or item["field"])
            if field is None:
                continue
            suffix = "String" if field == Field.TITLE else ""
            yield RemoteChange(
                pk=str(history["id"]),
                field=field,
                before=_value(field, item.get(f"from{suffix}")),
                after=_value(field, item.get(f"to{suffix}")),
                at=moment(history["created"]),
                by=person(history.get("author")),
            )


def _value(field: Field, told: str | None) -> str:
    return (told or "")[:10] if field == Field.DUE else told or ""


def states(types: Iterable[dict[str, Any]]) -> tuple[Choice, ...]:
    """Those of each type of issue once; those of the types that new tickets most likely have first."""
    found: dict[str, Choice] = {}
    for kind in sorted(types, key=_unusual):
        for status in kind["statuses"]:
            category = CATEGORIES.get((status.get("statusCategory") or {}).get("key", ""), "")
            found.setdefault(str(status["id"]), Choice(str(status["id"]), status["name"], category))
    return tuple(found.values())


def types(rows: Iterable[dict[str, Any]]) -> tuple[Choice, ...]:
    """Without those that need a parent. The first is the one that is proposed: a task, where there is one."""
    fitting = sorted((row for row in rows if not row.get("subtask")), key=_unusual)
    return tuple(Choice(str(row["id"]), row["name"]) for row in fitting)


def _unusual(kind: dict[str, Any]) -> int:
    name = kind["name"].lower()
    if kind.get("subtask"):
        return 3
    return 2 if name == "epic" or kind.get("hierarchyLevel", 0) > 0 else int(name != "task")


def resolution(step: dict[str, Any]) -> dict[str, Any]:
    """What a step into a last state needs beside it: why it is done, where its screen asks for that."""
    asked = (step.get("fields") or {}).get("resolution")
    is_dropped = _is_dropped(step["to"]["name"])
    if not asked or not (asked.get("required") or is_dropped):
        return {}
    fitting = [row for row in asked.get("allowedValues", []) if _is_dropped(row["name"]) == is_dropped]
    fitting.sort(key=lambda row: row["name"].lower() not in FINISHED)
    return {"resolution": {"id": fitting[0]["id"]}} if fitting else {}


def _is_dropped(name: str) -> bool:
    return any(word in name.lower() for word in NOT_DONE)


def fit(text: str) -> str:
    """Within what Jira takes. The last paragraph, which leads back to the action item, stays."""
    if len(text) <= LONGEST_TEXT:
        return text
    rest, _, last = text.rpartition("\n\n")
    return f"{rest[: LONGEST_TEXT - len(last) - 3]}…\n\n{last}"


def worded(said: str) -> Any:
    """What somebody wrote for a field of Jira: its JSON, else a text."""
    try:
        return json.loads(said)
    except ValueError:
        return said


def reason(body: bytes) -> str:
    """Why Jira refused it, in its words; "" where it said nothing that can be read."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    words = [
        *(told.get("errorMessages") or []),
        *(errors.values() if isinstance(errors, dict) else []),
        told.get("message") or "",
    ]
    return "; ".join(str(one) for one in words if one)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
