"""Each regime tested on its own: what is counted, what is kept, when each verdict comes out."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from toys import (
    EVERYWHERE_OUTSIDE,
    INSIDE,
    PARTLY_OUTSIDE,
    PROFILE,
    Observation,
    decided,
    falls_from_five,
    toy,
)

from claims.core import quantities
from claims.core.claim import Figure
from claims.core.margin import Margin
from claims.core.status import Status
from claims.deciding.budget import LEVEL
from claims.deciding.decide import repeat
from claims.deciding.per_regime import EXACT_SHARE, METHOD, PerRegime, retry_seeds
from claims.deciding.sequential import (
    failure_bound,
    least_seeds,
    share_bound,
    smallest_detectable,
)
from model.regime import Regime
from model.sampling import Seeds
from strategies.search import SEARCH

ONCE = replace(PROFILE, shrinks=0)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"delta": -0.01}, "delta"),
        ({"delta": 1 / 3}, "delta"),
        ({"delta": math.nan}, "delta"),
        ({"effort": 0.0}, "effort"),
        ({"effort": -1.0}, "effort"),
        ({"effort": math.nan}, "effort"),
    ],
    ids=str,
)
def test_refused(values, field):
    """When it is made: the sequential test decides nothing beyond 1/3."""
    with pytest.raises(ValueError, match=f"^{field} = "):
        PerRegime(**values)


# Each verdict -------------------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_verified(delta):
    verdict = decided(toy(lambda one: 0.25, delta=delta))
    regimes = 10 if delta else 10 * EXACT_SHARE
    seeds = least_seeds(delta) if delta else PROFILE.exact_seeds
    again = PROFILE.retry_seeds - seeds if delta else 0
    assert verdict.status is Status.VERIFIED
    assert (verdict.regimes, verdict.drawn) == (regimes, regimes)
    assert verdict.seeds == regimes * seeds
    assert verdict.networks == 3 * (regimes * seeds + again)
    assert (verdict.worst_margin, verdict.counterexample) == (0.25, None)
    assert (verdict.delta, verdict.method) == (delta, METHOD)
    assert verdict.detectable == smallest_detectable(delta, seeds)
    assert (verdict.failures, verdict.tried, verdict.least_margin) == (0, seeds, 0.25)
    assert verdict.share_bound == share_bound(regimes)


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_falsified_and_shrunk(delta):
    """The counterexample is the smallest regime that falls, the simplest in all else."""
    verdict = decided(toy(falls_from_five, delta=delta))
    assert verdict.status is Status.FALSIFIED
    regime = Regime.from_dict(verdict.counterexample["regime"])
    sizes = regime.n2, regime.n1, regime.m, regime.inherited
    assert sizes == (5, 1, 1, 0)
    assert (regime.steps1, regime.steps2, regime.cos_v) == (1, 1, 0.0)
    assert verdict.counterexample["root"] == 0
    assert verdict.counterexample["margin"] == -0.5
    assert verdict.counterexample["certain_failures"] > 0
    assert verdict.worst_margin <= -0.5  # where it is worst is another regime


def test_smaller_regimes_that_stand_cost_little():
    """Once a regime has fallen, of others only whether they fall is asked: those that do not are
    given up early, and are no evidence.
    """
    seeds = {}

    def margin(one):
        seeds.setdefault(one.regime, []).append(one.seeds.count)
        return falls_from_five(one)

    verdict = decided(toy(margin, delta=0.05))
    stood = [sum(counts) for regime, counts in seeds.items() if regime.n2 < 5]
    met, *smaller = stood
    assert met >= least_seeds(0.05)  # before any had fallen
    assert smaller
    assert min(smaller) < least_seeds(0.05) / 2
    assert verdict.regimes < len(seeds)


def test_falsified_and_left_as_met():
    verdict = decided(toy(falls_from_five), ONCE)
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["regime"]["n2"] >= 5
    assert verdict.regimes <= 10 * EXACT_SHARE


def test_search_ends_at_the_first_that_falls():
    assert decided(toy(lambda one: -1.0), ONCE).regimes == 1


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_no_number_falsifies(delta):
    verdict = decided(toy(lambda one: math.nan, delta=delta), ONCE)
    assert verdict.status is Status.FALSIFIED
    assert json.dumps(verdict.to_dict(), allow_nan=False)


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_too_coarse_is_inconclusive(delta):
    def coarse(one):
        ones = np.ones(one.seeds.count)
        return Margin.between(-ones, ones)

    verdict = decided(toy(coarse, delta=delta))
    assert (verdict.status, verdict.counterexample) == (Status.INCONCLUSIVE, None)


def test_an_error_is_not_a_verdict():
    def breaks(regime, seeds):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        decided(toy(lambda one: 1.0, observe=breaks))


# Regimes outside the hypotheses -------------------------------------------------------------------


def test_vacuous():
    """No regime drawn is inside: nothing is measured, however false the claim."""
    verdict = decided(toy(lambda one: -1.0, domain=INSIDE), search=EVERYWHERE_OUTSIDE)
    assert (verdict.status, verdict.regimes, verdict.networks) == (Status.VACUOUS, 0, 0)
    assert (verdict.worst_margin, verdict.worst_case, verdict.points) == (None, None, [])
    assert verdict.drawn == 10 * EXACT_SHARE


def test_regimes_outside_are_no_evidence():
    """A claim that fails exactly where its hypotheses do not hold."""

    def margin(one):
        return -1.0 if INSIDE.violations(one.regime, {}) else 1.0

    verdict = decided(toy(margin, domain=INSIDE), search=PARTLY_OUTSIDE)
    assert 0 < verdict.regimes < verdict.drawn
    most = verdict.regimes >= verdict.drawn / 2
    assert verdict.status is (Status.VERIFIED if most else Status.VACUOUS)


# Seeds --------------------------------------------------------------------------------------------


def test_seeds():
    """All of a case's seeds come from its root, one look after the other, none twice."""
    used = {}

    def observe(regime, seeds):
        taken = range(seeds.first, seeds.first + seeds.count)
        used.setdefault((regime, seeds.root), []).extend(taken)
        return Observation(regime, seeds, seeds.count)

    def margin(one):
        every = np.arange(one.seeds.first, one.seeds.first + one.seeds.count)
        return Margin.exact(np.where(every % 40 == 1, -1.0, 1.0))

    verdict = decided(toy(margin, delta=0.05, observe=observe))
    assert verdict.status is Status.VERIFIED
    assert all(seeds == list(range(len(seeds))) for seeds in used.values())
    assert verdict.seeds + verdict.retried.seeds == sum(map(len, used.values()))
    assert verdict.seeds > 10 * least_seeds(0.05)


@pytest.mark.parametrize(
    "margin", [lambda one: 1.0, falls_from_five], ids=["verified", "falsified"]
)
def test_same_verdict_again(margin):
    first, again = (decided(toy(margin)) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


@pytest.mark.parametrize("change", [{"entropy": 2}, {"id": "other"}], ids=str)
def test_other_entropy_or_id_other_regimes(change):
    def regimes(entropy=1, **changes):
        met = []
        claim = toy(lambda one: met.append(one.regime) or 1.0, **changes)
        decided(claim, replace(PROFILE, entropy=entropy))
        return set(met)

    assert len(regimes() & regimes(**change)) <= 1  # the simplest regime begins every search


@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_repeat(delta):
    """A kept counterexample is measured again on the seeds of its root."""
    claim = toy(lambda one: one.seeds.root + np.arange(one.seeds.count), delta=delta)
    regime = Regime.from_dict(decided(claim, ONCE).worst_case["regime"])
    count = claim.rule.seeds(PROFILE)
    margin = repeat(claim, regime, 7, entropy=1, regimes=1, search=SEARCH)
    assert margin.low.tolist() == [7.0 + k for k in range(count)]
    assert claim.observe(regime, Seeds(7, count)).networks == 3 * count


# What is kept -------------------------------------------------------------------------------------


def spare(met):
    """A margin that notes where it is measured."""
    return lambda one: met.append(one.regime) or 100.0 - one.regime.n2


def test_worst_case():
    """Of all regimes, the one with the least margin, whether or not it falls."""
    met = []
    verdict = decided(toy(spare(met)))
    most = max(regime.n2 for regime in met)
    assert verdict.worst_margin == verdict.worst_case["margin"] == 100.0 - most
    assert verdict.worst_case["regime"]["n2"] == most


def test_points():
    """One a regime that was evidence: its margin, and what the claim's figure shows of it."""
    met = []
    plain = decided(toy(spare(met)))
    assert plain.points == [{"margin": 100.0 - regime.n2} for regime in met]
    across = quantities.TAU_2
    samples = {"samples": lambda one: float(one.regime.n2)}
    figure = Figure(across, samples, "samples", lambda x, constants: 1.0, upper=True)
    met.clear()
    claim = toy(lambda one: met.append(one.regime) or 1.0, domain=INSIDE, figure=figure)
    drawn = decided(claim, search=PARTLY_OUTSIDE)
    assert drawn.points == [
        {"margin": 1.0, "across": across(regime), "samples": regime.n2} for regime in met
    ]
    assert len(drawn.points) == drawn.regimes < drawn.drawn


def test_effort():
    """An expensive claim may ask for fewer regimes, never for none."""
    rules = [PerRegime(0.05, effort=effort) for effort in (0.5, 0.001)]
    assert [decided(toy(lambda one: 1.0, rule=rule)).regimes for rule in rules] == [5, 1]


def test_tick():
    ticks = []
    decided(toy(lambda one: 1.0), tick=lambda done, of: ticks.append((done, of)))
    assert ticks == [(k, 20) for k in range(1, 21)]


@pytest.mark.parametrize("regimes", [3, 9])
@pytest.mark.parametrize("delta", [0.0, 0.05])
def test_budget(delta, regimes):
    """Exact statements spend nothing; the others their level, whatever the number of regimes."""
    verdict = decided(toy(lambda one: 1.0, delta=delta), replace(PROFILE, regimes=regimes))
    assert verdict.level == (LEVEL if delta else 0.0)


# The worst, tried again ---------------------------------------------------------------------------


def failing(share, from_seed=0):
    """Fails for so many seeds from one on, in regimes of the most samples alone."""

    def margin(one):
        every = np.arange(one.seeds.first, one.seeds.first + one.seeds.count)
        fails = (every * share % 1 < share) & (every >= from_seed)
        spare = 100.0 - one.regime.n2
        return Margin.exact(np.where(fails & (one.regime.n2 == 12), -1.0, spare))

    return margin


def test_retried():
    """The worst regime, on seeds that its choice did not rest on: so many fail, and a bound."""
    verdict = decided(toy(failing(0.02), delta=0.05))
    worst = verdict.worst_case
    assert worst["regime"]["n2"] == 12
    assert (verdict.failures, verdict.tried) == (worst["possible_failures"], worst["seeds"])
    fresh = verdict.retried.seeds
    assert fresh == PROFILE.retry_seeds - verdict.tried
    assert abs(verdict.retried.failures - 0.02 * fresh) <= 2
    assert verdict.retried.bound == failure_bound(verdict.retried.failures, fresh)
    assert verdict.least_margin == -1.0 < verdict.worst_margin


def test_retried_it_may_fall():
    """What its first seeds did not show, the others do."""
    verdict = decided(toy(failing(0.3, from_seed=63), delta=0.05))
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["regime"]["n2"] == 12
    assert verdict.share_bound is None


def test_exact_statements_and_mutants_are_not_retried():
    assert decided(toy(lambda one: 1.0)).retried is None
    hurried = replace(PROFILE, retry_seeds=0)
    assert decided(toy(lambda one: 1.0, delta=0.05), hurried).retried is None


def test_large_networks_are_retried_less():
    """As often as the work allows, which grows with the square of the samples."""
    regime = Regime.from_dict(decided(toy(lambda one: 1.0, delta=0.05)).worst_case["regime"])
    large = replace(regime, n1=1000, n2=1000, d=10**6, m=20, steps1=100, steps2=100)
    assert retry_seeds(regime, PROFILE) == PROFILE.retry_seeds
    assert 10 < retry_seeds(large, PROFILE) < PROFILE.retry_seeds / 10
