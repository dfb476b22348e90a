"""Outputs of inherited and fresh filters on a fresh example's noise, by plain draws."""

import math

import numpy as np
import pytest

from claims.predicting.law import outputs
from claims.predicting.law.outputs import Gaussians, Sizes, exceeds, profile

MANY = Sizes(alpha=0.4, m=20, n1=10**9, n2=10**9)
GAUSSIANS = Gaussians(2.0, np.array([[1.0, 0.6], [0.6, 1.5]]), 0.5, 0.3, 0.4)


def direction(of, alpha):
    """The variance of the filters' mean field."""
    growth = np.array([alpha, alpha, 1 - alpha])
    covariance = np.zeros((3, 3))
    covariance[0, 0], covariance[1:, 1:] = of.source, of.target
    return covariance, growth, float(growth @ covariance @ growth)


def drawn(sizes, of, draws, generator, place=None):
    """Outputs of m filters; `place` fixes the mean field, in its deviations."""
    covariance, growth, variance = direction(of, sizes.alpha)
    common = generator.standard_normal((draws, 3)) @ np.linalg.cholesky(covariance).T
    if place is not None:  # what is left once the mean field is known
        along = covariance @ growth / variance
        common += np.outer(place * math.sqrt(variance) - common @ growth, along)
    old = round(sizes.alpha * sizes.m)
    own = math.sqrt(of.own_source + of.own_inherited)
    inherited = common[:, :1] + common[:, 1:2] + own * generator.standard_normal((draws, old))
    fresh = common[:, 2:] + math.sqrt(of.own_fresh) * generator.standard_normal(
        (draws, sizes.m - old)
    )
    return np.maximum(np.hstack([inherited, fresh]), 0.0).mean(1)


@pytest.mark.parametrize("place", [-2.0, 0.0, 1.0, 3.0])
def test_profile(place):
    """Mean and variance of an output given the mean field."""
    seen = drawn(MANY, GAUSSIANS, 200_000, np.random.default_rng(0), place)
    found = profile(MANY, GAUSSIANS)
    at = np.argmin(np.abs(outputs._ALONG - place))
    assert found.length == pytest.approx(math.sqrt(direction(GAUSSIANS, MANY.alpha)[2]))
    assert found.mean[at] == pytest.approx(seen.mean(), rel=0.01, abs=1e-3)
    assert found.variance[at] == pytest.approx(seen.var(), rel=0.03, abs=1e-4)


@pytest.mark.parametrize(("signal", "tolerance"), [(0.0, 0.01), (0.5, 0.01), (2.0, 0.05)])
def test_independent_signs(signal, tolerance):
    """Pr(F' > F + S) where the signs have nothing in common."""
    generator, found = np.random.default_rng(1), profile(MANY, GAUSSIANS)
    right, wrong = (drawn(MANY, GAUSSIANS, 10**6, generator) for _ in range(2))
    direct = (wrong > right + signal).mean()
    chance = exceeds(found, found, signal=signal, unsure=0.0, opposed=0.0)
    assert chance == pytest.approx(direct, rel=tolerance)


def test_a_signal_that_is_unsure_errs_more():
    found = profile(MANY, GAUSSIANS)
    sure, unsure = (
        exceeds(found, found, signal=2.0, unsure=variance, opposed=0.0) for variance in (0.0, 0.5)
    )
    assert unsure > 1.2 * sure


def test_opposed_signs_err_more():
    """What one memorises the other has left behind: the further apart they are."""
    found = profile(MANY, GAUSSIANS)
    chances = [
        exceeds(found, found, signal=2.0, unsure=0.0, opposed=opposed) for opposed in (0, 0.1, 0.5)
    ]
    assert chances == sorted(chances)
    half = exceeds(found, found, signal=0.0, unsure=0.0, opposed=0.5)
    assert half == pytest.approx(0.5, abs=0.003)


@pytest.mark.parametrize("place", [-1.0, 1.0])
def test_few_samples(place):
    """The noise is some Gaussians, the common ones among them: its length varies."""
    few = Sizes(alpha=0.4, m=10**6, n1=60, n2=60)
    (many, found) = (profile(one, GAUSSIANS) for one in (MANY, few))
    at = np.argmin(np.abs(outputs._ALONG - place))
    sure = profile(Sizes(alpha=0.4, m=10**6, n1=10**9, n2=10**9), GAUSSIANS)
    assert found.variance[at] > sure.variance[at]
    assert found.mean[at] == pytest.approx(many.mean[at], rel=0.1)
