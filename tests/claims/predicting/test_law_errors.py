"""The sharp law's moments and its error from scratch, against direct integration."""

import math
from functools import cache

import numpy as np
import pytest
from examples import regime
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from claims.core import quantities
from claims.predicting import law
from claims.predicting.law import (
    cascade,
    contour_slope,
    memorised,
    one_task,
    positive_part,
    scratch_error,
    stepwise,
)


@pytest.mark.parametrize("reach", [0.1, 10.0, 1e4])
@pytest.mark.parametrize("share", [0.05, 0.8, 1.0])
def test_memorised(share, reach):
    """x = rho P solves x + e^x = P h T + 1."""
    x = share * memorised(np.array(share), reach)
    assert x + math.exp(x) == pytest.approx(share * reach + 1, rel=1e-10)


def expectation(f):
    """E f(g), g standard normal."""
    return quad(lambda g: f(g) * norm.pdf(g), -12, 12, epsabs=1e-12, limit=200)[0]


@pytest.mark.parametrize("p", [0.6, 0.75, 0.84])
@pytest.mark.parametrize("reach", [3.0, 30.0])
def test_moments(p, reach):
    """Fixed point of the theory's equations, by adaptive integration; shares of different samples
    have mean p.
    """
    found = one_task(p, reach)

    def share(g):
        return 0.5 + 0.5 * ndtr(
            (math.sqrt(found.r) * g + ndtri(2 * p - 1)) / math.sqrt(1 - found.r)
        )

    def rho(g):
        P = share(g)
        return brentq(lambda x: x + math.exp(x) - P * reach - 1, 0, 20) / P

    assert found.shares(np.array([-1.0, 2.0])) == pytest.approx([share(-1.0), share(2.0)])
    assert expectation(share) == pytest.approx(p, rel=1e-9)
    assert found.m_1 == pytest.approx(expectation(rho), rel=1e-6)
    assert found.v == pytest.approx(expectation(lambda g: share(g) * rho(g) ** 2), rel=1e-6)
    assert found.r == pytest.approx(
        expectation(lambda g: share(g) ** 2 * rho(g) ** 2) / found.v, rel=1e-6
    )


@pytest.mark.parametrize("p", [0.6, 0.8])
def test_moments_with_equal_shares(p):
    """One rho for all: v = p rho^2, and r = p."""
    found, rho = (
        one_task(p, 20.0, equal_shares=True),
        brentq(lambda x: x + math.exp(x) - p * 20 - 1, 0, 20) / p,
    )
    assert (found.m_1, found.v, found.r) == (pytest.approx(rho), pytest.approx(p * rho**2), p)


@pytest.mark.parametrize("deviation", [0.1, 1.0, 7.0])
@pytest.mark.parametrize("mean", [-3.0, 0.0, 0.5, 40.0])
def test_positive_part(mean, deviation):
    direct = quad(
        lambda x: x * norm.pdf(x, mean, deviation),
        0,
        max(mean, 0) + 12 * deviation,
        points=[max(mean, 0)],
        epsabs=1e-14,
    )[0]
    assert positive_part(np.array(mean), deviation) == pytest.approx(direct, rel=1e-6, abs=1e-12)


@cache
def outputs(p):
    """psi_p(g) on a grid, as an average over its own Gaussian."""
    g, h = np.linspace(-9, 9, 1801), np.linspace(-9, 9, 1801)
    return g, np.array(
        [norm.pdf(h) @ np.maximum(math.sqrt(p) * x + math.sqrt(1 - p) * h, 0) for x in g]
    ) * (h[1] - h[0])


def direct(tau, p=0.8):
    """Pr(psi_p(g') - psi_p(g) > sqrt(tau/2p)), with psi and the integral over g summed on grids."""
    g, values = outputs(p)
    needed = np.interp(values + math.sqrt(tau / (2 * p)), values, g, right=math.inf)
    return float(norm.pdf(g) @ norm.sf(needed)) * (g[1] - g[0])


@pytest.mark.parametrize("p", [0.55, 0.8, 0.95])
@pytest.mark.parametrize("tau", [1e-6, 0.3, 1.25, 5.0, 15.0])
def test_equal_shares(tau, p):
    """L1 with all shares equal is the closed form of the theory, whatever h T is."""
    for reach in (1.0, 100.0):
        assert scratch_error(tau, one_task(p, reach, equal_shares=True)) == pytest.approx(
            direct(tau, p), rel=2e-3
        )


@pytest.mark.parametrize("tau", [0.2, 1.25, 6.0])
def test_closed_form(tau):
    """Of a regime: p = 0.8 and its own tau_2."""
    made = regime(n1=10, n2=10, d=10**5, signal=math.sqrt(tau * 1e4), sigma2=1.0)
    assert quantities.catalogue()["tau_2"](made) == pytest.approx(tau)
    assert law.closed_form(made) == pytest.approx(direct(tau), rel=2e-3)


MOMENTS = {
    "cascade": stepwise(0.5, 30.0),
    "initial weights": stepwise(0.5, 30.0, 0.4),
    "equal": one_task(0.8, 30.0, equal_shares=True),
}
every_moments = pytest.mark.parametrize("moments", MOMENTS.values(), ids=MOMENTS)


@every_moments
def test_without_signal_one_half(moments):
    assert scratch_error(0.0, moments) == pytest.approx(0.5, abs=1e-6)


@every_moments
def test_falls_in_tau(moments):
    errors = [scratch_error(tau, moments) for tau in np.geomspace(1e-3, 30.0, 30)]
    assert np.all(np.diff(errors) < 0)
    assert 0 < errors[-1] < 1e-3 < 0.4 < errors[0] < 0.5


@every_moments
@pytest.mark.parametrize("tau", [0.3, 2.0])
def test_simulated(moments, tau):
    """Plain draws of the two signs' outputs, the common noise of one opposed to the other's."""
    g, other = np.random.default_rng(0).standard_normal((2, 10**6))
    c, r = moments.opposed, moments.r
    assert 0 <= c < 0.3
    wrong = -c * g + math.sqrt(1 - c**2) * other
    psi = [positive_part(math.sqrt(r) * x, math.sqrt(1 - r)) for x in (wrong, g)]
    error = np.mean(psi[0] - psi[1] > math.sqrt(tau / 2) * moments.m_1 / math.sqrt(moments.v))
    assert scratch_error(tau, moments) == pytest.approx(error, abs=5 * math.sqrt(error / 10**6))


def test_step_sizes_vanish():
    """The cascade's corrections are of order h."""
    small, large = stepwise(0.1, 30.0), stepwise(1.0, 30.0)
    smooth = [one_task(cascade(h, 30.0).share, 30.0) for h in (0.1, 1.0)]
    off = [
        abs(scratch_error(1.0, one) / scratch_error(1.0, other) - 1)
        for one, other in zip((small, large), smooth, strict=True)
    ]
    assert off[0] < off[1] < 0.1
    assert 0 < small.opposed < large.opposed


@pytest.mark.parametrize("error", [0.05, 0.1, 0.25])
def test_contour_slope(error):
    """-d probit(error)/d ln tau, by central differences of the direct integral where it has this
    value.
    """
    at = brentq(lambda log_tau: direct(math.exp(log_tau)) - error, -3.0, 3.0, xtol=1e-6)
    slope = (ndtri(direct(math.exp(at - 0.02))) - ndtri(direct(math.exp(at + 0.02)))) / 0.04
    assert contour_slope(error) == pytest.approx(slope, rel=0.02)
    assert contour_slope(error) > 0.1


def test_where_the_error_is_a_tenth():
    """At tau about 1.25, as the theory says."""
    assert direct(1.25) == pytest.approx(0.1, abs=0.003)


def at(tau, **changes):
    """A regime near the law's limit with this tau_2; the tasks are alike, and half of the filters
    are inherited.
    """
    values = {
        "n1": 60,
        "n2": 60,
        "d": 10**6,
        "m": 20,
        "inherited": 10,
        "signal": math.sqrt(tau * 1e6 / 60),
        "sigma1": 1.0,
        "sigma2": 1.0,
        "zeta": 0.02,
    }
    return regime(**(values | {"steps": 80} | changes))
