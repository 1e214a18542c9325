"""GitHub as its REST API answers, as far as the client asks it. Enterprise Server has it below /api/v3.

Users, repositories and issues are recorded ones, with values of the fake over them.
"""

from typing import Any

from tests.trackers.forge import Answer, Asked, Forge, RefusedError
from tests.trackers.recorded import of_github

USER, REPOSITORY, ISSUE = of_github("sender"), of_github("repository"), of_github("issue")
BOT = USER | {"id": 1, "login": "allclear-bot"}
DANA = USER | {"id": 2, "login": "dana"}
SAM = USER | {"id": 3, "login": "sam"}


class GitHub(Forge):
    api = "/api/v3"

    def __init__(self) -> None:
        super().__init__()
        self.scopes: str | None = None
        self.may_write = True
        self.users = {user["id"]: user for user in (BOT, DANA, SAM)}
        self.repositories: dict[str, dict[str, Any]] = {}
        self.issues: dict[tuple[str, int], dict[str, Any]] = {}
        self.events: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.comments: dict[tuple[str, int], list[dict[str, Any]]] = {}
        self.transferred: dict[tuple[str, int], tuple[str, int]] = {}
        self.deleted: set[tuple[str, int]] = set()
        self.old_names: dict[str, str] = {}
        self.add_repository("10", "acme/pay")
        self.add_repository("20", "acme/ops")

    # -- what people do there -----------------------------------------------------------------------------

    def add_repository(self, pk: str, name: str, **said: Any) -> None:
        self.repositories[pk] = REPOSITORY | {
            "id": int(pk),
            "full_name": name,
            "html_url": f"{self.url}/{name}",
            "archived": False,
            "has_issues": True,
            **said,
        }

    def rename(self, pk: str, name: str) -> None:
        self.old_names[self.repositories[pk]["full_name"]] = pk
        self.repositories[pk] |= {"full_name": name, "html_url": f"{self.url}/{name}"}

    def add_issue(self, repository: str = "10", by: dict[str, Any] = DANA, **said: Any) -> dict[str, Any]:
        number = len([place for place in self.issues if place[0] == repository]) + 1
        now = self.tick()
        issue = ISSUE | {
            "id": next(self.numbers),
            "number": number,
            "title": "Something",
            "body": None,
            "state": "open",
            "state_reason": None,
            "assignees": [],
            "labels": [],
            "user": by,
            "created_at": now,
            "updated_at": now,
            **said,
        }
        self.issues[repository, number] = issue
        self.events[repository, number], self.comments[repository, number] = [], []
        return issue

    def edit(self, place: tuple[str, int], by: dict[str, Any] = DANA, **said: Any) -> None:
        """`title`, `state` with `state_reason`, `assignees` as their ids."""
        issue, now = self.issues[place], self.tick()

        def note(kind: str, **more: Any) -> None:
            event = {"id": next(self.numbers), "event": kind, "actor": by, "created_at": now}
            self.events[place].append(event | more)

        if "title" in said and said["title"] != issue["title"]:
            note("renamed", rename={"from": issue["title"], "to": said["title"]})
            issue["title"] = said["title"]
        if "state" in said:
            reason = said.get("state_reason") or ("completed" if said["state"] == "closed" else "reopened")
            if (said["state"], reason) != (issue["state"], issue["state_reason"]):
                closes = said["state"] == "closed"
                note("closed" if closes else "reopened", state_reason=reason if closes else None)
            issue |= {"state": said["state"], "state_reason": reason}
        if "assignees" in said:
            before, after = [one["id"] for one in issue["assignees"]], list(said["assignees"])
            for kind, ids, others in (("unassigned", before, after), ("assigned", after, before)):
                for pk in ids:
                    if pk not in others:
                        note(kind, assignee=self.users[pk], assigner=by)
            issue["assignees"] = [self.users[pk] for pk in after]
        issue["updated_at"] = now

    def transfer(self, place: tuple[str, int], repository: str) -> tuple[str, int]:
        issue = self.issues.pop(place)
        made = self.add_issue(repository, **{**issue, "number": 0})
        made["number"] = len([one for one in self.issues if one[0] == repository])
        self.transferred[place] = (repository, made["number"])
        return self.transferred[place]

    def delete(self, place: tuple[str, int]) -> None:
        del self.issues[place]
        self.deleted.add(place)

    # -- its API ------------------------------------------------------------------------------------------

    def routes(self):
        issues = r"/repositories/(\d+)/issues"
        return [
            ("GET", "/user", self.me),
            ("GET", r"/user/repos", lambda asked: self.page(asked, list(self.repositories.values()))),
            ("GET", r"/user/(\d+)", lambda asked, pk: self.found(self.users.get(int(pk)))),
            ("GET", r"/repositories/(\d+)", lambda asked, pk: self.found(self.repositories.get(pk))),
            ("GET", r"/repos/([^/]+/[^/]+)", self.by_name),
            ("GET", r"/repos/([^/]+/[^/]+)/issues/(\d+)", self.issue_by_name),
            ("GET", r"/repositories/(\d+)/assignees", lambda asked, pk: self.page(asked, [BOT, DANA, SAM])),
            ("GET", issues, self.list_issues),
            ("POST", issues, self.create),
            ("GET", issues + r"/(\d+)", self.issue),
            ("PATCH", issues + r"/(\d+)", self.patch),
            ("GET", issues + r"/(\d+)/events", self.list_events),
            ("GET", issues + r"/(\d+)/comments", self.list_comments),
            ("POST", issues + r"/(\d+)/comments", self.comment),
        ]

    def me(self, asked: Asked) -> Answer:
        scopes = {} if self.scopes is None else {"X-OAuth-Scopes": self.scopes}
        return Answer(200, BOT | {"name": "Allclear Bot", "email": None}, scopes)

    def found(self, row: Any) -> Any:
        if row is None:
            raise RefusedError(404, {"message": "Not Found"})
        return row

    def by_name(self, asked: Asked, name: str) -> Any:
        if name in self.old_names:
            raise self.moved(f"/repositories/{self.old_names[name]}")
        rows = [row for row in self.repositories.values() if row["full_name"] == name]
        return self.found(rows[0] if rows else None)

    def issue_by_name(self, asked: Asked, name: str, number: str) -> Any:
        if name in self.old_names:
            raise self.moved(f"/repositories/{self.old_names[name]}/issues/{number}")
        return self.issue(asked, str(self.by_name(asked, name)["id"]), number)

    def moved(self, path: str) -> RefusedError:
        return RefusedError(301, {"message": "Moved Permanently"}, Location=f"{self.url}{self.api}{path}")

    def place(self, repository: str, number: str) -> tuple[str, int]:
        if not self.repositories[repository]["has_issues"]:
            raise RefusedError(410, {"message": "Issues are disabled for this repo"})
        place = (repository, int(number))
        if place in self.transferred:
            new, its_number = self.transferred[place]
            raise self.moved(f"/repositories/{new}/issues/{its_number}")
        if place in self.deleted:
            raise RefusedError(410, {"message": "This issue was deleted"})
        self.found(self.issues.get(place))
        return place

    def shown(self, repository: str, issue: dict[str, Any]) -> dict[str, Any]:
        name = self.repositories[repository]["full_name"]
        return issue | {
            "assignee": issue["assignees"][0] if issue["assignees"] else None,
            "repository_url": f"{self.url}{self.api}/repos/{name}",
            "html_url": f"{self.url}/{name}/issues/{issue['number']}",
        }

    def issue(self, asked: Asked, repository: str, number: str) -> Any:
        return self.shown(repository, self.issues[self.place(repository, number)])

    def list_issues(self, asked: Asked, repository: str) -> Any:
        self.found(self.repositories.get(repository))
        order = {"updated": "updated_at"}.get(asked.query.get("sort", ""), "created_at")
        rows = [
            self.shown(repository, issue)
            for (place, _), issue in self.issues.items()
            if place == repository
            and asked.query.get("state", "open") in ("all", issue["state"])
            and issue["updated_at"] >= asked.query.get("since", "")
            and asked.query.get("creator", issue["user"]["login"]) == issue["user"]["login"]
        ]
        return self.page(asked, sorted(rows, key=lambda row: (row[order], row["number"]), reverse=True))

    def check_writing(self, repository: str) -> None:
        if self.repositories[repository]["archived"]:
            raise RefusedError(403, {"message": "Repository was archived so is read-only."})
        if not self.may_write:
            raise RefusedError(403, {"message": "Resource not accessible by personal access token"})

    def create(self, asked: Asked, repository: str) -> Any:
        self.check_writing(repository)
        if not self.repositories[repository]["has_issues"]:
            raise RefusedError(410, {"message": "Issues are disabled for this repo"})
        if not asked.said.get("title"):
            raise RefusedError(
                422, {"message": "Validation Failed", "errors": [{"field": "title", "code": "missing_field"}]}
            )
        if asked.said.get("milestone") == 99:
            raise RefusedError(
                422, {"message": "Validation Failed", "errors": [{"field": "milestone", "code": "invalid"}]}
            )
        ids = [self.by_login(login) for login in asked.said.get("assignees", [])]
        issue = self.add_issue(
            repository,
            BOT,
            title=asked.said["title"],
            body=asked.said.get("body"),
            labels=[{"name": name} for name in asked.said.get("labels", [])],
        )
        if ids:
            self.edit((repository, issue["number"]), BOT, assignees=ids)
        return Answer(201, self.shown(repository, issue))

    def by_login(self, login: str) -> int:
        return next(pk for pk, user in self.users.items() if user["login"] == login)

    def patch(self, asked: Asked, repository: str, number: str) -> Any:
        place = self.place(repository, number)
        self.check_writing(repository)
        said = dict(asked.said)
        if "assignees" in said:
            said["assignees"] = [self.by_login(login) for login in said["assignees"]]
        self.edit(place, BOT, **said)
        return self.issue(asked, repository, number)

    def list_events(self, asked: Asked, repository: str, number: str) -> Answer:
        rows = self.events[self.place(repository, number)]
        size = int(asked.query["per_page"])
        pages, link = -(-len(rows) // size), {}
        if pages > 1 and int(asked.query.get("page", 1)) < pages:
            url = f"{self.url}{self.api}{asked.path}?per_page={size}&page="
            link = {"Link": f'<{url}2>; rel="next", <{url}{pages}>; rel="last"'}
        return Answer(200, self.page(asked, rows), link)

    def list_comments(self, asked: Asked, repository: str, number: str) -> Any:
        return self.page(asked, self.comments[self.place(repository, number)])

    def comment(self, asked: Asked, repository: str, number: str) -> Answer:
        place = self.place(repository, number)
        self.check_writing(repository)
        self.comments[place].append({"id": next(self.numbers), "body": asked.said["body"], "user": BOT})
        return Answer(201, self.comments[place][-1])
