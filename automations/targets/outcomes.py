"""What is known of a call that was made once. Source: RFC 9110, sections 9.2.2 and 15."""

from dataclasses import dataclass

from automations.models import RunState

NOT_DONE = frozenset({301, 307, 308, 501, 505})
"""Beside 4xx: another address is meant, or the server cannot do this at all."""


@dataclass(frozen=True)
class Answer:
    """How a call ended. `problem` is a sentence, `text` the first part of the body as plain text."""

    state: str
    problem: str = ""
    status: int | None = None
    text: str = ""
    took: float = 0.0


def state_of(status: int) -> str:
    """2xx: accepted. Rejected is what the answer says was not done; after anything else it may have run."""
    if 200 <= status < 300:
        return RunState.ACCEPTED
    if 400 <= status < 500 or status in NOT_DONE:
        return RunState.REJECTED
    return RunState.UNKNOWN


def problem_of(status: int) -> str:
    """What to do about an answer, or nothing where it was accepted."""
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered {status}, a redirect, which is not followed. Ask an administrator to check the address."
    if status in (401, 403):
        return (
            f"It refused the sign-in ({status}). Ask an administrator to check the token and what it may do."
        )
    if status == 404:
        return "It knows no such address (404). Ask an administrator to check it. Services answer so where a token may not see it, too."
    if status == 429:
        return "It takes no more requests for now (429). Wait a moment, then run it again."
    if 400 <= status < 500:
        return f"It rejected the request ({status}). The answer says why. Ask an administrator if the request is wrong."
    if status in NOT_DONE:
        return f"It cannot do this ({status}). Ask an administrator to check the address and the method."
    return f"It failed ({status}). Look there before you run it again."
