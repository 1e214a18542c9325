"""Two people changed the same thing at once."""

from typing import Any


class Conflict(Exception):  # noqa: N818 - a state, shown to a person, not a fault
    """Somebody else changed it since the form was loaded; `current` is how it stands now."""

    def __init__(self, current: Any, name: str):
        super().__init__(f"{name} was changed by someone else.")
        self.current = current
