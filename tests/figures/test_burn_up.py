"""Does the burn-up show what was promised for the whole quarter, and what is done only up to now?"""

from figures.burn_up import Week, burn_up
from figures.draw import NARROW

WEEKS = [
    Week("1 Oct", 4, 0, 0),
    Week("8 Oct", 4, 2, 1),
    Week("15 Oct", 6, 2, 1),
    Week("22 Oct", 6, None, None),
    Week("29 Oct", 6, None, None),
]


def _steps(svg: str, class_: str) -> int:
    """How many weeks the line of this class goes on."""
    path = svg.split(f'class="{class_}"')[0].rsplit(' d="', 1)[1]
    return path.count("H")


def test_lines_end_where_nothing_is_known_yet():
    svg = burn_up("Q4", WEEKS, 2.4, 1060)
    assert _steps(svg, "p90-line") == 4
    assert _steps(svg, "this-line") == _steps(svg, "ink") == 2
    assert [word for word in ("Promised", "Done", "Verified", "Today") if f">{word}<" in svg] == [
        "Promised",
        "Done",
        "Verified",
        "Today",
    ]


def test_a_quarter_that_has_not_begun():
    svg = burn_up("Q1", [Week(label, 3, None, None) for label in ("1 Jan", "8 Jan")], None, NARROW)
    assert "Today" not in svg
    assert "this-line" not in svg


def test_nothing_promised():
    assert "burn-up" in burn_up("Q1", [Week("1 Jan", 0, 0, 0), Week("8 Jan", 0, 0, 0)], None, 520)
