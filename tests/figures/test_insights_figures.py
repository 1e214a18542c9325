"""Do the figures of Insights show what there is, within their frame, with nothing unescaped?"""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from figures.control_chart import Limits, Measured, control_chart, limits, signals
from figures.dots import Period, Point, dots
from figures.draw import LARGE, MEDIUM, NARROW, WIDE, spoken
from figures.load_map import STEP_WORDS, busiest, load_map
from figures.phases import Bar, phases
from figures.survival import Line, Stair, survival

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
WIDTHS = [WIDE, LARGE, MEDIUM, NARROW]


def within(picture: str, width: int) -> bool:
    places = [float(x) for x in re.findall(r'\b(?:x|cx)="(-?[\d.]+)"', picture)]
    return all(-0.1 <= x <= width + 0.1 for x in places) and "nan" not in picture and "style=" not in picture


def a_point(n: int, **more) -> Point:
    return Point(BEGAN + timedelta(days=n), 60.0 * (n + 1), f"INC-{n} <b>", f"/incidents/INC-{n}/", **more)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_dot_leads_to_its_incident(width):
    points = [a_point(n) for n in range(20)] + [a_point(21, is_open=True)]
    periods = [Period(BEGAN, BEGAN + timedelta(days=30), 600.0, 1100.0)]
    picture = dots("Dots", points, periods, width)
    assert picture.count('href="/incidents/INC-') == 21
    assert picture.count('class="dot-open"') == 1
    assert "<b>" not in picture
    assert within(picture, width)
    assert 'role="group"' in picture


def test_very_many_are_bars():
    picture = dots(
        "Bars", [a_point(1, low=60, high=900)], [Period(BEGAN, BEGAN + timedelta(days=3), None)], WIDE
    )
    assert picture.count('class="dot-range"') == 1
    assert "median" not in picture


@pytest.mark.parametrize("width", WIDTHS)
def test_curves_fall_and_tell_both_periods(width):
    stairs = [
        Stair(60 * 2**n, 1 - n / 10, max(1 - n / 10 - 0.1, 0), min(1 - n / 10 + 0.1, 1), 10 - n)
        for n in range(1, 10)
    ]
    lines = [
        Line("previous", "before", stairs, 960.0, 10, 0),
        Line("this", "now", [*stairs, Stair(1e6, 0.1, 0, 0.3, 1, 1)], 960.0, 10, 1),
    ]
    picture = survival("Curves", lines, "No clear change.", width)
    assert picture.count('class="this-band"') == picture.count('class="previous-band"') == 1
    assert picture.lower().count("half by 16 min") == 2
    assert within(picture, width)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("censored", [0, 1])
def test_a_curve_of_thousands_has_a_stair_wherever_there_is_room_for_one(width, censored):
    """Neither a stair for each of them, nor one for all that lie close together."""
    stairs = [Stair(60 * 1.005**n, 1 - n / 1500, 0, 1, 1500 - n, censored) for n in range(1500)]
    picture = survival("Curve", [Line("this", "now", stairs, 960.0, 1500, 0)], "", width)
    path = re.search(r'd="([^"]+)" class="this-line"', picture)[1]
    places = [float(x) for x in re.findall(r"H([\d.]+)", path)]
    assert places == sorted(places)
    assert (width - 220) / 4 <= len(places) <= width / 2
    assert max(b - a for a, b in pairwise(places)) <= 4
    assert picture.count('class="this-line"') - 1 <= (len(places) if censored else 0)


def test_a_curve_without_a_median_and_one_of_no_length_are_drawn():
    without = survival("x", [Line("this", "now", [Stair(50, 0.9, 0.5, 1, 9, 1)], None, 9, 9)], "", WIDE)
    assert "No median yet" in without
    assert without.count('class="this-line"') == 2, "the curve, and a tick for the one at its left end"
    assert "<svg" in survival("x", [Line("this", "now", [Stair(0, 0.0, 0, 0, 1)], 0.0, 1, 0)], "", WIDE)


def test_limits_are_those_of_an_xmr_chart_on_logarithms():
    found = limits([100.0, 200.0] * 10)
    assert found.centre == pytest.approx((100 * 200) ** 0.5)
    assert found.upper == pytest.approx(found.centre * 2**2.66)
    assert found.lower == pytest.approx(found.centre / 2**2.66)
    assert limits([1.0] * 19) is None


def test_signals_are_points_outside_and_eight_on_a_side():
    around = Limits(10, 100, 1000)
    assert signals([2000, 5, 100], around) == {0: "is above the upper limit", 1: "is below the lower limit"}
    assert signals([200] * 9, around) == {7: "ends 8 in a row above the centre"}
    assert signals([200] * 7 + [50] + [200] * 7, around) == {}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("count", [1, 19, 80])
def test_control_chart(width, count):
    points = [Measured(BEGAN, 60.0 * (1 + n % 7), "<i>", "/incidents/INC-1/") for n in range(count)]
    picture = control_chart("Chart", points, width)
    assert picture.count('class="limit"') == (2 if count >= 20 else 0)
    assert "<i>" not in picture
    assert within(picture, width)


@pytest.mark.parametrize("width", WIDTHS)
def test_phases(width):
    names = {"detect": "noticing", "declare": "declaring", "mitigate": "stopping", "verify": "verifying"}
    bars = [
        Bar("INC-1 " + "long " * 40, "/incidents/INC-1/", [60, 0, 600, 100000]),
        Bar("INC-2", "/x/", [6, 6, 6, 6]),
    ]
    picture = phases("Phases", names, [66, 6, 606, 100006], bars, width)
    assert picture.count("<a ") == 2
    assert "noticing: 1 min, 0%" in picture
    assert within(picture, width)
    assert "<svg" in phases("Phases", names, [0, 0, 0, 0], [], width)


@pytest.mark.parametrize("width", WIDTHS)
def test_load_map(width):
    hours = [[0] * 24 for _ in range(7)]
    hours[1][14] = 9
    picture = load_map("Load", hours, 10, width)
    assert "9 of 10 weeks" in picture
    assert picture.count('class="h4"') == 2  # the cell and its step in the key
    assert all(words in picture for words in STEP_WORDS)
    assert within(picture, width)
    assert busiest(hours) == "Tu 14–15"
    assert busiest([[0] * 24] * 7) == ""
    hours[2][9] = 9
    assert busiest(hours) == "Tu 14–15 and We 09–10"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (4200, "1 h 10 min"),
        (172800, "2 d"),
        (183600, "2 d 3 h"),
    ],
)
def test_lengths_in_words(seconds, words):
    assert spoken(seconds) == words
