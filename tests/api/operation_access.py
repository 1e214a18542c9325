"""Who gets through by which operation of the API. One that is not in this table fails tests/api/test_roles.py.

Most rows name the page that does the same: whoever gets through there gets through here, and nobody else.

    "resolve_incident": posts("resolution"),
    "list_people": only(SIGNED_IN),

Everybody else is refused: 403, or 404 where a row `hides` what it is about. A request has the example of the docs as
its body, with records that are there; where that does not do, the row gives a `body`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.access_table import ADMINS, ANONYMOUS, TABLE


@dataclass(frozen=True)
class Gate:
    through: frozenset[str]
    missing: frozenset[str] = frozenset()  # for whom there is nothing at the address (404)
    hides: bool = False  # for those who do not get through, too
    body: Any = None  # or what makes it of the world
    form: dict[str, Any] | None = None  # in place of JSON, with a file
    at: dict[str, Callable[[Any], Any]] = field(
        default_factory=dict
    )  # other records for parts of the address
    query: str = ""
    never_done: str = ""  # why nobody comes further than to a refusal of the state


def only(roles: frozenset[str], **more: Any) -> Gate:
    return Gate(roles, **more)


def _page(allowed: frozenset[str] | None, route: str, **more: Any) -> Gate:
    assert allowed is not None, f"{route} has no such method"
    missing = TABLE[route].may_miss & allowed
    return Gate(**{"through": allowed - missing - {ANONYMOUS}, "missing": missing, **more})


def gets(route: str, **more: Any) -> Gate:
    """Like the page."""
    return _page(TABLE[route].get, route, **more)


def posts(route: str, **more: Any) -> Gate:
    """Like the form or the button."""
    return _page(TABLE[route].post, route, **more)


def all_like(gate: Gate, *names: str) -> dict[str, Gate]:
    return dict.fromkeys(names, gate)


def records(single: str, plural: str, *, read: Gate, write: Gate, **more: Gate) -> dict[str, Gate]:
    """A list, its items, and the operations that add, change and remove them; `more` by its first word."""
    return {
        f"list_{plural}": read,
        f"get_{single}": read,
        f"add_{single}": write,
        f"change_{single}": write,
        f"remove_{single}": write,
    } | {f"{word}_{single}": gate for word, gate in more.items()}


SETTING = only(ADMINS)
HIDDEN_SETTING = only(ADMINS, hides=True)
