"""The numbers behind a figure: as a table on the page, and as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from core.text import harmless_cell
from figures.draw import spoken

COLUMN_KINDS = ("text", "count", "amount", "time", "share", "moment", "day", "incident")


@dataclass(frozen=True)
class Column:
    """`kind`: text, count, amount (a large number), time (seconds), share (0 to 1), moment, day, incident (reference and title; what is behind).

    `is_aside`: text that phones leave out.
    """

    name: str
    kind: str = "text"
    is_aside: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind in ("count", "time", "share", "amount")


@dataclass(frozen=True)
class Cell:
    words: str
    is_number: bool = False
    url: str = ""
    moment: datetime | None = None
    is_day: bool = False
    is_aside: bool = False


@dataclass(frozen=True)
class Table:
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]

    def shown(self) -> list[list[Cell]]:
        return [
            [_shown(column, value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def as_csv(self) -> str:
        """RFC 4180; lengths in seconds, moments in UTC, cells that would run as a formula behind an apostrophe."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow([f"{c.name} (s)" if c.kind == "time" else c.name for c in self.columns])
        for row in self.rows:
            writer.writerow([_plain(value) for value in row])
        return buffer.getvalue()


@dataclass(frozen=True)
class Behind:
    """An incident as a cell; anything else that has a page, with its `address`."""

    reference: str
    title: str
    address: str = ""

    @property
    def url(self) -> str:
        return self.address or f"/incidents/{self.reference}/"

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()


def _shown(column: Column, value: Any) -> Cell:
    if value is None or value == "":
        return Cell("–", column.is_number)
    if column.kind == "time":
        return Cell(spoken(value), is_number=True)
    if column.kind == "amount":
        return Cell(grouped(value), is_number=True)
    if column.kind == "share":
        return Cell(percent(value), is_number=True)
    if isinstance(value, datetime):
        return Cell("", moment=value)
    if isinstance(value, date):
        return Cell(f"{value.day} {value:%b %Y}", is_day=True)
    url = value.url if isinstance(value, Behind) else ""
    return Cell(str(value), column.is_number, url, is_aside=column.is_aside)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Behind):
        value = str(value)
    return harmless_cell(value)


def grouped(number: float) -> str:
    """1,240,000"""
    return f"{number:,.0f}"


def rounded(number: float) -> str:
    """1,240,000, to three digits: what is estimated is not known to the last one."""
    return grouped(float(f"{number:.3g}"))


def short(number: float) -> str:
    """1.2 M · 794 k · 950"""
    for unit, least in ((" M", 1e6), (" k", 1e3)):
        if number >= least:
            told = f"{number / least:.1f}" if number < 10 * least else f"{number / least:.0f}"
            return told.removesuffix(".0") + unit
    return f"{number:.0f}"


def percent(share: float) -> str:
    """86%; never rounded up to all or down to none."""
    rounded = round(share * 100)
    if rounded == 100 and share < 1:
        return "> 99%"
    if rounded == 0 and share > 0:
        return "< 1%"
    return f"{rounded}%"
