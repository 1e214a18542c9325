"""Is an arrow shown only where the difference would survive another draw?"""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from insights.comparing import SEED, _pieces, compare, difference
from insights.survival import Curve, Step


def curve(lengths, running=()) -> Curve:
    """What the database would give, counted here."""
    ended, left = Counter(lengths), Counter([*lengths, *running])
    steps, share, at_risk = [], 1.0, sum(left.values())
    for at in sorted(left):
        share *= 1 - ended[at] / at_risk
        steps.append(Step(at, share, 0, 1, at_risk, ended[at], left[at]))
        at_risk -= left[at]
    return Curve(steps, float(np.median(lengths)), None, max(left), sum(left.values()))


def test_the_interval_is_the_one_of_scipy():
    source = np.random.default_rng(7)
    was, now = source.lognormal(8, 1, 81).round(), source.lognormal(7.5, 1, 61).round()
    expected = stats.bootstrap(
        (was, now), lambda a, b, axis: np.median(b, axis=axis) - np.median(a, axis=axis),
        n_resamples=9999, method="percentile", rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    low, high = difference(curve(was), curve(now))
    width = expected.high - expected.low
    assert low == pytest.approx(expected.low, abs=0.08 * width)
    assert high == pytest.approx(expected.high, abs=0.08 * width)


@settings(max_examples=30)
@given(size=st.integers(20, 4000), share_running=st.floats(0, 0.3), seed=st.integers(0, 2**32 - 1))
def test_steps_put_together_tell_the_same_curve(size, share_running, seed):
    source = np.random.default_rng(seed)
    lengths = source.lognormal(8, 1, size).round()
    is_running = source.random(size) < share_running
    one = curve(lengths[~is_running], lengths[is_running])
    at, ended, censored = _pieces(one)
    known = {step.at: step.share for step in one.steps}
    at_risk = size - np.cumsum(ended + censored) + ended + censored
    told = np.cumprod(1 - ended / at_risk)
    below = [known[moment] < 0.5 - 1e-9 for moment in at]
    exact = slice(0, below.index(True) + 1 if True in below else None)
    assert told[exact] == pytest.approx([known[moment] for moment in at[exact]], abs=1e-9)
    assert (ended.sum(), censored.sum()) == ((~is_running).sum(), is_running.sum())
    medians = [moment for moment, share in known.items() if share <= 0.5 + 1e-9]
    assert not medians or medians[0] in at


def test_of_thousands_only_those_around_the_median_are_drawn():
    source = np.random.default_rng(5)
    was, now = source.lognormal(8, 1, 6000).round(), source.lognormal(7.95, 1, 5000).round()
    assert _pieces(curve(was))[0].size < 0.3 * np.unique(was).size
    expected = stats.bootstrap(
        (was, now), lambda a, b, axis: np.median(b, axis=axis) - np.median(a, axis=axis),
        n_resamples=1999, method="percentile", batch=100, rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    low, high = difference(curve(was), curve(now))
    width = expected.high - expected.low
    assert low == pytest.approx(expected.low, abs=0.1 * width)
    assert high == pytest.approx(expected.high, abs=0.1 * width)


def test_the_same_incidents_give_the_same_interval():
    was, now = curve(range(100, 160)), curve(range(50, 110))
    assert difference(was, now) == difference(was, now)
    assert SEED == 20250612


def test_a_real_gain_is_faster_and_its_opposite_slower():
    slow, fast = curve(range(300, 360)), curve(range(100, 160))
    assert compare(fast, slow).verdict == "faster"
    assert compare(slow, fast).verdict == "slower"


def test_noise_is_no_change():
    source = np.random.default_rng(3)
    was, now = (curve(source.lognormal(8, 1, 60).round()) for _ in range(2))
    change = compare(now, was)
    assert change.verdict == "same"
    assert change.low < 0 < change.high


def test_too_few_or_too_many_running_are_no_verdict():
    assert "fewer than 20" in compare(curve(range(100, 119)), curve(range(100, 160))).why
    still = curve(range(100, 120), running=range(90, 200))
    assert compare(still, curve(range(100, 160))).verdict == ""
    assert "still run" in compare(still, curve(range(100, 160))).why
    assert compare(curve(range(100, 160)), None).verdict == ""
