"""What people read: tables and lines that fit a terminal. Colours only on one, and never with NO_COLOR."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # beyond what JSON escapes by itself
STYLES = {
    "triage": "yellow",
    "investigating": "red",
    "fixing": "red",
    "mitigated": "yellow",
    "resolved": "green",
}

NARROW = 16  # characters, as a time has

out = Console(highlight=False)
err = Console(highlight=False, stderr=True)


def plain(value: Any, *, keeps: str = "\n") -> str:
    """Text of others without what could steer a terminal."""
    text = DIRECTIONS.sub("", "" if value is None else str(value))
    return "".join(c for c in text if c in keeps or unicodedata.category(c) != "Cc")


def words(value: str | None) -> str:
    """`partial_outage` as people read it: partial outage."""
    return (value or "").replace("_", " ")


def say(value: Any = "", style: str = "") -> None:
    out.print(Text(plain(value), style=style), soft_wrap=True)


def note(value: Any) -> None:
    """Beside the answer, on standard error."""
    err.print(Text(plain(value)), soft_wrap=True)


def as_json(data: Any) -> None:
    """The API's own answer, indented; other languages as they are, and what could steer a terminal as an escape."""
    written = json.dumps(data, indent=2, ensure_ascii=False)
    out.file.write(STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n")


def document(content: bytes) -> None:
    """A file to standard output: byte by byte into another file or program, without what could steer a terminal."""
    if out.file.isatty():
        out.file.write(plain(content.decode(errors="replace"), keeps="\n\t"))
    else:
        sys.stdout.buffer.write(content)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, wide: str = "") -> None:
    """`wide` is the column that gets the room that is left. All are broken into lines where there is not enough."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        made.add_column(name, overflow="fold", max_width=None if name == wide else NARROW)
    for row in rows:
        made.add_row(
            *(Text(plain(words(v)), style=STYLES.get(v, "")) if _is_state(v) else Text(plain(v)) for v in row)
        )
    out.print(made)


def _is_state(value: Any) -> bool:
    return isinstance(value, str) and value in STYLES


def facts(rows: Iterable[tuple[str, Any]]) -> None:
    """Name and value, line by line; what is empty is left out."""
    made = Table.grid(padding=(0, 2, 0, 0))
    made.add_column(style="bold", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows:
        if value not in (None, "", []):
            made.add_row(
                name, Text(plain(value), style=STYLES.get(value, "") if isinstance(value, str) else "")
            )
    out.print(made)
