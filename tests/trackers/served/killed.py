"""Clients that are killed, or watched, around each of their calls."""

from collections.abc import Callable
from typing import Any

from tests.trackers.imaginary import Killed
from trackers.kinds.jira import client as jira
from trackers.kinds.linear import client as linear


class Calls:
    """`before` and `after` are called with what is asked, and may raise Killed."""

    def __init__(self) -> None:
        self.before: Callable[[str], None] | None = None
        self.after: Callable[[str], None] | None = None

    def around(self, name: str, act: Callable[[], Any]) -> Any:
        if self.before:
            self.before(name)
        answer = act()
        if self.after:
            self.after(name)
        return answer

    def clear(self) -> None:
        self.before = self.after = None

    def kill(self, side: str, place: int) -> None:
        """At the call after `place` others."""
        left = [place]

        def killing(name: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                self.clear()
                raise Killed

        setattr(self, side, killing)

    def edit_after_look(self, edit: Callable[[], None]) -> None:
        def editing(name: str) -> None:
            if name == "look":
                self.clear()
                edit()

        self.after = editing


CALLS = Calls()


class Jira(jira.Client):
    def _send(self, method: str, path: str, data: Any = None, params: dict[str, Any] | None = None) -> Any:
        is_look = method == "GET" and "changelog" in (params or {}).values()
        return CALLS.around(
            "look" if is_look else method, lambda: super(Jira, self)._send(method, path, data, params)
        )


class Linear(linear.Client):
    def _ask(self, query: str, **variables: Any) -> dict[str, Any]:
        name = "look" if "query Ticket(" in query else query.split()[0]
        return CALLS.around(name, lambda: super(Linear, self)._ask(query, **variables))
