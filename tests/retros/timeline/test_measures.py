"""Are the times between milestones and the impact computed as metrics.md says?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retros.measures import Interval, measures, recovery, union, user_minutes

T = datetime(2025, 11, 17, 13, tzinfo=UTC)


def at(minutes):
    return T + timedelta(minutes=minutes)


def values(**letters):
    return {m.name.split()[0]: m for m in measures({k: at(v) for k, v in letters.items()})}


def test_every_formula():
    got = {
        m.formula: m.value and m.value.total_seconds() / 60
        for m in measures(
            {
                k: at(v)
                for k, v in {"I": -7, "S": 0, "D": 2, "C": 4, "A": 5, "M": 50, "E": 52, "R": 72}.items()
            }
        )
    }
    assert got == {"D − S": 2, "S − I": 7, "C − D": 2, "A − D": 3, "M − S": 50, "E − D": 50, "R − S": 72}


def test_a_missing_time_leaves_its_metrics_empty_and_says_so():
    got = values(S=0, R=72)
    assert got["MTTR"].value == timedelta(minutes=72)
    assert (got["TTO"].value, got["TTO"].missing) == (None, "detected not known")


def test_repair_takes_mitigation_where_the_end_of_impact_is_not_known():
    assert next(m for m in measures({"D": at(0), "M": at(9)}) if "repair" in m.name).formula == "M − D"


def test_a_retroactive_declaration_leaves_its_cohort():
    declared = next(m for m in measures({"D": at(0), "C": at(60), "M": at(9)}) if "declare" in m.name)
    assert declared.value is None
    assert "after it was mitigated" in declared.note


def test_recovery_only_where_a_deployment_is_linked():
    assert recovery({"M": at(50), "R": at(72)}, None) == []
    (one,) = recovery({"M": at(50), "R": at(72)}, at(-7))
    assert (one.formula, one.value) == ("M − deployed", timedelta(minutes=57))
    assert recovery({"R": at(72)}, at(0))[0].formula == "R − deployed"


def interval(began, ended, service="a", **more):
    return Interval(service, "major_outage", at(began), at(ended), **more)


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([], 0),
        ([(0, 10)], 10),
        ([(0, 10), (5, 20)], 20),
        ([(0, 10), (20, 30)], 20),
        ([(0, 60), (10, 20)], 60),
    ],
)
def test_minutes_several_share_count_once(spans, minutes):
    assert union(interval(a, b) for a, b in spans) == timedelta(minutes=minutes)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)).map(sorted), max_size=12))
def test_the_union_is_what_counting_minutes_gives(spans):
    counted = len({minute for a, b in spans for minute in range(a, b)})
    assert union(interval(a, b) for a, b in spans) == timedelta(minutes=counted)


def test_user_minutes_and_what_is_not_stated():
    stated = [
        interval(0, 10, users=1000, share=5.0),
        interval(20, 30, users=1000, share=5.0),
        interval(0, 9, "b"),
    ]
    assert user_minutes(stated) == (1000.0, ["b"])
    assert user_minutes([interval(0, 9, "b")]) == (None, ["b"])
