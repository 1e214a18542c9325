"""What every tracker can be asked, whatever its kind, and what it may answer. Plain values: no database, no network.

What it answers is cut, and freed of what no text may hold, as it is put in here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlsplit

from core.text import visible

LONGEST_ID, LONGEST_CHANGE, LONGEST_NAME, LONGEST_VALUE, LONGEST_ADDRESS = 200, 100, 200, 1000, 500


def said(value: Any, longest: int = LONGEST_VALUE) -> str:
    """A text that can be kept, whatever the tracker sent. "" for nothing."""
    return "" if value is None else visible(str(value))[:longest]


def web_address(value: Any) -> str:
    """An address that can be a link; "" for any other."""
    text = said(value, LONGEST_ADDRESS + 1)
    try:
        is_one = urlsplit(text).scheme in ("http", "https") and bool(urlsplit(text).hostname)
    except ValueError:
        is_one = False
    return text if is_one and len(text) <= LONGEST_ADDRESS else ""


class Told:
    """Something that a tracker sent."""

    def _keep(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)  # frozen for everybody else


class Field(StrEnum):
    """What is kept the same on both sides, where the tracker has it."""

    TITLE = "title"
    STATE = "state"
    OWNER = "owner"
    DUE = "due_on"
    PRIORITY = "priority"

    @property
    def label(self) -> str:
        """For people; inside a sentence in lower case."""
        return {"due_on": "Due date"}.get(self.value, self.value.capitalize())


@dataclass(frozen=True)
class Choice(Told):
    """A state, priority, type or project of a tracker, as it is called there.

    Of a state, `category` is the state of an action item that it stands for, as far as the tracker says; "" else.
    """

    pk: str
    name: str
    category: str = ""

    def __post_init__(self) -> None:
        self._keep(pk=said(self.pk, LONGEST_ID), name=said(self.name, LONGEST_NAME))


@dataclass(frozen=True)
class RemotePerson(Told):
    pk: str
    name: str
    email: str = ""

    def __post_init__(self) -> None:
        self._keep(
            pk=said(self.pk, LONGEST_ID), name=said(self.name, LONGEST_NAME), email=said(self.email, 254)
        )


@dataclass(frozen=True)
class RemoteChange(Told):
    """One field that somebody changed there. Values are as in `RemoteTicket.raw`."""

    pk: str
    field: Field
    before: Any
    after: Any
    at: datetime
    by: RemotePerson | None = None

    def __post_init__(self) -> None:
        self._keep(pk=said(self.pk, LONGEST_CHANGE), before=said(self.before), after=said(self.after))


@dataclass(frozen=True)
class RemoteTicket(Told):
    """A ticket as it is there.

    `pk` stays the same whatever is renamed; one that is moved may get another, and is found by the old one. `key` is
    what people call it (PAY-482, acme/shop#12). `raw` has what the tracker stores of each field: the title, the id of a
    state, person or priority, an ISO day; "" for none. `names` are the words for them. `changes` are the newest ones,
    oldest first, where the tracker keeps a history.
    """

    pk: str
    key: str
    url: str
    project: str
    raw: Mapping[Field, str]
    names: Mapping[Field, str]
    updated_at: datetime
    is_archived: bool = False
    changes: tuple[RemoteChange, ...] = ()

    def __post_init__(self) -> None:
        self._keep(
            pk=said(self.pk, LONGEST_ID),
            key=said(self.key, LONGEST_NAME),
            url=web_address(self.url),
            project=said(self.project, LONGEST_ID),
            raw={name: said(value) for name, value in self.raw.items()},
            names={name: said(value) for name, value in self.names.items()},
        )


@dataclass(frozen=True)
class Draft:
    """A ticket to be made. `marker` is in the text: by it the ticket is found again if the answer gets lost."""

    project: str
    title: str
    text: str
    marker: str
    type: str = ""
    labels: tuple[str, ...] = ()
    raw: Mapping[Field, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProjectFacts(Told):
    """What can be chosen for the tickets of a project."""

    states: tuple[Choice, ...]
    priorities: tuple[Choice, ...] = ()
    types: tuple[Choice, ...] = ()
    people: tuple[RemotePerson, ...] = ()
    name: str = ""
    key: str = ""
    url: str = ""
    warning: str = ""

    def __post_init__(self) -> None:
        self._keep(
            name=said(self.name, LONGEST_NAME),
            key=said(self.key, LONGEST_NAME),
            url=web_address(self.url),
            warning=said(self.warning),
        )


@dataclass(frozen=True)
class Found(Told):
    """What a test of the connection found: who we are there, and the projects within reach."""

    account: RemotePerson
    projects: tuple[Choice, ...]
    warning: str = ""

    def __post_init__(self) -> None:
        self._keep(warning=said(self.warning))


@dataclass(frozen=True)
class Access:
    """How a tracker is reached. All that a client needs: it asks no database."""

    kind: str
    url: str
    secret: str = field(repr=False)
    user_name: str = ""


@dataclass(frozen=True)
class Hook:
    """What a webhook tells: the lasting ids of tickets that changed. What it says of them is not believed, but fetched."""

    tickets: tuple[str, ...] = ()


class NotSignedError(Exception):
    """A webhook whose signature is wrong, missing or old."""


class Client(Protocol):
    """The same face of every tracker. Each method raises TrackerError, and nothing else, where it fails."""

    fields: frozenset[Field]

    def look(self) -> Found: ...

    def project(self, pk: str) -> ProjectFacts: ...

    def get(self, pk: str, project: str) -> RemoteTicket:
        """By its lasting id. `project` is where it was last, for trackers that need it."""
        ...

    def find(self, address: str) -> RemoteTicket:
        """By the address or key that somebody pasted."""
        ...

    def find_marked(self, project: str, marker: str, since: datetime) -> RemoteTicket | None:
        """The ticket made since then whose text has the marker."""
        ...

    def create(self, draft: Draft) -> RemoteTicket: ...

    def change(self, ticket: RemoteTicket, raw: Mapping[Field, str]) -> None:
        """Set these fields and no others; "" empties one."""
        ...

    def add_backlink(self, ticket: RemoteTicket, address: str, title: str) -> None:
        """Have the ticket lead to the action item. Once: a second time changes nothing."""
        ...

    def changed_since(self, project: str, since: datetime, pks: Collection[str]) -> list[str]:
        """The ids of those of `pks` that changed since then. More than those that did is right, too."""
        ...


# -- failures ------------------------------------------------------------------------------------------------


class Problem(StrEnum):
    """Why a tracker, project or ticket is not synced."""

    UNREACHABLE = "unreachable"
    LIMITED = "limited"
    SIGN_IN = "sign_in"
    FORBIDDEN = "forbidden"
    GONE = "gone"
    REFUSED = "refused"
    PRIVATE = "private"
    ARCHIVED = "archived"
    UNREADABLE = "unreadable"
    ANOTHER = "another"


OF_THE_TRACKER = frozenset({Problem.UNREACHABLE, Problem.LIMITED, Problem.SIGN_IN})
"""What holds for every ticket of it."""


class TrackerError(Exception):
    """A call that failed, in words for people, as a sentence after the tracker's name: “does not answer”.

    `retry_at` is when the tracker said it may be asked again; `may_have_run` is whether it may have done it all the same.
    `is_answer` is whether the tracker said so itself: then it can be reached. `words_of_one` are the words where only
    one ticket or project is concerned, of what may as well concern the whole tracker; "" for what surely does.
    """

    def __init__(
        self,
        problem: Problem,
        words: str,
        *,
        retry_at: datetime | None = None,
        may_have_run: bool = False,
        is_answer: bool = False,
        words_of_one: str = "",
    ) -> None:
        super().__init__(words)
        self.problem, self.words = problem, said(words)
        self.retry_at, self.may_have_run, self.is_answer = retry_at, may_have_run, is_answer
        self.words_of_one = said(words_of_one)


def day_or_none(text: str) -> date | None:
    """Raises ValueError where it is no ISO day."""
    return date.fromisoformat(text) if text else None
