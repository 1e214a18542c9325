"""Two people changed the same thing at once."""

from typing import Any

from django.db import IntegrityError
from psycopg2.errors import UniqueViolation


class Conflict(Exception):  # noqa: N818 - a state, shown to a person, not a fault
    """Somebody else changed it since the form was loaded; `current` is how it stands now."""

    def __init__(self, current: Any, name: str):
        super().__init__(f"{name} was changed by someone else.")
        self.current = current


def is_taken(fault: IntegrityError) -> bool:
    """Whether somebody else stored the same first, such as the same name, after it was looked for."""
    return isinstance(fault.__cause__, UniqueViolation)
