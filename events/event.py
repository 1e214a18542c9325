"""The base of all events, and the register of their names."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

BY_NAME: dict[str, type["Event"]] = {}
INNER = frozenset({"recipients", "askers", "addresses", "items", "group", "says"})
"""Fields for whoever notifies people; nobody outside gets them."""


@dataclass(frozen=True)
class Event:
    """One thing that happened. Its fields are ids and plain values, never text that only some people may read.

    `name` stays the same for good, as rows of the outbox hold it; `version` grows when a field changes its meaning.
    `webhook` is the type under which a channel's webhook receives it, "" where none does. One that is not `public` is
    for the application itself: a reminder, or what would tell when somebody voted.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    webhook: ClassVar[str]
    is_public: ClassVar[bool]

    def __init_subclass__(
        cls, *, name: str = "", version: int = 1, webhook: str = "", public: bool = True
    ) -> None:
        super().__init_subclass__()
        if name in BY_NAME:
            raise ValueError(f"Two events are called {name}.")
        if name:  # else a base of several events
            cls.name, cls.version, cls.webhook, cls.is_public = name, version, webhook, public
            BY_NAME[name] = cls

    def payload(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def public_fields(cls) -> list[str]:
        """Those that the API and webhooks tell: not who is notified."""
        return [field.name for field in fields(cls) if field.name not in INNER]


def named(name: str) -> type[Event]:
    """The event of that name. Raises KeyError where the catalogue has none."""
    return BY_NAME[name]
