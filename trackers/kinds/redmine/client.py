"""Redmine by its REST API.

Source: https://www.redmine.org/projects/redmine/wiki/Rest_api
"""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from redminelib import Redmine
from redminelib.engines import DefaultEngine
from redminelib.exceptions import BaseRedmineError, ValidationError

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

ATTRIBUTES = {
    Field.TITLE: "subject",
    Field.STATE: "status_id",
    Field.OWNER: "assigned_to_id",
    Field.DUE: "due_date",
    Field.PRIORITY: "priority_id",
}
BY_ATTRIBUTE = {name: field for field, name in ATTRIBUTES.items()}
A_PAGE = 100
MOST = 1000  # rows of one list


class Engine(DefaultEngine):
    """The library's own, on a session of ours."""

    last: Last

    def create_session(self, **params: Any) -> Any:
        session, self.last = bounded_session()
        for name in ("headers", "params"):
            getattr(session, name).update(params.get(name, {}))
        return session


class Client:
    fields = frozenset(Field)

    def __init__(self, access: Access) -> None:
        self.url = access.url.rstrip("/")
        self.engine: Engine = Redmine(self.url, engine=Engine, key=access.secret).engine

    # -- what there is ------------------------------------------------------------------------------------

    def look(self) -> Found:
        with self._calling():
            me = self._get("users/current")["user"]
            rows = self._list("projects", "projects")
        name = f"{me.get('firstname', '')} {me.get('lastname', '')}".strip() or me.get("login", "")
        open_ones = [row for row in rows if row.get("status", 1) == 1]
        return Found(
            RemotePerson(str(me["id"]), name, me.get("mail") or ""),
            tuple(Choice(str(row["id"]), row["name"]) for row in open_ones),
        )

    def project(self, pk: str) -> ProjectFacts:
        with self._calling():
            found = self._get(f"projects/{pk}", include="trackers")["project"]
            states = self._get("issue_statuses")["issue_statuses"]
            priorities = self._get("enumerations/issue_priorities")["issue_priorities"]
            people = self._members(pk)
        return ProjectFacts(
            states=tuple(
                Choice(str(row["id"]), row["name"], "closed" if row.get("is_closed") else "")
                for row in states
            ),
            # Redmine lists them from low to high.
            priorities=tuple(
                Choice(str(row["id"]), row["name"]) for row in reversed(priorities) if row.get("active", True)
            ),
            types=tuple(Choice(str(row["id"]), row["name"]) for row in found.get("trackers", [])),
            people=people,
            name=found["name"],
            key=found["identifier"],
            url=f"{self.url}/projects/{found['identifier']}",
        )

    def _members(self, pk: str) -> tuple[RemotePerson, ...]:
        try:
            rows = self._list(f"projects/{pk}/memberships", "memberships")
        except BaseRedmineError:
            if self.engine.last.status == 403:  # an account may work there and not see who else does
                return ()
            raise
        users = {str(row["user"]["id"]): row["user"]["name"] for row in rows if "user" in row}
        return tuple(RemotePerson(user, name) for user, name in users.items())

    # -- tickets ------------------------------------------------------------------------------------------

    def get(self, pk: str, project: str) -> RemoteTicket:
        with self._calling():
            return self._ticket(self._get(f"issues/{int(pk)}", include="journals")["issue"])

    def find(self, address: str) -> RemoteTicket:
        parts = parts_of(address.strip(), self.url)
        found = re.fullmatch(r"(?:.*/issues/)?#?([0-9]{1,9})/?", parts.path if parts else address.strip())
        if not found:
            raise TrackerError(Problem.REFUSED, "has no tickets with such an address")
        return self.get(found[1], "")

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        with self._calling():
            rows = self._list(
                "issues",
                "issues",
                project_id=project,
                subproject_id="!*",
                status_id="*",
                created_on=f">={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                sort="id:desc",
            )
            found = [row for row in rows if marker in (row.get("description") or "")]
        return self.get(str(found[-1]["id"]), project) if found else None

    def create(self, draft: Draft) -> RemoteTicket:
        said: dict[str, Any] = {
            "project_id": draft.project,
            "subject": draft.title,
            "description": draft.text,
        }
        if draft.type:
            said["tracker_id"] = draft.type
        said |= {ATTRIBUTES[name]: value for name, value in draft.raw.items() if value}
        said |= dict(draft.extra)
        if due := draft.raw.get(Field.DUE):  # it may not lie before the start, which is today by default
            said["start_date"] = min(due, datetime.now(UTC).date().isoformat())
        with self._calling():
            made = self.engine.request("post", f"{self.url}/issues.json", data={"issue": said})
            return self._ticket(made["issue"])

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        with self._calling():
            said = {ATTRIBUTES[name]: value for name, value in raw.items()}
            if due := raw.get(Field.DUE):
                issue = self._get(f"issues/{int(ticket.pk)}")["issue"]
                if (issue.get("start_date") or due) > due:
                    said["start_date"] = due
            self.engine.request("put", f"{self.url}/issues/{int(ticket.pk)}.json", data={"issue": said})

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        with self._calling():
            issue = self._get(f"issues/{int(ticket.pk)}", include="journals")["issue"]
            texts = [issue.get("description") or "", *(row.get("notes") or "" for row in issue["journals"])]
            if any(address in text for text in texts):
                return
            data = {"issue": {"notes": f"{title}: {address}"}}
            self.engine.request("put", f"{self.url}/issues/{int(ticket.pk)}.json", data=data)

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        found: list[str] = []
        ids, at = sorted(pks, key=int), f">={since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        for start in range(0, len(ids), A_PAGE):
            page = ",".join(ids[start : start + A_PAGE])
            with self._calling():
                rows = self._list("issues", "issues", issue_id=page, status_id="*", updated_on=at)
            found += [str(row["id"]) for row in rows]
        return found

    # -- what they share ----------------------------------------------------------------------------------

    def _ticket(self, issue: dict[str, Any]) -> RemoteTicket:
        owner = issue.get("assigned_to") or {}
        raw = {
            Field.TITLE: issue["subject"],
            Field.STATE: str(issue["status"]["id"]),
            Field.OWNER: str(owner.get("id", "")),
            Field.DUE: issue.get("due_date") or "",
            Field.PRIORITY: str(issue["priority"]["id"]),
        }
        names = raw | {
            Field.STATE: issue["status"]["name"],
            Field.OWNER: owner.get("name", ""),
            Field.PRIORITY: issue["priority"]["name"],
        }
        pk = str(int(issue["id"]))
        return RemoteTicket(
            pk=pk,
            key=f"#{pk}",
            url=f"{self.url}/issues/{pk}",
            project=str(issue["project"]["id"]),
            raw=raw,
            names=names,
            updated_at=_moment(issue["updated_on"]),
            changes=tuple(self._changes(issue.get("journals", []))),
        )

    def _changes(self, journals: list[dict[str, Any]]) -> Iterator[RemoteChange]:
        for journal in journals:
            by = journal.get("user") or {}
            for detail in journal.get("details", []):
                field = BY_ATTRIBUTE.get(detail["name"]) if detail["property"] == "attr" else None
                if field is not None:
                    yield RemoteChange(
                        pk=str(journal["id"]),
                        field=field,
                        before=detail.get("old_value") or "",
                        after=detail.get("new_value") or "",
                        at=_moment(journal["created_on"]),
                        by=RemotePerson(str(by.get("id", "")), by.get("name", "")),
                    )

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self.engine.request("get", f"{self.url}/{path}.json", params=params)
        if not isinstance(answer, dict):
            raise told_by_status(self.engine.last)
        return answer

    def _list(self, path: str, container: str, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while len(rows) < MOST:
            answer = self._get(path, **params, limit=A_PAGE, offset=len(rows))
            page = answer[container]
            rows += page
            if not page or len(rows) >= answer.get("total_count", 0):
                break
        return rows

    @contextmanager
    def _calling(self) -> Iterator[None]:
        with calling(self.url, self.engine.last, (BaseRedmineError,)):
            try:
                yield
            except ValidationError as error:  # its text is what Redmine said
                raise told_by_status(self.engine.last, str(error)) from error
            except BaseRedmineError as error:  # its text is about the library
                raise told_by_status(self.engine.last) from error


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
