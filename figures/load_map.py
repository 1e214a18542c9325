"""Is on-call humane? A cell is an hour of the week: in how many of the weeks an incident ran then."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from core.text import together
from figures.draw import figure, rect, text

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
NIGHT = frozenset((23, *range(8)))
STEPS = (0.0001, 0.1, 0.25, 0.5)
STEP_WORDS = ("no week", "under 10%", "10 to 25%", "25 to 50%", "half or more")
KEY_TALL = 22


def load_map(title: str, hours: Sequence[Sequence[int]], weeks: int, width: int) -> SafeString:
    """`hours[day][hour]`, Monday first, of `weeks`. Hours run to the right, on a phone and in a small panel down."""
    return _across(title, hours, weeks, width) if width > 640 else _down(title, hours, weeks, width)


def _tint(count: int, weeks: int) -> str:
    return f"h{sum(count / weeks >= bound for bound in STEPS)}"


def _cell(x: float, y: float, width: float, height: float, count: int, weeks: int, words: str) -> str:
    tint = _tint(count, weeks)
    body = rect(x + 1, y + 1, width - 2, height - 2, tint, f"{words}: {count} of {weeks} weeks")
    tone = "t-small t-on" if tint in ("h3", "h4") else "t-small"
    return body + (
        text(x + width / 2, y + height / 2 + 4, count, tone, text_anchor="middle") if count else ""
    )


def _key(left: float, top: float, apart: float, *, in_a_row: int = 5) -> str:
    """The five steps, with the share of the weeks each stands for."""
    body = ""
    for step, words in enumerate(STEP_WORDS):
        x, y = left + step % in_a_row * apart, top + step // in_a_row * KEY_TALL
        body += rect(x, y, 14, 14, f"h{step}") + text(x + 20, y + 11, words, "t-muted t-small")
    return body


def _across(title: str, hours: Sequence[Sequence[int]], weeks: int, width: int) -> SafeString:
    left, top, tall = 40, 30, 32
    cell = (width - left) / 24
    body = ""
    for hour in range(24):
        if hour in NIGHT:
            body += rect(left + hour * cell, top - 22, cell, tall * 7 + 22, "night")
        body += text(
            left + (hour + 0.5) * cell, top - 7, f"{hour:02}", "t-muted t-small", text_anchor="middle"
        )
    for d, day in enumerate(DAYS):
        y = top + d * tall
        body += text(0, y + tall / 2 + 4, day, "t-strong")
        for hour, count in enumerate(hours[d]):
            body += _cell(left + hour * cell, y, cell, tall, count, weeks, f"{day} {hour:02}–{hour + 1:02}")
    y = top + 7 * tall + 20
    body += text(
        left,
        y,
        f"In a cell: of {weeks} weeks, those in which an incident ran in that hour. Grey: 23 to 08.",
        "t-muted t-small",
    )
    body += _key(left, y + 12, 130)
    return figure("load-map", width, y + 12 + KEY_TALL, title, body)


def _down(title: str, hours: Sequence[Sequence[int]], weeks: int, width: int) -> SafeString:
    """Two hours a row, told by the busier of them."""
    left, top, tall = 44, 18, 24
    cell = (width - left) / 7
    body = "".join(
        text(left + (d + 0.5) * cell, 12, day, "t-muted t-small", text_anchor="middle")
        for d, day in enumerate(DAYS)
    )
    for row in range(12):
        block = range(row * 2, row * 2 + 2)
        y = top + row * tall
        if NIGHT.issuperset(block):
            body += rect(0, y, width, tall, "night")
        body += text(
            left - 6,
            y + tall / 2 + 4,
            f"{block[0]:02}–{block[-1] + 1:02}",
            "t-muted t-small",
            text_anchor="end",
        )
        for d, day in enumerate(DAYS):
            count = max(hours[d][hour] for hour in block)
            body += _cell(
                left + d * cell, y, cell, tall, count, weeks, f"{day} {block[0]:02}–{block[-1] + 1:02}"
            )
    y = top + 12 * tall + 18
    body += text(0, y, f"Of {weeks} weeks, with an incident in those hours.", "t-muted t-small")
    body += _key(0, y + 12, 110, in_a_row=3)
    return figure("load-map", width, y + 12 + 2 * KEY_TALL, title, body)


def busiest(hours: Sequence[Sequence[int]]) -> str:
    """“Tu 14–15”, with those as busy: “Tu 14–15 and We 09–10”; nothing where no hour had an incident."""
    most = max(count for row in hours for count in row)
    if not most:
        return ""
    return together(
        [
            f"{DAYS[d]} {hour:02}–{hour + 1:02}"
            for d, row in enumerate(hours)
            for hour, count in enumerate(row)
            if count == most
        ]
    )
