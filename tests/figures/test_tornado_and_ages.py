"""Do the figures of the newer questions keep their words inside, apart and in proportion?"""

import re

import pytest

from figures.ages import ages
from figures.draw import MEDIUM, NARROW, WIDE, span
from figures.tornado import Lever, Said, tornado

SAID = Said("8,380,000 user-minutes", "saved, 30% shorter", "added, 43% longer")
LEVERS = [
    Lever(
        "stopping the impact",
        "6,310,000",
        100,
        143,
        "1,890,000",
        "+2,700,000",
        "most in 99% of the draws",
        60,
        150,
    ),
    Lever("verifying and resolving", "1,280,000", 20, 29, "385,000", "+550,000", "", 10, 30),
    Lever("declaring", "0", 0, 0, "0", "+0", ""),
]


def bars(svg: str, kind: str) -> list[tuple[float, float]]:
    """(x, width)"""
    found = re.findall(
        rf'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="22" class="{kind}[^"]*"', svg
    )
    return [(float(x), float(width)) for x, width in found]


def words(svg: str) -> list[tuple[float, float, str]]:
    """(left, right, text), by the estimate everything is placed with."""
    found = re.findall(
        r'<text x="([\d.-]+)" y="[\d.]+"(?: class="[^"]*")?(?: text-anchor="(\w+)")?>([^<]+)<', svg
    )
    told = []
    for x, anchor, said in found:
        wide = span(said)
        left = float(x) - {"end": wide, "middle": wide / 2}.get(anchor, 0)
        told.append((left, left + wide, said))
    return told


@pytest.mark.parametrize("width", [WIDE, MEDIUM, NARROW])
def test_the_tornado_stays_within_its_width(width):
    svg = tornado("Title", LEVERS, SAID, width)
    assert len(words(svg)) >= 15
    for left, right, said in words(svg):
        assert left >= -1, said
        assert right <= width + 1, said


@pytest.mark.parametrize("width", [WIDE, MEDIUM, NARROW])
def test_bars_are_in_proportion_and_meet_in_the_middle(width):
    svg = tornado("Title", LEVERS, SAID, width)
    saves, costs = bars(svg, "saves"), bars(svg, "costs")
    assert saves[0][1] / saves[1][1] == pytest.approx(5, rel=0.02)
    assert costs[0][1] / saves[0][1] == pytest.approx(1.43, rel=0.02)
    for (x, wide), (begin, _) in zip(saves, costs, strict=True):
        assert x + wide == pytest.approx(begin, abs=0.2)


def test_nothing_at_all_is_still_drawn():
    nothing = [Lever("noticing", "0 s", 0, 0, "0 s", "+0 s", "")]
    assert "noticing" in tornado("Title", nothing, SAID, NARROW)


@pytest.mark.parametrize(
    "counts", [(10, 3, 1, 11), (1, 0, 0, 0), (0, 0, 0, 5), (1, 1, 1, 200), (200, 1, 1, 1)]
)
@pytest.mark.parametrize("width", [WIDE, MEDIUM, NARROW])
def test_ages_share_the_bar_and_their_words_do_not_meet(width, counts):
    names = ("0–30 days", "31–60", "61–90", "> 90")
    svg = ages("Title", list(zip(names, counts, strict=True)), width)
    drawn = [(float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="0" width="([\d.]+)"', svg)]
    drawn = drawn or [
        (float(x), float(w)) for x, w in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    ]
    assert len(drawn) == sum(count > 0 for count in counts)
    assert sum(w for _, w in drawn) == pytest.approx(width - 3 * (len(drawn) - 1), abs=1)
    told = re.findall(r'<text x="([\d.-]+)" y="([\d.]+)" class="t-muted">([^<]+)<', svg)
    rows: dict[str, list[tuple[float, float]]] = {}
    for x, y, said in told:
        rows.setdefault(y, []).append((float(x), float(x) + span(said.replace("&gt;", ">"))))
    for row in rows.values():
        for (_, ends), (begins, _) in zip(sorted(row), sorted(row)[1:], strict=False):
            assert begins >= ends
        assert max(ends for _, ends in row) <= width + 1
