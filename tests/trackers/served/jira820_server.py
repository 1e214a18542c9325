"""jira820, an imitation of Jira Data Center 8.20 from PyPI, as a real server on loopback.

It keeps issues, and does transitions, remote links and changes of fields. It does not sign anybody in, limits nothing,
moves and archives nothing, and reads JQL only to the day. What a sync needs and it lacks is added here: issues by their
ids, a history of all fields with times, priorities by their ids, people who may be assigned.
"""

import asyncio
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import uvicorn
from jira820 import Config, Store, make_app
from jira820.serialize import Serializer, iid

from tests.trackers.served.serving import Fault, Request

PEOPLE = {"admin": "Allclear Bot", "dana": "Dana Example", "sam": "Sam Example"}
MAILS = {"dana": "responder@example.test"}
STATUSES = [
    ("To Do", "todo", "10000"),
    ("In Progress", "inprogress", "3"),
    ("Done", "done", "10001"),
    ("Won't Do", "done", "10002"),
]
PRIORITIES = [("Highest", "1"), ("High", "2"), ("Medium", "3"), ("Low", "4")]
PROJECT = "10000"


class ById(dict):
    """Finds an issue by its id, too."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or next(
            (issue for issue in self.values() if iid(issue["key"]) == key), default
        )


class Told(Serializer):
    def user_obj(self, uid: str) -> dict:
        return super().user_obj(uid) | {"emailAddress": MAILS.get(uid, "")}

    def project_ref(self, key: str | None = None) -> dict:
        return super().project_ref(key) | {"id": PROJECT}


class Kept(Store):
    def __init__(self, config: Config) -> None:
        super().__init__(config, seed=False)
        self.serializer, self.issues = Told(self), ById()
        self.users = {pk: {"name": pk, "displayName": name} for pk, name in PEOPLE.items()}
        self.log: list[tuple[str, str, str, str, str]] = []

    def create_issue(self, fields: dict) -> dict:
        made: dict = super().create_issue(self.named(fields))
        self.issues[made["key"]]["tupdated"] = f"{datetime.now(UTC):%H:%M:%S}"
        return made

    def update_issue(self, key: str, fields: dict, by: str = "admin") -> None:
        with self.logged(key, by):
            super().update_issue(key, self.named(fields))

    def set_assignee(self, key: str, name: str | None, by: str = "admin") -> None:
        with self.logged(key, by):
            super().set_assignee(key, name)

    def transition_issue(self, key: str, transition_id: str, by: str = "admin", **said: Any) -> None:
        with self.logged(key, by):
            super().transition_issue(key, transition_id, **said)
            self.get_issue(key)["changelog"].pop()  # which has no time

    def named(self, fields: dict) -> dict:
        names = {pk: name for name, pk in self.config.priorities}
        wanted = fields.get("priority")
        return fields | ({"priority": {"name": names[wanted["id"]]}} if wanted else {})

    @contextmanager
    def logged(self, key: str, by: str):
        issue = self.get_issue(key)
        before = self.values(issue)
        yield
        now, items = datetime.now(UTC), []
        for name, after in self.values(issue).items():
            if before[name] != after:
                items.append(
                    {"field": name, "fieldtype": "jira", "from": before[name][0], "fromString": before[name][1],
                     "to": after[0], "toString": after[1]}
                )  # fmt: skip
        issue["updated"], issue["tupdated"] = now.date(), f"{now:%H:%M:%S}"
        if items:
            entry = {"author": by, "date": now.date(), "time": f"{now:%H:%M:%S}", "items": items}
            issue["changelog"].append(entry)

    def values(self, issue: dict) -> dict[str, tuple[str | None, str | None]]:
        said = self.serializer.issue_fields(issue)
        owner = said["assignee"] or {}
        return {
            "summary": (None, said["summary"]),
            "status": (said["status"]["id"], said["status"]["name"]),
            "assignee": (owner.get("key"), owner.get("displayName")),
            "duedate": (said["duedate"], said["duedate"]),
            "priority": (said["priority"]["id"], said["priority"]["name"]),
        }


class Jira820:
    states = {"open": "10000", "in_progress": "3", "done": "10001", "wont_do": "10002"}
    project, dana, sam = PROJECT, "dana", "sam"
    priorities = {"P1": "1", "P2": "2"}

    def __init__(self) -> None:
        self.store = Kept(
            Config(
                project_key="PAY",
                project_name="Payments",
                base_date=datetime.now(UTC).date(),
                statuses=STATUSES,
                priorities=PRIORITIES,
            )
        )
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        app = make_app(store=self.store)

        @app.get("/rest/api/2/user/assignable/search")
        def assignable() -> list[dict]:
            return [self.store.serializer.user_obj(pk) for pk in PEOPLE]

        self.app = app
        config = uvicorn.Config(
            self.serve, host="127.0.0.1", port=0, log_level="critical", lifespan="off", interface="asgi3"
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    async def serve(self, scope, receive, send) -> None:
        """The app, with a fault in place of an answer."""
        request = Request(scope["method"], scope["path"], {}, {}, None)
        self.requests.append(request)
        query = scope["query_string"].replace(f"project+%3D+{PROJECT}".encode(), b"project+%3D+PAY")
        scope = scope | {"query_string": query}  # which it knows by its key only
        fault = next((one for one in self.faults if one.fits(request)), None)
        if fault is None:
            await self.app(scope, receive, send)
            return
        self.faults.remove(fault)
        if fault.loses:
            await self.app(scope, receive, _nowhere)
            fault = Fault(status=504)  # as a proxy before it says
        await asyncio.sleep(fault.hang)
        await send({"type": "http.response.start", "status": fault.status, "headers": []})
        await send({"type": "http.response.body", "body": fault.body})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    @property
    def access(self) -> dict[str, str]:
        return {"kind": "jira", "url": self.url, "secret": "token-1"}

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)

    @property
    def issues(self) -> list[str]:
        return [iid(key) for key in self.store.issues]

    def count(self, method: str, path: str = "") -> int:
        return sum(request.method == method and path in request.path for request in self.requests)

    def add(self, *, title: str = "Something", text: str = "", **said: str) -> str:
        fields = {"summary": title, "description": text, "issuetype": {"id": "6"}, "priority": {"id": "3"}}
        pk: str = self.store.create_issue(fields)["id"]
        self.edit(pk, **said)
        self.store.issues.get(pk)["changelog"].clear()
        return pk

    def edit(self, pk: str, by: str = "dana", **raw: str) -> None:
        said = {
            name: raw[here] or None
            for name, here in (("summary", "title"), ("duedate", "due_on"))
            if here in raw
        }
        if "priority" in raw:
            said["priority"] = {"id": raw["priority"]}
        if said:
            self.store.update_issue(pk, said, by)
        if "owner" in raw:
            self.store.set_assignee(pk, raw["owner"] or None, by)
        if "state" in raw and self.value(pk, "state") != raw["state"]:
            name = next(name for name, _, status in STATUSES if status == raw["state"])
            self.store.transition_issue(pk, self.store.workflow._tid[name], by)

    def value(self, pk: str, name: str) -> str:
        issue = self.store.get_issue(pk)
        named = {"title": "summary", "state": "status", "owner": "assignee", "due_on": "duedate"}
        pair = self.store.values(issue)[named.get(name, name)]
        return (pair[1] if name == "title" else pair[0]) or ""

    def titles(self, pk: str) -> list[tuple[str, str]]:
        """Who changed the title, and what it was before."""
        log = self.store.get_issue(pk)["changelog"]
        items = [(entry["author"], item) for entry in log for item in entry["items"]]
        return [(by, item["fromString"]) for by, item in items if item["field"] == "summary"]

    def text(self, pk: str) -> str:
        return self.store.get_issue(pk)["description"]

    def links(self, pk: str) -> list[str]:
        return [link["globalId"] for link in self.store.get_issue(pk)["remotelinks"]]

    def delete(self, pk: str) -> None:
        self.store.delete_issue(self.store.get_issue(pk)["key"])

    def address(self, pk: str) -> str:
        return f"{self.url}/browse/{self.store.get_issue(pk)['key']}"


async def _nowhere(message: Any) -> None:
    """Where a lost answer goes."""
