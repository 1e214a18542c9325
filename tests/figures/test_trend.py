"""Can a chart over time be read where there is very little to show?"""

import re

from figures.trend import Month, trend


def drawn(*months: Month) -> str:
    return trend("trend", "By month", [Month("Jan", "Jan: none", 0), *months], None, [], 560)


def test_one_incident_alone_has_a_scale():
    svg = drawn(Month("Feb", "Feb: 41 min", 1, few=[41 * 60.0]))
    assert "log scale" not in svg
    assert re.findall(r">(\d+ min)<", svg) == ["10 min", "20 min", "30 min", "40 min"]


def test_single_values_that_are_alike_stand_on_a_scale_from_zero():
    svg = drawn(*(Month(f"M{n}", f"{n} h", 1, few=[n * 3600.0]) for n in (1, 2, 3)))
    assert "log scale" not in svg
    assert ">0<" in svg


def test_p90_is_named_only_where_its_line_is():
    month = Month("Feb", "Feb", 9, median=600.0, p90=1800.0)
    assert ">p90<" not in drawn(month)
    assert ">p90<" in drawn(month, Month("Mar", "Mar", 9, median=600.0, p90=1700.0))
