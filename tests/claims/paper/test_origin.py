"""Where 0.1 comes from, the links that are proved: total variation, cover, convexity."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from claims.deciding import interval_proof as proof
from claims.observing.overruns import EVENT, SHIFT
from claims.paper.origin import convexity, covered, none_negative, total_variation


def distance(x):
    """Between N(0, 1) and N(x, 1): half the integral of the densities' difference."""
    return quad(
        lambda t: abs(norm.pdf(t) - norm.pdf(t, x)) / 2, -9, 9 + x, points=[x / 2], epsabs=1e-13
    )[0]


@pytest.mark.parametrize("slope", [Fraction(1, 2), Fraction(2, 5), Fraction(1, 3)], ids=str)
@pytest.mark.parametrize("most", [0.06, 1.0])
def test_total_variation(slope, most):
    """What is proved is the least of slope - dTV/dx on [0, most], a bound from below of slope -
    TV/x, TV by integration; it is least at 0.
    """
    found = total_variation(Fraction(most), slope)
    least = min(float(slope) - distance(x) / x for x in np.linspace(most / 1000, most, 12))
    assert found.left == {}
    assert found.low <= least + 1e-9
    assert found.high == pytest.approx(least, abs=1e-6)


@pytest.mark.parametrize(
    ("slope", "holds"),
    [(Fraction(1, 2), True), (Fraction(2, 5), True), (Fraction(1, 3), False)],
    ids=str,
)
def test_which_slope_holds(slope, holds):
    """1/2 does; the least that does is 1/sqrt(2 pi), just below 2/5."""
    margin = proof.margin(total_variation(Fraction(6, 100), slope), {})
    assert (margin.certain_failures, margin.possible_failures) == ((0, 0) if holds else (1, 1))


def test_cost_of_the_shift():
    assert distance(SHIFT) <= SHIFT / 2 == 0.03
    assert float(Fraction(6, 100)) == SHIFT


@pytest.mark.parametrize(
    ("cost", "translates", "least"),
    [((3, 100), 4, 0.0075), ((1, 10), 4, -0.02), ((3, 100), 5, -0.032), ((0, 1), 4, 0.015)],
)
def test_covered(cost, translates, least):
    found = covered(Fraction(*cost), translates)
    assert (found.low, found.high) == (pytest.approx(least), pytest.approx(least))


def test_what_is_left():
    """The numbers of the chain: 4 P + 2 * 0.03 >= 1 leaves P above EVENT, and half of that above
    0.1.
    """
    assert (1 - SHIFT) / 4 > EVENT
    assert EVENT / 2 > 0.1


def pair(a, c):
    """relu(a + c) + relu(c - a) - |a|."""
    return np.maximum(a + c, 0) + np.maximum(c - a, 0) - np.abs(a)


def test_convexity_on_random_numbers():
    """At least c, at most 2 max(c, 0), over eight orders of magnitude."""
    generator = np.random.default_rng(0)
    a, c = generator.standard_normal((2, 10**5)) * 10 ** generator.uniform(-4, 4, (2, 10**5))
    rounding = 1e-12 * (np.abs(a) + np.abs(c))
    assert np.all(pair(a, c) >= c - rounding)
    assert np.all(pair(a, c) <= 2 * np.maximum(c, 0) + rounding)


@pytest.mark.parametrize("upper", [0.5, 1.0, 1.9, 2.0, 3.0])
@pytest.mark.parametrize("lower", [-1.0, 0.0, 0.5, 1.0, 1.1, 1.5, 2.5])
def test_extreme_rays_decide(lower, upper):
    """Non-negative on eight rays just where it is on a thousand, whatever the two slopes."""
    angle = np.linspace(0, 2 * math.pi, 1001)
    a, c = np.cos(angle), np.sin(angle)
    everywhere = (
        np.minimum(pair(a, c) - lower * c, upper * np.maximum(c, 0) - pair(a, c)).min() >= -1e-12
    )
    assert (none_negative(convexity(lower, upper), {}).certain_failures == 0) == everywhere


def test_convexity():
    """The slopes of the statement, and no room beside either."""
    assert convexity(1.0, 2.0).least == 0.0
    assert max(convexity(1.01, 2.0).least, convexity(1.0, 1.99).least) < 0
