"""The charts of an incident's signals, from what is stored alone: no page waits for a source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from figures import signal as drawing
from figures.draw import sizes
from figures.signal import Line, Mark, Normal
from incidents.models import Incident
from signals.marks import marks_of
from signals.models import MOST_SHOWN, DataSource, Signal
from signals.samples import Bands, is_normal, read_bands, read_samples, written
from signals.sources.values import Points
from signals.standing import Told, range_words, standing_of
from signals.window import is_running, window_of

MOST_ROWS = 40  # of a table of values


@dataclass(frozen=True)
class Row:
    """One line of the table below a chart."""

    at: datetime
    value: str
    is_normal: bool | None


@dataclass(frozen=True)
class Chart:
    signal: Signal
    told: Told
    line: Line
    bands: Bands
    picture: SafeString
    range: str
    rows: list[Row]

    @property
    def last(self) -> tuple[float, float] | None:
        return self.line.points[-1] if self.line.points else None


@dataclass(frozen=True)
class Charts:
    charts: list[Chart]
    marks: list[Mark]
    lane: SafeString
    start: datetime
    end: datetime
    are_more: int
    is_running: bool
    refreshed_at: datetime | None
    sources: list[DataSource]

    @property
    def has_silence(self) -> bool:
        return any(source.failing_since for source in self.sources)

    @property
    def shown_marks(self) -> list[tuple[datetime, Mark]]:
        zone = timezone.get_current_timezone()
        return [(datetime.fromtimestamp(mark.at, zone), mark) for mark in self.marks]


def charts_of(user: User, incident: Incident, now: datetime) -> Charts:
    """All that the page of an incident's signals shows, in a number of queries that does not grow."""
    start, end = window_of(incident, now)
    found = list(Signal.objects.of_incident(incident)[: MOST_SHOWN + 1])
    signals, running = found[:MOST_SHOWN], is_running(incident)
    samples, bands = read_samples(signals, start, end), read_bands(signals, start, end)
    marks = [
        mark for mark in marks_of(user, incident, now) if start.timestamp() <= mark.at <= end.timestamp()
    ]
    charts = [
        chart_of(
            signal,
            samples.get(signal.pk, {}),
            bands.get(signal.pk, []),
            marks,
            (start, end),
            now,
            is_running=running,
        )
        for signal in signals
    ]
    lane = sizes(
        lambda width: drawing.marks_lane("signal-marks", marks, start.timestamp(), end.timestamp(), width),
        *drawing.WIDTHS,
    )
    fetched = [signal.covered_until for signal in signals if signal.covered_until]
    return Charts(
        charts,
        marks,
        lane,
        start,
        end,
        len(found) - len(signals),
        running,
        max(fetched, default=None),
        list({signal.source_id: signal.source for signal in signals}.values()),
    )


def chart_of(
    signal: Signal,
    points: Points,
    bands: Bands,
    marks: Sequence[Mark],
    times: tuple[datetime, datetime],
    now: datetime,
    *,
    is_running: bool = True,
) -> Chart:
    line = line_of(signal, points, bands, times)
    last = line.points[-1] if line.points else None
    picture = sizes(lambda width: drawing.chart(line, marks, width, clock), *drawing.WIDTHS)
    told = standing_of(signal, bands, last, now, is_over=not is_running)
    return Chart(
        signal, told, line, bands, picture, range_words(signal, bands), rows_of(line, bands, signal.unit)
    )


def line_of(
    signal: Signal, points: Points, bands: Bands, times: tuple[datetime, datetime], name: str = ""
) -> Line:
    pairs = sorted(points.items())
    start, end = times[0].timestamp(), times[1].timestamp()
    return Line(
        name=name or f"signal-{signal.pk}",
        title=title_of(signal, pairs, bands, times),
        start=start,
        end=end,
        points=pairs,
        normal=[Normal(band.start, band.end, band.low, band.high) for band in bands],
        told=lambda value: written(value, signal.unit),
    )


def title_of(
    signal: Signal, pairs: Sequence[tuple[float, float]], bands: Bands, times: tuple[datetime, datetime]
) -> str:
    """Error rate of payments-api from 02:12 to 04:09: normal until 03:05, highest 39% at 03:20, last 0.4%."""
    where = f" of {signal.service}" if signal.service_id else ""
    name = f"{signal}{where} from {clock(times[0].timestamp())} to {clock(times[1].timestamp())}"
    if not pairs:
        return f"{name}: no values"
    said = []
    if bands:
        left = next((second for second, value in pairs if is_normal(bands, second, value) is False), None)
        said.append("normal all the time" if left is None else f"first not normal at {clock(left)}")
    (lowest_at, lowest), (highest_at, highest) = (
        choose(pairs, key=lambda pair: pair[1]) for choose in (min, max)
    )
    said.append(f"lowest {written(lowest, signal.unit)} at {clock(lowest_at)}")
    said.append(f"highest {written(highest, signal.unit)} at {clock(highest_at)}")
    said.append(f"last {written(pairs[-1][1], signal.unit)}")
    return f"{name}: {', '.join(said)}"


def rows_of(line: Line, bands: Bands, unit: str) -> list[Row]:
    """At most so many values, evenly spread, with the last one."""
    step = -(-len(line.points) // MOST_ROWS) or 1
    chosen = line.points[::-1][::step]
    zone = timezone.get_current_timezone()
    return [
        Row(datetime.fromtimestamp(second, zone), written(value, unit), is_normal(bands, second, value))
        for second, value in chosen
    ]


def clock(second: float) -> str:
    """14:03 in the reader's zone."""
    return f"{datetime.fromtimestamp(second, timezone.get_current_timezone()):%H:%M}"
