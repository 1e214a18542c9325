"""What every sender has: a name, a parser, and what to copy into its configuration."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dateutil.parser import isoparse

from alerts.observed import Parsed
from core.signatures import Signature
from integrations.senders.signatures import Proof

SENDERS: dict[str, "Sender"] = {}


class UnreadableError(ValueError):
    """A payload cannot be understood. The text says why, for its page."""


def read_json(body: bytes) -> Any:
    """Raises UnreadableError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise UnreadableError(f"The body is no JSON: {str(fault)[:200]}") from fault


def write_json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


@dataclass(frozen=True)
class Setup:
    """What is pasted into a sender's configuration, under the name of its tab."""

    name: str
    text: str  # @ADDRESS, @KEY and the like stand for this installation and the key

    @property
    def slug(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True)
class Sender:
    """`parse(body, headers, mapping)` reads a payload; `sample(service)` is a body as the sender would send it."""

    kind: str
    name: str
    initials: str
    parse: Callable[[Any, Mapping[str, str], Mapping[str, str]], Parsed]
    sample: Callable[[str], dict[str, Any]]
    about: str = ""
    to_copy: str = ""  # what to paste into the sender's configuration, where it has no webhook of its own

    setups: tuple[Setup, ...] = ()  # in place of the usual ones
    help: str = ""  # beside them
    category: str = "alerts"  # or "changes": what it sends
    signature: Signature | None = None  # where it can sign what it sends
    has_silences: bool = False  # its alerts can be silenced by the API of Alertmanager
    proof: Proof | None = None  # where it signs with a key of its own, which a worker fetches
    read: Callable[[bytes], Any] = read_json  # a stored body, for `parse`; raises UnreadableError
    write: Callable[[dict[str, Any]], bytes] = write_json  # a sample, as it would come
    content_type: str = "application/json"
    takes_anything: bool = False  # its body says nothing, and is not read

    @property
    def has_topic(self) -> bool:
        """Whether it sends through a topic of Amazon SNS."""
        return self.proof is not None

    def __post_init__(self) -> None:
        SENDERS[self.kind] = self


def an_object(value: Any, what: str = "The body") -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError(f"{what} is no JSON object.")
    return value


def text_of(value: Any) -> str:
    """What a field says, as text. Nothing says nothing."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return stored(str(value)).strip()


def stored(text: str) -> str:
    """The text as a database can store it: without NUL, and with “?” for a half of a pair of surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def texts_of(value: Any) -> dict[str, str]:
    """An object of plain values, as text; integers keep all their digits."""
    if not isinstance(value, dict):
        return {}
    return {
        text_of(name): stored(json.dumps(one, ensure_ascii=False)).replace("\\u0000", "")
        if isinstance(one, dict | list)
        else stored(str(one))
        for name, one in value.items()
        if one is not None
    }


def time_of(value: Any) -> datetime | None:
    """A time in ISO 8601, or in seconds or milliseconds since 1970; None for what is none, and for year 1 (unset)."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        elif isinstance(value, str) and value:
            moment = isoparse(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        else:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if 1970 < moment.year < 2200 else None
