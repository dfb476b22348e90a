"""Numbers of a population for people: the bootstrap against a case solved by hand.

The standard error of a mean is known exactly given the column, std/sqrt(n), so the bootstrap's
distance from it is only that of 400 resamples: one part in sqrt(800) for the error, 0.13 standard
errors for an end of the interval. Tolerances are 5.5 times as wide, so that no seed needs picking.
"""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm, rankdata

from claims.core.margin import Margin
from claims.deciding.budget import LEVEL, MISS, PART_LEVEL
from claims.deciding.estimates import (
    LEAST,
    Estimate,
    each,
    estimate,
    rank_correlation,
    reach,
    root_mean_square,
    slopes,
    smallest_detectable,
    spread,
)


def mean(column):
    return float(column.mean())


# The bootstrap ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "deviation"), [(30, 1.0), (300, 5.0), (300, 1e-3)])
def test_mean_of_normals(n, deviation):
    column = np.random.default_rng(0).normal(2.0, deviation, n)
    estimated, error = estimate(mean, column), column.std() / math.sqrt(n)
    assert estimated.value == column.mean()
    assert estimated.error == pytest.approx(error, rel=5.5 / math.sqrt(800))
    assert [
        (estimated.low - estimated.value) / error,
        (estimated.high - estimated.value) / error,
    ] == pytest.approx([-1.96, 1.96], abs=5.5 * 0.134)


def test_coverage():
    """The interval of 95% misses the truth in at most 9% of populations (the bootstrap's own falls
    a little short of 95% at n = 40).
    """
    columns = np.random.default_rng(1).standard_normal((120, 40))
    missed = sum(
        not estimated.low <= 0 <= estimated.high
        for estimated in (estimate(mean, column) for column in columns)
    )
    assert missed <= binom.isf(1e-7, 120, 0.09)


def test_regimes_are_resampled_whole():
    """Columns are paired: what they have in common cancels, in the error too."""
    first, noise = np.random.default_rng(2).standard_normal((2, 50))
    assert estimate(lambda a, b: mean(a - b), first, first - 3.0).error == pytest.approx(
        0.0, abs=1e-12
    )
    gap = estimate(lambda a, b: mean(a - b), first + 0.01 * noise, first)
    assert gap.error == pytest.approx(0.01 * noise.std() / math.sqrt(50), rel=0.2)


def test_tables_are_columns_too():
    """(regimes, k) is resampled by row, as k columns are."""
    table = np.random.default_rng(3).standard_normal((40, 2))
    together = estimate(lambda rows: mean(rows[:, 0] * rows[:, 1]), table)
    assert together == estimate(lambda a, b: mean(a * b), table[:, 0], table[:, 1])


def test_deterministic():
    """Whatever ran before and whatever the global generator holds."""
    column = np.random.default_rng(4).standard_normal(20)
    first = estimate(mean, column)
    np.random.seed(7)  # noqa: NPY002  # global state is what must not matter
    estimate(mean, column[:10])
    assert estimate(mean, column) == first


def test_constant_statistic_has_no_error():
    assert estimate(lambda column: 1.5, np.arange(9)) == Estimate(1.5, 0.0, 1.5, 1.5, 9)


@pytest.mark.parametrize(
    "shapes", [[(10,), (11,)], [(9, 2), (10, 2)], [(10,), (10,), (0,)]], ids=str
)
def test_refused(shapes):
    """Says how many regimes each column has."""
    with pytest.raises(ValueError, match=rf"\[{', '.join(str(shape[0]) for shape in shapes)}\]"):
        estimate(lambda *_: 0.0, *map(np.zeros, shapes))


@pytest.mark.parametrize("n", [0, 1, LEAST - 1])
def test_too_few_estimate_nothing(n):
    """The statistic, which may not bear so few, is not asked."""
    few = estimate(lambda column: 1 / 0, np.zeros(n))
    assert (few.count, few.low, few.high) == (n, -math.inf, math.inf)
    assert math.isnan(few.value)


def test_negative():
    assert -Estimate(1.0, 0.25, 0.5, 2.0, 30) == Estimate(-1.0, 0.25, -2.0, -0.5, 30)


def test_record():
    assert Estimate(1 / 3, 0.1, 0.1234567, 0.5, 30).record() == {
        "value": 0.333333,
        "low": 0.123457,
        "high": 0.5,
    }


# Student's interval -------------------------------------------------------------------------------


def tail(x, freedom):
    """P(T > x), from Student's density."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(
        freedom * math.pi
    )
    return quad(
        lambda t: scale * (1 + t**2 / freedom) ** (-(freedom + 1) / 2),
        x,
        math.inf,
        epsabs=0,
        epsrel=1e-8,
    )[0]


@pytest.mark.parametrize("level", [LEVEL, PART_LEVEL, 1e-4])
@pytest.mark.parametrize("count", [LEAST, 24, 320])
def test_spread(count, level):
    """The one-sided tail beyond it, with one degree of freedom less than there are numbers."""
    assert tail(spread(count, level), count - 1) == pytest.approx(level, rel=1e-5)


def test_spread_of_many_is_the_normal_law_s():
    assert spread(10**6, LEVEL) == pytest.approx(norm.isf(LEVEL), rel=1e-4)
    assert norm.sf(-reach()) == pytest.approx(0.99)


def test_smallest_detectable():
    """Of Gaussian errors: what lies so far beyond the bound is refuted with probability 0.99."""
    bound, error = 1.0, 0.1
    low, high = norm.isf(MISS) * error, norm.isf(LEVEL) * error
    margin = Margin.between([bound - 0.5 - low], [bound - 0.5 + high])
    beyond = smallest_detectable(margin)
    assert norm.sf(high, beyond, error) == pytest.approx(0.99)
    assert smallest_detectable(Margin.between([-math.inf], [1.0])) == 0.0


@pytest.mark.parametrize("count", [6, 12])
def test_false_alarms(count):
    """A true statement about the mean of normals, at its bound: as often as the level says,
    whatever few numbers there are. Binomial at 1e-7.
    """
    drawn = np.random.default_rng(11).standard_normal((10**5, count))
    beyond_bound = drawn.mean(1) > spread(count, 1e-3) * drawn.std(1, ddof=1) / math.sqrt(count)
    assert binom.ppf(1e-7, 10**5, 1e-3) <= beyond_bound.sum() <= binom.isf(1e-7, 10**5, 1e-3)


# Statistics ---------------------------------------------------------------------------------------


def test_rank_correlation():
    """Pearson's of the ranks, ties at their mean rank."""
    first, second = np.random.default_rng(6).integers(0, 9, (2, 60)).astype(float)
    assert rank_correlation(first, second) == pytest.approx(
        np.corrcoef(rankdata(first), rankdata(second))[0, 1]
    )
    assert rank_correlation(first, np.exp(first)) == pytest.approx(1.0)
    assert rank_correlation(first, -(first**3)) == pytest.approx(-1.0)


@pytest.mark.parametrize("constant", [0.0, 3.0, -1e300])
def test_rank_correlation_with_a_constant(constant):
    """Nothing is ordered; and resamples of few regimes are constant now and then, without a
    warning.
    """
    column = np.arange(9.0)
    assert (
        rank_correlation(np.full(9, constant), column)
        == rank_correlation(column, np.full(9, constant))
        == 0.0
    )
    assert estimate(rank_correlation, [*[0.0] * 8, 1.0], column).low == 0.0


def test_slopes():
    """The coefficients of a plane, its constant left out."""
    design = np.random.default_rng(8).standard_normal((30, 3))
    assert slopes(design @ [2.0, -1.0, 0.5] + 7.0, design) == pytest.approx([2.0, -1.0, 0.5])


def test_slopes_are_least_squares():
    """One column: covariance over variance. And what is left is orthogonal to every column."""
    design, response = (
        np.random.default_rng(9).standard_normal((25, 2)),
        np.random.default_rng(10).standard_normal(25),
    )
    x = design[:, 0]
    assert slopes(response, design[:, :1]) == pytest.approx(
        [np.cov(x, response)[0, 1] / x.var(ddof=1)]
    )
    left = response - design @ slopes(response, design)
    assert (left - left.mean()) @ design == pytest.approx([0.0, 0.0], abs=1e-12)


def test_root_mean_square():
    assert root_mean_square(np.array([3.0, -4.0])) == pytest.approx(math.sqrt(12.5))


def test_each():
    column = each(["a", "bcd"], len)
    assert column.tolist() == [1.0, 3.0]
    assert column.dtype == np.float64
