"""What an attack measures of a regime, and the exact test that decides the worst."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from toys import Observation, bare, formula, population, toy, worst_case

from claims.core.case import Case
from claims.core.catalogue import catalogue
from claims.core.domain import Between
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.core.status import Status
from claims.deciding import attacked
from claims.deciding.attacked import (
    FIRST_SEEDS,
    FRESH_SEEDS,
    LEAST_FRESH,
    MORE_SEEDS,
    AttackError,
    Confirmation,
    UnmeasuredError,
    check_attackable,
    confirm,
    fresh_seeds,
    probe,
    refutation,
    tolerated,
)
from claims.deciding.budget import RUN_BUDGET
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.paired_seeds import PairedSeeds
from claims.deciding.population import Population
from model.regime import Regime, RegimeError
from model.run import DivergenceError

REGIME = Regime(
    u=1.0,
    v1=1.0,
    v2=1.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=8,
    n2=6,
    d=60,
    m=3,
    inherited=1,
    eta1=0.1,
    eta2=0.1,
    steps1=5,
    steps2=5,
    sigma0=0.01,
)
CASE = Case(REGIME, 7)


def failing(chance, delta=0.05):
    """Fails in this share of networks; each seed's margin is its own."""

    def margin(observation):
        uniform = [one.random() for one in observation.seeds.generators()]
        return Margin.exact(np.array(uniform) - chance)

    return toy(margin, delta=delta)


def confirmation(failures, trials=500, *, delta=0.05, level=RUN_BUDGET / 2):
    return Confirmation(
        CASE, trials, 3 * trials, trials, failures, failures, -1.0, -2.0, delta, level
    )


# Which claims -------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [toy(lambda o: 1.0), worst_case(lambda r: 1.0), formula()])
def test_attackable(claim):
    check_attackable(claim)


def test_not_attackable():
    with pytest.raises(AttackError, match=r"claim = 'toy': its rule is Population.* many regimes"):
        check_attackable(population())


@pytest.mark.parametrize("rule", [Population, IntervalProof, PairedSeeds])
def test_rules_that_an_attack_cannot_serve(rule):
    """Each says why, in one line of its own."""
    claim = next(one for one in catalogue().values() if type(one.rule) is rule)
    with pytest.raises(AttackError) as refused:
        check_attackable(claim)
    assert rule.__name__ in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "knows" not in str(refused.value)


# The test that decides ----------------------------------------------------------------------------


def test_fewest_failures_that_falsify():
    """Of 500 at delta = 0.05: what the module's example says."""
    fallen = [k for k in range(501) if confirmation(k).falls]
    assert fallen == list(range(53, 501))
    assert stats.binom.sf(52, 500, 0.05) < RUN_BUDGET / 2 < stats.binom.sf(51, 500, 0.05)
    assert stats.binom.sf(52, 500, 0.15) == pytest.approx(0.998, abs=5e-4)


def test_one_failure_of_an_exact_statement():
    assert confirmation(1, delta=0.0).falls
    assert not confirmation(0, delta=0.0).falls


def test_intervals_are_clopper_and_pearson():
    """At the ends of the interval so many failures have probability 0.025."""
    low, high = confirmation(40).interval
    assert stats.binom.sf(39, 500, low) == pytest.approx(0.025)
    assert stats.binom.cdf(40, 500, high) == pytest.approx(0.025)
    assert stats.binom.sf(39, 500, confirmation(40).at_least) == pytest.approx(RUN_BUDGET / 2)


def test_later_decisions_spend_less():
    """However many there are, they spend no more than the run's budget."""
    claim = toy(lambda o: 1.0)
    levels = [confirm(claim, CASE, {}, earlier=k).level for k in range(20)]
    assert levels[0] == RUN_BUDGET / 2
    assert sum(levels) < RUN_BUDGET
    assert levels == sorted(levels, reverse=True)


def test_false_alarms():
    """The exact probability that a statement at its limit falls."""
    fewest = next(k for k in range(501) if confirmation(k).falls)
    assert stats.binom.sf(fewest - 1, 500, 0.05) <= RUN_BUDGET / 2


@pytest.mark.parametrize(("chance", "falls"), [(0.0, False), (0.05, False), (0.2, True)])
def test_confirm(chance, falls):
    done = confirm(failing(chance), CASE, {})
    assert (done.seeds, done.trials, done.networks) == (FRESH_SEEDS, FRESH_SEEDS, 3 * FRESH_SEEDS)
    assert done.falls is falls
    spread = math.sqrt(FRESH_SEEDS * chance * (1 - chance))
    assert done.failures == pytest.approx(FRESH_SEEDS * chance, abs=6 * spread)


def test_seeds_are_those_of_one_batch():
    """However they are divided to fit in memory: the same as all at once."""
    taken = []
    claim = toy(lambda o: taken.append(o.seeds) or float(len(taken)))
    confirm(claim, CASE, {})
    assert len(taken) > 1
    assert [(s.root, s.first) for s in taken[:2]] == [(7, 0), (7, taken[0].count)]
    assert sum(s.count for s in taken) == FRESH_SEEDS


def test_one_margin_of_all_seeds():
    """A worst-case claim's margin speaks of all seeds: they are observed together, once."""
    sizes = []

    def observe(regime, seeds):
        sizes.append(seeds.count)
        return Observation(regime, seeds, seeds.count)

    claim = worst_case(lambda regime: -0.5, observe=observe)
    done = confirm(claim, CASE, {})
    assert len(sizes) == 1
    assert (done.trials, done.failures, done.falls) == (1, 1, True)
    assert not confirm(worst_case(lambda regime: 0.5, observe=observe), CASE, {}).falls


def test_fewer_seeds_of_a_huge_regime():
    huge = replace(REGIME, n1=5000, n2=5000, d=10**7, m=30, steps1=8000, steps2=8000)
    claim = toy(lambda o: 1.0)
    assert fresh_seeds(claim, REGIME) == FRESH_SEEDS
    assert fresh_seeds(claim, huge) == LEAST_FRESH


# A probe ------------------------------------------------------------------------------------------


def test_more_seeds_where_it_looks_worse():
    claim = failing(0.3)
    assert probe(claim, CASE, {}, -10.0).seeds == FIRST_SEEDS
    assert probe(claim, CASE, {}, 10.0).seeds == MORE_SEEDS
    assert probe(claim, CASE, {}).networks == 3 * (FIRST_SEEDS + MORE_SEEDS)


def test_margin_at_the_tolerated_quantile():
    """Of 64 seeds at delta = 0.05 three may fail: the fourth counts."""
    margin = Margin.exact(np.arange(64.0))
    assert tolerated(margin, 0.05) == 3.0
    assert tolerated(margin, 0.0) == 0.0


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [
        (1.0, 3.0, 2.0),
        (-math.inf, 3.0, 3.0),
        (1.0, math.inf, 1.0),
        (-math.inf, -math.inf, -math.inf),
        (math.nan, math.nan, -math.inf),
    ],
)
def test_margin_of_an_interval(low, high, value):
    assert tolerated(Margin.between([low], [high]), 0.0) == value


def test_outside_the_hypotheses():
    """It is not measured, and no network is trained."""
    claim = bare(domain=from_scratch(TAU_2, Between(0.5, 5.0)), observe=lambda r, s: 1 / 0)
    with pytest.raises(UnmeasuredError, match="outside the hypotheses"):
        probe(claim, CASE, {})


@pytest.mark.parametrize(
    "error", [RegimeError("n1", 9, "is too large"), DivergenceError("step 3: loss is nan")]
)
def test_what_cannot_be_trained(error):
    def observe(regime, seeds):
        raise error

    with pytest.raises(UnmeasuredError, match="cannot be trained here"):
        probe(bare(observe=observe), CASE, {})


def test_a_fault_is_no_regime_that_cannot_be_trained():
    def observe(regime, seeds):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        probe(bare(observe=observe), CASE, {})


# A verdict ----------------------------------------------------------------------------------------


def test_refutation():
    claim = failing(0.5)
    done = confirm(claim, CASE, {})
    verdict = refutation(claim, done, {}, regimes=9, networks=10, entropy=1, seconds=2.0)
    assert verdict.status is Status.FALSIFIED
    assert verdict.networks == 10 + 3 * FRESH_SEEDS
    assert verdict.counterexample["replay_seeds"] == FRESH_SEEDS
    assert verdict.counterexample["certain_failures"] == done.failures
    assert verdict.method == attacked.METHOD


def test_no_refutation_of_what_stands():
    claim = toy(lambda o: 1.0, delta=0.05)
    done = confirm(claim, CASE, {})
    with pytest.raises(ValueError, match="no refutation"):
        refutation(claim, done, {}, regimes=9, networks=10, entropy=1, seconds=2.0)
