"""Exact tails against simulation and known laws: a union bound is worth what its terms are."""

import math

import numpy as np
import pytest
from scipy import stats

from claims.observing import union_bounds as c
from claims.paper.concentration import CLAIMS


@pytest.mark.parametrize("D", [1, 2, 7, 50])
@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_inner_product_tail(D, spread):
    """Of two Gaussian vectors, by simulation."""
    rng = np.random.default_rng(D)
    products = (rng.standard_normal((200_000, D)) * rng.standard_normal((200_000, D))).sum(1)
    bound = spread * math.sqrt(D)
    p = c.inner_product_tail(bound, D)
    assert np.mean(np.abs(products) > bound) == pytest.approx(
        p, abs=6 * math.sqrt(p * (1 - p) / 200_000)
    )


@pytest.mark.parametrize("bound", [0.1, 3.0, 20.0])
def test_two_dimensions(bound):
    """There <a, b> is Laplace: P(|<a, b>| > x) = e^-x."""
    assert c.inner_product_tail(bound, 2) == pytest.approx(math.exp(-bound), rel=1e-3)


@pytest.mark.parametrize("z", [1.0, 4.0, 6.0])
def test_many_dimensions(z):
    """There it is Gaussian with variance D."""
    assert c.inner_product_tail(z * 1e5, 1e10) == pytest.approx(2 * stats.norm.sf(z), rel=1e-3)


def test_norms():
    rng = np.random.default_rng(0)
    n, D, delta = 3, 5, 0.5
    squares = (rng.standard_normal((100_000, n, D)) ** 2).sum(2)
    width = 0.5 * math.sqrt(D * math.log(2 * n / delta))
    outside = (
        (np.abs(squares - D) > width).sum(1).mean()
    )  # the expected number, which is the union bound
    assert c.norm_fails(n, D, delta, root=0.5, linear=0.0) == pytest.approx(outside, rel=0.01)


def test_activations():
    """The binomial counts that Lemma B.4 speaks of, by simulation."""
    rng = np.random.default_rng(1)
    n, delta = 4, 0.5
    m = math.ceil(5 * math.log(2 * n / delta))
    active = rng.random((100_000, n, m)) < 0.5
    assert c.few_filters_active(n, 1.0, delta, least=5.0) == pytest.approx(
        (active.sum(2) < 0.4 * m).sum(1).mean(), rel=0.02
    )
    m = 3
    n = math.ceil(5 * math.log(4 * m / delta))
    both = rng.random((100_000, 2 * m, n)) < 0.25  # of its class, and active
    assert c.few_samples_active(m, 1.0, delta, least=5.0) == pytest.approx(
        (both.sum(2) < n / 8).sum(1).mean(), rel=0.02
    )


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_what_is_left_of_delta(claim):
    seen = claim.observe()
    assert claim.margin(seen, {}).low.item() == 1 - seen.share
    assert seen.evidence["grid_points"] == seen.points >= 30
    assert set(seen.where) >= {"delta"}
