"""How far a recovery check by a signal is, from its samples alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signals.samples import Bands, is_normal
from signals.sources.values import STEP, Points

SILENCE = timedelta(minutes=3)
"""What is not known for longer is not normal: it counts from zero after such a gap, and nothing passes in one."""


@dataclass(frozen=True)
class Progress:
    normal_since: datetime | None = None
    last_at: datetime | None = None
    last_value: float | None = None
    is_fresh: bool = False
    is_abnormal: bool = False  # the last value; neither so nor normal where no range is known

    @property
    def lasted(self) -> timedelta:
        """How long it has been normal, as far as there are samples."""
        if self.normal_since is None or self.last_at is None:
            return timedelta()
        return self.last_at - self.normal_since

    def has_passed(self, minutes: int) -> bool:
        return self.is_fresh and self.normal_since is not None and self.lasted >= timedelta(minutes=minutes)


def progress_of(points: Points, bands: Bands, since: datetime, now: datetime) -> Progress:
    """Of the samples from `since` on."""
    first, longest = since.timestamp(), SILENCE.total_seconds()
    normal_since: float | None = None
    last: float | None = None
    for second in sorted(second for second in points if second >= first):
        if last is not None and second - last > longest:
            normal_since = None
        if is_normal(bands, second, points[second]):
            normal_since = second if normal_since is None else normal_since
        else:
            normal_since = None
        last = second
    if last is None:
        return Progress()
    return Progress(
        None if normal_since is None else datetime.fromtimestamp(normal_since, UTC),
        datetime.fromtimestamp(last, UTC),
        points[int(last)],
        now.timestamp() - last <= longest + STEP,
        is_normal(bands, last, points[int(last)]) is False,
    )
