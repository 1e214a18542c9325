"""What the parsers share: reading fields that may be missing, or of another type than documented."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from alerts.observed import Changed, Link, Parsed, Told
from incidents.models import ChangeEvent
from integrations.senders.base import UnreadableError, text_of, time_of

Kind = ChangeEvent.Kind
NAMES_OF_SERVICE = ("service", "service_name", "service.name", "app", "application")
NAMES_OF_SOURCE = ("instance", "host", "hostname")
LONGEST_KEY = 300  # of a change; an alert may have a longer one
LONGEST_TIME = 64
MOST_TAGS = 200


def header_of(headers: Mapping[str, str], name: str) -> str:
    """A header, whichever letters of its name are capitals."""
    return next((text_of(value) for key, value in headers.items() if key.casefold() == name.casefold()), "")


def inside(value: Any, *names: str) -> Any:
    """What stands under these names, one inside the other; None where one of them is missing."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def object_of(value: Any, *names: str) -> dict[str, Any]:
    found = inside(value, *names)
    return found if isinstance(found, dict) else {}


def objects_of(value: Any, *names: str) -> list[dict[str, Any]]:
    found = inside(value, *names)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def texts_in(value: Any, *names: str) -> list[str]:
    """The texts of a list, or a single one."""
    found = inside(value, *names)
    return [text for one in (found if isinstance(found, list) else [found]) if (text := text_of(one))]


def json_in(text: str) -> Any:
    """JSON that stands in a text field; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def first_of(*values: Any) -> str:
    """The first that says something."""
    return next((text for one in values if (text := text_of(one))), "")


def named_in(labels: Mapping[str, str], names: Collection[str]) -> str:
    return next((labels[name] for name in names if labels.get(name)), "")


def moment_of(value: Any) -> datetime | None:
    """As `time_of`, also of digits in a text, of micro- and nanoseconds, and of “2016-08-12 15:26:29 UTC”."""
    if isinstance(value, str):
        value = value[:LONGEST_TIME].strip()
        if value.replace(".", "", 1).isdecimal():
            value = float(value) if "." in value else int(value)
        elif len(parts := value.split()) == 3:
            value = f"{parts[0]}T{parts[1]}{'Z' if parts[2] in ('UTC', 'GMT') else parts[2]}"
    if isinstance(value, int) and not isinstance(value, bool) and value > 10**14:
        value //= 10**6 if value > 10**17 else 10**3
    return time_of(value)


def told_of(value: Any, field: str, states: Mapping[str, Told], silent: Collection[str] = ()) -> Told | None:
    """The state of a sender's word in any case; None for words in `silent`, which change none.

    Raises UnreadableError for every other word, and where there is none: a state is never guessed.
    """
    word = text_of(value).casefold()
    if word in silent:
        return None
    if word in states:
        return states[word]
    if not word:
        raise UnreadableError(f"“{field}” is missing. It says whether the alert fires or is resolved.")
    known = ", ".join([*states, *silent])
    raise UnreadableError(f"“{field}” is “{word[:60]}”. Known are: {known}.")


def needed(field: str, *values: Any) -> str:
    """The first that says something. Raises UnreadableError where none does."""
    if text := first_of(*values):
        return text
    raise UnreadableError(f"{field} is missing.")


def needed_moment(field: str, *values: Any) -> datetime:
    """The first that is a time. Raises UnreadableError where none is."""
    for value in values:
        if moment := moment_of(value):
            return moment
    raise UnreadableError(f"{field} is missing, or no time.")


def key_of(*parts: str) -> str:
    """Parts as one key. A longer one than is stored becomes its hash: cut off, two of them might be the same."""
    key = "/".join(part for part in parts if part)
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def hash_of(value: Any) -> str:
    """A key of a payload that has none: the same payload has the same."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def one_change(told: Changed | str) -> Parsed:
    """A payload that tells of one change, or of none for the reason that is told."""
    return Parsed(note=told) if isinstance(told, str) else Parsed(changes=(told,))


def links_of(*pairs: tuple[str, Any]) -> tuple[Link, ...]:
    """Links of those pairs of a label and an address that have one."""
    return tuple(Link(label, url) for label, value in pairs if (url := text_of(value)))


def tags_of(value: Any) -> dict[str, str]:
    """Tags as labels: “a:b, c”, a list of such, of pairs, or of objects with a name and a value."""
    if isinstance(value, str):
        value = value.split(",", MOST_TAGS)[:MOST_TAGS]
    labels = {}
    for one in value[:MOST_TAGS] if isinstance(value, list) else []:
        if isinstance(one, dict):
            name, text = first_of(one.get("name"), one.get("key"), one.get("tag")), text_of(one.get("value"))
        elif isinstance(one, list):
            name, text = (text_of(one[0]), text_of(one[1])) if len(one) == 2 else ("", "")
        else:
            name, _, text = (part.strip() for part in text_of(one).partition(":"))
        if name:
            labels[name] = text
    return labels


def filled(labels: Mapping[str, Any]) -> dict[str, str]:
    """Labels without those that say nothing."""
    return {
        known: text for name, value in labels.items() if (known := text_of(name)) and (text := text_of(value))
    }
