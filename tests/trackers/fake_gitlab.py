"""GitLab as its REST API answers, as far as the client asks it."""

from typing import Any
from urllib.parse import unquote

from tests.trackers.forge import Answer, Asked, Forge, RefusedError
from tests.trackers.recorded import OF_GITLAB

BOT = {"id": 1, "name": "Allclear", "username": "project_10_bot", "state": "active"}
DANA = {"id": 2, "name": "Dana Example", "username": "dana", "state": "active"}
SAM = {"id": 3, "name": "Sam Example", "username": "sam", "state": "active"}


class GitLab(Forge):
    api = "/api/v4"

    def __init__(self) -> None:
        super().__init__()
        self.scopes: list[str] | None = ["api"]
        self.may_write = True
        self.users = {user["id"]: user for user in (BOT, DANA, SAM)}
        self.projects: dict[str, dict[str, Any]] = {}
        self.issues: dict[tuple[str, int], dict[str, Any]] = {}
        self.events: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.notes: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.old_names: dict[str, str] = {}
        self.hidden: set[int] = set()
        self.add_project("10", "acme/pay")
        self.add_project("20", "acme/deep/ops")

    # -- what people do there -----------------------------------------------------------------------------

    def add_project(self, pk: str, name: str, **said: Any) -> None:
        self.projects[pk] = {
            "id": int(pk),
            "path_with_namespace": name,
            "web_url": f"{self.url}/{name}",
            "archived": False,
            "issues_enabled": True,
            "permissions": {"project_access": {"access_level": 20}, "group_access": None},
            **said,
        }

    def rename(self, pk: str, name: str) -> None:
        self.old_names[self.projects[pk]["path_with_namespace"]] = pk
        self.projects[pk] |= {"path_with_namespace": name, "web_url": f"{self.url}/{name}"}

    def add_issue(self, project: str = "10", by: dict[str, Any] = DANA, **said: Any) -> dict[str, Any]:
        number = len([place for place in self.issues if place[0] == project]) + 1
        now = self.tick()
        issue = OF_GITLAB | {
            "id": next(self.numbers),
            "iid": number,
            "project_id": int(project),
            "title": "Something",
            "description": None,
            "state": "opened",
            "assignees": [],
            "labels": [],
            "due_date": None,
            "moved_to_id": None,
            "author": by,
            "created_at": now,
            "updated_at": now,
            **said,
        }
        self.issues[project, number] = issue
        self.events[project, number], self.notes[project, number] = [], []
        return issue

    def edit(self, place: tuple[str, int], by: dict[str, Any] = DANA, **said: Any) -> None:
        """`title`, `due_date`, `state`, `assignees` as their ids."""
        issue, now = self.issues[place], self.tick()
        if "assignees" in said:
            said["assignees"] = [self.users[pk] for pk in said["assignees"]]
        if said.get("state", issue["state"]) != issue["state"]:
            state = "closed" if said["state"] == "closed" else "reopened"
            event = {"id": next(self.numbers), "user": by, "created_at": now, "state": state}
            self.events[place].append(event)
        issue |= said | {"updated_at": now}

    def move(self, place: tuple[str, int], project: str) -> tuple[str, int]:
        old = self.issues[place]
        kept = {name: old[name] for name in ("title", "description", "state", "assignees", "due_date")}
        new = self.add_issue(project, **kept)
        self.edit(place, state="closed", moved_to_id=new["id"])
        return project, new["iid"]

    # -- its API ------------------------------------------------------------------------------------------

    def routes(self):
        issues = r"/projects/([^/]+)/issues"
        return [
            ("GET", "/user", lambda asked: BOT | {"email": "project_10_bot@noreply.example.test"}),
            ("GET", "/personal_access_tokens/self", self.token),
            ("GET", "/projects", lambda asked: self.page(asked, list(self.projects.values()))),
            ("GET", r"/projects/(\d+)", lambda asked, pk: self.project(pk)),
            ("GET", r"/projects/(\d+)/members/all", lambda asked, pk: self.page(asked, [BOT, DANA, SAM])),
            ("GET", issues, self.list_issues),
            ("POST", issues, self.create),
            ("GET", issues + r"/(\d+)", self.issue),
            ("PUT", issues + r"/(\d+)", self.put),
            ("GET", issues + r"/(\d+)/resource_state_events", self.list_events),
            ("GET", issues + r"/(\d+)/notes", self.list_notes),
            ("POST", issues + r"/(\d+)/notes", self.note),
            ("POST", "/api/graphql", self.graphql),
        ]

    def token(self, asked: Asked) -> Any:
        if self.scopes is None:
            raise RefusedError(404, {"message": "404 Not Found"})
        return {"id": 7, "scopes": self.scopes, "active": True}

    def project(self, pk: str) -> dict[str, Any]:
        if pk not in self.projects:
            raise RefusedError(404, {"message": "404 Project Not Found"})
        return self.projects[pk]

    def project_pk(self, asked: Asked, said: str) -> str:
        name = unquote(said)
        if name in self.old_names:
            path = asked.path.replace(said, self.old_names[name], 1)
            raise RefusedError(301, {}, Location=f"{self.url}{self.api}{path}")
        by_name = {row["path_with_namespace"]: pk for pk, row in self.projects.items()}
        pk = by_name.get(name, name)
        self.project(pk)
        return pk

    def place(self, asked: Asked, project: str, number: str) -> tuple[str, int]:
        place = (self.project_pk(asked, project), int(number))
        if place not in self.issues:
            raise RefusedError(404, {"message": "404 Issue Not Found"})
        return place

    def shown(self, issue: dict[str, Any]) -> dict[str, Any]:
        name = self.projects[str(issue["project_id"])]["path_with_namespace"]
        return issue | {
            "web_url": f"{self.url}/{name}/-/issues/{issue['iid']}",
            "references": {"short": f"#{issue['iid']}", "full": f"{name}#{issue['iid']}"},
        }

    def issue(self, asked: Asked, project: str, number: str) -> Any:
        return self.shown(self.issues[self.place(asked, project, number)])

    def list_issues(self, asked: Asked, project: str) -> Any:
        project = self.project_pk(asked, project)
        order = asked.query.get("order_by", "created_at")
        rows = [
            self.shown(issue)
            for (place, _), issue in self.issues.items()
            if place == project
            and issue["updated_at"] >= asked.query.get("updated_after", "")
            and issue["created_at"] >= asked.query.get("created_after", "")
            and (asked.query["scope"] == "all" or issue["author"] == BOT)
        ]
        return self.page(asked, sorted(rows, key=lambda row: (row[order], row["iid"]), reverse=True))

    def check_writing(self, project: str) -> None:
        row = self.projects[project]
        if row["archived"] or not row["issues_enabled"] or not self.may_write:
            raise RefusedError(403, {"message": "403 Forbidden"})

    def create(self, asked: Asked, project: str) -> Answer:
        self.check_writing(project)
        if not asked.said.get("title"):
            raise RefusedError(400, {"message": {"title": ["can't be blank"]}})
        if "milestone_id" in asked.said:
            raise RefusedError(400, {"error": "milestone_id is invalid"})
        issue = self.add_issue(
            project,
            BOT,
            title=asked.said["title"],
            description=asked.said.get("description"),
            labels=asked.said.get("labels", "").split(","),
            due_date=asked.said.get("due_date"),
            assignees=[self.users[pk] for pk in asked.said.get("assignee_ids", [])],
        )
        return Answer(201, self.shown(issue))

    def put(self, asked: Asked, project: str, number: str) -> Any:
        place = self.place(asked, project, number)
        self.check_writing(project)
        said = dict(asked.said)
        if state := said.pop("state_event", ""):
            said["state"] = {"close": "closed", "reopen": "opened"}[state]
        if "assignee_ids" in said:
            said["assignees"] = [pk for pk in said.pop("assignee_ids") if pk]
        if said.get("due_date") == "":
            said["due_date"] = None
        self.edit(place, BOT, **said)
        return self.issue(asked, project, number)

    def list_events(self, asked: Asked, project: str, number: str) -> Answer:
        rows = self.events[self.place(asked, project, number)]
        pages = -(-len(rows) // int(asked.query["per_page"]))
        return Answer(200, self.page(asked, rows), {"X-Total-Pages": str(pages)})

    def list_notes(self, asked: Asked, project: str, number: str) -> Any:
        return self.page(asked, self.notes[self.place(asked, project, number)])

    def note(self, asked: Asked, project: str, number: str) -> Answer:
        place = self.place(asked, project, number)
        self.check_writing(project)
        self.notes[place].append({"id": next(self.numbers), "body": asked.said["body"]})
        return Answer(201, self.notes[place][-1])

    def graphql(self, asked: Asked) -> Any:
        number = int(asked.said["variables"]["id"].rpartition("/")[2])
        for (project, iid), issue in self.issues.items():
            if issue["id"] == number and number not in self.hidden:
                return {"data": {"issue": {"iid": str(iid), "projectId": int(project)}}}
        return {"data": {"issue": None}}
