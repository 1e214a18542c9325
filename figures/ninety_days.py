"""Was this component well in the last 90 days? One fluid picture for any width; a column is a day.

A column grows with the damage, so colour is never the only signal. What is well is one dashed line for all days:
a picture without trouble takes about 300 bytes.
"""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from figures.draw import el

PITCH, COLUMN, HEIGHT = 10, 8, 28
TALL = {"operational": 8, "under_maintenance": 8, "degraded": 14, "partial_outage": 20, "major_outage": 28}


def ninety_days(days: Sequence[str | None], label: str) -> SafeString:
    """`days`: each day's worst state, oldest first; None where there is no data, drawn as a flat line.

    `label` says the same in words. Classes d-STATE colour it; nothing is scaled but the columns' width.
    """
    width = len(days) * PITCH - (PITCH - COLUMN)
    known = next((n for n, state in enumerate(days) if state), len(days))
    body = ""
    if known:
        body += _dashes(0, known, 1, "none")
    if known < len(days):
        body += _dashes(known, len(days), TALL["operational"], "operational")
    for state, height in TALL.items():
        at = [n for n, day in enumerate(days) if day == state != "operational"]
        if at:
            path = "".join(f"M{n * PITCH} {HEIGHT - height}h{COLUMN}v{height}h-{COLUMN}z" for n in at)
            body += el("path", d=path, class_=f"d-{state}")
    svg = el(
        "svg",
        body,
        class_="days",
        viewBox=f"0 0 {width} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
    return SafeString(svg)


def _dashes(first: int, last: int, height: int, state: str) -> str:
    """The days from `first` to before `last` as one line, dashed into columns."""
    y = HEIGHT - height / 2
    line = f"M{first * PITCH} {y:g}H{last * PITCH - (PITCH - COLUMN)}"
    return el(
        "path",
        d=line,
        class_=f"d-{state}",
        stroke_width=height,
        stroke_dasharray=f"{COLUMN} {PITCH - COLUMN}",
    )
