"""Linear by its GraphQL API.

Source: https://linear.app/developers/graphql and https://linear.app/developers/rate-limiting
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from gql import GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed, TransportError
from gql.transport.requests import RequestsHTTPTransport

from trackers.face import (
    Access,
    Choice,
    Draft,
    Field,
    Found,
    Problem,
    ProjectFacts,
    RemoteChange,
    RemotePerson,
    RemoteTicket,
    TrackerError,
)
from trackers.kinds.http import Last, bounded_session, calling, parts_of, told_by_status
from trackers.kinds.linear import asking

INPUT = {
    Field.TITLE: "title",
    Field.STATE: "stateId",
    Field.OWNER: "assigneeId",
    Field.DUE: "dueDate",
    Field.PRIORITY: "priority",
}
HISTORY = {
    Field.TITLE: ("fromTitle", "toTitle"),
    Field.STATE: ("fromStateId", "toStateId"),
    Field.OWNER: ("fromAssigneeId", "toAssigneeId"),
    Field.DUE: ("fromDueDate", "toDueDate"),
    Field.PRIORITY: ("fromPriority", "toPriority"),
}
# The first of each is the one that is proposed: what waits for somebody comes before what is not planned yet.
CATEGORIES = {
    "unstarted": "open",
    "backlog": "open",
    "triage": "open",
    "started": "in_progress",
    "completed": "done",
    "canceled": "wont_do",
    "duplicate": "wont_do",
}
PRIORITIES = (Choice("1", "Urgent"), Choice("2", "High"), Choice("3", "Medium"), Choice("4", "Low"))
STATUSES = {
    "AUTHENTICATION_ERROR": 401,
    "FORBIDDEN": 403,
    "FEATURE_NOT_ACCESSIBLE": 403,
    "INPUT_ERROR": 400,
    "INVALID_INPUT": 400,
    "USER_ERROR": 400,
    "USAGE_LIMIT_EXCEEDED": 400,
    "GRAPHQL_VALIDATION_FAILED": 400,
    "BAD_USER_INPUT": 400,
}
"""Of HTTP, which say the same."""
NOT_FOUND = re.compile(r"entity not found: (issue|team)\b", re.IGNORECASE)
SITE = "linear.app"
KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]{1,9}")
A_PAGE = 100
MOST = 1000  # rows of one list


class Transport(RequestsHTTPTransport):
    """The library's own, on a session of ours. It stays for as long as the client."""

    def __init__(self, access: Access) -> None:
        super().__init__(f"{access.url.rstrip('/')}/graphql", headers={"Authorization": access.secret})
        self.session, self.last = bounded_session()


class Client:
    fields = frozenset(Field)

    def __init__(self, access: Access) -> None:
        self.url = access.url.rstrip("/")
        self.transport = Transport(access)

    # -- what there is ------------------------------------------------------------------------------------

    def look(self) -> Found:
        with self._calling():
            me = self._ask(asking.ME)["viewer"]
            teams = self._all(asking.TEAMS, "teams")
            return Found(_person(me), tuple(Choice(row["id"], row["name"]) for row in teams))

    def project(self, pk: str) -> ProjectFacts:
        """A team: it has a workflow of its own."""
        with self._calling():
            answer = self._ask(asking.TEAM, id=pk)
            members = self._all(asking.MEMBERS, "team", "members", id=pk)
        team, order = answer["team"], list(CATEGORIES)
        states = [row for row in team["states"]["nodes"] if row["type"] in CATEGORIES]
        states.sort(key=lambda row: (order.index(row["type"]), row["position"]))
        return ProjectFacts(
            states=tuple(Choice(row["id"], row["name"], CATEGORIES[row["type"]]) for row in states),
            priorities=PRIORITIES,
            people=tuple(_person(row) for row in members if row["active"]),
            name=team["name"],
            key=team["key"],
            url=f"https://{SITE}/{answer['organization']['urlKey']}/team/{team['key']}",
        )

    # -- tickets ------------------------------------------------------------------------------------------

    def get(self, pk: str, project: str) -> RemoteTicket:
        with self._calling():
            return _ticket(self._ask(asking.GET, id=pk)["issue"])

    def find(self, address: str) -> RemoteTicket:
        said = address.strip()
        parts = parts_of(said, f"https://{SITE}")
        places = parts.path.split("/") if parts else [said]
        keys = [place.upper() for place in places if KEY.fullmatch(place.upper())]
        if not keys:
            raise TrackerError(Problem.REFUSED, "has no tickets with such an address")
        found = self.get(keys[0], "")
        if parts and _workspace(said) != _workspace(found.url):
            raise TrackerError(Problem.REFUSED, "has another address than this ticket")
        return found

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        if (pk := _uuid(marker)) and (found := self._there(pk)):
            return found
        with self._calling():
            wanted = {"team": {"id": {"eq": project}}, "createdAt": {"gte": since.isoformat()}}
            rows = self._all(asking.LIST, "issues", filter=wanted)
        known = [row["id"] for row in rows if marker in (row.get("description") or "")]
        return self.get(known[-1], project) if known else None

    def _there(self, pk: str) -> RemoteTicket | None:
        try:
            return self.get(pk, "")
        except TrackerError as error:
            if error.problem == Problem.GONE:
                return None
            raise

    def create(self, draft: Draft) -> RemoteTicket:
        """Its id is the marker, where that can be one: Linear then makes no second one."""
        said: dict[str, Any] = {name: _extra(value) for name, value in draft.extra.items()}
        said |= {"teamId": draft.project, "title": draft.title, "description": draft.text}
        said |= {INPUT[name]: _written(name, value) for name, value in draft.raw.items() if value}
        pk = _uuid(draft.marker)
        if pk:
            said["id"] = pk
        with self._calling():
            if draft.labels:
                said["labelIds"] = self._labels(draft.project, draft.labels)
            try:
                return _ticket(self._change(asking.CREATE, "issueCreate", input=said)["issue"])
            except TrackerError as error:
                if error.problem != Problem.REFUSED or not pk:
                    raise
                refusal = error
        if found := self._there(pk):
            return found
        raise refusal

    def _labels(self, team: str, names: Collection[str]) -> list[str]:
        """Those of the team and of the whole workspace. None is made."""
        wanted = {
            "and": [
                {"or": [{"name": {"eqIgnoreCase": name}} for name in names]},
                {"or": [{"team": {"id": {"eq": team}}}, {"team": {"null": True}}]},
            ]
        }
        rows = self._ask(asking.LABELS, filter=wanted)["issueLabels"]["nodes"]
        known = {row["name"].lower(): row["id"] for row in rows}
        for name in names:
            if name.lower() not in known:
                raise TrackerError(Problem.REFUSED, f"has no label “{name}” in that team")
        return [known[name.lower()] for name in names]

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        said = {INPUT[name]: _written(name, value) for name, value in raw.items()}
        with self._calling():
            self._change(asking.CHANGE, "issueUpdate", id=ticket.pk, input=said)

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        """Linear keeps one attachment of each address."""
        said = {"issueId": ticket.pk, "url": address, "title": title}
        with self._calling():
            self._change(asking.ATTACH, "attachmentCreate", input=said)

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        found: list[str] = []
        ids = sorted(pks)
        for start in range(0, len(ids), A_PAGE):
            wanted = {"id": {"in": ids[start : start + A_PAGE]}, "updatedAt": {"gte": since.isoformat()}}
            with self._calling():
                found += [row["id"] for row in self._all(asking.CHANGED, "issues", filter=wanted)]
        return found

    # -- what they share ----------------------------------------------------------------------------------

    def _all(self, query: str, *path: str, **variables: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after: str | None = None
        while len(rows) < MOST:
            page: Any = self._ask(query, **variables, after=after)
            for name in path:
                page = page[name]
            rows += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        return rows

    def _change(self, query: str, name: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._ask(query, **variables)[name]
        if not answer["success"]:
            raise told_by_status(Last(400))
        return answer

    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        self.is_writing = query.lstrip().startswith("mutation")
        try:
            answer = self.transport.execute(GraphQLRequest(query, variable_values=variables))
        except TransportConnectionFailed as error:
            raise (error.__cause__ or error) from None
        if answer.errors:
            raise self._told(answer.errors)
        if not isinstance(answer.data, dict):
            raise told_by_status(self.transport.last)
        return answer.data

    def _told(self, errors: Iterable[Any]) -> TrackerError:
        """What the first error means. Linear answers 200 or 400 to most of them, and says which by a code."""
        error = next(iter(errors))
        known = error.get("extensions") or {}
        code = str(known.get("code") or known.get("type") or "").upper().replace(" ", "_")
        message = str(error.get("message") or "")
        words = str(known.get("userPresentableMessage") or message)
        if code == "RATELIMITED":
            return told_by_status(Last(429, self._resets()))
        if code in STATUSES:
            status = STATUSES[code]
        elif known.get("userError"):
            status = 400
        else:
            status = self.transport.last.status if self.transport.last.status >= 400 else 500
        if status == 400 and NOT_FOUND.search(message):
            status = 404
        return told_by_status(Last(status, {}, "POST"), words)

    def _resets(self) -> dict[str, str]:
        """When the limit that is used up ends, in seconds: Linear says milliseconds."""
        headers, told = self.transport.last.headers, []
        for limit in ("Requests", "Endpoint-Requests", "Complexity"):
            reset = headers.get(f"X-RateLimit-{limit}-Reset", "")
            if headers.get(f"X-RateLimit-{limit}-Remaining", "0") == "0" and reset.isdecimal():
                told.append(int(reset) // 1000 + 1)
        said = {"X-RateLimit-Reset": str(max(told))} if told else {}
        return said | {name: headers[name] for name in ("Retry-After",) if name in headers}

    @contextmanager
    def _calling(self) -> Iterator[None]:
        """Everything is posted: only what writes may have been done all the same."""
        self.is_writing = False
        try:
            with calling(self.transport.url, self.transport.last, (TransportError,)):
                yield
        except TrackerError as error:
            error.may_have_run = error.may_have_run and self.is_writing
            raise


def _ticket(issue: dict[str, Any] | None) -> RemoteTicket:
    """Raises TrackerError where it was deleted: Linear keeps it for some weeks."""
    if issue is None or issue.get("trashed"):
        raise TrackerError(Problem.GONE, "has deleted it")
    owner, priority = issue.get("assignee") or {}, int(issue["priority"])
    raw = {
        Field.TITLE: issue["title"],
        Field.STATE: issue["state"]["id"],
        Field.OWNER: owner.get("id", ""),
        Field.DUE: issue.get("dueDate") or "",
        Field.PRIORITY: str(priority) if priority else "",
    }
    names = raw | {
        Field.STATE: issue["state"]["name"],
        Field.OWNER: owner.get("name", ""),
        Field.PRIORITY: issue["priorityLabel"],
    }
    return RemoteTicket(
        pk=issue["id"],
        key=issue["identifier"],
        url=issue["url"],
        project=issue["team"]["id"],
        raw=raw,
        names=names,
        updated_at=_moment(issue["updatedAt"]),
        is_archived=bool(issue.get("archivedAt")),
        changes=tuple(_changes(issue["history"]["nodes"])),
    )


def _changes(rows: list[dict[str, Any]]) -> Iterator[RemoteChange]:
    """Oldest first; Linear begins with the newest. Changes of one person within a while are one entry there."""
    oldest_first = rows[::-1]
    for row in sorted(oldest_first, key=lambda row: _moment(row["createdAt"])):
        by = row.get("actor") or row.get("botActor") or {}
        for field, (before, after) in HISTORY.items():
            if row.get(before) is not None or row.get(after) is not None:
                yield RemoteChange(
                    pk=row["id"],
                    field=field,
                    before=_read(field, row.get(before)),
                    after=_read(field, row.get(after)),
                    at=_moment(row["updatedAt"]),
                    by=RemotePerson(by.get("id") or "", by.get("name") or ""),
                )


def _read(field: Field, told: Any) -> str:
    if field == Field.PRIORITY:
        return str(int(told)) if told else ""
    return told or ""


def _written(field: Field, raw: str) -> str | int | None:
    return int(raw or 0) if field == Field.PRIORITY else raw or None


def _person(row: dict[str, Any]) -> RemotePerson:
    return RemotePerson(row["id"], row["name"], row.get("email") or "")


def _extra(said: str) -> Any:
    """What somebody wrote for a field of Linear: its JSON, else a text."""
    try:
        return json.loads(said)
    except ValueError:
        return said


def _uuid(marker: str) -> str:
    try:
        return str(UUID(marker))
    except ValueError:
        return ""


def _workspace(address: str) -> str:
    return urlsplit(address).path.strip("/").partition("/")[0].lower()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
