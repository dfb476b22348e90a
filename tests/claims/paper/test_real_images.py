"""Statements on real images: decided as they should be where the truth is planted, and seldom wrong
where there is nothing to see.
"""

import math

import numpy as np
import pytest
from scipy import stats

from claims.core.evidence import RegimeOutcome
from claims.paper import real_images
from claims.paper.real_images import (
    BASE_SAMPLES,
    CLAIMS_ON_IMAGES,
    LEAST_SEEDS,
    LEVEL,
    Cell,
    decide,
    gain,
    interval,
    outcome,
    paired,
    slope,
    with_planted,
)

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


def verdicts(seen, networks=("net",)):
    return {
        claim.id: outcome(decide(claim, seen, networks)[networks[0]]) for claim in with_planted()
    }


def test_planted_effects_are_found_and_planted_errors_caught():
    found = verdicts(world())
    assert {name for name, seen in found.items() if seen is RegimeOutcome.STANDS} == {
        claim.id for claim in CLAIMS_ON_IMAGES
    }
    assert all(seen is RegimeOutcome.FALLS for name, seen in found.items() if "!" in name)


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


def test_nothing_is_decided_where_there_is_no_effect_or_too_few_seeds():
    assert set(verdicts(world(per_doubling=0.0, per_noise=0.0, offset=0.0, far=0.0)).values()) == {
        RegimeOutcome.UNDECIDED,
        RegimeOutcome.FALLS,
    }  # exaggerations fall
    assert not [
        name
        for name, seen in verdicts(
            world(per_doubling=0.0, per_noise=0.0, offset=0.0, far=0.0)
        ).items()
        if "!" not in name and seen is RegimeOutcome.FALLS
    ]
    assert set(verdicts(world(seeds=LEAST_SEEDS - 1)).values()) == {RegimeOutcome.UNDECIDED}
    assert set(verdicts({}).values()) == {RegimeOutcome.UNDECIDED}


def test_statements_are_seldom_decided_by_chance():
    """In worlds without any effect, no more wrong verdicts than the stated level allows: an exact
    binomial test of 400 worlds.
    """
    wrong = 0
    for seed in range(400):
        found = verdicts(
            world(per_doubling=0.0, per_noise=0.0, offset=0.0, far=0.0, spread=1.0, seed=seed)
        )
        wrong += any(found[claim.id] is not RegimeOutcome.UNDECIDED for claim in CLAIMS_ON_IMAGES)
    assert stats.binomtest(wrong, 400, 2 * LEVEL, alternative="greater").pvalue > 1e-3
    assert wrong > 0  # else the level is not what it is said to be


def test_the_interval_is_students():
    values = np.random.default_rng(0).normal(1, 2, 9)
    found = interval(values, 0.01)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.98)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert (found.seeds, found.mean, found.error) == pytest.approx(
        (9, values.mean(), stats.sem(values))
    )


@pytest.mark.parametrize("count", range(LEAST_SEEDS))
def test_few_seeds_leave_the_interval_without_bound(count):
    found = interval(np.arange(count, dtype=float), 0.01)
    assert (found.low, found.high, found.seeds) == (-math.inf, math.inf, count)


def test_the_level_is_split_over_statements_networks_and_contrasts():
    seen = world()
    narrow = decide(real_images.NEGATIVE, seen, ["net"])["net"]["noisiest source"]
    wide = decide(real_images.NEGATIVE, seen, ["net", "other"])["net"]["noisiest source"]
    loss = -gain(seen, Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 2.0, 1.0))
    assert narrow == interval(loss, LEVEL / (len(CLAIMS_ON_IMAGES) * 2))
    assert wide == interval(loss, LEVEL / (len(CLAIMS_ON_IMAGES) * 4))


def test_a_slope_is_least_squares_over_each_seed():
    seen = world()
    places = real_images.sources(seen, "net")
    assert list(places.values()) == [math.log2(n1) for n1 in SAMPLES]
    by_hand = [
        np.polyfit(list(places.values()), [100 * seen[cell][seed] for cell in places], 1)[0]
        for seed in range(8)
    ]
    assert slope(seen, places) == pytest.approx(by_hand)


def test_only_seeds_that_all_cells_have_are_compared():
    one, other = Cell("net", "cifar10", 500), Cell("net", "cifar10", 500, 0, 500, 0.0, 1.0)
    seen = {one: {0: 0.5, 1: 0.6, 2: 0.7}, other: {1: 0.7, 2: 0.9, 3: 0.1}}
    assert gain(seen, other) == pytest.approx([10, 20])
    assert len(paired(seen, {one: 1.0, Cell("net", "cifar10", 7): 1.0})) == 0


def test_other_cells_do_not_mix_in():
    """Other forms, shares, pairs and networks change no verdict's numbers."""
    seen = world()
    before = {claim.id: decide(claim, seen, ["net"]) for claim in CLAIMS_ON_IMAGES}
    rng = np.random.default_rng(5)
    others = [
        Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 0.0, 0.5),
        Cell("net", "cifar10", 500, 0, BASE_SAMPLES, 0.0, 0.5, "layers"),
        Cell("net", "cifar100-cifar10", 500, 0, 500, 0.0, 1.0),
        Cell("other", "cifar10", 500, 0, 25000, 0.0, 1.0),
        Cell("net", "cifar10", 500, 0, 500, 3.0, 1.0),
    ]
    seen |= {cell: dict(enumerate(rng.uniform(0, 1, 8))) for cell in others}
    assert {claim.id: decide(claim, seen, ["net"]) for claim in CLAIMS_ON_IMAGES} == before


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


def test_every_statement_has_two_planted_errors():
    for claim in CLAIMS_ON_IMAGES:
        assert len(claim.mutants) >= 2
        assert len({version.name for version in claim.mutants}) == len(claim.mutants)
        assert claim.id.startswith("images.")


def test_identical_numbers_and_nan_decide_nothing():
    """No spread is no evidence: a network that never changed, or diverged."""
    for values in (np.full(9, 0.5), np.array([1.0, 2.0, np.nan, 1.5, 1.2, 1.1])):
        assert interval(values, 0.01).outcome is RegimeOutcome.UNDECIDED


def test_mismatch_is_decided_on_one_set_of_images():
    """All of CIFAR-100 where it is there: a source of the subset has fewer images."""
    whole, subset = (
        Cell("net", "cifar100", 500, far, n1, 0.0, 1.0, images=name)
        for far, n1, name in ((0, 5000, "cifar100"), (5, 1250, "cifar100-subset"))
    )
    assert list(real_images.mismatches({whole: {}, subset: {}}, "net")) == [whole]
    assert list(real_images.mismatches({subset: {}}, "net")) == [subset]
    assert whole.scratch.images == "cifar100"
