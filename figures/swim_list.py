"""The swim-lane picture for a phone: time runs down, a column a group."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString

from core.text import in_words
from figures.draw import el, figure, number, rule, text, wrap
from figures.event_marks import event_mark
from figures.story import MILESTONES, PHASES, SILENCE, Clock, Mark, Story, clock, most_telling

COLUMNS = {"Systems": (68, "systems"), "People": (92, "people"), "Communication": (116, "updates")}
WORDS = 134
MOST = 40
METRICS = {"D": ("TTO", "S"), "M": ("TTM", "S"), "R": ("MTTR", "S")}


def swim_list(story: Story, width: int) -> SafeString:
    """Milestones and marks under one another; distances are not to scale, and the picture says so."""
    lanes = {lane.key: lane for lane in story.lanes}
    window = Clock(story.times, 0, 1000, zoom=story.zoom, part=story.part)
    marks = [mark for mark in story.marks if window.shows(mark.at)]
    shown = {id(mark) for mark in most_telling(marks)[:MOST]}
    groups = [name for name in COLUMNS if any(lane.group == name for lane in story.lanes)]
    body = "".join(
        text(
            COLUMNS[name][0],
            10 if name != "People" else 23,
            COLUMNS[name][1],
            "t-muted t-small",
            text_anchor="middle",
        )
        for name in groups
    )
    y, bars, segment = 34.0, "", None
    previous: datetime | None = None
    told_known = story.known_at is None
    for at, entry in _entries(story, window, shown, marks):
        if previous and at - previous > SILENCE:
            body += el("rect", x=46, y=y, width=width - 46, height=24, fill="url(#timeline-missing-list)")
            body += text(WORDS, y + 16, f"{in_words(at - previous)} of silence", "t-strong t-small t-halo")
            y += 30
        if not told_known and story.known_at and at > story.known_at:
            told_known = True
            body += el("path", d=f"M46 {number(y + 8)}H{width}", class_="now")
            body += text(
                WORDS, y + 23, f"known at {clock(story.known_at)} ▴ · later in grey", "t-this t-small"
            )
            y += 34
        if isinstance(entry, str):
            bars += _bar(segment, y)
            segment = (_class_from(entry), y)
            rows = wrap(_milestone(story, entry), width - 56, 13)
            body += el(
                "rect",
                x=46,
                y=y,
                width=width - 46,
                height=7 + 15 * len(rows),
                class_=f"band-head p-{segment[0]}",
            )
            body += text(0, y + 15, clock(at), "t-strong")
            for row in rows:
                body += text(52, y + 15, row, "t-strong")
                y += 15
            y += 13
        elif isinstance(entry, int):
            body += text(WORDS, y + 10, f"and {entry} more", "t-muted t-small")
            y += 24
        else:
            drawn, y = _mark(story, entry, lanes[entry.lane].group, lanes[entry.lane].name, y, width)
            body += drawn
        previous = at
    bars += _bar(segment, y)
    columns = "".join(rule(COLUMNS[name][0], 30, COLUMNS[name][0], y) for name in groups)
    body += text(0, y + 14, "Distances are not to scale.", "t-muted t-small")
    stripes = el("path", d="M0 0V7", class_="hatch-line")
    pattern = el("pattern", stripes, id="timeline-missing-list", width=7, height=7, patternUnits="userSpaceOnUse",
                 patternTransform="rotate(45)")  # fmt: skip
    return figure("timeline", width, y + 20, story.title, el("defs", pattern) + columns + bars + body)


def _entries(
    story: Story, window: Clock, shown: set[int], marks: list[Mark]
) -> Iterator[tuple[datetime, "str | int | Mark"]]:
    """Milestones, marks and how many were left out, by time."""
    milestones: list[tuple[datetime, int, str | Mark]] = [
        (at, 0, key) for key, at in story.moments.items() if key in MILESTONES and window.shows(at)
    ]
    milestones += [(mark.at, 1, mark) for mark in marks]
    everything = sorted(milestones, key=lambda one: one[:2])
    left_out, last = 0, None
    for at, _, entry in everything:
        if isinstance(entry, Mark) and id(entry) not in shown:
            left_out, last = left_out + 1, at
            continue
        if left_out and last:
            yield last, left_out
            left_out = 0
        yield at, entry
    if left_out and last:
        yield last, left_out


def _class_from(key: str) -> str:
    return next(class_ for start, _, class_, _ in PHASES if start == key)


def _milestone(story: Story, key: str) -> str:
    words = MILESTONES[key]
    name, start = METRICS.get(key, ("", ""))
    if start in story.moments and story.moments[key] >= story.moments[start]:
        words += f" · {name} {in_words(story.moments[key] - story.moments[start])}"
    return words


def _bar(segment: tuple[str, float] | None, y: float) -> str:
    if segment is None:
        return ""
    return el("rect", x=40, y=segment[1], width=5, height=y - segment[1], class_=f"bar p-{segment[0]}")


def _mark(story: Story, mark: Mark, group: str, name: str, y: float, width: int) -> tuple[str, float]:
    top = y
    drawn = el("title", escape(f"{clock(mark.at)} {mark.words}")) + text(0, y + 12, clock(mark.at), "t-muted")
    drawn += event_mark(mark.kind, COLUMNS[group][0], top + 8, is_estimated=mark.is_estimated)
    for row in wrap(mark.words, width - WORDS)[:3]:
        drawn += text(WORDS, y + 12, row)
        y += 15
    small = name + (" · minute estimated" if mark.is_estimated else "")
    for row in wrap(small, width - WORDS, 11)[:2]:
        drawn += text(WORDS, y + 12, row, "t-muted t-small")
        y += 14
    later = "" if story.is_known(mark) else " later"
    return el("g", drawn, class_=f"moment{later}", data_known=round(mark.known_at.timestamp())), y + 11
