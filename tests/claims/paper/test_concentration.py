"""Concentration, proved for all sizes: what is proved agrees with what is measured, and the
constants at which the proofs end are those at which the statements fail.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from claims.observing import tail_proofs
from claims.observing import union_bounds as c
from claims.paper.concentration import CLAIMS

GRID = {"nats": (0.5, 3.0, 30.0, 400.0)}
UNIONS = [claim for claim in CLAIMS if claim.margin is c.keeps]


def ratio(text):
    return Fraction(text)


@pytest.mark.parametrize("claim", UNIONS, ids=lambda claim: claim.id)
def test_what_is_left_of_delta(claim):
    """At least what the union bound leaves, for all sizes; at most what one point leaves."""
    seen = claim.observe()
    margin = claim.margin(seen, {})
    assert seen.chain.proved
    assert margin.low.item() == 1 - float(seen.share)
    assert margin.low.item() <= margin.high.item() == 1 - seen.worst < 1
    assert seen.evidence["grid_points"] == seen.points >= 8
    assert 0 < seen.worst <= seen.share


@pytest.mark.parametrize("claim", UNIONS, ids=lambda claim: claim.id)
def test_mutants_are_refuted_by_a_point(claim):
    """Their failure probability certainly exceeds delta somewhere, and they have no proof."""
    for mutant in claim.mutations:
        seen = mutant.observe()
        assert not seen.chain.proved
        assert seen.worst > 1
        assert mutant.margin(seen, {}).certain_failures == 1


@pytest.mark.parametrize(
    ("observe", "true", "false"),
    [
        (lambda x: c.inner_products(GRID, ratio(2), x), "4/5", "7/10"),
        (lambda x: c.noise_starts(GRID, ratio(2), x), "4/5", "7/10"),
        (lambda x: c.active_filters(GRID, ratio("2/5"), x), "50", "45"),
        (lambda x: c.active_samples(GRID, ratio("1/8"), x), "22", "20"),
        (lambda x: c.signal_starts({"m": (1,), **GRID}, x), "2", "19/10"),
    ],
    ids=["inner products", "noise", "width", "samples", "signal"],
)
def test_where_the_constants_end(observe, true, false):
    """The docstring's account of what is needed, and no more."""
    assert observe(ratio(true)).chain.proved
    assert observe(ratio(false)).worst > 1


def test_nothing_is_both_proved_and_refuted():
    """Over constants on both sides of every threshold."""
    for numerator in (15, 19, 20):
        x = Fraction(numerator, 10)
        for seen in (
            c.inner_products(GRID, x, ratio(1)),
            c.signal_starts({"m": (1, 20), **GRID}, x),
            c.norms({"n": (1, 20), "D": (1, 1000), **GRID}, x, ratio(2)),
            c.norms({"n": (1, 20), "D": (1, 1000), **GRID}, ratio(2), x),
        ):
            assert not (seen.chain.proved and seen.worst > seen.share)


def test_norms_by_simulation():
    """The probability that the grid bounds from below."""
    rng = np.random.default_rng(0)
    n, D, nats = 3, 5, 0.2
    log = math.log(2 * n) + nats
    squares = (rng.standard_normal((100_000, n, D)) ** 2).sum(2)
    outside = (np.abs(squares - D) > 0.5 * math.sqrt(D * log)).any(1).mean()
    seen = c.norms({"n": (n,), "D": (D,), "nats": (nats,)}, ratio("1/2"), ratio(0))
    assert seen.worst * math.exp(-nats) == pytest.approx(outside, rel=0.01)


def test_activations_by_simulation():
    """The binomial counts that Lemma B.4 speaks of."""
    rng = np.random.default_rng(1)
    nats = 0.5
    m = math.ceil(5 * (math.log(2) + nats))
    few = (rng.random((100_000, m)) < 0.5).sum(1) < 0.4 * m
    seen = c.active_filters({"nats": (nats,)}, ratio("2/5"), ratio(5))
    assert seen.worst * math.exp(-nats) == pytest.approx(few.mean(), rel=0.02)
    n = math.ceil(5 * (math.log(4) + nats))
    few = (rng.random((100_000, n)) < 0.25).sum(1) < n / 8
    seen = c.active_samples({"nats": (nats,)}, ratio("1/8"), ratio(5))
    assert seen.worst * math.exp(-nats) == pytest.approx(few.mean(), rel=0.02)


@pytest.mark.parametrize("n", [2, 3, 20, 1000])
@pytest.mark.parametrize("delta", [0.9, 0.05, 1e-30])
def test_samples_give_dimension(n, delta):
    """With the most filters that n >= log(m/delta) allows."""
    log_m = n + math.log(delta)
    assert n**2 * math.log(4 * n**2 / delta) >= math.log(8 * n / delta) + log_m
    assert tail_proofs.samples_give_dimension(ratio(1)).proved
