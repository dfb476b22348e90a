"""The sharp law: its cascade against orthant probabilities worked out by hand and against trained
networks, its errors against direct integration.

The cascade is a population of 2^14 paths: what it counts is off by one part in 128 of a standard
deviation, 0.004 at most.
"""

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
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
    predict,
    scratch_error,
    stepwise,
)
from claims.predicting.law.cascade import _cascade
from model.run import signs
from model.sampling import Seeds, sample
from model.transfer import train_task

#: Of a share counted over 2^14 paths, five standard deviations.
COUNTED = 5 * 0.5 / 2**7


def orthant(rho):
    """P(A < 0 < B) for standard normals of correlation rho."""
    return 0.25 - math.asin(rho) / (2 * math.pi)


# The cascade --------------------------------------------------------------------------------------

steps = pytest.mark.parametrize("h", [0.2, 1.0, 4.0])


@steps
def test_first_node(h):
    """Half are active; one step moves the others either way: 3/4. First coefficients are h/2, those
    pushed off have lost half of that.
    """
    seen = cascade(h, h)
    assert seen.share == pytest.approx(0.75, abs=COUNTED)
    assert (seen.first, seen.mean, seen.other) == (
        pytest.approx(h / 2),
        pytest.approx(h / 4, abs=h / 2 * COUNTED),
        pytest.approx(h / 4),
    )
    assert seen.square == pytest.approx(h**2 / 8, rel=0.1)


@steps
def test_second_node(h):
    """The field after two steps of s_1, s_2 against that after one: Gaussians whose covariance
    follows from the masses 1/2, 1/4 of each class.
    """
    first, second = h / 2, h / (1 + math.exp(h / 4))
    r = second / first
    rho = (1 + r / 2) / math.sqrt(
        1 + r + r**2
    )  # own class adds (1/2 + 1/4) r^2 + r, the other 1/4 r^2, to the variance
    seen = cascade(h, 2 * h)
    assert seen.share == pytest.approx(0.75 + orthant(rho) / 2, abs=COUNTED)
    assert seen.first == pytest.approx(first + second, rel=0.01)
    assert seen.mean == pytest.approx((first + second) / 2 + second / 4, rel=0.03)
    assert seen.other == pytest.approx(first / 2 + second / 4, rel=0.05)


@steps
@pytest.mark.parametrize("zeta", [0.1, 0.4, 3.0])
def test_first_node_with_initial_weights(h, zeta):
    """They hold back: sqrt(2) zeta g, g < 0, must be overcome by a field of standard deviation
    h/2.
    """
    start = math.sqrt(2) * zeta
    assert cascade(h, h, zeta).share == pytest.approx(
        0.5 + orthant(start / math.hypot(start, h / 2)), abs=COUNTED
    )


def test_share_falls_with_zeta():
    """From above 0.8 to the half that started active."""
    shares = [cascade(0.5, 30.0, zeta).share for zeta in (0.0, 0.1, 0.3, 1.0, 3.0, 100.0)]
    assert all(less < more - 0.01 for more, less in pairwise(shares))
    assert shares[0] > 0.8
    assert shares[-1] == pytest.approx(0.5, abs=COUNTED)


def test_share_at_small_steps():
    """0.84 as h -> 0, and falling slowly with h; who is active stays active as time goes on."""
    shares = [cascade(h, 40.0).share for h in (0.1, 0.5, 2.0)]
    assert shares[0] == pytest.approx(0.84, abs=0.01)
    assert shares[0] > shares[1] > shares[2] > 0.75
    in_time = [cascade(0.5, duration).share for duration in (0.5, 1.0, 5.0, 40.0)]
    assert in_time == sorted(in_time)


@pytest.mark.parametrize(
    ("h", "duration", "zeta"),
    [(0.01, 30.0, 0.1), (0.5004, 30.2, 0.1), (0.5, 1e6, 0.1), (0.5, 30.0, 0.10004)],
)
def test_arguments_are_rounded(h, duration, zeta):
    """To two digits, no step below 0.1 and no time beyond 40, so that regimes share what is
    simulated.
    """
    assert cascade(h, duration, zeta) is cascade(
        max(round(h, 2), 0.1), min(round(duration), 40.0), round(zeta, 2)
    )


def active_share(zeta, root, n=60, m=20, seeds=48):
    """Of trained networks, in so large a dimension that their signal and their N^2/d do not
    matter.
    """
    made = regime(
        n1=1, n2=n, m=m, inherited=0, d=10**9, signal=100.0, sigma2=1.0, h=0.5, zeta=zeta, steps=60
    )
    draw = sample(made, Seeds(root, seeds))
    data = draw.downstream
    weights = train_task(made, 2, data, draw.fresh).weights
    own = signs(m)[None, :, None] == data.labels[:, None, :]
    active = torch.bmm(weights, data.noise.transpose(1, 2)) > 0
    return float((active & own).sum()) / float(own.sum())


@pytest.mark.parametrize("root", [0, 1])
@pytest.mark.parametrize("zeta", [1e-3, 0.4])
def test_share_of_networks(zeta, root):
    """Within 0.03: 48 networks of 60 samples give the share to 0.005, and N is not infinite. (The
    two values of zeta are 0.09 apart.)
    """
    assert active_share(zeta, root) == pytest.approx(cascade(0.5, 30.0, zeta).share, abs=0.03)


# Moments of one task ------------------------------------------------------------------------------


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


# L1 -----------------------------------------------------------------------------------------------


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


# The contour --------------------------------------------------------------------------------------


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


# Regimes ------------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("p", [None, 0.8])
@pytest.mark.parametrize("tau", [0.3, 3.0])
def test_nothing_inherited(tau, p):
    """Transfer is scratch, and upstream does not matter to scratch."""
    none = predict(at(tau, inherited=0), p)
    assert (
        none.transfer
        == none.scratch
        == predict(at(tau), p).scratch
        == predict(at(tau, n1=30, sigma1=7.0), p).scratch
    )
    assert none.scratch == pytest.approx(
        scratch_error(tau, one_task(0.8, 40.0) if p else stepwise(0.5, 40.0, 0.02)), rel=1e-9
    )


@pytest.mark.parametrize("tau", [0.3, 1.0, 3.0])
def test_little_inherited(tau):
    """L2 continues from L1: with one filter of very many inherited it is within 5% of it."""
    found = predict(at(tau, m=10**6, inherited=1, h=0.5))
    assert found.transfer == pytest.approx(found.scratch, rel=0.05)


def test_share_given():
    """As a reading; else each task's own cascade."""
    assert predict(at(1.0), 0.7).p == pytest.approx(0.7)
    made = at(1.0, zeta=0.4)
    assert predict(made).p == pytest.approx(cascade(0.5, 40.0, 0.4).share)


def test_signal_and_noise_inherited():
    """As tau_D says: signal helps, more of it with less noise; noise without signal harms."""
    scratch = predict(at(1.0)).scratch
    assert predict(at(1.0, sigma1=0.2)).transfer < 0.9 * scratch
    helpful, harmful = at(1.0, universal=0.95), at(1.0, universal=1e-4, n1=600)
    assert predict(helpful).transfer < 0.9 * scratch
    assert predict(harmful).transfer > 1.1 * scratch


def test_scale_does_not_matter():
    """E3: (u, v, sigma) times 10, sigma_0 a tenth, eta a hundredth."""
    made = at(1.0)
    lengths = {name: 10 * getattr(made, name) for name in ("u", "v1", "v2", "sigma1", "sigma2")}
    scaled = replace(
        made, **lengths, sigma0=made.sigma0 / 10, eta1=made.eta1 / 100, eta2=made.eta2 / 100
    )
    assert predict(scaled).transfer == pytest.approx(predict(made).transfer, rel=1e-6)


def test_deterministic():
    """From empty caches."""
    made = at(1.0, zeta=0.03)
    first = predict(made)
    _cascade.cache_clear()
    predict.cache_clear()
    assert predict(made) == first
