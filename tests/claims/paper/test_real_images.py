"""Statements on real images: decided as they should be where the truth is planted, and seldom wrong
where there is nothing to tell.
"""

import math

import numpy as np
import pytest
from scipy import stats

from claims.core.evidence import RegimeOutcome
from claims.core.margin import Margin
from claims.deciding.paired_seeds import LEAST_SEEDS, Contrasts, PairedSeeds, interval, outcome
from claims.observing.accuracies import (
    BASE_SAMPLES,
    Cell,
    gain,
    mismatches,
    noises,
    slope,
    sources,
    weighted,
)
from claims.paper.real_images import CLAIMS, LEVEL, NEGATIVE

#: Every statement, and every mutant of one.
VERSIONS = [one for claim in CLAIMS for one in (claim, *map(claim.mutated, claim.mutants))]


def intervals(claim, accuracies):
    return claim.rule.intervals(claim.margin, claim.observe(accuracies))


NO_EFFECT = {"per_doubling": 0.0, "per_noise": 0.0, "offset": 0.0, "far": 0.0}
SAMPLES, NOISES = (500, 1500, 5000), (0.0, 1.0, 2.0)


def world(seeds=8, *, per_doubling=0.7, per_noise=1.5, offset=-1.0, spread=0.3, far=3.0, seed=0):
    """Accuracies in which each effect, in points, is known; what a seed has in common is far larger
    than what differs.
    """
    rng = np.random.default_rng(seed)
    common = rng.normal(70, 3, seeds)
    cells = [Cell("net", "cifar10", 500, 0, n1, 0.0, 1.0) for n1 in SAMPLES] + [
        Cell("net", "cifar10", 500, 0, BASE_SAMPLES, sigma, 1.0) for sigma in NOISES
    ]
    cells += [Cell("net", "cifar100", 500, k, 1250, 0.0, 1.0) for k in (0, 3, 5)]
    cells += [Cell("net", pair, 500) for pair in ("cifar10", "cifar100")]

    def points(cell):
        if cell.share == 0:
            return 0.0
        return (
            offset
            + per_doubling * math.log2(cell.n1 / 500)
            - per_noise * cell.sigma
            - far * cell.far / 5
        )

    return {
        cell: dict(enumerate((common + points(cell) + rng.normal(0, spread, seeds)) / 100))
        for cell in dict.fromkeys(cells)
    }


def verdicts(accuracies):
    """Of the one network; undecided where nothing was trained."""
    return {claim.id: outcome(intervals(claim, accuracies).get("net", {})) for claim in VERSIONS}


def test_planted_effects_stand_and_mutants_fall():
    outcomes = verdicts(world())
    stand = {name for name, one in outcomes.items() if one is RegimeOutcome.STANDS}
    assert stand == {claim.id for claim in CLAIMS}
    assert all(one is RegimeOutcome.FALLS for name, one in outcomes.items() if "!" in name)


@pytest.mark.parametrize(
    ("changes", "falls"),
    [
        ({"per_doubling": -0.7, "offset": 2.0}, "images.source-samples"),
        ({"per_noise": -1.5}, "images.source-noise"),
        ({"offset": 6.0}, "images.negative-transfer"),
        ({"offset": -6.0}, "images.positive-transfer"),
        ({"far": -3.0}, "images.mismatch"),
    ],
)
def test_the_opposite_world_falsifies(changes, falls):
    assert verdicts(world(**changes))[falls] is RegimeOutcome.FALLS


def test_nothing_is_decided_where_there_is_no_effect():
    """Exaggerations fall."""
    outcomes = verdicts(world(**NO_EFFECT))
    assert set(outcomes.values()) == {RegimeOutcome.UNDECIDED, RegimeOutcome.FALLS}
    fallen = [name for name, one in outcomes.items() if one is RegimeOutcome.FALLS]
    assert all("!" in name for name in fallen)


@pytest.mark.parametrize("accuracies", [world(seeds=LEAST_SEEDS - 1), {}], ids=["few", "none"])
def test_nothing_is_decided_with_too_few_seeds(accuracies):
    assert set(verdicts(accuracies).values()) == {RegimeOutcome.UNDECIDED}


def test_statements_are_seldom_decided_by_chance():
    """In worlds without any effect, whose seeds are added until something is decided: no more wrong
    verdicts than the stated level allows, by an exact binomial test of 200 worlds.
    """
    wrong = sum(_ever_decided(world(24, **NO_EFFECT, spread=1.0, seed=k)) for k in range(200))
    assert stats.binomtest(wrong, 200, LEVEL, alternative="greater").pvalue > 1e-3


def _ever_decided(accuracies):
    return any(
        outcome(intervals(claim, first)["net"]) is not RegimeOutcome.UNDECIDED
        for seeds in (6, 8, 10, 13, 16, 20, 24)
        for first in [{cell: dict([*of.items()][:seeds]) for cell, of in accuracies.items()}]
        for claim in CLAIMS
    )


def test_the_level_is_shared_by_the_statements_of_this_file():
    assert {claim.rule for claim in CLAIMS} == {PairedSeeds(LEVEL, statements=len(CLAIMS))}
    accuracies = world()
    loss = -gain(accuracies, Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 2.0, 1.0))
    one = intervals(NEGATIVE, accuracies)["net"]["noisiest source"]
    assert one == interval(loss, LEVEL / (len(CLAIMS) * 2))


def test_a_slope_is_least_squares_over_each_seed():
    accuracies = world()
    places = sources(accuracies, "net")
    assert list(places.values()) == [math.log2(n1) for n1 in SAMPLES]
    by_hand = [
        np.polyfit(list(places.values()), [100 * accuracies[cell][seed] for cell in places], 1)[0]
        for seed in range(8)
    ]
    assert slope(accuracies, places) == pytest.approx(by_hand)


def test_only_seeds_that_all_cells_have_are_compared():
    one, other = Cell("net", "cifar10", 500), Cell("net", "cifar10", 500, 0, 500, 0.0, 1.0)
    accuracies = {one: {0: 0.5, 1: 0.6, 2: 0.7}, other: {1: 0.7, 2: 0.9, 3: 0.1}}
    assert gain(accuracies, other) == pytest.approx([10, 20])
    assert len(weighted(accuracies, {one: 1.0, Cell("net", "cifar10", 7): 1.0})) == 0


def test_other_cells_do_not_mix_in():
    """Other forms, shares, pairs and networks change no verdict's numbers."""
    accuracies = world()
    before = {claim.id: intervals(claim, accuracies)["net"] for claim in CLAIMS}
    rng = np.random.default_rng(5)
    others = [
        Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 0.0, 0.5),
        Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 0.0, 0.5, "layers"),
        Cell("net", "cifar100-cifar10", 500, 0, 500, 0.0, 1.0),
        Cell("other", "cifar10", 500, 0, 25000, 0.0, 1.0),
        Cell("net", "cifar10", 500, 0, 500, 3.0, 1.0),
    ]
    accuracies |= {cell: dict(enumerate(rng.uniform(0, 1, 8))) for cell in others}
    assert {claim.id: intervals(claim, accuracies)["net"] for claim in CLAIMS} == before


def test_negative_transfer_stands_by_either_source_and_falls_by_both():
    assert (
        verdicts(world(per_noise=0.0, offset=-3.0, per_doubling=2.0))["images.negative-transfer"]
        is RegimeOutcome.STANDS
    )  # the small source
    assert (
        verdicts(world(per_noise=6.0, offset=1.0))["images.negative-transfer"]
        is RegimeOutcome.STANDS
    )  # the noisy one
    assert (
        verdicts(world(per_noise=0.0, offset=0.0, per_doubling=2.0))["images.negative-transfer"]
        is RegimeOutcome.UNDECIDED
    )  # the small one neither way


def test_statements():
    """Ordinary claims, each with two mutants, on accuracies as they were recorded."""
    accuracies = world()
    for claim in VERSIONS:
        assert isinstance(claim.margin, Contrasts)
        assert isinstance(claim.margin(accuracies, {}), Margin)
        assert claim.observe(accuracies) is accuracies
        assert claim.id.startswith("images.")
        assert claim.domain is None
        assert claim.family_id == "images"
    assert min(len(claim.mutants) for claim in CLAIMS) >= 2


def test_noises_are_those_of_the_base_s_size():
    assert sorted(noises(world(), "net").values()) == list(NOISES)


def test_mismatch_is_decided_on_one_set_of_images():
    """All of CIFAR-100 where it is there: a source of the subset has fewer images."""
    whole, subset = (
        Cell("net", "cifar100", 500, far, n1, 0.0, 1.0, images=name)
        for far, n1, name in ((0, 5000, "cifar100"), (5, 1250, "cifar100-subset"))
    )
    assert list(mismatches({whole: {}, subset: {}}, "net")) == [whole]
    assert list(mismatches({subset: {}}, "net")) == [subset]
    assert whole.scratch.images == "cifar100"
