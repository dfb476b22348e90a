"""A search for the worst regime: it climbs, keeps the worst, and pays for every case."""

import json
import math
from dataclasses import replace

import pytest
from toys import INSIDE, PARTLY_OUTSIDE, USUAL, bare, decided, worst_case

from claims.core.margin import Margin
from claims.core.status import Status
from claims.deciding.budget import LEVEL, MOST_WORST, PART_LEVEL, REFUTATIONS
from claims.deciding.decide import repeat
from claims.deciding.estimates import smallest_detectable
from claims.deciding.worst_case import WorstCase
from model.regime import Regime
from strategies.search import SEARCH

COUNT = 20


@pytest.mark.parametrize("count", [0, -3, MOST_WORST + 1])
def test_refused(count):
    """More regimes than its level is split among, or none, when the rule is made."""
    with pytest.raises(ValueError, match=rf"^count = {count}: must be from 1 to {MOST_WORST}$"):
        WorstCase(count)


def test_verified():
    claim = worst_case(lambda regime: 100.0 - regime.n2)
    verdict = decided(claim, USUAL)
    most = max(regime.n2 for regime in claim.observe.regimes)
    assert (verdict.status, verdict.counterexample) == (Status.VERIFIED, None)
    assert verdict.worst_margin == 100.0 - most
    assert verdict.worst_case["regime"]["n2"] == most
    assert COUNT / 2 < verdict.regimes == verdict.drawn <= COUNT
    assert verdict.seeds == verdict.regimes * USUAL.seeds


def test_falsified():
    """False from four samples on: it goes on after the first that falls, and keeps the worst.

    Nothing is shrunk.
    """
    claim = worst_case(lambda regime: 3.5 - regime.n2)
    verdict = decided(claim, USUAL)
    worst = 3.5 - max(regime.n2 for regime in claim.observe.regimes)
    assert verdict.status is Status.FALSIFIED
    assert verdict.counterexample["margin"] == verdict.worst_margin == worst < -0.5
    assert verdict.counterexample["regime"]["n2"] == 3.5 - worst
    assert verdict.counterexample == verdict.worst_case
    assert len(claim.observe.regimes) > COUNT / 2


def test_reaches_where_it_is_false():
    """Only where both sample sizes are near their largest."""
    verdict = decided(worst_case(lambda regime: 20.5 - regime.n1 - regime.n2), USUAL)
    assert verdict.status is Status.FALSIFIED
    regime = verdict.counterexample["regime"]
    assert regime["n1"] + regime["n2"] > 20


@pytest.mark.parametrize(
    ("low", "high", "status"),
    [(-1.0, 1.0, Status.INCONCLUSIVE), (-2.0, -1.0, Status.FALSIFIED), (0.0, 2.0, Status.VERIFIED)],
)
def test_with_an_interval(low, high, status):
    """The mean of a regime has an error of its own; only its upper end falsifies."""
    margin = Margin.between([low], [high])
    claim = bare(rule=WorstCase(4), margin=lambda observation, constants: margin)
    verdict = decided(claim, USUAL)
    assert (verdict.status, verdict.worst_margin) == (status, low)


def test_detectable():
    """What the interval of a regime leaves open."""
    margin = Margin.between([1.0], [2.0])
    claim = bare(rule=WorstCase(4), margin=lambda observation, constants: margin)
    assert decided(claim, USUAL).detectable == smallest_detectable(margin)


def test_one_batch_of_seeds_does_not_falsify():
    """Refuted by its first seeds, and not by fresh ones, a regime stays undecided."""
    batches = []

    def margin(observation, constants):
        batches.append(observation.seeds.first)
        return Margin.exact(-1.0 if observation.seeds.first == 0 else 1.0)

    verdict = decided(bare(rule=WorstCase(4), margin=margin), USUAL)
    assert (verdict.status, verdict.counterexample) == (Status.INCONCLUSIVE, None)
    assert USUAL.seeds in batches


def test_every_batch_must_refute():
    """As many as the level of a regime asks for, none of their seeds used twice."""
    asked = {}

    def margin(observation, constants):
        asked.setdefault((observation.regime, observation.seeds.root), []).append(
            observation.seeds.first
        )
        return Margin.exact(-1.0)

    verdict = decided(bare(rule=WorstCase(4), margin=margin), USUAL)
    assert verdict.status is Status.FALSIFIED
    expected = [batch * USUAL.seeds for batch in range(REFUTATIONS)]
    assert all(firsts == expected for firsts in asked.values())
    assert PART_LEVEL**REFUTATIONS <= LEVEL / MOST_WORST


@pytest.mark.parametrize("worst", [math.nan, -math.inf], ids=str)
def test_no_number(worst):
    """No number, or none that is bounded: falsified, and a verdict reached."""
    claim = worst_case(lambda regime: worst if regime.n2 > 3 else 1.0)
    verdict = decided(claim, USUAL)
    assert verdict.status is Status.FALSIFIED
    assert json.dumps(verdict.to_dict(), allow_nan=False)


def test_regimes_outside():
    """They are no evidence, and no obstacle."""
    claim = worst_case(lambda regime: 1.0, domain=INSIDE)
    verdict = decided(claim, USUAL, search=PARTLY_OUTSIDE)
    assert verdict.status in (Status.VERIFIED, Status.VACUOUS)
    assert 0 < verdict.regimes < verdict.drawn
    assert not any(INSIDE.violations(regime, {}) for regime in claim.observe.regimes)


def test_the_same_way_again():
    first, again = (decided(worst_case(lambda one: 3.5 - one.n2), USUAL) for _ in range(2))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)


def test_tick():
    """After every case; never beyond the last."""
    ticks = []
    verdict = decided(
        worst_case(lambda regime: 1.0), USUAL, tick=lambda done, of: ticks.append((done, of))
    )
    assert ticks == [(k, COUNT) for k in range(1, verdict.drawn + 1)]


def test_repeat():
    claim = worst_case(lambda regime: 3.5 - regime.n2)
    refuting = decided(claim, USUAL).counterexample
    regime = Regime.from_dict(refuting["regime"])
    again = repeat(claim, regime, refuting["root"], entropy=1, regimes=1, search=SEARCH)
    assert again.low.tolist() == [refuting["margin"]]


@pytest.mark.parametrize("regimes", [3, 20])
def test_budget(regimes):
    """Each regime may raise a false alarm: an even share of the level for each that is tried."""
    claim = worst_case(lambda regime: 1.0)
    verdict = decided(claim, replace(USUAL, regimes=regimes))
    assert verdict.level == pytest.approx(LEVEL * verdict.drawn / MOST_WORST)
    assert claim.rule.regimes(replace(USUAL, regimes=10**6)) == MOST_WORST
