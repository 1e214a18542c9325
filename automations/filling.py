"""Templates of requests: placeholders from a closed list, put into JSON values, never into JSON text.

A placeholder is replaced once, inside one text of the parsed template. What somebody typed is not searched for further
placeholders, and cannot close a quote or add a field.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.]*)\s*\}\}")
KNOWN = {
    "incident.reference": "INC-142",
    "incident.url": "the address of the incident",
    "service.slug": "payments-api",
    "service.name": "Payments API",
    "severity": "SEV2",
    "status": "investigating",
    "pressed_by": "the name of who ran it",
    "confirmed_by": "the name of who confirmed it, or nothing",
    "run": "the number of the run",
}
SECRET = "secret"  # noqa: S105 - the name of a placeholder
HIDDEN = "••••••"
MOST_INPUTS, MOST_CHOICES, LONGEST_INPUT = 10, 50, 100
DEEPEST = 10
MOST_HEADERS = 20

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100})\s*:\s*(\S[^\r\n]*)")
_OWN_HEADERS = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "transfer-encoding",
        "connection",
        "authorization",
        "user-agent",
    }
)
"""What the request itself says. A sign-in of another kind than the usual two is named below."""
# A pattern: characters and classes, each with how often. No groups, so that none takes long on any text.
_ITEM = r"(?:\[\^?(?:\\.|[^\\\[\]])+\]|\\[dws.\-/+*?()\[\]{}|^$\\]|[^\\\[\](){}|*+?^$])"
_OFTEN = r"(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})"
_PATTERN = re.compile(rf"(?:{_ITEM}{_OFTEN}?)+")
MOST_REPEATS = 4


class FillingError(ValueError):
    """A template, a header or an input that cannot be used. The text says why."""


@dataclass(frozen=True)
class Input:
    """What whoever runs it chooses or types. Either `choices` or `pattern` says what is allowed."""

    name: str
    label: str
    choices: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def key(self) -> str:
        return f"input.{self.name}"

    def allows(self, text: str) -> bool:
        if self.choices:
            return text in self.choices
        return len(text) <= LONGEST_INPUT and bool(re.fullmatch(self.pattern, text))


# -- inputs --------------------------------------------------------------------------------------------------


def read_inputs(text: str) -> list[Input]:
    """One a line: `region | Region | eu-1, us-1`, or `ref | Git ref | /[a-z0-9.-]{1,40}/`. Raises FillingError."""
    found = [_read_input(line.strip()) for line in text.splitlines() if line.strip()]
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise FillingError("Two inputs have one name.")
    if len(found) > MOST_INPUTS:
        raise FillingError(f"Write at most {MOST_INPUTS} inputs.")
    return found


def _read_input(line: str) -> Input:
    parts = [part.strip() for part in line.split("|", 2)]
    if len(parts) < 3 or not all(parts):
        raise FillingError(f"“{line[:60]}” is not complete. Write: name | label | choices or /pattern/.")
    name, label, allowed = parts
    if not _NAME.fullmatch(name):
        raise FillingError(f"“{name[:40]}” is no name. Use small letters, digits and _.")
    if len(label) > 80:
        raise FillingError(f"The label of {name} is longer than 80 characters.")
    if allowed.startswith("/"):
        if len(allowed) < 3 or not allowed.endswith("/"):
            raise FillingError(f"Write the pattern of {name} between two slashes.")
        return Input(name, label, pattern=_checked_pattern(name, allowed[1:-1]))
    choices = tuple(dict.fromkeys(one.strip() for one in allowed.split(",") if one.strip()))
    if len(choices) > MOST_CHOICES or any(len(one) > LONGEST_INPUT for one in choices):
        raise FillingError(f"{name} may have {MOST_CHOICES} choices of {LONGEST_INPUT} characters each.")
    if not choices:
        raise FillingError(f"{name} has no choices.")
    return Input(name, label, choices=choices)


def _checked_pattern(name: str, pattern: str) -> str:
    if len(pattern) > 200 or not _PATTERN.fullmatch(pattern):
        raise FillingError(
            f"The pattern of {name} may have characters, classes such as [a-z0-9-], and how often: {{1,40}}, + or *."
            " Groups are not possible."
        )
    if (
        len(re.findall(r"[*+?]|\{\d+,\d*\}", re.sub(r"\\.|\[(?:\\.|[^\\\[\]])+\]", "", pattern)))
        > MOST_REPEATS
    ):
        raise FillingError(f"The pattern of {name} may repeat at most {MOST_REPEATS} parts.")
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as fault:
        raise FillingError(f"The pattern of {name} cannot be read: {fault}") from fault
    return pattern


# -- headers -------------------------------------------------------------------------------------------------


def read_headers(text: str, *, has_sign_in: bool = False) -> dict[str, str]:
    """One a line, `Accept: application/json`; a value may have `{{ secret }}`. Raises FillingError."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = _HEADER.fullmatch(line.strip())
        if not parts or not parts[2].isascii() or not parts[2].isprintable():
            raise FillingError(f"“{line.strip()[:60]}” is no header. Write: name: value.")
        name, value = parts.groups()
        is_own = name.lower() in _OWN_HEADERS - (frozenset() if has_sign_in else {"authorization"})
        if is_own or name.lower().startswith(("webhook-", "proxy-")):
            raise FillingError(f"{name} is set by Allclear.")
        if name.lower() in {known.lower() for known in found}:
            raise FillingError(f"There are two headers {name}.")
        _check_placeholders(value, {SECRET}, where=f"The header {name}")
        found[name] = value
    if len(found) > MOST_HEADERS:
        raise FillingError(f"Write at most {MOST_HEADERS} headers.")
    return found


# -- templates -----------------------------------------------------------------------------------------------


def read_template(text: str, *, is_flat: bool, inputs: list[Input]) -> Any:
    """The parsed template; a flat one has only texts, numbers and booleans by name. Raises FillingError."""
    if not text.strip():
        return {}
    try:
        template = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_twins
        )
    except (ValueError, RecursionError) as fault:
        raise FillingError(f"This is no JSON: {fault}"[:300]) from fault
    if is_flat and not isinstance(template, dict):
        raise FillingError('Write a JSON object, such as {"ref": "main"}.')
    known = {*KNOWN, SECRET, *(one.key for one in inputs)}
    for words in _texts(template, DEEPEST):
        _check_placeholders(words, known, where="The template")
    if is_flat and any(isinstance(value, dict | list) or value is None for value in template.values()):
        raise FillingError("A form or an address has only texts, numbers and true or false.")
    return template


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a value of JSON.")


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(f"{digits[:20]} is too large a number.")
    return number


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    if any(PLACEHOLDER.search(name) for name in found):
        raise ValueError("placeholders stand in values only")
    return found


def _texts(value: Any, depth: int) -> Iterator[str]:
    if depth < 0:
        raise FillingError(f"This is nested more than {DEEPEST} deep.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth - 1)


def _check_placeholders(text: str, known: set[str], *, where: str) -> None:
    if any(0xD800 <= ord(character) < 0xE000 for character in text):
        raise FillingError(f"{where} has half of a character.")
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in known]
    if unknown:
        raise FillingError(
            f"{where} has {{{{ {unknown[0]} }}}}, which is not known. There are: {', '.join(sorted(known))}."
        )
    if "{{" in PLACEHOLDER.sub("", text):
        raise FillingError(f"{where} has {{{{ without a placeholder. Write {{{{ severity }}}}.")


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with what placeholders stand for, in one pass over its texts."""
    return _mapped(template, lambda text: PLACEHOLDER.sub(lambda found: values[found[1]], text))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(inner, change) for inner in value]
    if isinstance(value, dict):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    return value


def uses_secret(*parts: Any) -> bool:
    return any(SECRET in PLACEHOLDER.findall(text) for part in parts for text in _texts(part, DEEPEST + 1))
