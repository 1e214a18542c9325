"""Do the medians with open incidents agree with two libraries that know nothing of our SQL?"""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from lifelines import KaplanMeierFitter
from scipy import stats

from incidents.models import Incident, Severity, Status
from insights.cohort import Scope
from insights.definitions import BY_KEY
from insights.measuring import cells
from insights.survival import curve

METRIC = BY_KEY["time_to_resolve"]
NOW = timezone.now().replace(microsecond=0)
observations = st.lists(
    st.tuples(st.integers(0, 60) | st.integers(0, 10_000_000), st.booleans()), min_size=1, max_size=60
)


def store(lasted) -> Scope:
    severity = Severity.objects.get(rank=3)
    Incident.objects.bulk_create(
        Incident(
            number=700_000 + n, title="x", severity=severity, declared_at=NOW,
            impact_started_at=NOW - timedelta(seconds=seconds),
            status=Status.RESOLVED if is_over else Status.FIXING, resolved_at=NOW if is_over else None,
        )
        for n, (seconds, is_over) in enumerate(lasted)
    )  # fmt: skip
    return Scope(Incident.objects.all(), now=NOW)


def first_at(curve, share: float) -> float | None:
    """What is `share` but for rounding counts as `share`."""
    reached = curve[curve <= share + 1e-9]
    return None if reached.empty else float(reached.index[0])


class TestAgainstLibraries(TestCase):
    @given(observations)
    @settings(max_examples=60, deadline=None)
    def test_median_and_p90_are_lifelines(self, lasted):
        cell = cells(store(lasted), [METRIC])[""]["time_to_resolve"]
        seconds, over = zip(*lasted, strict=True)
        expected = KaplanMeierFitter().fit(seconds, over).survival_function_["KM_estimate"]
        assert cell.km_median == first_at(expected, 0.5)
        assert cell.km_p90 == first_at(expected, 0.1)
        assert (cell.count, cell.known, cell.of) == (sum(over), len(over), len(over))
        complete = [s for s, is_over in lasted if is_over]
        if complete:
            assert cell.median == pytest.approx(np.quantile(complete, 0.5))
            assert cell.p90 == pytest.approx(np.quantile(complete, 0.9))
            assert cell.mean == pytest.approx(np.mean(complete))
        else:
            assert (cell.mean, cell.median, cell.p90) == (None, None, None)

    @given(observations)
    @settings(max_examples=60, deadline=None)
    def test_the_curve_and_its_band_are_those_of_scipy(self, lasted):
        drawn = curve(store(lasted), METRIC)
        over = [s for s, is_over in lasted if is_over]
        running = [s for s, is_over in lasted if not is_over]
        sample = stats.CensoredData(uncensored=over, right=running)
        expected = stats.ecdf(sample).sf
        assert [step.at for step in drawn.steps] == sorted({s for s, _ in lasted})
        assert [step.share for step in drawn.steps] == pytest.approx(
            expected.evaluate(sorted({s for s, _ in lasted}))
        )
        with np.errstate(all="ignore"):
            interval = expected.confidence_interval(method="log-log")
            low = interval.low.evaluate([step.at for step in drawn.steps])
            high = interval.high.evaluate([step.at for step in drawn.steps])
        for step, lowest, highest in zip(drawn.steps, low, high, strict=True):
            if 0 < step.share < 1:
                assert (step.low, step.high) == pytest.approx((lowest, highest), abs=1e-6)


def test_what_ran_on_after_the_period_is_censored_at_its_end(past):
    until = timezone.now() - timedelta(days=10)
    for hours in (1, 2, 3):
        past(at=until - timedelta(hours=hours), resolved=30)
    past(at=until - timedelta(hours=1), resolved=60 * 24 * 5)
    cell = cells(Scope(Incident.objects.all(), until=until), [METRIC])[""]["time_to_resolve"]
    assert cell.count == 4
    assert (cell.km_median, cell.km_p90, cell.longest) == (1800, None, 3600)
