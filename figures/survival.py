"""If an incident starts now, how likely does it still run after t, and has that changed? Kaplan–Meier curves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from figures.draw import NARROW, WIDE, Scale, el, figure, line, linear, logarithmic, spoken, text, time_ticks

STAIR = 2  # pixels


@dataclass(frozen=True)
class Stair:
    """From `at` seconds on `share` are left; `censored` of them were last seen running then."""

    at: float
    share: float
    low: float
    high: float
    at_risk: int
    censored: int = 0


@dataclass(frozen=True)
class Line:
    kind: str  # "this" or "previous"
    name: str
    stairs: Sequence[Stair]
    median: float | None
    count: int
    running: int
    called: str = "running"


def survival(title: str, curves: Sequence[Line], sentence: str, width: int) -> SafeString:
    """The earlier period first; `sentence` is the verdict, printed below."""
    wide = width >= WIDE
    left, right = 44, width - (170 if wide else 8)
    top, bottom = 14, 300 if wide else 240
    lengths = [s.at for c in curves for s in c.stairs if s.at > 0]
    low, high = max(min(lengths, default=60), 30), max([*lengths, 3600])
    x, y = logarithmic((low, high), (left, right)), linear((0, 1), (bottom, top))
    body = ""
    for share in (0, 0.25, 0.5, 0.75, 1):
        body += line(left, y(share), right, y(share), "rule" if share else "edge")
        body += text(left - 6, y(share) + 4, f"{share * 100:.0f}%", "t-muted t-small", text_anchor="end")
    for tick in time_ticks(low, high, 4 if width == NARROW else 7):
        body += line(x(tick), bottom, x(tick), bottom + 5, "edge")
        body += text(x(tick), bottom + 18, spoken(tick), "t-muted t-small", text_anchor="middle")
    drawn = [_curve(c, x, y, low, left, right) for c in curves]
    body += "".join(band for band, _ in drawn) + "".join(stair for _, stair in drawn)
    foot = float(bottom + 44)
    for row, one in enumerate(reversed(curves)):
        said = f"half by {spoken(one.median)}" if one.median is not None else "no median yet"
        counted = f"n = {one.count}, {one.running} {one.called}"
        if wide:
            body += text(right + 12, top + 14 + row * 60, one.name.capitalize(), f"t-{one.kind}")
            body += text(right + 12, top + 30 + row * 60, said.capitalize(), f"t-{one.kind}")
            body += text(right + 12, top + 46 + row * 60, counted, "t-muted t-small")
        else:
            body += text(0, foot, f"{one.name}: {said}", f"t-{one.kind}")
            body += text(0, foot + 15, counted, "t-muted t-small")
            foot += 36
    still = f"still {curves[-1].called}"
    body += text(0, foot, f"Share {still} after t (log scale). Bands 95%.", "t-muted t-small")
    if any(s.censored for c in curves for s in c.stairs):
        place, foot = (310, foot) if wide else (0, foot + 15)
        body += text(place, foot, f"Upright ticks: {still} when last seen.", "t-muted t-small")
    return figure("survival", width, foot + 8, f"{title} {sentence}", body)


def _curve(one: Line, x: Scale, y: Scale, low: float, left: float, right: float) -> tuple[str, str]:
    """The band and the stairs; at most one stair in `STAIR` pixels, where several would be one on the screen."""
    shown: list[Stair] = []
    begins = Stair(low, 1.0, 1.0, 1.0, one.count)
    for stair in one.stairs:
        if stair.at <= low:
            begins = replace(stair, at=low, censored=stair.censored + begins.censored)
        elif shown and x(stair.at) // STAIR == x(shown[-1].at) // STAIR:
            shown[-1] = replace(stair, censored=stair.censored + shown[-1].censored)
        else:
            shown.append(stair)
    path = f"M{left:.1f} {y(begins.share):.1f}"
    upper = f"M{left:.1f} {y(begins.high):.1f}"
    for s in shown:
        path += f"H{x(s.at):.1f}V{y(s.share):.1f}"
        upper += f"H{x(s.at):.1f}V{y(s.high):.1f}"
    end = x(shown[-1].at) if shown else left
    lows = [begins, *shown]
    back = f"V{y(lows[-1].low):.1f}"
    for earlier, later in zip(lows[-2::-1], lows[:0:-1], strict=True):
        back += f"H{x(later.at):.1f}V{y(earlier.low):.1f}"
    band = el("path", d=f"{upper}H{end:.1f}{back}H{left:.1f}Z", class_=f"{one.kind}-band")
    stairs = el("path", d=f"{path}H{end:.1f}", class_=f"{one.kind}-line")
    for s in [begins, *shown]:
        if s.censored:
            stairs += line(x(s.at), y(s.share) - 6, x(s.at), y(s.share) + 6, f"{one.kind}-line")
    if one.median is not None and one.median >= low:
        stairs += el("circle", cx=x(one.median), cy=y(0.5), r=5, class_=f"{one.kind}-ring")
    return band, stairs
