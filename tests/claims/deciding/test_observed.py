"""What is observed once for a family; and variants that must lie inside Condition 4.1."""

import re
from dataclasses import dataclass, replace

import pytest
from toys import INSIDE, PROFILE, USUAL, Drawn, Observation, bare, decided, population

from claims.core.claim import ClaimError
from claims.core.condition import Clause
from claims.core.domains import ANY_REGIME
from claims.core.status import Status
from claims.deciding.observed import check_variants, observed
from claims.observing.paired import PairedDesign, paired
from model.sampling import Seeds
from strategies.search import SEARCH


def stepping(regime):
    """Steps a thousand times as long."""
    return replace(regime, eta2=1e3 * regime.eta2)


def shorter(regime):
    """Steps half as long."""
    return replace(regime, eta2=regime.eta2 / 2)


def simplest():
    cases = []
    SEARCH.falling(
        INSIDE, {}, lambda case: cases.append(case) is not None, name="v", entropy=1, cases=1
    )
    return cases[0].regime


@dataclass(frozen=True)
class Untrained(PairedDesign):
    """A paired design that trains nothing."""

    def __call__(self, regime, seeds):
        return Observation(regime, seeds, seeds.count)


@dataclass(frozen=True)
class UntrainedPopulation(PairedDesign):
    """The same, with a number a regime."""

    def __call__(self, regime, seeds):
        return Drawn(regime, seeds, 0.0)


def test_a_variant_that_breaks_the_condition_is_refused():
    """With the clause and the regime."""
    regime = simplest()
    claim = bare(domain=INSIDE, observe=paired(shorter, stepping, within_condition=True))
    with pytest.raises(ClaimError) as refused:
        check_variants(claim, regime)
    assert refused.value.field == "observe.variants[2]"
    assert Clause.STEP in str(refused.value)
    assert str(regime) in str(refused.value)
    assert re.search(r"must lie inside Condition 4\.1", str(refused.value))


@pytest.mark.parametrize(
    ("domain", "design"),
    [
        (INSIDE, paired(shorter, within_condition=True)),
        (INSIDE, paired(shorter, stepping)),
        (INSIDE.but(without=[Clause.STEP, Clause.STEP_DIMENSION]), paired(stepping)),
        (
            INSIDE.but(without=[Clause.STEP, Clause.STEP_DIMENSION]),
            paired(stepping, within_condition=True),
        ),
        (ANY_REGIME, lambda regime, seeds: None),
    ],
    ids=["inside", "not asked", "neither", "without the clause", "no design"],
)
def test_others_pass(domain, design):
    check_variants(bare(domain=domain, observe=design), simplest())


@pytest.mark.parametrize("design", [Untrained, UntrainedPopulation])
@pytest.mark.parametrize("change", [shorter, stepping])
def test_every_rule_asks_first(design, change):
    """Before anything is trained."""
    observe = design((change,), within_condition=True)
    if design is Untrained:
        claim, profile = bare(domain=INSIDE, observe=observe), PROFILE
    else:
        claim, profile = population(domain=INSIDE, observe=observe), USUAL
    if change is stepping:
        with pytest.raises(ClaimError, match=r"Condition 4\.1"):
            decided(claim, profile)
    else:
        assert decided(claim, profile).status is Status.VERIFIED


def test_observed_once():
    """The same regime on the same seeds."""
    calls = []

    def observe(regime, seeds):
        calls.append(seeds)
        return len(calls)

    regime = simplest()
    same = [observed(observe, regime, Seeds(0, 2)) for _ in range(2)]
    assert same == [1, 1]
    assert observed(observe, regime, Seeds(0, 2, 2)) == 2
