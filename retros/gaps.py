"""What an account leaves open: long silences, rows written down late, detection long after the start."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.text import in_words
from figures.story import SILENCE
from timeline.models import Gap

LATE_RECORD = timedelta(minutes=15)
LATE_DETECTION = timedelta(minutes=15)


@dataclass(frozen=True)
class Told:
    """A row of the account as far as gaps are concerned. `recorded_at` is None where it says nothing."""

    pk: int
    at: datetime
    text: str
    ended_at: datetime | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A gap on offer. `key` stays the same while nobody fills it, so that it is answered once."""

    key: str
    gap: str
    began: datetime
    ended: datetime
    text: str

    @property
    def length(self) -> timedelta:
        return self.ended - self.began


def find_gaps(
    rows: Sequence[Told],
    *,
    active: tuple[datetime, datetime] | None,
    started_at: datetime | None,
    detected_at: datetime | None,
    answered: frozenset[str] = frozenset(),
) -> list[Found]:
    """Gaps nobody has answered yet, by time. `active` is from when to when people were busy with it."""
    found = [*_silences(rows, active), *_late_rows(rows)]
    if started_at and detected_at and detected_at - started_at >= LATE_DETECTION:
        text = f"Detected {in_words(detected_at - started_at)} after impact began. What could be seen in between?"
        found.append(Found("detection", Gap.DELAYED, started_at, detected_at, text))
    return sorted((one for one in found if one.key not in answered), key=lambda one: (one.began, one.key))


def _silences(rows: Sequence[Told], active: tuple[datetime, datetime] | None) -> list[Found]:
    if active is None:
        return []
    start, end = active
    quiet_since, found = start, []
    spans = sorted((row.at, row.ended_at or row.at) for row in rows)
    for began, ended in [*spans, (end, end)]:
        began = min(began, end)
        if began > quiet_since and began - quiet_since >= SILENCE:
            key = f"silence:{quiet_since.astimezone(UTC):%Y%m%dT%H%M%S}"
            text = f"Nothing is recorded for {in_words(began - quiet_since)}. What happened, who did what?"
            found.append(Found(key, Gap.MISSING, quiet_since, began, text))
        quiet_since = max(quiet_since, min(ended, end))
    return found


def _late_rows(rows: Sequence[Told]) -> list[Found]:
    return [
        Found(
            f"late:{row.pk}",
            Gap.DELAYED,
            row.at,
            row.recorded_at,
            f"“{row.text[:80]}” was written down {in_words(row.recorded_at - row.at)} after it happened.",
        )
        for row in rows
        if row.recorded_at and row.recorded_at - row.at >= LATE_RECORD
    ]
