"""Is a day a column, as tall as it was bad, and the picture small?"""

import re

from figures.ninety_days import ninety_days


def test_no_trouble_is_one_line():
    svg = ninety_days(["operational"] * 90, "All well")
    assert svg.count("<path") == 1
    assert len(svg) < 400
    assert 'aria-label="All well"' in svg


def test_each_state_has_its_height():
    svg = ninety_days(["operational", "degraded", "partial_outage", "major_outage"], "x")
    tall = {state: path for path, state in re.findall(r'd="([^"]+)" class="d-([a-z_]+)"', svg)}
    assert "v14" in tall["degraded"]
    assert "v20" in tall["partial_outage"]
    assert tall["major_outage"] == "M30 0h8v28h-8z"


def test_days_without_data_are_flat():
    svg = ninety_days([None, None, "operational"], "x")
    assert "M0 27.5H18" in svg
    assert "M20 24H28" in svg


def test_the_label_is_escaped():
    assert "&lt;script&gt;" in ninety_days(["operational"], "<script>")
