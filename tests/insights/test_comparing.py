"""Is an arrow shown only where the difference would survive another draw?"""

import numpy as np
import pytest
from scipy import stats

from insights.comparing import SEED, compare, difference
from insights.survival import Curve, Step


def curve(lengths, running=()) -> Curve:
    """What the database would give, counted here."""
    everything = sorted([*lengths, *running])
    steps = []
    for at in sorted(set(everything)):
        over, leaving = list(lengths).count(at), everything.count(at)
        steps.append(Step(at, 0.5, 0, 1, sum(length >= at for length in everything), over, leaving))
    return Curve(steps, float(np.median(lengths)), None, max(everything))


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
