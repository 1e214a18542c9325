"""A file as a stream of entries, each what it says or why it is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from history.entry import Entry, Refused
from history.formats import FORMATS, Options
from history.models import Import
from history.source import Unreadable, check_beginning
from history.text_cleaning import plain


@dataclass(frozen=True, slots=True)
class Read:
    """The number of an entry, and either what it says or what is against it."""

    place: int
    entry: Entry | None
    source_id: str = ""
    reason: str = ""


def entries(run: Import, stream: BinaryIO) -> Iterator[Read]:
    """Every entry of the file from its beginning; BrokenFile as soon as the file as a whole makes no sense."""
    form = FORMATS[run.format]
    options = Options(zone=run.zone, order=run.date_order, columns=run.columns)
    check_beginning(stream)
    for place, raw in form.read(stream):
        if isinstance(raw, Unreadable):
            yield Read(place, None, reason=plain(raw.reason, 500))
            continue
        try:
            entry = form.entry(raw, options)
        except Refused as refusal:
            yield Read(place, None, source_id=_id_of(raw, run), reason=plain(str(refusal), 500))
            continue
        yield Read(place, entry, source_id=entry.source_id)


def _id_of(raw: Any, run: Import) -> str:
    """What the entry calls itself, for the report."""
    found = raw.get(run.columns.get("id", "id")) if isinstance(raw, dict) else None
    return plain(str(found), 60) if isinstance(found, str | int) else ""
