"""GitLab by its REST API: gitlab.com and servers of one's own. A ticket is an issue of a project.

Projects are called by their numbers, so that nothing changes when one is renamed. An issue that is moved gets another
number in another project: the old one says which it is, and the ticket goes on under the new one.

Source: https://docs.gitlab.com/api/issues/
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from gitlab import Gitlab
from gitlab.exceptions import GitlabError

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
from trackers.kinds.http import bounded_session, calling, in_pages, led_to, parts_of, told_by_status

A_PAGE = 100
MOST = 1000  # rows of one list
MOST_REDIRECTS = 3
MOST_MOVES = 5  # of one issue
OPENED, CLOSED = "opened", "closed"
STATES = {OPENED: Choice(OPENED, "Open", "open"), CLOSED: Choice(CLOSED, "Closed", "closed")}
ADDRESS = re.compile(r"\A/(.+?)(?:/-)?/(issues|work_items|merge_requests)/([0-9]{1,9})(?:/.*)?")
KEY = re.compile(r"\A([^\s#!/]+(?:/[^\s#!/]+)+)([#!])([0-9]{1,9})")
NOT_TICKETS = ("merge_requests", "!")
QUICK_ACTION = re.compile(r"^([^\S\n]*)/(?=[a-z])", re.MULTILINE | re.IGNORECASE)
PLANNER = 15
"""The least role that may change issues. Source: https://docs.gitlab.com/api/access_requests/"""
MOVED_TO = "query($id: IssueID!) { issue(id: $id) { iid projectId } }"
"""Where an issue is, by its number of the whole server. The REST API tells that to administrators only."""


class Client:
    fields = frozenset({Field.TITLE, Field.STATE, Field.OWNER, Field.DUE})

    def __init__(self, access: Access) -> None:
        self.web = access.url.rstrip("/")
        session, self.last = bounded_session()
        self.gitlab = Gitlab(self.web, private_token=access.secret, session=session)
        self.api = self.gitlab.api_url

    # -- what there is ------------------------------------------------------------------------------------

    def look(self) -> Found:
        with self._calling():
            me = self._get("/user")
            account = RemotePerson(str(me["id"]), me.get("name") or me["username"], me.get("email") or "")
            rows = self._list(
                "/projects",
                membership="true",
                archived="false",
                with_issues_enabled="true",
                simple="true",
                order_by="last_activity_at",
            )
            projects = tuple(Choice(str(row["id"]), row["path_with_namespace"]) for row in rows)
            warnings = [self._scope_warning()]
        if len(rows) >= MOST:
            warnings.append(f"Only the {MOST} projects with the newest changes are listed.")
        return Found(account, projects, " ".join(filter(None, warnings)))

    def _scope_warning(self) -> str:
        try:
            scopes = self._get("/personal_access_tokens/self")["scopes"]
        except TrackerError as error:
            if error.problem not in (Problem.FORBIDDEN, Problem.GONE):
                raise
            return ""  # another kind of token, or an older server
        return "" if "api" in scopes else "The token may not write issues. Make one with the scope “api”."

    def project(self, pk: str) -> ProjectFacts:
        with self._calling():
            found = self._get(f"/projects/{int(pk)}")
            return ProjectFacts(
                states=tuple(STATES.values()),
                people=self._members(pk),
                name=found["path_with_namespace"],
                key=found["path_with_namespace"],
                url=found["web_url"],
                warning=_project_warning(found),
            )

    def _members(self, pk: str) -> tuple[RemotePerson, ...]:
        """GitLab tells the e-mail addresses of members to few."""
        try:
            rows = self._list(f"/projects/{int(pk)}/members/all")
        except TrackerError as error:
            if error.problem == Problem.FORBIDDEN:
                return ()
            raise
        active = [row for row in rows if row.get("state", "active") == "active"]
        return tuple(
            RemotePerson(str(row["id"]), row["name"], row.get("email") or row.get("public_email") or "")
            for row in active
        )

    # -- tickets ------------------------------------------------------------------------------------------

    def get(self, pk: str, project: str) -> RemoteTicket:
        with self._calling():
            return self._read(_path(pk))

    def find(self, address: str) -> RemoteTicket:
        parts = parts_of(address.strip(), self.web)
        below = urlsplit(self.web).path
        found = ADDRESS.fullmatch(parts.path.removeprefix(below)) if parts else KEY.fullmatch(address.strip())
        if not found:
            words = "needs the address of an issue, or a key such as acme/shop#12"
            raise TrackerError(Problem.REFUSED, words)
        project, kind, number = found.groups()
        if kind in NOT_TICKETS:
            words = "has a merge request there, which cannot be linked. Link an issue"
            raise TrackerError(Problem.REFUSED, words)
        with self._calling():
            return self._read(f"/projects/{quote(project, safe='')}/issues/{number}")

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        with self._calling():
            rows = self._list(
                f"/projects/{int(project)}/issues",
                scope="created_by_me",
                created_after=_written(since),
                order_by="created_at",
                sort="desc",
            )
            found = [row for row in rows if marker in (row.get("description") or "")]
            return _ticket(found[-1]) if found else None

    def create(self, draft: Draft) -> RemoteTicket:
        said: dict[str, Any] = dict(draft.extra)
        said |= {"title": draft.title, "description": _plain(draft.text)}
        if draft.labels:
            said["labels"] = ",".join(draft.labels)
        if draft.raw.get(Field.OWNER):
            said["assignee_ids"] = [int(draft.raw[Field.OWNER])]
        if draft.raw.get(Field.DUE):
            said["due_date"] = draft.raw[Field.DUE]
        with self._calling():
            return _ticket(self._write("post", draft.project, f"/projects/{int(draft.project)}/issues", said))

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        said: dict[str, Any] = {}
        if Field.TITLE in raw:
            said["title"] = raw[Field.TITLE]
        if state := raw.get(Field.STATE):
            said["state_event"] = "close" if state == CLOSED else "reopen"
        if Field.OWNER in raw:
            said["assignee_ids"] = [int(raw[Field.OWNER] or 0)]  # 0 is nobody
        if Field.DUE in raw:
            said["due_date"] = raw[Field.DUE]
        with self._calling():
            self._write("put", ticket.project, _path(ticket.pk), said)

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        path = _path(ticket.pk)
        with self._calling():
            issue = self._get(path)
            notes = self._list(f"{path}/notes", sort="asc")
            texts = [issue.get("description") or "", *(row.get("body") or "" for row in notes)]
            if not any(address in text for text in texts):
                self._write("post", ticket.project, f"{path}/notes", {"body": f"{title}: {address}"})

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        with self._calling():
            rows = self._list(
                f"/projects/{int(project)}/issues",
                scope="all",
                updated_after=_written(since),
                order_by="updated_at",
            )
            changed = {f"{row['project_id']}/{row['iid']}" for row in rows}
        return [pk for pk in pks if pk in changed or len(rows) >= MOST]

    # -- what they share ----------------------------------------------------------------------------------

    def _read(self, path: str) -> RemoteTicket:
        """The issue at this path, or where it was moved to, with its history."""
        issue = self._get(path)
        for _ in range(MOST_MOVES):
            if not issue.get("moved_to_id"):
                break
            issue = self._get(self._moved_to(int(issue["moved_to_id"])))
        path = _path(f"{issue['project_id']}/{issue['iid']}")
        return _ticket(issue, self._events(f"{path}/resource_state_events"))

    def _moved_to(self, number: int) -> str:
        said = {"query": MOVED_TO, "variables": {"id": f"gid://gitlab/Issue/{number}"}}
        found = self._ask("post", f"{self.web}/api/graphql", said)["data"]["issue"]
        if not found:
            words = "moved it to a project that the token may not see"
            raise TrackerError(Problem.FORBIDDEN, words)
        return _path(f"{found['projectId']}/{found['iid']}")

    def _events(self, path: str) -> list[dict[str, Any]]:
        """The newest ones, oldest first."""
        rows: list[dict[str, Any]] = self._get(path, per_page=A_PAGE)
        last = self.last.headers.get("X-Total-Pages", "")
        if last.isdecimal() and int(last) > 1:
            rows = self._get(path, per_page=A_PAGE, page=int(last))
        return rows

    def _get(self, path: str, **params: Any) -> Any:
        """What was renamed leads on, within the same API."""
        for _ in range(MOST_REDIRECTS):
            try:
                return self._ask("get", path, **params)
            except TrackerError:
                place = led_to(self.last, self.api)
                if place is None:
                    raise
                path = place
        raise told_by_status(self.last)

    def _list(self, path: str, **params: Any) -> list[dict[str, Any]]:
        return in_pages(
            lambda number: self._get(path, **params, per_page=A_PAGE, page=number), size=A_PAGE, most=MOST
        )

    def _write(self, verb: str, project: str, path: str, said: dict[str, Any]) -> Any:
        """Where that is not allowed, what is wrong with the project says why."""
        try:
            return self._ask(verb, path, said)
        except TrackerError as error:
            if error.problem != Problem.FORBIDDEN:
                raise
            found = self._get(f"/projects/{int(project)}")
            if found.get("archived"):
                words = "has archived this project: nothing can be changed there"
                raise TrackerError(Problem.ARCHIVED, words) from error
            if not found.get("issues_enabled", True):
                words = "has issues switched off in this project. Switch them on in its settings"
                raise TrackerError(Problem.FORBIDDEN, words) from error
            raise

    def _ask(self, verb: str, path: str, said: Any = None, **params: Any) -> Any:
        try:
            answer = self.gitlab.http_request(
                verb,
                path,
                query_data=params,
                post_data=said,
                obey_rate_limit=False,  # it would sleep as long as it is told to
                retry_transient_errors=False,
            )
        except GitlabError as error:
            raise self._told(error) from error
        return json.loads(answer.content)

    def _told(self, error: GitlabError) -> TrackerError:
        said = _said(error.error_message)
        told = told_by_status(self.last, said)
        if self.last.status == 403 and "insufficient_scope" in said:
            words = "does not allow this (403). The token needs the scope “api”"
            return TrackerError(Problem.FORBIDDEN, words)
        if self.last.status == 404:
            words = "does not find it (404). It was deleted, or the token may not see it any more"
            return TrackerError(Problem.GONE, words)
        return told

    @contextmanager
    def _calling(self) -> Iterator[None]:
        with calling(self.web, self.last):
            yield


def _ticket(issue: dict[str, Any], events: Collection[dict[str, Any]] = ()) -> RemoteTicket:
    owner = (issue.get("assignees") or [{}])[0]
    raw = {
        Field.TITLE: issue["title"],
        Field.STATE: issue["state"],
        Field.OWNER: str(owner.get("id", "")),
        Field.DUE: issue.get("due_date") or "",
    }
    state = STATES.get(issue["state"])
    names = raw | {Field.STATE: state.name if state else issue["state"], Field.OWNER: owner.get("name", "")}
    return RemoteTicket(
        pk=f"{issue['project_id']}/{issue['iid']}",
        key=issue["references"]["full"],
        url=issue["web_url"],
        project=str(issue["project_id"]),
        raw=raw,
        names=names,
        updated_at=_moment(issue["updated_at"]),
        changes=tuple(_changes(events)),
    )


def _changes(events: Collection[dict[str, Any]]) -> Iterator[RemoteChange]:
    """Only the state: of other fields it keeps no history with both values."""
    for event in events:
        after = {"closed": CLOSED, "reopened": OPENED}.get(event["state"])
        if after:
            by = event.get("user") or {}
            yield RemoteChange(
                pk=str(event["id"]),
                field=Field.STATE,
                before=OPENED if after == CLOSED else CLOSED,
                after=after,
                at=_moment(event["created_at"]),
                by=RemotePerson(str(by.get("id", "")), by.get("name", "")),
            )


def _project_warning(project: dict[str, Any]) -> str:
    if project.get("archived"):
        return "The project is archived: nothing can be changed there."
    if not project.get("issues_enabled", True):
        return "Issues are switched off in the project. Switch them on in its settings."
    roles = [role for role in (project.get("permissions") or {}).values() if role]
    if roles and max(role["access_level"] for role in roles) < PLANNER:
        return (
            "The account’s role may not change issues. Make it at least a Planner or Reporter of the project."
        )
    return ""


def _plain(text: str) -> str:
    """A line that begins with a slash is an order to GitLab, carried out in the name of our account."""
    return QUICK_ACTION.sub(r"\1\\/", text)


def _path(pk: str) -> str:
    project, _, number = pk.partition("/")
    return f"/projects/{int(project)}/issues/{int(number)}"


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _said(message: Any) -> str:
    """In words: it may be a text, or texts by field."""
    if isinstance(message, dict):
        return " ".join(f"{name} {_said(value)}" for name, value in message.items())
    if isinstance(message, list):
        return ", ".join(map(_said, message))
    text = str(message or "")
    return "" if text.lstrip().startswith("<") else text
