"""What is kept of a chart as evidence: its values, and a picture of it that needs nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify

from core.text import in_both_zones
from figures.signal import Mark, keepsake
from signals.charts import clock, line_of, title_of
from signals.models import Signal
from signals.samples import Bands, written
from signals.sources.values import Points

MOST_LINES = 200
PICTURE = "image/svg+xml"


@dataclass(frozen=True)
class Kept:
    """What `attach_evidence` takes of a chart. Its times are UTC, as readers in any zone see it."""

    body: str
    file: "ContentFile[bytes]"
    data: dict[str, Any]


def kept_chart(
    signal: Signal,
    points: Points,
    bands: Bands,
    marks: Sequence[Mark],
    times: tuple[datetime, datetime],
    title: str,
) -> Kept:
    with timezone.override(UTC):
        line = line_of(signal, points, bands, times, "captured")
        heading = f"{title} · {signal.service} · {signal.source} · {in_both_zones(times[1])}"
        picture = keepsake(line, marks, clock, heading)
        body = _body(signal, points, bands, times)
    name = f"{slugify(signal.name) or 'signal'}-{times[1].astimezone(UTC):%Y%m%dT%H%MZ}.svg"
    return Kept(body, ContentFile(picture.encode(), name), _data(signal, points, bands))


def _body(signal: Signal, points: Points, bands: Bands, times: tuple[datetime, datetime]) -> str:
    """What it shows in a sentence, the query, and values of it, one a line."""
    pairs = sorted(points.items())
    step = -(-len(pairs) // MOST_LINES) or 1
    lines = [
        f"{datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%MZ}  {written(value, signal.unit)}"
        for second, value in pairs[::-1][::step][::-1]
    ]
    head = [f"{title_of(signal, pairs, bands, times)}.", f"Query: {' '.join(signal.query.split())}", ""]
    return "\n".join(head + lines)[:20_000]


def _data(signal: Signal, points: Points, bands: Bands) -> dict[str, Any]:
    return {
        "signal": signal.pk,
        "name": signal.name,
        "service": signal.service.slug,
        "unit": signal.unit,
        "query": signal.query,
        "points": [[second, value] for second, value in sorted(points.items())],
        "normal": [[band.start, band.end, band.low, band.high] for band in bands],
    }
