"""Exact tails, certain to their last digits, against another library and known laws."""

import math

import numpy as np
import pytest
from flint import arb
from scipy import integrate, special, stats

from claims.observing import exact_tails as tails


def close(ball, value, rel=1e-12):
    """A ball that is finite, narrow and where it should be."""
    assert float(ball.rad()) <= rel * abs(value)
    assert float(ball.mid()) == pytest.approx(value, rel=rel)


@pytest.mark.parametrize("D", [1, 2, 7, 100])
@pytest.mark.parametrize("times", [0.5, 1.0, 2.0])
def test_chi_square(D, times):
    close(tails.chi_square_above(arb(times * D), D), stats.chi2.sf(times * D, D), 1e-9)
    close(tails.chi_square_below(arb(times * D), D), stats.chi2.cdf(times * D, D), 1e-9)


@pytest.mark.parametrize("z", [0.0, 1.0, 6.0, 30.0])
def test_normal(z):
    close(tails.normal_above(arb(z)), stats.norm.sf(z))


@pytest.mark.parametrize("bound", [0.1, 3.0, 20.0, 300.0])
def test_two_dimensions(bound):
    """There <a, b> is Laplace: P(|<a, b>| > x) = e^-x."""
    close(tails.inner_product_outside(arb(bound), 2), math.exp(-bound))


@pytest.mark.parametrize("D", [4, 6, 20])
@pytest.mark.parametrize("spread", [0.5, 1.0, 4.0])
def test_inner_product(D, spread):
    """Its density is a Bessel function: |x|^((D-1)/2) K_((D-1)/2)(|x|), up to a constant."""
    order, level = (D - 1) / 2, spread * math.sqrt(D)
    scale = math.sqrt(math.pi) * 2**order * special.gamma(D / 2)
    tail, _ = integrate.quad(
        lambda x: x**order * special.kv(order, x), level, np.inf, epsabs=0, epsrel=1e-10
    )
    close(tails.inner_product_outside(arb(level), D), 2 * tail / scale, 1e-8)


def test_inner_product_by_simulation():
    rng = np.random.default_rng(0)
    products = (rng.standard_normal((200_000, 4)) * rng.standard_normal((200_000, 4))).sum(1)
    p = float(tails.inner_product_outside(arb(2), 4))
    assert np.mean(np.abs(products) > 2) == pytest.approx(p, abs=6 * math.sqrt(p / 200_000))


def test_odd_dimensions_are_refused():
    with pytest.raises(ValueError, match="D = 3: must be even"):
        tails.inner_product_outside(arb(1), 3)


@pytest.mark.parametrize(
    ("count", "trials", "chance"), [(3, 10, 0.25), (0, 5, 0.5), (400, 1000, 0.5)]
)
def test_binomial(count, trials, chance):
    found = tails.binomial_below(count, trials, arb(chance))
    close(found, stats.binom.cdf(count - 1, trials, chance), 1e-9) if count else close(found, 0.0)


@pytest.mark.parametrize(("number", "chance"), [(1, 0.3), (5, 0.01), (10**12, 1e-15)])
def test_some_of(number, chance):
    close(tails.some_of(number, arb(chance)), -math.expm1(number * math.log1p(-chance)))
