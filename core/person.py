"""What apps below `accounts` need to know of whoever acts: `accounts.models.User` is one."""

from typing import Any, Protocol


class Person(Protocol):
    @property
    def pk(self) -> Any: ...

    @property
    def email(self) -> str: ...

    @property
    def is_administrator(self) -> bool: ...
