"""GitHub and GitHub Enterprise Server by their REST API. A ticket is an issue of a repository.

Repositories are called by their numbers, so that nothing changes when one is renamed. An issue that is transferred
gets another number in another repository: the old one leads there, and the ticket goes on under the new one.

Source: https://docs.github.com/rest/issues
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from github.Requester import Requester
from requests.utils import parse_header_links

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
from trackers.kinds.github.connection import A_PAGE, addresses, requester_of
from trackers.kinds.github.events import changes_of
from trackers.kinds.http import Last, calling, in_pages, led_to, parts_of, told_by_status

MOST = 1000  # rows of one list
MOST_REPOSITORIES = 500  # a page of them may take GitHub some seconds
MOST_REDIRECTS = 3
OPEN, DONE = "open", "closed:completed"
STATES = {
    OPEN: Choice(OPEN, "Open", "open"),
    DONE: Choice(DONE, "Closed as completed", "done"),
    "closed:not_planned": Choice("closed:not_planned", "Closed as not planned", "wont_do"),
    "closed:duplicate": Choice("closed:duplicate", "Closed as duplicate", "wont_do"),
}
ADDRESS = re.compile(r"/([^/]+)/([^/]+)/(issues|pull)/([0-9]{1,9})(?:/.*)?")
KEY = re.compile(r"\A([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)(#)([0-9]{1,9})")


class Client:
    fields = frozenset({Field.TITLE, Field.STATE, Field.OWNER})

    def __init__(self, access: Access) -> None:
        self.web, self.api = addresses(access.url)
        self.requester, self.last = requester_of(self.api, access.secret)

    # -- what there is ------------------------------------------------------------------------------------

    def look(self) -> Found:
        with self._calling():
            me = self._get("/user")
            scopes = self.last.headers.get("X-OAuth-Scopes")  # not there for a fine-grained token
            rows = self._list("/user/repos", most=MOST_REPOSITORIES, sort="pushed", direction="desc")
            account = RemotePerson(str(me["id"]), me.get("name") or me["login"], me.get("email") or "")
            usable = [row for row in rows if row.get("has_issues", True) and not row.get("archived")]
            projects = tuple(Choice(str(row["id"]), row["full_name"]) for row in usable)
        warnings = [_scope_warning(scopes)] if scopes is not None else []
        if len(rows) >= MOST_REPOSITORIES:
            warnings.append(f"Only the {MOST_REPOSITORIES} repositories with the newest changes are listed.")
        return Found(account, projects, " ".join(filter(None, warnings)))

    def project(self, pk: str) -> ProjectFacts:
        with self._calling():
            found = self._get(f"/repositories/{int(pk)}")
            return ProjectFacts(
                states=tuple(STATES.values()),
                people=self._people(pk),
                name=found["full_name"],
                key=found["full_name"],
                url=found["html_url"],
                warning=self._warning(found),
            )

    def _people(self, pk: str) -> tuple[RemotePerson, ...]:
        """Whom issues can be assigned to. GitHub does not tell their e-mail addresses."""
        try:
            rows = self._list(f"/repositories/{int(pk)}/assignees")
        except TrackerError as error:
            if error.problem == Problem.FORBIDDEN:
                return ()
            raise
        return tuple(RemotePerson(str(row["id"]), row["login"]) for row in rows)

    def _warning(self, repository: dict[str, Any]) -> str:
        if repository.get("archived"):
            return "The repository is archived: nothing can be changed there."
        if not repository.get("has_issues", True):
            return "Issues are switched off in the repository. Switch them on in its settings."
        if not self._may_write(repository["id"]):
            return (
                "The token may not write issues there. Give it “Issues: read and write” for this repository."
            )
        return ""

    def _may_write(self, repository: int) -> bool:
        """An issue without a title is never made. Whoever may make none is told so before that is noticed."""
        try:
            self._ask("POST", f"/repositories/{repository}/issues", {})
        except TrackerError as error:
            if error.problem in (Problem.FORBIDDEN, Problem.GONE):
                return False
            if error.problem != Problem.REFUSED:
                raise
        return True

    # -- tickets ------------------------------------------------------------------------------------------

    def get(self, pk: str, project: str) -> RemoteTicket:
        repository, _, number = pk.partition("/")
        with self._calling():
            return self._read(f"/repositories/{int(repository)}/issues/{int(number)}")

    def find(self, address: str) -> RemoteTicket:
        parts = parts_of(address.strip(), self.web)
        found = ADDRESS.fullmatch(parts.path) if parts else KEY.fullmatch(address.strip())
        if not found:
            raise TrackerError(
                Problem.REFUSED, "needs the address of an issue, or a key such as acme/shop#12"
            )
        owner, name, kind, number = found.groups()
        if kind == "pull":
            raise _is_pull_request()
        with self._calling():
            return self._read(f"/repos/{owner}/{name}/issues/{number}")

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        """In the list, which has each at once. The search has it only after a while."""
        with self._calling():
            me = self._get("/user")["login"]
            rows = self._list(
                f"/repositories/{int(project)}/issues",
                state="all",
                creator=me,
                since=_written(since),
                sort="created",
                direction="desc",
            )
            found = [row for row in rows if marker in (row.get("body") or "") and not row.get("pull_request")]
            return self._ticket(found[-1], project) if found else None

    def create(self, draft: Draft) -> RemoteTicket:
        said: dict[str, Any] = {
            name: int(value) if name == "milestone" and value.isdecimal() else value
            for name, value in draft.extra.items()
        }
        said |= {"title": draft.title, "body": draft.text}
        if draft.labels:
            said["labels"] = list(draft.labels)
        with self._calling():
            if owner := draft.raw.get(Field.OWNER):
                said["assignees"] = [self._login(owner)]
            made = self._ask("POST", f"/repositories/{int(draft.project)}/issues", said)
            return self._ticket(made, draft.project)

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        said: dict[str, Any] = {}
        if Field.TITLE in raw:
            said["title"] = raw[Field.TITLE]
        if state := raw.get(Field.STATE):
            said["state"], _, reason = state.partition(":")
            if reason:
                said["state_reason"] = reason
        with self._calling():
            if Field.OWNER in raw:
                owner = raw[Field.OWNER]
                said["assignees"] = [self._login(owner)] if owner else []
            self._ask("PATCH", _path(ticket.pk), said)

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        with self._calling():
            issue = self._get(_path(ticket.pk))
            comments = self._list(f"{_path(ticket.pk)}/comments")
            if not any(address in (row.get("body") or "") for row in (issue, *comments)):
                self._ask("POST", f"{_path(ticket.pk)}/comments", {"body": f"{title}: {address}"})

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        with self._calling():
            rows = self._list(
                f"/repositories/{int(project)}/issues", state="all", since=_written(since), sort="updated"
            )
            changed = {f"{project}/{row['number']}" for row in rows}
        return [pk for pk in pks if pk in changed or len(rows) >= MOST]

    # -- what they share ----------------------------------------------------------------------------------

    def _read(self, path: str) -> RemoteTicket:
        """The issue at this path, or where it was transferred to, with its history."""
        issue, path = self._reach(path)
        found = re.match(r"/repositories/([0-9]+)/", path)
        if found:
            repository = found[1]
        else:
            owner, name = urlsplit(issue["repository_url"]).path.split("/")[-2:]
            repository = str(self._get(f"/repos/{owner}/{name}")["id"])
        events, is_complete = self._events(f"/repositories/{repository}/issues/{issue['number']}/events")
        return self._ticket(issue, repository, events, is_complete)

    def _ticket(
        self,
        issue: dict[str, Any],
        repository: str,
        events: Collection[dict[str, Any]] = (),
        is_complete: bool = False,
    ) -> RemoteTicket:
        if issue.get("pull_request"):
            raise _is_pull_request()
        owner = (issue.get("assignees") or [{}])[0]
        state = OPEN if issue["state"] == OPEN else f"closed:{issue.get('state_reason') or 'completed'}"
        raw = {
            Field.TITLE: issue["title"],
            Field.STATE: state,
            Field.OWNER: str(owner.get("id", "")),
        }
        names = raw | {
            Field.STATE: STATES[state].name if state in STATES else state,
            Field.OWNER: owner.get("login", ""),
        }
        path = urlsplit(issue["repository_url"]).path
        return RemoteTicket(
            pk=f"{repository}/{int(issue['number'])}",
            key=f"{'/'.join(path.split('/')[-2:])}#{issue['number']}",
            url=issue["html_url"],
            project=repository,
            raw=raw,
            names=names,
            updated_at=datetime.fromisoformat(issue["updated_at"]).astimezone(UTC),
            changes=changes_of(events, is_complete),
        )

    def _events(self, path: str) -> tuple[list[dict[str, Any]], bool]:
        """The newest ones of its history, oldest first, and whether that is all of it."""
        rows = self._get(path, per_page=A_PAGE)
        last = _last_page(self.last.headers.get("Link", ""))
        return (rows, True) if last is None else (self._get(path, per_page=A_PAGE, page=last), False)

    def _login(self, pk: str) -> str:
        try:
            login: str = self._get(f"/user/{int(pk)}")["login"]
        except TrackerError as error:
            if error.problem != Problem.GONE:
                raise
            words = "does not know the owner any more. Match the person again"
            raise TrackerError(Problem.REFUSED, words) from error
        return login

    def _get(self, path: str, **params: Any) -> Any:
        return self._reach(path, **params)[0]

    def _reach(self, path: str, **params: Any) -> tuple[Any, str]:
        """The answer, and the path it came from: what was renamed or transferred leads on, within the same API."""
        for _ in range(MOST_REDIRECTS):
            try:
                return self._ask("GET", path, **params), path
            except TrackerError:
                place = led_to(self.last, self.api)
                if place is None:
                    raise
                path = place
        raise told_by_status(self.last)

    def _list(self, path: str, *, most: int = MOST, **params: Any) -> list[dict[str, Any]]:
        return in_pages(
            lambda number: self._get(path, **params, per_page=A_PAGE, page=number), size=A_PAGE, most=most
        )

    def _ask(self, verb: str, path: str, said: Any = None, **params: Any) -> Any:
        accepts = {"Accept": "application/vnd.github+json"}
        status, _, body = self.requester.requestJson(verb, path, params, accepts, said)
        if not 200 <= status < 300:
            raise _told(self.last, body)
        return json.loads(body)

    @contextmanager
    def _calling(self) -> Iterator[None]:
        with calling(self.api, self.last):
            yield


def _path(pk: str) -> str:
    repository, _, number = pk.partition("/")
    return f"/repositories/{int(repository)}/issues/{int(number)}"


def _written(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _last_page(link: str) -> int | None:
    for row in parse_header_links(link) if link else ():
        if row.get("rel") == "last":
            return int(parse_qs(urlsplit(row["url"]).query)["page"][0])
    return None


def _is_pull_request() -> TrackerError:
    return TrackerError(Problem.REFUSED, "has a pull request there, which cannot be linked. Link an issue")


def _scope_warning(scopes: str) -> str:
    has = {scope.strip() for scope in scopes.split(",")}
    if "repo" in has:
        return ""
    if "public_repo" in has:
        return "The token reaches public repositories only. For others it needs the scope “repo”."
    return "The token may not write issues. Give it the scope “repo”."


def _told(last: Last, body: str) -> TrackerError:
    """What an answer that is an error means, with what to do where that is known."""
    said = _said(body)
    lower = said.lower()
    if last.status == 403 and Requester.isRateLimitError(said):  # the secondary limit, without its headers
        return told_by_status(Last(429, last.headers, last.method))
    error = told_by_status(last, said)
    if last.status == 403 and "archived" in lower:
        return TrackerError(Problem.ARCHIVED, "has archived this repository: nothing can be changed there")
    if last.status == 410 and "disabled" in lower:
        words = "has issues switched off in this repository. Switch them on in its settings"
        return TrackerError(Problem.FORBIDDEN, words)
    if error.problem == Problem.FORBIDDEN:
        if "X-GitHub-SSO" in last.headers:
            words = "does not allow this (403). Authorize the token for single sign-on there"
        elif "not accessible by" in lower:
            words = "does not allow this (403). Give the token “Issues: read and write” for this repository"
        else:
            return error
        return TrackerError(Problem.FORBIDDEN, words)
    if last.status == 404:
        return TrackerError(
            Problem.GONE, "does not find it (404). It was deleted, or the token may not see it any more"
        )
    if last.status == 410:
        return TrackerError(Problem.GONE, "says that it was deleted (410)")
    return error


def _said(body: str) -> str:
    """Its message, with what is wrong in which field."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(answer, dict):
        return ""
    errors = [row for row in answer.get("errors") or () if isinstance(row, dict)]
    parts = [
        answer.get("message"),
        *(row.get("message") or f"{row.get('field')} {row.get('code')}" for row in errors),
    ]
    return " ".join(str(part) for part in parts if part)
