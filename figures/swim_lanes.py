"""Who knew and did what, when? Lanes of systems and people on the incident's own clock."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from core.text import in_words
from figures.draw import NARROW, WIDE, cut, el, figure, number, rule, span, text
from figures.event_marks import event_mark
from figures.labels import Place, places_of
from figures.story import BRACKETS, MILESTONES, PHASES, Clock, Impact, Lane, Mark, Story, clock, most_telling
from figures.swim_list import swim_list

MEDIUM = 620
CROWD = 25  # marks of a lane; beyond it the rest becomes a rug
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440)


def swim_lanes(story: Story) -> dict[str, SafeString]:
    """The picture in three widths; its text alternative is the table behind it."""
    return {
        "wide": _Lanes(story, WIDE, 142).drawn(),
        "medium": _Lanes(story, MEDIUM, 104).drawn(),
        "narrow": swim_list(story, NARROW),
    }


class _Lanes:
    def __init__(self, story: Story, width: int, left: int):
        self.story, self.width, self.left = story, width, left
        self.x = Clock(story.times, left + 10, width - 16, zoom=story.zoom, part=story.part)
        self.moments = {k: at for k, at in story.moments.items() if k in "ISDAMRX"}
        self.body = ""

    def drawn(self) -> SafeString:
        y = self._heads()
        y = self._brackets(y)
        top = y
        lanes, y = self._all_lanes(y)
        self.body += self._bands(top, y) + self._stretches(top, y) + lanes
        y = self._axis(top, y)
        return figure(
            "timeline",
            self.width,
            y + 6,
            self.story.title,
            self._hatches() + self.body,
            data_scale=self.x.scale,
        )

    def _heads(self) -> float:
        """Milestones over the bands of the phases, in rows so that close neighbours do not touch."""
        edges = [-99.0, -99.0, -99.0]
        for key, name in MILESTONES.items():
            if key not in self.moments or not self.x.shows(self.moments[key]):
                continue
            at = self.moments[key]
            words, place = f"{clock(at)} {name}", self.x(at)
            wide = span(words, 13) + 8
            start = min(place + 4, self.width - wide)  # the last one ends at the edge
            row = next((n for n, edge in enumerate(edges) if start > edge), 2)
            edges[row] = start + wide - 4
            self.body += text(start, 12 + row * 16, words, "t-strong")
            self.body += _path(f"M{_n(place)} {2 + row * 16}V66", "edge")
        for a, b, class_, words in PHASES:
            start, end = self._phase(a, b)
            if end <= start:
                continue
            self.body += el(
                "rect", x=start, y=50.0, width=end - start, height=20, class_=f"band-head p-{class_}"
            )
            length = (
                f" {in_words(self.moments[b] - self.moments[a])}" if b in self.moments and b != "X" else ""
            )
            if span(words + length, 11) < end - start - 8:
                self.body += text(start + 6, 64, words + length, "t-small")
        return 86.0 if self.moments else 12.0

    def _phase(self, a: str, b: str) -> tuple[float, float]:
        """Where a phase is drawn; the last one runs to the edge."""
        if a not in self.moments or (b not in self.moments and b != "X"):
            return 0.0, 0.0
        end = self.x.high if b == "X" else self.x.clip(self.moments[b])
        return self.x.clip(self.moments[a]), end

    def _brackets(self, y: float) -> float:
        for name, a, b in BRACKETS:
            if a not in self.moments or b not in self.moments or self.moments[b] < self.moments[a]:
                continue
            start, end = self.x.clip(self.moments[a]), self.x.clip(self.moments[b])
            if end <= start:
                continue
            words = f"{name} {in_words(self.moments[b] - self.moments[a])} ({b} − {a})"
            self.body += _path(
                f"M{_n(start)} {y}H{_n(end)}M{_n(start)} {y - 5}V{y + 5}M{_n(end)} {y - 5}V{y + 5}", "ink"
            )
            wide = span(words, 13)
            if wide + 28 < end - start:
                middle = (start + end) / 2
                self.body += el(
                    "rect", x=middle - wide / 2 - 4, y=y - 8, width=wide + 8, height=16, class_="calm-cut"
                )
                self.body += text(middle, y + 4, words, "t-strong", text_anchor="middle")
            elif end + wide + 8 < self.width:
                self.body += text(end + 6, y + 4, words, "t-strong")
            else:
                self.body += text(start - 6, y + 4, words, "t-strong", text_anchor="end")
            y += 19
        return y + 4

    def _all_lanes(self, y: float) -> tuple[str, float]:
        drawn, group = "", ""
        for lane in self.story.lanes:
            if lane.group != group:
                drawn += rule(0, y, self.width, y) + text(0, y + 14, lane.group, "t-muted t-small")
                group, y = lane.group, y + 18
            one, y = self._lane(lane, y)
            drawn += one
        return drawn, y

    def _lane(self, lane: Lane, y: float) -> tuple[str, float]:
        axis = y + 12
        drawn = text(0, axis + 4, cut(lane.name, self.left - 8, 13), "t-strong")
        for impact in self.story.impacts:
            if impact.lane == lane.key:
                drawn += self._impact(impact, axis)
        mine = [m for m in self.story.marks if m.lane == lane.key and self.x.shows(m.at)]
        shown = telling(mine, CROWD)
        places = places_of([(self.x(m.at), span(_label(m))) for m in shown], self.left, self.width)
        for mark, place in zip(shown, places, strict=True):
            drawn += self._mark(mark, axis, place)
        y = axis + 14 + max((place.row for place in places if place), default=0) * 16 + 6
        if len(shown) < len(mine):
            ticks = "".join(f"M{_n(self.x(m.at))} {_n(y - 4)}v9" for m in mine)
            drawn += _path(ticks, "edge") + text(
                self.left, y + 5, f"{len(mine)} in all", "t-muted t-small", text_anchor="end"
            )
            y += 14
        return drawn, y

    def _impact(self, impact: Impact, axis: float) -> str:
        start, end = self.x.clip(impact.began), self.x.clip(impact.ended)
        if end <= start and not (self.x.shows(impact.began) or self.x.shows(impact.ended)):
            return ""
        return el("rect", el("title", escape(impact.words)), x=start, y=axis - 10, width=max(end - start, 2.0), height=20,
                 class_=f"s-box s-{impact.state}")  # fmt: skip

    def _mark(self, mark: Mark, axis: float, words: Place | None) -> str:
        place, later = self.x(mark.at), "" if self.story.is_known(mark) else " later"
        drawn = ""
        if words and words.row:
            reach = "h-8" if words.is_left else "h8"
            drawn += _path(f"M{_n(place)} {_n(axis + 8)}V{_n(axis + words.row * 16)}{reach}", "edge")
        drawn += event_mark(mark.kind, place, axis, is_estimated=mark.is_estimated)
        if words:
            at, anchor = (place - 11, "end") if words.is_left else (place + 11, None)
            drawn += text(at, axis + 4 + words.row * 16, _label(mark), "t-halo", text_anchor=anchor)
        title = el("title", escape(f"{clock(mark.at)} {mark.words}"))
        return el("g", title, drawn, class_=f"moment{later}", data_known=round(mark.known_at.timestamp()))

    def _bands(self, top: float, bottom: float) -> str:
        drawn = ""
        for a, b, class_, _ in PHASES:
            start, end = self._phase(a, b)
            if end > start:
                drawn += el(
                    "rect", x=start, y=top, width=end - start, height=bottom - top, class_=f"band p-{class_}"
                )
        for began, ended in self.x.silences:
            start, end = self.x(began) + 8, self.x(ended) - 8
            if start >= self.x.low and end <= self.x.high:
                drawn += el(
                    "rect",
                    x=start,
                    y=top,
                    width=end - start,
                    height=bottom - top,
                    fill=f"url(#{self._id('break')})",
                )
                drawn += _zigzag(start, top, bottom) + _zigzag(end, top, bottom)
        return drawn

    def _stretches(self, top: float, bottom: float) -> str:
        drawn = ""
        for one in self.story.stretches:
            start, end = self.x.clip(one.began), self.x.clip(one.ended)
            if end > start:
                title = el("title", escape(one.words))
                drawn += el("rect", title, x=start, y=top, width=end - start, height=bottom - top, class_="gap-box",
                            fill=f"url(#{self._id(one.kind)})")  # fmt: skip
        return drawn

    def _axis(self, top: float, bottom: float) -> float:
        drawn = _path(f"M{self.left} {_n(bottom)}H{self.width}", "edge")
        said: list[tuple[float, float]] = []
        for a, b in sorted(self.x.silences, key=lambda one: one[0] - one[1]):  # the longest first
            middle, words = (self.x(a) + self.x(b)) / 2, f"{in_words(b - a)} of silence, shortened"
            half = span(words, 11) / 2
            middle_in = min(max(middle, half), self.width - half)
            is_free = all(middle_in + half < first or last < middle_in - half for first, last in said)
            if self.x.low <= middle <= self.x.high and is_free:
                drawn += text(middle_in, bottom + 30, words, "t-small t-strong", text_anchor="middle")
                said.append((middle_in - half, middle_in + half))
        edge = -99.0
        for tick in self._ticks():
            place, words = self.x(tick), clock(tick)
            drawn += _path(f"M{_n(place)} {_n(bottom)}v5", "edge")
            if place - 20 > edge and not any(a < tick < b for a, b in self.x.silences):
                drawn += text(place, bottom + 17, words, "t-muted t-small", text_anchor="middle")
                edge = place + 20
        known = self.story.known_at
        if known:
            place = self.x.clip(known)
            drawn += el("path", d=f"M{_n(place)} {_n(top)}V{_n(bottom + 6)}", class_="now known-line", stroke_dasharray="2 3",
                        data_at=_n(place))  # fmt: skip
        foot = bottom + (46 if self.x.silences else 34)
        zone = timezone.get_current_timezone_name()
        drawn += text(0, foot, cut(f"Times in {zone}. Hollow: minute estimated. Hatched: missing or delayed.", self.width, 11),
                      "t-muted t-small")  # fmt: skip
        self.body += drawn
        return foot

    def _ticks(self) -> list[datetime]:
        first, last = self.x.when(self.x.low), self.x.when(self.x.high)
        silent = sum((b - a for a, b in self.x.silences), timedelta())
        minutes = max((last - first - silent).total_seconds() / 60, 1)
        step = next((s for s in STEPS if minutes / s <= self.width / 90), STEPS[-1])
        local = timezone.localtime(first)
        start = local.replace(minute=0, second=0, microsecond=0) - timedelta(
            hours=local.hour % max(step // 60, 1)
        )
        found: list[datetime] = []
        tick = start
        while tick <= last and len(found) < 60:
            if tick >= first and not any(a < tick < b for a, b in self.x.silences):
                found.append(tick)
            later = next(
                (b for a, b in self.x.silences if a < tick < b and b - tick > timedelta(minutes=step)), None
            )
            steps = max(int((later - tick) / timedelta(minutes=step)), 1) if later else 1
            tick += timedelta(minutes=step) * steps
        return found

    def _id(self, name: str) -> str:
        return f"timeline-{name}-{self.width}"

    def _hatches(self) -> str:
        kinds = (("break", "hatch-soft", 9), ("missing", "hatch-line", 7), ("delayed", "hatch-late", 5))
        return el("defs", *(hatch(self._id(name), class_, step) for name, class_, step in kinds))


def telling(marks: list[Mark], most: int) -> list[Mark]:
    """All by time; where they are more than `most`, a third of that: those that tell most."""
    chosen = marks if len(marks) <= most else most_telling(marks)[: most // 3]
    return sorted(chosen, key=lambda m: m.at)


def hatch(name: str, class_: str, step: int) -> str:
    stripes = el("path", d=f"M0 0V{step}", class_=class_)
    return el("pattern", stripes, id=name, width=step, height=step, patternUnits="userSpaceOnUse",
              patternTransform="rotate(45)")  # fmt: skip


def _label(mark: Mark) -> str:
    return cut(mark.words, 210)


def _zigzag(x: float, top: float, bottom: float) -> str:
    steps = int((bottom - top) // 8)
    return _path(f"M{_n(x)} {_n(top)}" + "".join(f"l{4 if i % 2 else -4} 8" for i in range(steps)), "edge")


def _path(d: str, class_: str) -> str:
    return el("path", d=d, class_=class_)


def _n(value: float) -> str:
    return number(float(value))
