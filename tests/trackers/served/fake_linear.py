"""Linear as its schema documents it, of which this is a part; graphql-core checks each query against it.

Source: https://linear.app/developers/graphql
"""

from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from graphql import GraphQLError, build_schema, graphql_sync

from tests.trackers.served.serving import Reply, Request, Serving

SCHEMA = build_schema("""
scalar DateTime
scalar DateTimeOrDuration
scalar TimelessDate
type Query {
  viewer: User!
  organization: Organization!
  team(id: String!): Team!
  teams(first: Int, after: String): TeamConnection!
  issue(id: String!): Issue!
  issues(filter: IssueFilter, first: Int, after: String, includeArchived: Boolean): IssueConnection!
  issueLabels(filter: IssueLabelFilter, first: Int): IssueLabelConnection!
}
type Mutation {
  issueCreate(input: IssueCreateInput!): IssuePayload!
  issueUpdate(id: String!, input: IssueUpdateInput!): IssuePayload!
  attachmentCreate(input: AttachmentCreateInput!): AttachmentPayload!
}
type User { id: ID! name: String! email: String! active: Boolean! }
type ActorBot { id: ID name: String }
type Organization { urlKey: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type TeamConnection { nodes: [Team!]! pageInfo: PageInfo! }
type UserConnection { nodes: [User!]! pageInfo: PageInfo! }
type IssueConnection { nodes: [Issue!]! pageInfo: PageInfo! }
type WorkflowStateConnection { nodes: [WorkflowState!]! pageInfo: PageInfo! }
type IssueLabelConnection { nodes: [IssueLabel!]! pageInfo: PageInfo! }
type IssueHistoryConnection { nodes: [IssueHistory!]! pageInfo: PageInfo! }
type Team {
  id: ID! key: String! name: String!
  states(first: Int): WorkflowStateConnection!
  members(first: Int, after: String): UserConnection!
}
type WorkflowState { id: ID! name: String! type: String! position: Float! }
type IssueLabel { id: ID! name: String! }
type Issue {
  id: ID! identifier: String! url: String! title: String! description: String dueDate: TimelessDate
  priority: Float! priorityLabel: String! createdAt: DateTime! updatedAt: DateTime! archivedAt: DateTime
  trashed: Boolean state: WorkflowState! assignee: User team: Team! history(first: Int): IssueHistoryConnection!
}
type IssueHistory {
  id: ID! createdAt: DateTime! updatedAt: DateTime! actor: User botActor: ActorBot
  fromTitle: String toTitle: String fromStateId: String toStateId: String
  fromAssigneeId: String toAssigneeId: String fromDueDate: TimelessDate toDueDate: TimelessDate
  fromPriority: Float toPriority: Float
}
type IssuePayload { success: Boolean! issue: Issue lastSyncId: Float! }
type AttachmentPayload { success: Boolean! lastSyncId: Float! }
input IssueCreateInput {
  id: String teamId: String! title: String description: String stateId: String assigneeId: String
  dueDate: TimelessDate priority: Int labelIds: [String!] estimate: Int
}
input IssueUpdateInput { title: String stateId: String assigneeId: String dueDate: TimelessDate priority: Int }
input AttachmentCreateInput { issueId: String! url: String! title: String! }
input IdComparator { eq: ID in: [ID!] }
input IssueIdComparator { eq: ID in: [ID!] }
input DateComparator { gte: DateTimeOrDuration }
input StringComparator { eq: String eqIgnoreCase: String }
input TeamFilter { id: IdComparator }
input NullableTeamFilter { id: IdComparator null: Boolean }
input IssueFilter { id: IssueIdComparator team: TeamFilter createdAt: DateComparator updatedAt: DateComparator }
input IssueLabelFilter {
  and: [IssueLabelFilter!] or: [IssueLabelFilter!] name: StringComparator team: NullableTeamFilter
}
""")

STATES = {
    "s-backlog": ("Backlog", "backlog", 0.0),
    "s-todo": ("Todo", "unstarted", 1.0),
    "s-doing": ("In Progress", "started", 2.0),
    "s-done": ("Done", "completed", 3.0),
    "s-dropped": ("Canceled", "canceled", 4.0),
    "s-double": ("Duplicate", "duplicate", 5.0),
}
PRIORITIES = ["No priority", "Urgent", "High", "Medium", "Low"]
PEOPLE = {
    "u-bot": ("Allclear Bot", "bot@example.test"),
    "u-dana": ("Dana Example", "responder@example.test"),
    "u-sam": ("Sam Example", "sam@example.test"),
}
TEAMS = {"t-pay": ("PAY", "Payments"), "t-ops": ("OPS", "Operations")}
HISTORY = {
    "title": "Title",
    "state": "StateId",
    "owner": "AssigneeId",
    "due_on": "DueDate",
    "priority": "Priority",
}
INPUT = {
    "title": "title",
    "state": "stateId",
    "owner": "assigneeId",
    "due_on": "dueDate",
    "priority": "priority",
}
TOKEN = "token-1"


class FakeLinear(Serving):
    states = {"open": "s-todo", "in_progress": "s-doing", "done": "s-done", "wont_do": "s-dropped"}
    project, other_project, dana, sam = "t-pay", "t-ops", "u-dana", "u-sam"
    priorities = {"P1": "1", "P2": "2"}

    def __init__(self) -> None:
        self.issues: dict[str, SimpleNamespace] = {}
        self.numbers = {team: count(1) for team in TEAMS}
        self.token, self.forbidden, self.refuses = TOKEN, set(), {}
        self.attachments: dict[str, list[str]] = {}
        super().__init__()

    @property
    def access(self) -> dict[str, str]:
        return {"kind": "linear", "url": self.url, "secret": TOKEN}

    # -- what people do there -----------------------------------------------------------------------------

    def add(
        self, *, title: str = "Something", text: str = "", project: str = "t-pay", pk: str = "", **said: str
    ) -> str:
        with self.lock:
            pk, at = pk or str(uuid4()), datetime.now(UTC)
            raw = {"title": title, "state": "s-todo", "owner": "", "due_on": "", "priority": ""} | said
            self.issues[pk] = SimpleNamespace(
                project=project, number=next(self.numbers[project]), text=text, raw=raw, log=[], created=at,
                updated=at, archived=None, trashed=None, labels=[],
            )  # fmt: skip
            return pk

    def edit(self, pk: str, by: str = "u-dana", **raw: str) -> None:
        with self.lock:
            issue, at = self.issues[pk], datetime.now(UTC)
            items = {
                name: (issue.raw[name], value) for name, value in raw.items() if issue.raw[name] != value
            }
            issue.raw |= raw
            if items and issue.log and issue.log[-1][1] == by:  # within a minute they are one entry
                known = issue.log[-1][3]
                known |= {name: (known.get(name, sides)[0], sides[1]) for name, sides in items.items()}
            elif items:
                issue.log.append((str(uuid4()), by, at, items))
            issue.updated = at if items else issue.updated

    def value(self, pk: str, name: str) -> str:
        return self.issues[pk].raw[name]

    def titles(self, pk: str) -> list[tuple[str, str]]:
        """Who changed the title, and what it was before."""
        log = self.issues[pk].log
        return [(by, items["title"][0]) for _, by, _, items in log if "title" in items]

    def text(self, pk: str) -> str:
        return self.issues[pk].text

    def links(self, pk: str) -> list[str]:
        return self.attachments.get(pk, [])

    def delete(self, pk: str) -> None:
        self.issues[pk].trashed, self.issues[pk].archived = True, datetime.now(UTC)
        self.issues[pk].updated = datetime.now(UTC)

    def purge(self, pk: str) -> None:
        del self.issues[pk]

    def move(self, pk: str) -> str:
        issue = self.issues[pk]
        issue.project, issue.number, issue.updated = "t-ops", next(self.numbers["t-ops"]), datetime.now(UTC)
        return f"OPS-{issue.number}"

    def archive(self, pk: str) -> None:
        self.issues[pk].archived = datetime.now(UTC)

    def forbid(self, pk: str) -> None:
        self.forbidden.add(pk)

    def address(self, pk: str) -> str:
        return self.row(pk)["url"]

    def expire(self) -> None:
        self.token = "another"

    # -- what it answers ----------------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        if request.headers.get("Authorization") != self.token:
            error = _error("Authentication required, not authenticated", "AUTHENTICATION_ERROR")
            return Reply(401, {"errors": [error.formatted]})
        result = graphql_sync(
            SCHEMA, request.body["query"], self, variable_values=request.body.get("variables")
        )
        said = result.formatted
        if result.errors:
            for error in said["errors"]:
                error.setdefault("extensions", {"code": "GRAPHQL_VALIDATION_FAILED", "type": "graphql error"})
            status = 400 if said.get("data") is None and not result.errors[0].path else 200
            return Reply(status, said)
        return Reply(200, said)

    def viewer(self, info):
        return self.person("u-bot")

    def organization(self, info):
        return {"urlKey": "acme"}

    def team(self, info, id):
        if id not in TEAMS:
            raise _missing("Team")
        return self.team_row(id)

    def teams(self, info, first, after=None):
        return _page([self.team_row(pk) for pk in TEAMS], 1, after)

    def issue(self, info, id):
        pk = next((pk for pk in self.issues if id in (pk, self.row(pk)["identifier"])), None)
        if pk is None:
            raise _missing("Issue")
        if pk in self.forbidden:
            raise _error("You don't have access to this issue", "FORBIDDEN")
        return self.row(pk)

    def issues_page(self, filter, after, includeArchived):  # noqa: N803 - its name there
        assert includeArchived
        found = []
        for pk, issue in self.issues.items():
            fits = [
                "team" not in filter or issue.project == filter["team"]["id"]["eq"],
                "createdAt" not in filter or issue.created >= _moment(filter["createdAt"]["gte"]),
                "updatedAt" not in filter or issue.updated >= _moment(filter["updatedAt"]["gte"]),
                "id" not in filter or pk in filter["id"]["in"],
            ]
            if all(fits):
                found.append(self.row(pk))
        return _page(found[::-1], 2, after)

    def issueLabels(self, info, filter, first):
        names = {one["name"]["eqIgnoreCase"].lower() for one in filter["and"][0]["or"]}
        rows = [("l-1", "Incident"), ("l-2", "reliability")]
        return _page([{"id": pk, "name": name} for pk, name in rows if name.lower() in names], 100, None)

    def issueCreate(self, info, input):
        self.check(input)
        if input.get("id") in self.issues:
            raise _error("Entity already exists", "INPUT_ERROR")
        if input["teamId"] not in TEAMS:
            raise _missing("Team")
        raw = {name: _raw(input[key]) for name, key in INPUT.items() if key in input}
        pk = self.add(text=input["description"], project=input["teamId"], pk=input.get("id", ""), **raw)
        self.issues[pk].labels = input.get("labelIds", [])
        return {"success": True, "lastSyncId": 1.0, "issue": self.row(pk)}

    def issueUpdate(self, info, id, input):
        if id not in self.issues:
            raise _missing("Issue")
        self.check(input)
        self.edit(id, "u-bot", **{name: _raw(input[key]) for name, key in INPUT.items() if key in input})
        return {"success": True, "lastSyncId": 1.0, "issue": self.row(id)}

    def attachmentCreate(self, info, input):
        known = self.attachments.setdefault(input["issueId"], [])
        if input["url"] not in known:
            known.append(input["url"])
        return {"success": True, "lastSyncId": 1.0}

    # -- its parts ----------------------------------------------------------------------------------------

    def check(self, said: dict[str, Any]) -> None:
        for name, words in self.refuses.items():
            if name in said:
                raise _error("Argument Validation Error", "INVALID_INPUT", words)
        if said.get("stateId") and said["stateId"] not in STATES:
            raise _missing("WorkflowState")
        if said.get("assigneeId") and said["assigneeId"] not in PEOPLE:
            raise _missing("User")

    def person(self, pk: str) -> dict[str, Any]:
        name, mail = PEOPLE[pk]
        return {"id": pk, "name": name, "email": mail, "active": True}

    def team_row(self, pk: str) -> dict[str, Any]:
        states = [
            {"id": state, "name": name, "type": kind, "position": place}
            for state, (name, kind, place) in STATES.items()
        ]
        people = [self.person(one) for one in PEOPLE]
        return {
            "id": pk,
            "key": TEAMS[pk][0],
            "name": TEAMS[pk][1],
            "states": lambda info, first: _page(states, 100, None),
            "members": lambda info, first, after=None: _page(people, 2, after),
        }

    def row(self, pk: str) -> dict[str, Any]:
        issue = self.issues[pk]
        raw, key = issue.raw, f"{TEAMS[issue.project][0]}-{issue.number}"
        name, kind, place = STATES[raw["state"]]
        log = [self.entry(*one) for one in reversed(issue.log)]
        return {
            "id": pk,
            "identifier": key,
            "url": f"https://linear.app/acme/issue/{key}/something",
            "title": raw["title"],
            "description": issue.text,
            "dueDate": raw["due_on"] or None,
            "priority": float(raw["priority"] or 0),
            "priorityLabel": PRIORITIES[int(raw["priority"] or 0)],
            "createdAt": _at(issue.created),
            "updatedAt": _at(issue.updated),
            "archivedAt": _at(issue.archived) if issue.archived else None,
            "trashed": issue.trashed,
            "state": {"id": raw["state"], "name": name, "type": kind, "position": place},
            "assignee": self.person(raw["owner"]) if raw["owner"] else None,
            "team": self.team_row(issue.project),
            "history": lambda info, first: _page(log, first, None),
        }

    def entry(self, pk: str, by: str, at: datetime, items: dict[str, tuple[str, str]]) -> dict[str, Any]:
        said: dict[str, Any] = {
            "id": pk,
            "createdAt": _at(at),
            "updatedAt": _at(at),
            "actor": self.person(by),
        }
        for name, sides in items.items():
            for side, value in zip(("from", "to"), sides, strict=True):
                told = float(value or 0) if name == "priority" else value or None
                said[f"{side}{HISTORY[name]}"] = told
        return said


def _issues(fake, info, filter, first, after=None, includeArchived=False):  # noqa: N803 - its name there
    return fake.issues_page(filter, after, includeArchived)


SCHEMA.query_type.fields["issues"].resolve = _issues


def _page(rows: list[Any], size: int, after: str | None) -> dict[str, Any]:
    at = int(after or 0)
    more = at + size < len(rows)
    return {"nodes": rows[at : at + size], "pageInfo": {"hasNextPage": more, "endCursor": str(at + size)}}


def _missing(what: str) -> GraphQLError:
    words = f"Could not find referenced {what}."
    return _error(f"Entity not found: {what} - {words}", "INPUT_ERROR", words)


def _error(message: str, code: str, words: str = "") -> GraphQLError:
    known = {"code": code, "type": code.lower().replace("_", " "), "userError": True}
    return GraphQLError(message, extensions=known | ({"userPresentableMessage": words} if words else {}))


def _raw(value: Any) -> str:
    return str(value or "")


def _at(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
