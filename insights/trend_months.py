"""One metric by month or quarter as it is drawn and as it stands in a table."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse

from figures.draw import spoken
from figures.trend import Mark, Month
from insights.filters import Asked
from insights.series import GRAINS, Bucket, label, last_day, local_day
from insights.tables import Column, Table
from insights.trend_filters import TrendAsked


def table_of(
    caption: str, asked: TrendAsked, groups: Sequence[tuple[str, list[Bucket]]], has_goal: bool, by: str = ""
) -> Table:
    """One row a month, the newest first; of several groups each in turn."""
    columns = [
        Column(GRAINS[asked.grain]), Column("Incidents", "count"), Column("With times", "count"),
        Column("Still running", "count"), Column("Median", "time"), Column("95% from", "time"),
        Column("95% to", "time"), Column("p90", "time"),
    ]  # fmt: skip
    if has_goal:
        columns.append(Column("Within goal", "share"))
    if by:
        columns.insert(0, Column(by.capitalize()))
    found = []
    for name, buckets in groups:
        for b in reversed(buckets):
            row: list[Any] = [
                _named(b, asked), b.of, b.count, b.running, b.known_median, b.low, b.high, b.known_p90
            ]  # fmt: skip
            found.append(([name] if by else []) + row + ([b.kept] if has_goal else []))
    return Table(caption, columns, found)


def _named(bucket: Bucket, asked: TrendAsked) -> str:
    """“Nov 2026, so far”, “Q2 2026, to 30 Apr”: what is not the whole of it says so."""
    words, scope = label(bucket.first, asked.grain), asked.asked.scope
    first, last = local_day(scope, asked.zone), last_day(scope, asked.zone)
    if first and bucket.first < first:
        words += f", from {first.day} {first:%b}"
    if not (scope.until and scope.until <= scope.now):
        words += ", so far" if bucket.after > last else ""  # also on its last day
    elif bucket.after > last + timedelta(days=1):
        words += f", to {last.day} {last:%b}"
    return words


def months_of(buckets: Sequence[Bucket], asked: TrendAsked, narrowed: Asked) -> list[Month]:
    return [_month(bucket, asked, narrowed, has_year=len(buckets) > 12) for bucket in buckets]


def _month(bucket: Bucket, asked: TrendAsked, narrowed: Asked, *, has_year: bool) -> Month:
    name = _named(bucket, asked)
    words = [f"{name}: {bucket.count} of {bucket.of} have the times"]
    if bucket.known_median is not None:
        words.append(f"median {spoken(bucket.known_median)}")
        if bucket.low is not None and bucket.high is not None:
            words.append(f"95% interval {spoken(bucket.low)} to {spoken(bucket.high)}")
        words.append(f"p90 {spoken(bucket.p90 or 0)}")
    elif bucket.few:
        words.append(", ".join(spoken(value) for value in bucket.few))
    if bucket.running:
        words.append(f"{bucket.running} still running")
    short = label(bucket.first, asked.grain).replace(" 20", " ’")
    if asked.grain == "month" and not has_year:
        short = f"{bucket.first:%b}"
    return Month(
        short, " · ".join(words), bucket.count, bucket.known_median, bucket.known_p90, bucket.low, bucket.high,
        bucket.few, _behind(bucket, narrowed),
    )  # fmt: skip


def _behind(bucket: Bucket, asked: Asked) -> str:
    """The incidents of one month: the address of Insights with its days."""
    values = QueryDict(asked.query, mutable=True)
    for name in ("period", "grain", "split", "against", "was_since", "was_until"):
        values.pop(name, None)
    last = bucket.after - timedelta(days=1)
    values.update({"period": "own", "since": bucket.first.isoformat(), "until": last.isoformat()})
    return f"{reverse('insights_incidents')}?{values.urlencode()}"


def marks_of(asked: TrendAsked, buckets: Sequence[Bucket]) -> list[Mark]:
    if not buckets:
        return []
    zone = ZoneInfo(asked.zone)
    marks = []
    for annotation in asked.annotations:
        place = next((n for n, b in enumerate(buckets) if b.first <= annotation.day < b.after), None)
        if place is None:
            continue
        b = buckets[place]
        whole = datetime.combine(b.after, time(), zone) - datetime.combine(b.first, time(), zone)
        share = (
            datetime.combine(annotation.day, time(), zone) - datetime.combine(b.first, time(), zone)
        ) / whole
        marks.append(Mark(place + share, f"{annotation.words}, {annotation.day.day} {annotation.day:%b}"))
    return marks
