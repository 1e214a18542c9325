"""How old is what is open? One bar in parts, youngest first; the oldest part is the one to look at."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from figures.draw import figure, rect, span, text

HEIGHT, GAP = 36, 3


def ages(title: str, parts: Sequence[tuple[str, int]], width: int) -> SafeString:
    """`parts`: (name, how many). A part too small for its words has them in the row beneath."""
    whole = sum(count for _, count in parts) or 1
    shown = [(place, name, count) for place, (name, count) in enumerate(parts) if count]
    room = width - GAP * max(len(shown) - 1, 0)
    body, at, ends = "", 0.0, [-1.0] * len(parts)  # how far the words of each row reach
    for place, name, count in shown:
        is_late = place == len(parts) - 1
        reach = room * count / whole
        body += rect(at, 0, reach, HEIGHT, f"age-{place}", f"{name}: {count}")
        wide = span(name)
        x = min(at, width - wide)
        row = next(row for row, end in enumerate(ends) if x >= end)
        ends[row] = x + wide + 10
        y = HEIGHT + 16 + 38 * row
        body += text(x, y, name, "t-muted") + text(x, y + 16, count, "t-bad" if is_late else "t-strong")
        at += reach + GAP
    rows = sum(end >= 0 for end in ends) or 1
    return figure("ages", width, HEIGHT + 36 + 38 * (rows - 1), title, body)
