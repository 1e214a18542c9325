"""Jira as Atlassian documents it: Cloud, or Data Center. What jira820 has not: sign-in, limits, moves, workflows.

Source: https://developer.atlassian.com/cloud/jira/platform/rest/v2/ and
https://developer.atlassian.com/server/jira/platform/rest/
"""

import base64
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from tests.trackers.served.serving import Reply, Request, Serving

STATUSES = {
    "10000": ("To Do", "new"),
    "3": ("In Progress", "indeterminate"),
    "10001": ("Done", "done"),
    "10002": ("Won't Do", "done"),
}
PRIORITIES = {"1": "Highest", "2": "High", "3": "Medium", "4": "Low"}
PEOPLE = {
    "bot": ("Allclear Bot", "bot@example.test"),
    "dana": ("Dana Example", "responder@example.test"),
    "sam": ("Sam Example", ""),
}
PROJECTS = {"10": ("PAY", "Payments"), "20": ("OPS", "Operations")}
MAIL, TOKEN = "bot@example.test", "token-1"
FIELDS = {
    "title": "summary",
    "state": "status",
    "owner": "assignee",
    "due_on": "duedate",
    "priority": "priority",
}


class FakeJira(Serving):
    """`blocked` are steps that the workflow has not, `needs` what a step into a state asks for, `refuses` fields."""

    states = {"open": "10000", "in_progress": "3", "done": "10001", "wont_do": "10002"}
    project, other_project = "10", "20"
    priorities = {"P1": "1", "P2": "2"}

    def __init__(self, *, is_cloud: bool) -> None:
        self.is_cloud = is_cloud
        self.issues: dict[str, dict[str, Any]] = {}
        self.numbers, self.log_numbers = count(10001), count(500)
        self.blocked: set[tuple[str, str]] = set()
        self.needs: dict[str, str] = {}
        self.screens: dict[str, dict[str, Any]] = {}
        self.refuses: dict[str, str] = {}
        self.token, self.links_allowed, self.is_anonymous = TOKEN, True, False
        self.forbidden: set[str] = set()
        super().__init__()

    @property
    def access(self) -> dict[str, str]:
        said = {"kind": "jira", "url": self.url, "secret": TOKEN}
        return said | ({"user_name": MAIL} if self.is_cloud else {})

    @property
    def dana(self) -> str:
        return self.person_pk("dana")

    @property
    def sam(self) -> str:
        return self.person_pk("sam")

    # -- what people do there -----------------------------------------------------------------------------

    def add(self, *, title: str = "Something", text: str = "", project: str = "10", **said: str) -> str:
        with self.lock:
            pk, at = str(next(self.numbers)), datetime.now(UTC)
            number = sum(issue["project"] == project for issue in self.issues.values()) + 1
            raw = {"title": title, "state": "10000", "owner": "", "due_on": "", "priority": "3"} | said
            raw["owner"] = raw["owner"].removeprefix("JIRAUSER-")
            self.issues[pk] = {
                "project": project, "key": f"{PROJECTS[project][0]}-{number}", "text": text, "raw": raw,
                "log": [], "created": at, "updated": at, "comments": [], "links": {}, "archived": "", "sent": {},
            }  # fmt: skip
            return pk

    def edit(self, pk: str, by: str = "dana", **raw: str) -> None:
        with self.lock:
            issue, at = self.issues[pk], datetime.now(UTC)
            by, raw = (
                by.removeprefix("JIRAUSER-"),
                {name: value.removeprefix("JIRAUSER-") for name, value in raw.items()},
            )
            items = [
                (name, issue["raw"][name], value)
                for name, value in raw.items()
                if issue["raw"][name] != value
            ]
            issue["raw"] |= raw
            if items:
                issue["log"].append((str(next(self.log_numbers)), by, at, items))
                issue["updated"] = at

    def value(self, pk: str, name: str) -> str:
        value = self.issues[pk]["raw"][name]
        return self.person_pk(value) if name == "owner" else value

    def titles(self, pk: str) -> list[tuple[str, str]]:
        """Who changed the title, and what it was before."""
        log = self.issues[pk]["log"]
        return [
            (self.person_pk(by), before)
            for _, by, _, items in log
            for name, before, _ in items
            if name == "title"
        ]

    def text(self, pk: str) -> str:
        return self.issues[pk]["text"]

    def links(self, pk: str) -> list[str]:
        issue = self.issues[pk]
        return [*issue["links"], *issue["comments"]]

    def delete(self, pk: str) -> None:
        del self.issues[pk]

    def move(self, pk: str) -> str:
        self.issues[pk] |= {"project": "20", "key": f"OPS-{pk}", "updated": datetime.now(UTC)}
        return f"OPS-{pk}"

    def archive(self, pk: str) -> None:
        self.issues[pk]["archived"] = "2026-05-05T10:00:00.000+0000"

    def forbid(self, pk: str) -> None:
        self.forbidden.add(pk)

    def address(self, pk: str) -> str:
        return f"{self.url}/browse/{self.issues[pk]['key']}"

    def expire(self) -> None:
        self.token = "another"

    # -- what it answers ----------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        told = request.headers.get("Authorization", "")
        basic = base64.b64encode(f"{MAIL}:{self.token}".encode()).decode()
        if told != (f"Basic {basic}" if self.is_cloud else f"Bearer {self.token}"):
            if self.is_anonymous:
                reason = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
                return Reply(
                    404, _errors("Issue does not exist or you do not have permission to see it."), reason
                )
            return Reply(401, {"message": "Client must be authenticated to access this resource."})
        path = request.path.removeprefix("/rest/api/2/")
        name = f"{request.method.lower()}_{path.partition('/')[0]}"
        return getattr(self, name)(request, path.split("/")[1:])

    def get_serverInfo(self, request, parts):
        return Reply(200, {"deploymentType": "Cloud" if self.is_cloud else "Server", "version": "1001.0.0"})

    def get_myself(self, request, parts):
        return Reply(200, self.person("bot"))

    def get_project(self, request, parts):
        rows = [self.project_row(pk) for pk in PROJECTS]
        if parts[-1:] == ["statuses"]:
            kinds = [{"id": "100", "name": "Epic"}, {"id": "101", "name": "Task"}]
            statuses = [self.status(pk) for pk in STATUSES]
            return Reply(200, [kind | {"subtask": False, "statuses": statuses} for kind in kinds])
        if self.is_cloud and parts == ["search"]:
            at = int(request.query["startAt"])  # one a page
            return Reply(
                200, {"values": rows[at : at + 1], "isLast": at + 1 >= len(rows), "total": len(rows)}
            )
        if not parts:
            return Reply(200, rows)
        if parts[0] not in PROJECTS:
            return Reply(404, _errors(f"No project could be found with id '{parts[0]}'."))
        kinds = [
            {"id": "100", "name": "Epic", "subtask": False, "hierarchyLevel": 1},
            {"id": "102", "name": "Sub-task", "subtask": True, "hierarchyLevel": -1},
            {"id": "103", "name": "Bug", "subtask": False, "hierarchyLevel": 0},
            {"id": "101", "name": "Task", "subtask": False, "hierarchyLevel": 0},
        ]
        return Reply(200, self.project_row(parts[0]) | {"issueTypes": kinds})

    def get_priority(self, request, parts):
        rows = [{"id": pk, "name": name} for pk, name in PRIORITIES.items()]
        return Reply(200, {"values": rows, "isLast": True} if parts == ["search"] else rows)

    def get_user(self, request, parts):
        if parts == ["assignable", "search"]:
            assert request.query["project"] in {key for key, _ in PROJECTS.values()}
            return Reply(200, [self.person(pk) for pk in PEOPLE])
        pk = request.query["key"].removeprefix("JIRAUSER-")
        return Reply(200, self.person(pk)) if pk in PEOPLE else Reply(404, _errors("The user does not exist"))

    def get_search(self, request, parts):
        if self.is_cloud and parts != ["jql"]:
            return Reply(410, _errors("The requested API has been removed."))
        query, since = request.query["jql"], datetime.now(UTC)
        if wanted := re.fullmatch(r"project = (\d+) AND created >= -(\d+)m ORDER BY created ASC", query):
            since -= timedelta(minutes=int(wanted[2]))
            found = [
                pk
                for pk, issue in self.issues.items()
                if issue["project"] == wanted[1] and issue["created"] >= since
            ]
        elif wanted := re.fullmatch(r"id in \(([\d,]+)\) AND updated >= -(\d+)m", query):
            since -= timedelta(minutes=int(wanted[2]))
            ids = wanted[1].split(",")
            if missing := [pk for pk in ids if pk not in self.issues]:
                return Reply(400, _errors(f"An issue with key '{missing[0]}' does not exist for field 'id'."))
            found = [pk for pk in ids if self.issues[pk]["updated"] >= since]
        else:
            return Reply(400, _errors("Error in the JQL Query"))
        size = min(int(request.query["maxResults"]), 2)  # a page may be shorter than what was asked for
        wanted_fields = request.query["fields"].split(",")
        at = int(request.query.get("nextPageToken" if self.is_cloud else "startAt", 0))
        page = [self.row(pk, wanted_fields) for pk in found[at : at + size]]
        if not self.is_cloud:
            return Reply(200, {"startAt": at, "maxResults": size, "total": len(found), "issues": page})
        more = {"nextPageToken": str(at + size)} if at + size < len(found) else {}
        return Reply(200, {"issues": page, "isLast": not more, **more})

    def get_issue(self, request, parts):
        pk = self.known(parts[0])
        if pk is None:
            return Reply(404, _errors("Issue does not exist or you do not have permission to see it."))
        if pk in self.forbidden:
            return Reply(403, _errors("You do not have the permission to see the specified issue."))
        issue = self.issues[pk]
        if parts[1:] == ["transitions"]:
            return Reply(200, {"transitions": [self.step(to) for to in self.steps(issue)]})
        if parts[1:] == ["comment"]:
            return Reply(200, {"comments": [{"body": body} for body in reversed(issue["comments"])]})
        row = self.row(pk, request.query["fields"].split(","))
        if request.query.get("expand") == "changelog":
            rows = [self.history(*entry) for entry in issue["log"]]
            row["changelog"] = {"histories": rows[::-1] if self.is_cloud else rows}
        return Reply(200, row)

    def post_issue(self, request, parts):
        if parts:
            issue = self.issues[parts[0]]
            return getattr(self, f"post_{parts[1]}")(request, issue, parts[0])
        said = dict(request.body["fields"])
        if refused := self.refusal(said):
            return refused
        if not said.get("issuetype"):
            return Reply(400, _errors(issuetype="Specify an issue type"))
        given = {"priority": said["priority"]["id"]} if "priority" in said else {}
        if owner := said.get("assignee"):
            given["owner"] = owner["accountId" if self.is_cloud else "name"].removeprefix("name-")
        pk = self.add(
            title=said["summary"], text=said["description"], project=said["project"]["id"],
            due_on=said.get("duedate") or "", **given,
        )  # fmt: skip
        self.issues[pk]["sent"] = said
        return Reply(201, {"id": pk, "key": self.issues[pk]["key"]})

    def put_issue(self, request, parts):
        pk = parts[0]
        if pk not in self.issues:
            return Reply(404, _errors("Issue does not exist"))
        if parts[1:] == ["assignee"]:
            owner = request.body["accountId" if self.is_cloud else "name"] or ""
            if owner and owner.removeprefix("name-") not in PEOPLE:
                return Reply(400, _errors(assignee=f"User '{owner}' cannot be assigned issues."))
            self.edit(pk, "bot", owner=owner.removeprefix("name-"))
            return Reply(204)
        said = request.body["fields"]
        if refused := self.refusal(said):
            return refused
        here = {"summary": "title", "duedate": "due_on", "priority": "priority"}
        raw = {
            here[name]: (value["id"] if name == "priority" else value or "") for name, value in said.items()
        }
        self.edit(pk, "bot", **raw)
        return Reply(204)

    def post_transitions(self, request, issue, pk):
        to = request.body["transition"]["id"].removeprefix("step-")
        if to not in self.steps(issue):
            return Reply(
                400, _errors("It seems that you have tried to perform a workflow operation that is not valid")
            )
        if (needed := self.needs.get(to)) and needed not in request.body.get("fields", {}):
            return Reply(400, _errors(**{needed: "Root cause is required."}))
        issue["sent"] = request.body
        self.edit(pk, "bot", state=to)
        return Reply(204)

    def post_remotelink(self, request, issue, pk):
        if not self.links_allowed:
            return Reply(403, _errors("You do not have permission to link issues."))
        known = request.body["globalId"] in issue["links"]
        issue["links"][request.body["globalId"]] = request.body["object"]
        return Reply(200 if known else 201, {"id": 1})

    def post_comment(self, request, issue, pk):
        issue["comments"].append(request.body["body"])
        return Reply(201, {"id": "1"})

    # -- its parts ----------------------------------------------------------------------------------------

    def known(self, told: str) -> str | None:
        return told if told in self.issues else next(
            (pk for pk, issue in self.issues.items() if issue["key"] == told), None
        )  # fmt: skip

    def refusal(self, said: dict[str, Any]) -> Reply | None:
        found = {name: words for name, words in self.refuses.items() if name in said}
        return Reply(400, _errors(**found)) if found else None

    def steps(self, issue: dict[str, Any]) -> list[str]:
        now = issue["raw"]["state"]
        return [to for to in STATUSES if to != now and (now, to) not in self.blocked]

    def step(self, to: str) -> dict[str, Any]:
        fields = self.screens.get(to, {})
        return {
            "id": f"step-{to}",
            "name": "Go",
            "to": self.status(to),
            "hasScreen": bool(fields),
            "fields": fields,
        }

    def status(self, pk: str) -> dict[str, Any]:
        name, category = STATUSES[pk]
        return {"id": pk, "name": name, "statusCategory": {"key": category}}

    def person(self, pk: str) -> dict[str, Any]:
        name, mail = PEOPLE[pk]
        shown = {"emailAddress": mail} if mail else {}
        who = {"accountId": pk} if self.is_cloud else {"key": f"JIRAUSER-{pk}", "name": f"name-{pk}"}
        return who | shown | {"displayName": name, "active": True}

    def person_pk(self, pk: str) -> str:
        """As it stands in a ticket's fields and history."""
        return pk if self.is_cloud or not pk else f"JIRAUSER-{pk}"

    def project_row(self, pk: str) -> dict[str, Any]:
        return {"id": pk, "key": PROJECTS[pk][0], "name": PROJECTS[pk][1]}

    def row(self, pk: str, wanted: list[str]) -> dict[str, Any]:
        issue = self.issues[pk]
        raw = issue["raw"]
        said = {
            "summary": raw["title"],
            "status": self.status(raw["state"]),
            "assignee": self.person(raw["owner"]) if raw["owner"] else None,
            "duedate": raw["due_on"] or None,
            "priority": {"id": raw["priority"], "name": PRIORITIES[raw["priority"]]},
            "project": self.project_row(issue["project"]),
            "updated": _at(issue["updated"]),
            "archiveddate": issue["archived"] or None,
            "description": issue["text"],
        }
        return {"id": pk, "key": issue["key"], "fields": {name: said[name] for name in wanted}}

    def history(self, pk: str, by: str, at: datetime, items: list[tuple[str, str, str]]) -> dict[str, Any]:
        told = []
        for name, before, after in items:
            if name == "owner":
                before, after = self.person_pk(before), self.person_pk(after)
            item = {"field": FIELDS[name], "fieldtype": "jira", "fieldId": FIELDS[name]}
            for side, value in (("from", before), ("to", after)):
                item[side] = None if name == "title" else value or None
                item[f"{side}String"] = f"{value} 00:00:00.0" if name == "due_on" and value else value
            told.append(item)
        told.append(
            {"field": "Rank", "fieldtype": "custom", "from": "", "to": "", "toString": "Ranked higher"}
        )
        return {"id": pk, "author": self.person(by), "created": _at(at), "items": told}


def _errors(*messages: str, **fields: str) -> dict[str, Any]:
    return {"errorMessages": list(messages), "errors": fields}


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0000"
