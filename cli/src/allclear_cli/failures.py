"""What can go wrong, and the exit code that scripts see."""

from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    REFUSED = 1  # the server understood the request and does not accept it
    USAGE = 2  # the command is written wrongly, or the server or token is not configured
    NOT_FOUND = 3
    NO_ACCESS = 4  # no valid token, a missing scope, or not allowed for this person
    AWAY = 5  # the server cannot be reached, or it failed
    CONFLICT = 6  # it does not fit the present state
    TOO_MANY = 7  # too many requests


class CommandError(Exception):
    """Ends the command with `code`; `problem` is what the server answered, for `--json`."""

    def __init__(
        self, sentence: str, code: Exit, *, details: list[str] | None = None, problem: Any = None
    ) -> None:
        super().__init__(sentence)
        self.sentence, self.code, self.details, self.problem = sentence, code, details or [], problem

    @property
    def is_refusal(self) -> bool:
        """Whether Allclear itself has refused what was asked, so that sending it again later is of no use.

        Not so where it is away, where something else answers for it, or where only the token is not valid.
        """
        status = self.problem.get("status") if isinstance(self.problem, dict) else None
        return status is not None and 400 <= status < 500 and status not in (401, 429)
