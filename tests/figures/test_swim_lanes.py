"""Do the lanes show who did what when, at any zoom, and stay legible when there is much?"""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.draw import span
from figures.labels import places_of
from figures.story import Clock, Impact, Lane, Mark, Story, Stretch, parts_of
from figures.swim_lanes import swim_lanes

T = datetime(2025, 11, 17, 13, tzinfo=UTC)
LANES = [
    Lane("a", "Systems", "Payments API"),
    Lane("p", "People", "Ana Ruiz"),
    Lane("t", "Communication", "Updates"),
]


def at(minutes):
    return T + timedelta(minutes=minutes)


def mark(minutes, lane="p", kind="note", words="looked", known=None, **more):
    return Mark(at(minutes), lane, kind, words, at(minutes if known is None else known), **more)


def story(*marks, **more):
    facts = {
        "moments": {"I": at(-7), "S": at(0), "D": at(2), "A": at(4), "M": at(50), "R": at(72)},
        "impacts": [Impact("a", at(0), at(50), "major_outage", "Payments API: major outage")],
        "stretches": [Stretch(at(10), at(16), "missing", "no metrics of zone b")],
    }
    return Story("Timeline", LANES, list(marks), **facts | more)


@pytest.mark.parametrize("size", ["wide", "medium", "narrow"])
def test_marks_milestones_and_times_are_there(size):
    picture = swim_lanes(story(mark(5), mark(20, "a", "alert", "page"), mark(30, "t", "update", "told")))[
        size
    ]
    for words in ("looked", "page", "told", "impact began", "mitigated", "MTTR 1 h 12 min", "TTM 50 min"):
        assert words in picture
    assert picture.count('class="moment"') == 3
    assert 'role="img"' in picture
    assert "style=" not in picture


def test_formulas_stand_beside_their_times_where_there_is_room():
    picture = swim_lanes(story(mark(5)))["wide"]
    assert "MTTR 1 h 12 min (R − S)" in picture
    assert "TTO 2 min (D − S)" in picture


def test_gaps_are_hatched_and_silences_shortened():
    picture = swim_lanes(story(mark(5), mark(200)))["wide"]
    assert "url(#timeline-missing-1060)" in picture
    assert "no metrics of zone b" in picture
    assert "2 h 08 min of silence, shortened" in picture


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_what_was_not_known_yet_is_grey(size):
    picture = swim_lanes(story(mark(5), mark(6, words="late news", known=40), known_at=at(20)))[size]
    assert picture.count('class="moment later"') == 1


def test_an_estimated_minute_is_hollow():
    assert "ev-hollow" in swim_lanes(story(mark(5, is_estimated=True)))["wide"]


def test_what_people_write_is_escaped():
    assert "<b>" not in swim_lanes(story(mark(5, words="<b>&")))["wide"]


def test_a_crowded_lane_becomes_a_rug_and_what_is_starred_keeps_its_words():
    many = [mark(n / 10, words=f"row {n}") for n in range(300)]
    pictures = swim_lanes(story(*many, mark(31, words="kept", is_starred=True)))
    assert "301 in all" in pictures["wide"]
    assert "kept" in pictures["wide"]
    assert "more" in pictures["narrow"]
    assert all(len(picture) < 60_000 for picture in pictures.values())


def test_closer_shows_a_part_and_every_mark_is_in_some_part():
    marks = [mark(n * 4, words=f"row{n}.") for n in range(18)]
    seen = set()
    for part in range(parts_of(8)):
        seen |= set(re.findall(r"row\d+\.", swim_lanes(story(*marks, zoom=8, part=part))["narrow"]))
    assert len(seen) == 18
    assert len(set(re.findall(r"row\d+\.", swim_lanes(story(*marks, zoom=8, part=3))["narrow"]))) < 18


@pytest.mark.parametrize("marks", [[], [mark(5)], [mark(5), mark(5)]])
def test_hardly_anything_is_drawn_as_well(marks):
    for picture in swim_lanes(story(*marks, moments={}, impacts=[], stretches=[])).values():
        assert "NaN" not in picture
        assert "inf" not in picture


moments = st.integers(-100_000, 100_000).map(at)


@given(st.lists(moments, max_size=30), st.sampled_from([1, 2, 4, 8]), st.data())
def test_the_clock_never_goes_back_and_is_its_own_inverse(times, zoom, data):
    clock = Clock(times, 100, 900, zoom=zoom, part=data.draw(st.integers(0, parts_of(zoom) - 1)))
    places = [clock(moment) for moment in sorted(times)]
    assert places == sorted(places)
    if len(set(times)) > 1:
        assert all(abs(clock(clock.when(place)) - place) < 0.1 for place in places)
        assert clock.points[-1][1] - clock.points[0][1] == pytest.approx(800 * zoom, rel=0.001)


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(10, 200)), max_size=25))
def test_words_never_cross_words(marks):
    marks = sorted(marks)
    boxes = [
        (
            place.row,
            x - 11 - length if place.is_left else x + 11,
            x - 11 if place.is_left else x + 11 + length,
        )
        for (x, length), place in zip(marks, places_of(marks, 0, 1000), strict=True)
        if place
    ]
    for index, (row, start, end) in enumerate(boxes):
        assert start >= 0
        assert end <= 1000
        for other, first, last in boxes[index + 1 :]:
            assert row != other or end <= first or last <= start


@pytest.mark.parametrize("size", ["wide", "medium"])
def test_the_last_milestones_never_cross(size):
    """The words of the last one end at the edge, and those before it may stand where they then begin."""
    moments = {"D": at(0), "M": at(3), "R": at(4.5)}
    drawn = swim_lanes(story(mark(1), moments=moments, impacts=[], stretches=[]))[size]
    heads = re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)"[^>]*class="t-strong"[^>]*>([^<]*(?:mitigated|resolved))<', drawn
    )
    (first, row, words), (second, other_row, _) = sorted((float(x), y, words) for x, y, words in heads)
    assert row != other_row or first + span(words, 13) < second
