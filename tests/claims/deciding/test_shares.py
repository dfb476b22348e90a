"""Exact tests of populations: their levels by the binomial law, and under four laws of gaps."""

import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, quantile_test

from claims.deciding.budget import LEVEL, MISS
from claims.deciding.shares import (
    MOST,
    Quantile,
    Share,
    median,
    nearer,
    share_power,
    typical,
)

# Shares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("holding", "regimes"), [(0, 9), (9, 9), (40, 96), (0, 0)])
def test_ends(holding, regimes):
    """Clopper and Pearson's, as scipy has it."""
    low, high = Share(holding, regimes).ends(0.01, 0.01)
    if regimes == 0:
        assert (low, high) == (0.0, 1.0)
        return
    theirs = binomtest(holding, regimes).proportion_ci(0.98, method="exact")
    assert (low, high) == pytest.approx((theirs.low, theirs.high))


@pytest.mark.parametrize("share", [0.5, 0.9])
@pytest.mark.parametrize("regimes", [24, 160])
def test_level_of_a_share(share, regimes):
    """At the bound it falls with probability LEVEL at most, and stands with MISS at most."""
    margins = [Share(k, regimes).at_least(share) for k in range(regimes + 1)]
    chances = binom.pmf(np.arange(regimes + 1), regimes, share)
    fallen = sum(p for p, one in zip(chances, margins, strict=True) if one.certain_failures)
    stands = sum(p for p, one in zip(chances, margins, strict=True) if not one.possible_failures)
    assert fallen <= LEVEL
    assert stands <= MISS


def test_statements_share_the_levels():
    one, five = (Share(70, 100).at_least(0.5, statements) for statements in (1, 5))
    assert five.low[0] < one.low[0] < one.high[0] < five.high[0]


def test_record_of_a_share():
    low, high = Share(3, 4).ends(0.025, 0.025)
    record = Share.of([True, False, True, True]).record()
    assert record == {"value": 0.75, "low": round(low, 6), "high": round(high, 6), "of": 4}


# Quantiles ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.5, MOST])
@pytest.mark.parametrize("missed", [0.1, 1e-3])
@pytest.mark.parametrize("count", [9, 40, 320])
def test_order_statistics(share, missed, count):
    """The ends that scipy's quantile test has."""
    column = np.random.default_rng(count).standard_normal(count)
    low = quantile_test(column, p=share, alternative="greater").confidence_interval(1 - missed).low
    high = quantile_test(column, p=share, alternative="less").confidence_interval(1 - missed).high
    quantile = Quantile(column, share)
    assert quantile.low(missed) == (-math.inf if math.isnan(low) else low)
    assert quantile.high(missed) == (math.inf if math.isnan(high) else high)


def test_at_least():
    """The ends of the quantile itself, less the bound."""
    quantile = Quantile(np.random.default_rng(1).standard_normal(200), MOST)
    margin = quantile.at_least(0.25)
    assert (margin.low[0], margin.high[0]) == pytest.approx(
        (quantile.low(MISS) - 0.25, quantile.high(LEVEL) - 0.25)
    )
    assert quantile.negated.value == pytest.approx(-quantile.value)


def test_no_number_is_beyond_every_bound():
    column = np.full(64, math.nan)
    assert median(column).at_most(1e300).certain_failures == 1
    assert median(column).at_least(-1e300).certain_failures == 1


def test_too_few_decide_nothing():
    for margin in (median(np.ones(5)).at_most(0.0), median(np.ones(5)).at_most(2.0)):
        assert (margin.certain_failures, margin.possible_failures) == (0, 1)


LAWS = {
    "Gaussian": lambda g, n: g.standard_normal(n),
    "t_4": lambda g, n: g.standard_t(4, n),
    "lognormal": lambda g, n: g.lognormal(0.0, 2.0, n),
    "two-point": lambda g, n: np.where(g.random(n) < 0.5, 1.0, -100.0),
}
MEDIANS = {"Gaussian": 0.0, "t_4": 0.0, "lognormal": 1.0, "two-point": -100.0}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("count", [24, 96])
def test_level_under_heavy_tails(law, count, monkeypatch):
    """The statement is true, at its bound: it falls as often as the level says, or less, whatever
    the law; at a level that shows. Binomial at 1e-6.
    """
    monkeypatch.setattr("claims.deciding.shares.LEVEL", 0.02)
    generator, runs = np.random.default_rng(3), 4000
    fallen = [0, 0]
    for _ in range(runs):
        drawn = median(LAWS[law](generator, count))
        truth = MEDIANS[law]
        fallen[0] += drawn.at_most(truth).certain_failures
        fallen[1] += drawn.at_least(truth).certain_failures
    assert max(fallen) <= binom.isf(1e-6, runs, 0.02)


def test_power():
    """A statement false by half a standard deviation falls, true by as much it stands."""
    column = np.random.default_rng(4).standard_normal(320)
    assert median(column).at_most(-0.6).certain_failures == 1
    assert median(column).at_most(0.6).possible_failures == 0


def test_typical():
    gaps = np.array([-3.0, 1.0, 2.0] * 40)
    assert typical(gaps).value == pytest.approx(np.quantile(np.abs(gaps), MOST))


def test_nearer():
    """Where the two hardly differ, nothing is counted."""
    first, second = np.array([0.1, -0.3, 0.2, 0.0]), np.array([0.2, 0.1, 0.2, 0.05])
    assert nearer(first, second) == Share(2, 3)
    assert nearer(first, second, 0.07) == Share(1, 2)


# Power of shares ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "share"), [(181, 0.85), (181, 0.75), (40, 0.85)])
def test_power_of_a_share(count, share):
    """A true share lower by that much is falsified with probability 0.99, by the very interval that
    decides; one a little higher is not.
    """
    short = share_power(count, share)
    falsified = [k for k in range(count + 1) if Share(k, count).at_least(share).certain_failures]
    assert binom.cdf(max(falsified), count, share - short) == pytest.approx(0.99)
    assert binom.cdf(max(falsified), count, share - short + 0.001) < 0.99


def test_too_few_to_tell_a_share():
    assert share_power(3, 0.85) == 1.0
