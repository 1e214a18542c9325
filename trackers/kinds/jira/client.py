"""Jira by its REST API, version 2: Cloud with an e-mail address and a token, Data Center with a personal access token.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v2/ and
https://developer.atlassian.com/server/jira/platform/rest/
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote

from atlassian.rest_client import AtlassianRestAPI

from trackers.face import (
    Access,
    Choice,
    Draft,
    Field,
    Found,
    Problem,
    ProjectFacts,
    RemotePerson,
    RemoteTicket,
    TrackerError,
)
from trackers.kinds.http import Last, bounded_session, calling, parts_of, told_by_status
from trackers.kinds.jira import meanings

READ = "summary,status,assignee,duedate,priority,project,updated,archiveddate"
KEY = re.compile(r"[A-Z][A-Z0-9_]*-[0-9]{1,9}")
A_PAGE = 100
MOST = 1000  # rows of one list
NOT_SIGNED_IN = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")


class Client:
    fields = frozenset(Field)

    def __init__(self, access: Access) -> None:
        self.url = access.url.rstrip("/")
        session, self.last = bounded_session()
        self.api = AtlassianRestAPI(
            self.url,
            session=session,
            username=access.user_name or None,
            password=access.secret,
            token=access.secret,  # where there is no user name
            backoff_and_retry=False,
            retry_with_header=False,
        )
        self.api.timeout = None  # type: ignore[assignment]  # that of the session

    @cached_property
    def is_cloud(self) -> bool:
        """They differ in how people and searches are named."""
        return bool(self._get("serverInfo").get("deploymentType") == "Cloud")

    # -- what there is ------------------------------------------------------------------------------------

    def look(self) -> Found:
        with self._calling():
            me = meanings.person(self._get("myself"))
            rows = self._pages("project/search") if self.is_cloud else self._get("project")[:MOST]
            if me is None:
                raise told_by_status(self.last)
            return Found(
                me, tuple(Choice(str(row["id"]), row["name"]) for row in rows if not row.get("archived"))
            )

    def project(self, pk: str) -> ProjectFacts:
        with self._calling():
            found = self._get(f"project/{_part(pk)}")
            return ProjectFacts(
                states=meanings.states(self._get(f"project/{_part(pk)}/statuses")),
                priorities=tuple(Choice(str(row["id"]), row["name"]) for row in self._priorities(pk)),
                types=meanings.types(found.get("issueTypes", [])),
                people=self._people(found["key"]),
                name=found["name"],
                key=found["key"],
                url=f"{self.url}/browse/{found['key']}",
                warning="is archived there" if found.get("archived") else "",
            )

    def _priorities(self, project: str) -> list[dict[str, Any]]:
        """The most urgent first, as Jira has them."""
        if self.is_cloud:
            return self._pages("priority/search", projectId=project)
        rows: list[dict[str, Any]] = self._get("priority")
        return rows

    def _people(self, key: str) -> tuple[RemotePerson, ...]:
        try:
            rows = self._get("user/assignable/search", project=key, maxResults=MOST)
        except TrackerError as error:
            if error.problem == Problem.FORBIDDEN:  # an account may work there and not see who else does
                return ()
            raise
        people = [meanings.person(row) for row in rows if row.get("active", True)]
        return tuple(one for one in people if one)

    # -- tickets ------------------------------------------------------------------------------------------

    def get(self, pk: str, project: str) -> RemoteTicket:
        with self._calling():
            issue = self._get(f"issue/{_part(pk)}", fields=READ, expand="changelog")
            return meanings.ticket(issue, self.url)

    def find(self, address: str) -> RemoteTicket:
        said = address.strip()
        parts = parts_of(said, self.url) or SplitResult("", "", said, "", "")
        # A board has the key of the ticket that is chosen in its query.
        places = [*reversed(parts.path.split("/")), *parse_qs(parts.query).get("selectedIssue", [])]
        keys = [place.upper() for place in reversed(places) if KEY.fullmatch(place.upper())]
        if not keys:
            raise TrackerError(Problem.REFUSED, "has no tickets with such an address")
        return self.get(keys[0], "")

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        """By reading the newest ones: a search for words finds a text only after a while, and by its stems."""
        with self._calling():
            query = f"project = {int(project)} AND created >= {_ago(since)} ORDER BY created ASC"
            rows = self._search(query, "description")
            found = next((row for row in rows if marker in (row["fields"].get("description") or "")), None)
        return self.get(str(found["id"]), project) if found else None

    def create(self, draft: Draft) -> RemoteTicket:
        said: dict[str, Any] = {name: meanings.worded(value) for name, value in draft.extra.items()}
        said |= {
            "project": {"id": draft.project},
            "summary": draft.title,
            "description": meanings.fit(draft.text),
        }
        if draft.type:
            said["issuetype"] = {"id": draft.type}
        if draft.labels:
            said["labels"] = list(draft.labels)
        with self._calling():
            said |= _plain(draft.raw)
            if owner := draft.raw.get(Field.OWNER):
                said["assignee"] = self._owner(owner)
            made = self._send("POST", "issue", {"fields": said})
            pk = str(made["id"])
        try:
            return self.get(pk, draft.project)
        except TrackerError as error:  # it is there all the same, and is found by its marker
            problem = Problem.UNREACHABLE if error.problem == Problem.REFUSED else error.problem
            raise TrackerError(
                problem,
                error.words,
                retry_at=error.retry_at,
                may_have_run=True,
                words_of_one=error.words_of_one,
            ) from error

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        """Other fields are set before a step into a last state, and after any other: Jira may lock what is done."""
        place = f"issue/{_part(ticket.pk)}"
        with self._calling():
            step = self._step(ticket, raw[Field.STATE]) if Field.STATE in raw else None
            is_last = bool(step and step["to"].get("statusCategory", {}).get("key") == "done")
            if step and not is_last:
                self._take(ticket, step)
            if said := _plain(raw):
                self._send("PUT", place, {"fields": said})
            if Field.OWNER in raw:
                owner = self._owner(raw[Field.OWNER])
                self._send("PUT", f"{place}/assignee", owner)
            if step and is_last:
                self._take(ticket, step)

    def _step(self, ticket: RemoteTicket, wanted: str) -> dict[str, Any] | None:
        """The one of its workflow that leads there; None where it is there already."""
        if ticket.raw[Field.STATE] == wanted:
            return None
        place = f"issue/{_part(ticket.pk)}"
        steps = self._get(f"{place}/transitions", expand="transitions.fields")["transitions"]
        leading: list[dict[str, Any]] = [step for step in steps if str(step["to"]["id"]) == wanted]
        if leading:
            return min(leading, key=lambda step: bool(step.get("hasScreen")))
        status = self._get(place, fields="status")["fields"]["status"]
        if str(status["id"]) == wanted:
            return None
        known = {
            row.pk: row.name
            for row in meanings.states(self._get(f"project/{_part(ticket.project)}/statuses"))
        }
        words = f"has no step from “{status['name']}” to “{known.get(wanted, wanted)}”"
        raise TrackerError(Problem.REFUSED, words)

    def _take(self, ticket: RemoteTicket, step: dict[str, Any]) -> None:
        said: dict[str, Any] = {"transition": {"id": step["id"]}}
        if fields := meanings.resolution(step):
            said["fields"] = fields
        self._send("POST", f"issue/{_part(ticket.pk)}/transitions", said)

    def _owner(self, pk: str) -> dict[str, str | None]:
        if self.is_cloud:
            return {"accountId": pk or None}
        return {"name": self._get("user", key=pk)["name"] if pk else None}

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        """As a link beside the ticket, which Jira keeps once; where that is not allowed, as a comment."""
        place = f"issue/{_part(ticket.pk)}"
        link = {
            "globalId": address,
            "application": {"name": "Allclear"},
            "relationship": "action item",
            "object": {"url": address, "title": title},
        }
        with self._calling():
            try:
                self._send("POST", f"{place}/remotelink", link)
            except TrackerError as error:
                if error.problem not in (Problem.FORBIDDEN, Problem.GONE):
                    raise
                self._comment_once(place, address, title)

    def _comment_once(self, place: str, address: str, title: str) -> None:
        rows = self._get(f"{place}/comment", maxResults=MOST, orderBy="-created")["comments"]
        if not any(address in str(row.get("body") or "") for row in rows):
            self._send("POST", f"{place}/comment", {"body": f"{title}: {address}"})

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        """One that was deleted is an error of the whole search: then each is asked for by itself."""
        found: list[str] = []
        ids = sorted(pks, key=int)
        for start in range(0, len(ids), A_PAGE):
            page = ids[start : start + A_PAGE]
            with self._calling():
                query = f"id in ({','.join(page)}) AND updated >= {_ago(since)}"
                found += [str(row["id"]) for row in self._search(query, "updated")]
        known = set(ids)
        return [pk for pk in found if pk in known]

    # -- what they share ----------------------------------------------------------------------------------

    def _search(self, query: str, fields: str) -> Iterator[dict[str, Any]]:
        said: dict[str, Any] = {"jql": query, "fields": fields, "maxResults": A_PAGE}
        count = 0
        while count < MOST:
            answer = self._get("search/jql" if self.is_cloud else "search", **said)
            page = answer["issues"]
            yield from page
            count += len(page)
            if self.is_cloud:
                if not answer.get("nextPageToken"):
                    break
                said["nextPageToken"] = answer["nextPageToken"]
            else:
                if not page or count >= answer.get("total", 0):
                    break
                said["startAt"] = count

    def _pages(self, path: str, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while len(rows) < MOST:
            answer = self._get(path, **params, startAt=len(rows), maxResults=A_PAGE)
            rows += answer["values"]
            if not answer["values"] or answer.get("isLast", True):
                break
        return rows

    def _get(self, path: str, **params: Any) -> Any:
        return self._send("GET", path, params=params)

    def _send(self, method: str, path: str, data: Any = None, params: dict[str, Any] | None = None) -> Any:
        answer = self.api.request(
            method, f"rest/api/2/{path}", data=data, params=params, advanced_mode=True, allow_redirects=False
        )
        # Jira may answer as to somebody unknown: then a ticket is only “not found”.
        if any(word in answer.headers.get("X-Seraph-LoginReason", "") for word in NOT_SIGNED_IN):
            raise told_by_status(Last(401, {}, method))
        if answer.status_code >= 300:
            raise told_by_status(self.last, meanings.reason(answer.content))
        return json.loads(answer.content) if answer.content else None

    def _calling(self) -> AbstractContextManager[None]:
        return calling(self.url, self.last)


def _plain(raw: Mapping[Field, str]) -> dict[str, Any]:
    """Fields that are set as they are; the state and the owner have calls of their own."""
    said: dict[str, Any] = {}
    for name, value in raw.items():
        if name == Field.PRIORITY:
            said["priority"] = {"id": value} if value else None
        elif name in (Field.TITLE, Field.DUE):
            said[meanings.ATTRIBUTES[name]] = value or None
    return said


def _ago(since: datetime) -> str:
    """In whole minutes before now, rounded up: JQL reads a date in the time zone of the account."""
    return f"-{max(0, (datetime.now(UTC) - since) // timedelta(minutes=1)) + 2}m"


def _part(text: str) -> str:
    """One part of a path, whatever is in it."""
    return quote(text, safe="")
