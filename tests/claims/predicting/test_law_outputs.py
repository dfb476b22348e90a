"""Outputs of inherited and fresh filters on a fresh example's noise, by plain draws."""

import math
from dataclasses import replace

import numpy as np
import pytest

from claims.predicting.law import outputs
from claims.predicting.law.outputs import Counts, Gaussians, exceeds, profile
from claims.predicting.law.scratch import positive_part

MANY = Counts(alpha=0.4, m=20, n1=10**9, n2=10**9)
GAUSSIANS = Gaussians(2.0, np.array([[1.0, 0.6], [0.6, 1.5]]), 0.5, 0.3, 0.4)


def direction(of, alpha):
    """The variance of the filters' mean field."""
    growth = np.array([alpha, alpha, 1 - alpha])
    covariance = np.zeros((3, 3))
    covariance[0, 0], covariance[1:, 1:] = of.source, of.target
    return covariance, growth, float(growth @ covariance @ growth)


def drawn(counts, of, draws, generator, place=None):
    """Outputs of m filters; `place` fixes the mean field, in its deviations."""
    covariance, growth, variance = direction(of, counts.alpha)
    common = generator.standard_normal((draws, 3)) @ np.linalg.cholesky(covariance).T
    if place is not None:  # what is left once the mean field is known
        along = covariance @ growth / variance
        common += np.outer(place * math.sqrt(variance) - common @ growth, along)
    old = round(counts.alpha * counts.m)
    own = math.sqrt(of.own_source + of.own_inherited)
    inherited = common[:, :1] + common[:, 1:2] + own * generator.standard_normal((draws, old))
    fresh = common[:, 2:] + math.sqrt(of.own_fresh) * generator.standard_normal(
        (draws, counts.m - old)
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


@pytest.mark.parametrize("place", [-1.0, 0.0, 1.0])
def test_few_samples(place):
    """The noise of a fresh example is some Gaussians, the common ones among them; of what filters
    see of their own, its length decides. With so many filters that nothing else varies.
    """
    few, draws = Counts(alpha=0.4, m=10**9, n1=30, n2=40), 400_000
    generator, found = np.random.default_rng(0), profile(few, GAUSSIANS)
    covariance, growth, variance = direction(GAUSSIANS, few.alpha)
    factor = np.linalg.cholesky(covariance)
    normal = generator.standard_normal((draws, 3))
    along = factor.T @ growth / math.sqrt(variance)
    normal += np.outer(place - normal @ along, along)
    common = normal @ factor.T
    source = (normal[:, 0] ** 2 + generator.chisquare(14, draws)) / 15
    target = ((normal[:, 1:] ** 2).sum(1) + generator.chisquare(18, draws)) / 20
    inherited = np.sqrt(GAUSSIANS.own_source * source + GAUSSIANS.own_inherited * target)
    old = positive_part(common[:, 0] + common[:, 1], inherited)
    new = positive_part(common[:, 2], np.sqrt(GAUSSIANS.own_fresh * target))
    seen = few.alpha * old + (1 - few.alpha) * new
    at = np.argmin(np.abs(outputs._ALONG - place))
    assert found.mean[at] == pytest.approx(seen.mean(), rel=0.005)
    assert found.variance[at] == pytest.approx(seen.var(), rel=0.04)


@pytest.mark.parametrize("signal", [0.5, 2.0, 50.0])
def test_a_signal_of_the_wrong_sign(signal):
    """What errs with one sign is right with the other."""
    found = profile(MANY, GAUSSIANS)
    chances = [
        exceeds(found, found, signal=sign * signal, unsure=0.0, opposed=0.2) for sign in (1, -1)
    ]
    assert sum(chances) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_hardly_any_samples(n):
    """Outside the law's range, and still numbers."""
    found = profile(Counts(0.4, 20, n, n), GAUSSIANS)
    many = profile(Counts(0.4, 20, 40, 40), GAUSSIANS)
    assert np.all(np.isfinite(found.mean))
    assert found.variance.max() < 20 * many.variance.max()


def test_no_number_is_passed_on():
    found = profile(MANY, GAUSSIANS)
    for changes in ({"signal": math.nan}, {"unsure": math.nan}, {"opposed": math.nan}):
        assert math.isnan(
            exceeds(found, found, **({"signal": 1.0, "unsure": 0.0, "opposed": 0.0} | changes))
        )
    none = replace(found, mean=found.mean * math.nan)
    assert math.isnan(exceeds(none, found, signal=1.0, unsure=0.0, opposed=0.0))
