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
from insights.cells import cells
from insights.cohort import Scope
from insights.definitions import BY_KEY
from insights.survival import STEPS, Z, curve, drawn_line

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
    @settings(max_examples=60)
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
    @settings(max_examples=60)
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


@pytest.mark.parametrize(("seed", "share_running"), [(1, 0), (2, 0.01), (3, 0.3), (4, 0.9)])
def test_of_thousands_it_is_told_by_bins_as_it_stands_at_their_ends(db, seed, share_running):
    """Every length has its own step in lifelines; what we tell must lie on them, and the medians be theirs."""
    source = np.random.default_rng(seed)
    seconds = source.lognormal(8, 1.3, STEPS + 700).round().astype(int)
    over = source.random(seconds.size) >= share_running
    scope = store(list(zip(seconds.tolist(), over.tolist(), strict=True)))
    Incident.objects.filter(number__lt=700_005).update(impact_started_at=None)
    seconds, over = seconds[5:], over[5:]
    drawn = curve(scope, METRIC)
    fitted = KaplanMeierFitter().fit(seconds, over)
    expected = fitted.survival_function_["KM_estimate"]
    assert len(drawn.steps) < np.unique(seconds).size
    assert (drawn.count, drawn.running, drawn.of) == (seconds.size, (~over).sum(), seconds.size + 5)
    assert (drawn.median, drawn.p90, drawn.longest) == (
        first_at(expected, 0.5),
        first_at(expected, 0.1),
        seconds.max(),
    )
    at = [step.at for step in drawn.steps]
    assert set(at) <= set(seconds.tolist())
    assert [step.share for step in drawn.steps] == pytest.approx(expected.loc[at].tolist(), abs=1e-9)
    ended = fitted.event_table["observed"]
    left = fitted.event_table["at_risk"]
    greenwood = (ended / (left * (left - ended))).replace(np.inf, 0).cumsum()
    told = [s for s in drawn.steps if 0 < s.share < 1]
    assert told
    for step in told:
        margin = Z * np.sqrt(greenwood[step.at]) / abs(np.log(expected[step.at]))
        assert step.low == pytest.approx(expected[step.at] ** np.exp(margin), abs=1e-9)


def test_of_nothing_there_is_no_curve(db):
    drawn = curve(store([]), METRIC)
    assert (drawn.steps, drawn.median, drawn.longest, drawn.of) == ([], None, None, 0)


def test_what_ran_on_after_the_period_is_censored_at_its_end(past):
    until = timezone.now() - timedelta(days=10)
    for hours in (1, 2, 3):
        past(at=until - timedelta(hours=hours), resolved=30)
    past(at=until - timedelta(hours=1), resolved=60 * 24 * 5)
    cell = cells(Scope(Incident.objects.all(), until=until), [METRIC])[""]["time_to_resolve"]
    assert cell.count == 4
    assert (cell.km_median, cell.km_p90, cell.longest) == (1800, None, 3600)


def test_nothing_is_said_of_what_nobody_has_seen_yet(db):
    """Three ran for up to ten minutes and one runs still: how many run after an hour is not known."""
    drawn = curve(store([(300, True), (600, True), (600, False)]), METRIC)
    assert [drawn.share_at(seconds) for seconds in (60, 300, 600, 3600)] == [
        1, pytest.approx(2 / 3), pytest.approx(1 / 3), None
    ]  # fmt: skip


def test_of_what_is_all_over_none_runs_later(db):
    assert curve(store([(300, True), (600, True)]), METRIC).share_at(3600) == 0


def test_a_median_of_fewer_than_five_is_not_drawn(db):
    few = store([(60 * n, True) for n in range(1, 5)])
    assert drawn_line("previous", "before", curve(few, METRIC)).median is None
