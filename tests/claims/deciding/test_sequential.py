"""The decision rule: every probability it promises is computed here without it, exactly.

The sequential test decides by the number of failures after each look, so the probability of each
end is a finite sum over binomial counts: no simulation, no chance of a false alarm in this file.
"""

import heapq
import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

from claims.core.evidence import RegimeOutcome
from claims.core.margin import Margin
from claims.core.profile import PROFILES
from claims.deciding.budget import LEVEL, MISS, regime_level
from claims.deciding.sequential import (
    CONFIDENCE,
    INDIFFERENCE,
    LOOK_SEEDS,
    MOST_SEEDS,
    SequentialTest,
    examine,
    failure_bound,
    least_seeds,
    share_bound,
    smallest_detectable,
)

EXACT_SEEDS = PROFILES["ci"].exact_seeds
DELTA, ALPHA = 0.05, regime_level(21)


@cache
def ends(delta, alpha, p, most=MOST_SEEDS):
    """Probabilities that a regime falls, stands, stays undecided when seeds fail with probability
    p: over all counts of failures, look by look as `examine` takes them.
    """
    alive, shares = {(0, 0): 1.0}, dict.fromkeys(RegimeOutcome, 0.0)
    order = [(0, 0)]
    while order:
        seeds, failures = heapq.heappop(order)
        mass = alive.pop((seeds, failures))
        if seeds >= most:
            shares[RegimeOutcome.UNDECIDED] += mass
            continue
        test = SequentialTest(delta, alpha, failures, seeds)
        fewest, largest = LOOK_SEEDS
        look = test.clean_left if seeds == 0 else min(max(test.clean_left, fewest), largest)
        total = failures + np.arange(look + 1)
        chances = mass * binom.pmf(np.arange(look + 1), look, p)
        evidence = total * math.log(INDIFFERENCE) + (seeds + look - total) * math.log(
            (1 - INDIFFERENCE * delta) / (1 - delta)
        )
        falls = evidence >= math.log((1 - MISS) / alpha)
        stands = evidence <= math.log(MISS / (1 - alpha))
        shares[RegimeOutcome.FALLS] += chances[falls].sum()
        shares[RegimeOutcome.STANDS] += chances[stands].sum()
        for k in np.flatnonzero(~falls & ~stands & (chances > 1e-15)):
            key = seeds + look, int(total[k])
            if key not in alive:
                heapq.heappush(order, key)
            alive[key] = alive.get(key, 0.0) + chances[k]
    return shares


# The sequential test ------------------------------------------------------------------------------

rates = pytest.mark.parametrize(
    ("delta", "alpha"), [(0.05, ALPHA), (0.05, 0.01), (0.01, ALPHA), (0.3, 1e-6)]
)


@rates
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_false_alarms(delta, alpha, share):
    assert ends(delta, alpha, share * delta)[RegimeOutcome.FALLS] <= alpha


@rates
def test_misses(delta, alpha):
    """Above the indifference zone a regime is accepted with probability at most MISS."""
    for p in (INDIFFERENCE * delta, (1 + INDIFFERENCE * delta) / 2):
        assert ends(delta, alpha, p)[RegimeOutcome.STANDS] <= MISS


@pytest.mark.parametrize("delta", [0.05, 0.01])
def test_both_answers_are_reached(delta):
    """On either side of the indifference zone, within the seeds allowed."""
    assert ends(delta, ALPHA, delta)[RegimeOutcome.STANDS] >= 0.99
    assert ends(delta, ALPHA, INDIFFERENCE * delta)[RegimeOutcome.FALLS] >= 0.99


def test_documented_example():
    """The numbers of the module's docstring."""
    assert least_seeds(0.05) == 63
    test = SequentialTest(0.05, ALPHA, 0, 63)
    assert (test.clean_left, SequentialTest(0.05, ALPHA, 1, 63).clean_left) == (0, 10)
    assert SequentialTest(0.05, ALPHA, 1, 74).clean_left == 0
    outcomes = [SequentialTest(0.05, 5e-11).add(k, k) for k in (21, 22)]
    assert outcomes == [RegimeOutcome.UNDECIDED, RegimeOutcome.FALLS]


@pytest.mark.parametrize("failures", [0, 1, 7])
def test_clean_left(failures):
    """So many clean seeds accept, and one fewer does not."""
    test = SequentialTest(DELTA, ALPHA, failures, 20 + failures)
    left = test.clean_left
    assert SequentialTest(DELTA, ALPHA, failures, 20 + failures).add(0, left - 1) is (
        RegimeOutcome.UNDECIDED
    )
    assert test.add(0, left) is RegimeOutcome.STANDS


def test_looks_add_up():
    """What was seen matters, not in how many looks."""
    once, often = SequentialTest(DELTA, ALPHA), SequentialTest(DELTA, ALPHA)
    for k in (3, 1, 2):
        outcome = often.add(k, 24)
    assert (once.add(6, 72), once.failures, once.seeds) == (outcome, often.failures, often.seeds)


@pytest.mark.parametrize("delta", [0.0, -0.1, 1 / 3, 0.5, 1.0, math.nan])
def test_impossible_delta(delta):
    """Three times delta must still be a probability."""
    with pytest.raises(ValueError, match="delta"):
        SequentialTest(delta, ALPHA)


# One regime ---------------------------------------------------------------------------------------


class Margins:
    """Synthetic margins: `low(seed)` and `high(seed)`; remembers which seeds were asked for."""

    def __init__(self, low, high=None):
        self.low, self.high, self.asked = low, high or low, []

    def __call__(self, first, count):
        self.asked.append((first, count))
        seeds = range(first, first + count)
        return Margin.between([self.low(k) for k in seeds], [self.high(k) for k in seeds])


def share(p):
    """Fails for a share p of seeds, evenly spread."""
    return lambda seed: -1.0 if int((seed + 1) * p) > int(seed * p) else 1.0


def always(margin):
    return lambda seed: margin


def late(early, later, seeds=63):
    """One margin for the first seeds, another for those after."""
    return lambda seed: early(seed) if seed < seeds else later(seed)


COARSE = (always(-1.0), always(1.0))
EXAMINED = [  # delta, margins, outcome, looks
    pytest.param(0.05, Margins(always(1.0)), RegimeOutcome.STANDS, 1, id="holds"),
    pytest.param(0.05, Margins(always(0.0)), RegimeOutcome.STANDS, 1, id="holds barely"),
    pytest.param(0.05, Margins(share(1 / 63)), RegimeOutcome.STANDS, 2, id="one in 63 fails"),
    pytest.param(0.05, Margins(share(0.04)), RegimeOutcome.STANDS, None, id="fails below delta"),
    pytest.param(0.05, Margins(always(-1.0)), RegimeOutcome.FALLS, 1, id="fails"),
    pytest.param(0.05, Margins(always(-5e-324)), RegimeOutcome.FALLS, 1, id="fails barely"),
    pytest.param(0.05, Margins(share(0.16)), RegimeOutcome.FALLS, None, id="fails thrice delta"),
    pytest.param(0.05, Margins(always(math.nan)), RegimeOutcome.FALLS, 1, id="nan"),
    pytest.param(
        0.05,
        Margins(share(0.0919)),
        RegimeOutcome.UNDECIDED,
        None,
        id="between delta and thrice delta",
    ),
    pytest.param(0.05, Margins(*COARSE), RegimeOutcome.UNDECIDED, 1, id="measured too coarsely"),
    pytest.param(
        0.05,
        Margins(late(always(-1.0), always(1.0), 5), always(1.0)),
        RegimeOutcome.STANDS,
        2,
        id="coarse at first",
    ),
    pytest.param(
        0.05,
        Margins(always(-1.0), share(0.5)),
        RegimeOutcome.FALLS,
        None,
        id="half certain to fail",
    ),
    pytest.param(0.0, Margins(always(0.0)), RegimeOutcome.STANDS, 1, id="exact holds"),
    pytest.param(0.0, Margins(share(1 / 2)), RegimeOutcome.FALLS, 1, id="exact fails once"),
    pytest.param(0.0, Margins(always(math.nan)), RegimeOutcome.FALLS, 1, id="exact nan"),
    pytest.param(
        0.0, Margins(*COARSE), RegimeOutcome.UNDECIDED, 1, id="exact, measured too coarsely"
    ),
]


@pytest.mark.parametrize(("delta", "margins", "outcome", "looks"), EXAMINED)
def test_examine(delta, margins, outcome, looks):
    margins.asked.clear()
    evidence = examine(margins, delta=delta, alpha=ALPHA, exact_seeds=EXACT_SEEDS)
    assert evidence.outcome is outcome
    assert looks is None or len(margins.asked) == looks
    # Seeds follow one another, and none is used twice.
    assert [first for first, _ in margins.asked] == [
        sum(count for _, count in margins.asked[:k]) for k in range(len(margins.asked))
    ]
    assert evidence.seeds == sum(count for _, count in margins.asked)
    assert evidence.seeds < MOST_SEEDS + LOOK_SEEDS[1]


@pytest.mark.parametrize(
    ("margins", "outcome", "seeds"),
    [
        (Margins(always(1.0)), RegimeOutcome.UNDECIDED, 22),
        (Margins(always(-1.0)), RegimeOutcome.FALLS, 22),
        (Margins(share(0.05)), RegimeOutcome.UNDECIDED, None),
        (Margins(share(0.25)), RegimeOutcome.FALLS, None),
    ],
    ids=["holds", "fails", "fails as often as it may", "fails a quarter"],
)
def test_whether_it_falls_and_no_more(margins, outcome, seeds):
    """As few seeds as could reject; where they do not speak for that, no more are taken."""
    margins.asked.clear()
    alpha = 5e-11
    evidence = examine(margins, delta=0.05, alpha=alpha, exact_seeds=EXACT_SEEDS, to_fall=True)
    assert evidence.outcome is outcome
    assert seeds is None or evidence.seeds == seeds
    if outcome is RegimeOutcome.UNDECIDED:
        assert evidence.seeds < least_seeds(0.05)


def test_what_is_counted():
    """All seeds: the margin that delta tolerates, and the least of all."""

    def low(seed):
        return -2.0 if seed == 3 else 0.5 + seed / 1000

    evidence = examine(Margins(low), delta=DELTA, alpha=ALPHA, exact_seeds=EXACT_SEEDS)
    assert (evidence.outcome, evidence.possible_failures) == (RegimeOutcome.STANDS, 1)
    assert evidence.seeds == 63 + LOOK_SEEDS[0]
    assert evidence.least_margin == -2.0
    assert evidence.worst_margin == pytest.approx(0.502)  # three of 79 may fail


def test_stronger_evidence_for_a_smaller_alpha():
    seeds = [
        examine(Margins(share(0.25)), delta=DELTA, alpha=alpha, exact_seeds=EXACT_SEEDS).seeds
        for alpha in (1e-3, 1e-9, 1e-30)
    ]
    assert seeds[0] < seeds[1] < seeds[2]


@pytest.mark.parametrize(("p", "outcome"), [(0.05, "stands"), (0.15, "falls")])
def test_simulated(p, outcome):
    """The exact sums above, against `examine` on random seeds at a level where errors show."""
    generator, runs = np.random.default_rng(2), 1000
    met = 0
    for _ in range(runs):
        fails = generator.random(MOST_SEEDS + 256) < p
        evidence = examine(
            Margins(lambda k, fails=fails: -1.0 if fails[k] else 1.0),
            delta=DELTA,
            alpha=0.05,
            exact_seeds=EXACT_SEEDS,
        )
        met += evidence.outcome.value == outcome
    expected = ends(DELTA, 0.05, p)[RegimeOutcome(outcome)]
    assert binom.ppf(1e-6, runs, expected) <= met <= binom.isf(1e-6, runs, expected)


# What is printed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("failures", "seeds"), [(0, 437), (3, 437), (20, 63)])
def test_failure_bound(failures, seeds):
    """So few failures have probability 1 - CONFIDENCE there, by the binomial law itself."""
    bound = failure_bound(failures, seeds)
    assert binom.cdf(failures, seeds, bound) == pytest.approx(1 - CONFIDENCE, rel=1e-6)
    assert failure_bound(seeds, seeds) == 1.0


@pytest.mark.parametrize("regimes", [1, 8, 20, 300])
def test_share_bound(regimes):
    """With that share of worse regimes, each accepted with probability MISS, all stand with
    probability 1 - CONFIDENCE.
    """
    share_of_worse = share_bound(regimes)
    if share_of_worse < 1:
        standing = (1 - share_of_worse * (1 - MISS)) ** regimes
        assert standing == pytest.approx(1 - CONFIDENCE, rel=1e-9)
    assert share_bound(0) == 1.0


@pytest.mark.parametrize("delta", [0.01, 0.05])
def test_smallest_detectable(delta):
    """A regime that fails so often is accepted with probability 0.01 at most."""
    smallest = smallest_detectable(delta, EXACT_SEEDS)
    assert smallest == INDIFFERENCE * delta
    assert ends(delta, ALPHA, smallest)[RegimeOutcome.STANDS] <= 0.01


@pytest.mark.parametrize("seeds", [1, 2, 30])
def test_caught_of_an_exact_statement(seeds):
    """Any failing seed shows: none does with probability (1 - p)^seeds."""
    assert (1 - smallest_detectable(0.0, seeds)) ** seeds == pytest.approx(0.01)


def test_budget():
    """Regimes of a statement share its level, however many there are."""
    assert regime_level(20) * 20 == pytest.approx(LEVEL)
    assert regime_level(0) == LEVEL
