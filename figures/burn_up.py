"""Do we finish what we promised? Promised, done and verified, added up week by week over a quarter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from figures.draw import NARROW, Scale, el, figure, line, linear, rule, text

LEFT, TOP = 34, 12


@dataclass(frozen=True)
class Week:
    """How many there were at its end; None from the week after today on."""

    label: str
    promised: int
    done: int | None
    verified: int | None


def burn_up(title: str, weeks: Sequence[Week], today: float | None, width: int) -> SafeString:
    """`today` in weeks from the left. The values are also in the table below the picture."""
    height = 170 if width == NARROW else 220
    right, bottom = width - 64, TOP + height
    highest = max([week.promised for week in weeks] + [1])
    x, y = linear((0, max(len(weeks) - 1, 1)), (LEFT, right)), linear((0, highest * 1.06), (bottom, TOP))
    body = ""
    for tick in _ticks(highest):
        body += rule(LEFT, y(tick), right, y(tick))
        body += text(LEFT - 8, y(tick) + 4, tick, "t-muted t-small", text_anchor="end")
    if today is not None:
        body += line(x(today), TOP, x(today), bottom, "edge")
        body += text(x(today), TOP - 2, "Today", "t-small t-label", text_anchor="middle")
    body += _steps(weeks, x, y, lambda week: week.promised, "p90-line")
    body += _steps(weeks, x, y, lambda week: week.verified, "ink")
    body += _steps(weeks, x, y, lambda week: week.done, "this-line")
    body += _ends(weeks, x, y, right + 6)
    every = 1 if width > 600 else 3
    for number, week in enumerate(weeks):
        if number % every == 0:
            body += text(x(number), bottom + 16, week.label, "t-muted t-small", text_anchor="middle")
    return figure("burn-up", width, bottom + 24, title, body)


def _ticks(highest: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if highest / step <= 5)
    return list(range(0, highest + 1, step))


def _steps(
    weeks: Sequence[Week], x: Scale, y: Scale, value: Callable[[Week], int | None], class_: str
) -> str:
    """A line that keeps its height until the week in which something was added."""
    known = [(number, found) for number, week in enumerate(weeks) if (found := value(week)) is not None]
    if len(known) < 2:
        return ""
    path = f"M{x(known[0][0]):.1f} {y(known[0][1]):.1f}"
    path += "".join(f"H{x(number):.1f}V{y(found):.1f}" for number, found in known[1:])
    return el("path", d=path, class_=class_)


def _ends(weeks: Sequence[Week], x: Scale, y: Scale, right: float) -> str:
    """The name of each line at its end; the lower one of two that are close stands lower."""
    body = text(right, y(weeks[-1].promised) + 4, "Promised", "t-small t-muted")
    known = [(number, week) for number, week in enumerate(weeks) if week.done is not None]
    if not known:
        return body
    number, last = known[-1]
    at = min(x(number) + 6, right)
    done, verified = y(last.done or 0) + 4, y(last.verified or 0) + 4
    if verified - done < 13:
        middle = min((done + verified) / 2, y(0) - 10)
        done, verified = middle - 7, middle + 7
    body += text(at, done, "Done", "t-small t-this t-halo")
    return body + text(at, verified, "Verified", "t-small t-halo")
