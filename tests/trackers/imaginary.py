"""A tracker in this process: it keeps a history, counts seconds only, and fails as a test tells it to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from trackers.face import (
    Choice,
    Field,
    Found,
    Problem,
    ProjectFacts,
    RemoteChange,
    RemotePerson,
    RemoteTicket,
    TrackerError,
)

BOT = RemotePerson("1", "Allclear Bot")
DANA = RemotePerson("2", "Dana Example", "responder@example.test")
UNKNOWN = RemotePerson("3", "Sam Example")
STATES = {
    "new": "New",
    "doing": "In progress",
    "review": "In review",
    "closed": "Closed",
    "rejected": "Rejected",
}
PRIORITIES = {"p1": "Urgent", "p2": "High", "p3": "Normal", "p4": "Low"}


class Killed(BaseException):
    """The worker was killed at this point."""


@dataclass
class Issue:
    pk: str
    project: str
    text: str
    raw: dict[Field, str]
    made_at: datetime
    updated_at: datetime
    changes: list[RemoteChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: tuple[str, ...] = ()
    type: str = ""
    is_archived: bool = False


class Server:
    """`before` and `after` run once each around the next call, `each` before every one; what they raise is how it ends.

    Fields that it `refuses` fail a call; those that it `ignores` are accepted and not set.
    """

    def __init__(self) -> None:
        self.issues: dict[str, Issue] = {}
        self.numbers, self.change_numbers = count(1), count(1)
        self.before: Callable[[str], None] | None = None
        self.after: Callable[[str], None] | None = None
        self.each: Callable[[str], None] | None = None
        self.calls: list[str] = []
        self.refuses: set[Field] = set()
        self.ignores: set[Field] = set()
        self.projects = {"10": "Pay", "20": "Ops"}
        self.keys = {"10": "PAY", "20": "OPS"}

    def called(self, name: str, act: Callable[[], Any]) -> Any:
        self.calls.append(name)
        before, after, self.before, self.after = self.before, self.after, None, None
        for act_before in filter(None, (before, self.each)):
            act_before(name)
        result = act()
        if after:
            after(name)
        return result

    def now(self) -> datetime:
        return timezone.now().replace(microsecond=0)

    def edit(self, pk: str, by: RemotePerson = DANA, **raw: str) -> None:
        """Somebody changes a ticket there."""
        issue = self.issues[pk]
        for name, value in raw.items():
            before = issue.raw.get(Field(name), "")
            if before != value:
                issue.raw[Field(name)] = value
                change = RemoteChange(
                    str(next(self.change_numbers)), Field(name), before, value, self.now(), by
                )
                issue.changes.append(change)
                issue.updated_at = self.now()

    def add(self, project: str = "10", text: str = "", **raw: str) -> Issue:
        pk = str(next(self.numbers))
        usual = {
            Field.TITLE: "Something",
            Field.STATE: "new",
            Field.OWNER: "",
            Field.DUE: "",
            Field.PRIORITY: "p3",
        }
        given = {Field(name): value for name, value in raw.items()}
        self.issues[pk] = Issue(pk, project, text, usual | given, self.now(), self.now())
        return self.issues[pk]


SERVERS: dict[str, Server] = {}


class Client:
    fields = frozenset(Field)

    def __init__(self, access) -> None:
        self.server, self.url = SERVERS[access.url], access.url

    def look(self):
        return self.server.called(
            "look", lambda: Found(BOT, tuple(Choice(pk, name) for pk, name in self.server.projects.items()))
        )

    def project(self, pk):
        def found():
            if pk not in self.server.projects:
                raise TrackerError(Problem.GONE, "does not find it (404)")
            return ProjectFacts(
                states=tuple(
                    Choice(state, name, "closed" if state in ("closed", "rejected") else "")
                    for state, name in STATES.items()
                ),
                priorities=tuple(Choice(key, name) for key, name in PRIORITIES.items()),
                types=(Choice("t1", "Task"), Choice("t2", "Bug")),
                people=(BOT, DANA, UNKNOWN),
                name=self.server.projects[pk],
                key=self.server.keys[pk],
                url=f"{self.url}/{pk}",
            )

        return self.server.called("project", found)

    def get(self, pk, project):
        return self.server.called("get", lambda: self._ticket(pk))

    def find(self, address):
        return self.server.called("find", lambda: self._ticket(address.rpartition("-")[2].rpartition("/")[2]))

    def find_marked(self, project, marker, since):
        def found():
            for issue in self.server.issues.values():
                if marker in issue.text and issue.project == project:
                    return self._ticket(issue.pk)
            return None

        return self.server.called("find_marked", found)

    def create(self, draft):
        def made():
            if refused := self.server.refuses & set(draft.raw):
                raise TrackerError(Problem.REFUSED, f"refused it: no {', '.join(sorted(refused))}")
            issue = self.server.add(draft.project, draft.text, **{Field.TITLE: draft.title}, **draft.raw)
            issue.labels, issue.type = draft.labels, draft.type
            return self._ticket(issue.pk)

        return self.server.called("create", made)

    def change(self, ticket, raw):
        def changed():
            if refused := self.server.refuses & set(raw):
                raise TrackerError(Problem.REFUSED, f"refused it: no {', '.join(sorted(refused))}")
            taken = {name: value for name, value in raw.items() if name not in self.server.ignores}
            self.server.edit(self._ticket(ticket.pk).pk, BOT, **taken)

        self.server.called("change", changed)

    def add_backlink(self, ticket, address, title):
        def added():
            notes = self.server.issues[ticket.pk].notes
            if not any(address in note for note in notes):
                notes.append(f"{title}: {address}")

        self.server.called("add_backlink", added)

    def changed_since(self, project, since, pks):
        since = since.replace(microsecond=0)
        issues = self.server.issues
        return self.server.called(
            "changed_since", lambda: [pk for pk in pks if pk in issues and issues[pk].updated_at >= since]
        )

    def _ticket(self, pk) -> RemoteTicket:
        issue = self.server.issues.get(pk)
        if issue is None:
            raise TrackerError(Problem.GONE, "does not find it (404)")
        people = {person.pk: person.name for person in (BOT, DANA, UNKNOWN)}
        raw = dict(issue.raw)
        names = raw | {
            Field.STATE: STATES[raw[Field.STATE]],
            Field.OWNER: people.get(raw[Field.OWNER], ""),
            Field.PRIORITY: PRIORITIES[raw[Field.PRIORITY]],
        }
        return RemoteTicket(
            pk=pk,
            key=f"{self.server.keys[issue.project]}-{pk}",
            url=f"{self.url}/browse/{pk}",
            project=issue.project,
            raw=raw,
            names=names,
            updated_at=issue.updated_at,
            is_archived=issue.is_archived,
            changes=tuple(issue.changes),
        )
