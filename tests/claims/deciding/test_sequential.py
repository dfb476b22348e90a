"""The decision rule: every probability it promises is computed here without it, exactly.

The sequential test looks at 24 seeds at a time, 40 times at most, so the probability of each end is
a finite sum over binomial counts: no simulation, no chance of a false alarm in this file.
"""

import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

from claims.core.evidence import RegimeOutcome
from claims.core.margin import Margin
from claims.core.profile import PROFILES
from claims.deciding.budget import regime_level
from claims.deciding.sequential import (
    INDIFFERENCE,
    LOOK_SEEDS,
    MISS,
    MOST_FRESH_SEEDS,
    SUSPICION,
    SequentialTest,
    examine,
    smallest_detectable,
    suspicious,
)

SCREEN_SEEDS = PROFILES["ci"].seeds

DELTA, ALPHA = 0.05, 1e-9


def tail(failures, seeds, p):
    """P(at least so many failures), term by term."""
    return math.fsum(
        math.comb(seeds, k) * p**k * (1 - p) ** (seeds - k) for k in range(failures, seeds + 1)
    )


@cache
def ends(delta, alpha, p):
    """Probabilities that the sequential test falls, stands, stays undecided when seeds fail with
    probability p.
    """
    look = binom.pmf(np.arange(LOOK_SEEDS + 1), LOOK_SEEDS, p)
    alive, shares = np.array([1.0]), dict.fromkeys(RegimeOutcome, 0.0)
    for seeds in range(LOOK_SEEDS, MOST_FRESH_SEEDS + 1, LOOK_SEEDS):
        alive = np.convolve(alive, look)  # by number of failures
        for failures, mass in enumerate(alive):
            outcome = SequentialTest(delta, alpha).add(failures, seeds)
            if outcome is not RegimeOutcome.UNDECIDED:
                shares[outcome] += mass
                alive[failures] = 0.0
    shares[RegimeOutcome.UNDECIDED] = alive.sum()
    return shares


# The screen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [1, 2, 24, 100])
@pytest.mark.parametrize("delta", [0.01, 0.05, 0.3])
def test_suspicious_is_the_exact_tail(seeds, delta):
    assert [suspicious(k, seeds, delta) for k in range(seeds + 1)] == [
        tail(k, seeds, delta) < SUSPICION for k in range(seeds + 1)
    ]


def test_exact_statements_allow_no_failure():
    assert [suspicious(k, 24, 0.0) for k in (0, 1, 24)] == [False, True, True]


def test_documented_example():
    """The numbers of the module's docstring."""
    assert tail(5, 24, 0.05) == pytest.approx(0.006, abs=5e-4)
    assert [suspicious(k, 24, 0.05) for k in (4, 5)] == [False, True]
    assert 1 - tail(5, 24, 0.45) == pytest.approx(0.004, abs=5e-4)


# The sequential test ------------------------------------------------------------------------------

rates = pytest.mark.parametrize(
    ("delta", "alpha"), [(0.05, 1e-9), (0.05, 0.01), (0.01, 1e-9), (0.01, 0.01), (0.3, 1e-6)]
)


@rates
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_false_alarms(delta, alpha, share):
    assert ends(delta, alpha, share * delta)[RegimeOutcome.FALLS] <= alpha


@rates
def test_misses(delta, alpha):
    """Above the indifference zone a failing regime is passed with probability at most MISS."""
    for p in (INDIFFERENCE * delta, (1 + INDIFFERENCE * delta) / 2):
        assert ends(delta, alpha, p)[RegimeOutcome.STANDS] <= MISS


@pytest.mark.parametrize(("delta", "p"), [(0.05, 0.25), (0.05, 0.5), (0.01, 0.08), (0.3, 1.0)])
def test_power(delta, p):
    """And falls within the seeds allowed. (At delta = 0.01 the seeds do not suffice right above the
    indifference zone.)
    """
    assert ends(delta, ALPHA, p)[RegimeOutcome.FALLS] >= 0.99


def test_simulated():
    """The exact sums above, against a simulation where both are large enough to see."""
    generator, runs = np.random.default_rng(1), 4000
    falls = 0
    for _ in range(runs):
        test, outcome = SequentialTest(0.05, 0.01), RegimeOutcome.UNDECIDED
        while outcome is RegimeOutcome.UNDECIDED and test.seeds < MOST_FRESH_SEEDS:
            outcome = test.add(int(generator.binomial(LOOK_SEEDS, 0.1)), LOOK_SEEDS)
        falls += outcome is RegimeOutcome.FALLS
    p = ends(0.05, 0.01, 0.1)[RegimeOutcome.FALLS]
    assert 0.1 < p < 0.9
    assert abs(falls - p * runs) < 6 * math.sqrt(runs * p * (1 - p))


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


def after_screen(early, late):
    """One margin for the seeds of the screen, another for fresh ones."""
    return lambda seed: early(seed) if seed < SCREEN_SEEDS else late(seed)


def always(margin):
    return lambda seed: margin


COARSE = (always(-1.0), always(1.0))
EXAMINED = [  # delta, margins, outcome, looks at fresh seeds
    pytest.param(0.05, Margins(always(1.0)), RegimeOutcome.STANDS, 0, id="holds"),
    pytest.param(0.05, Margins(always(0.0)), RegimeOutcome.STANDS, 0, id="holds barely"),
    pytest.param(0.05, Margins(share(4 / 24)), RegimeOutcome.STANDS, 0, id="not suspicious"),
    pytest.param(0.05, Margins(always(-1.0)), RegimeOutcome.FALLS, 1, id="fails"),
    pytest.param(0.05, Margins(always(-5e-324)), RegimeOutcome.FALLS, 1, id="fails barely"),
    pytest.param(0.05, Margins(share(0.25)), RegimeOutcome.FALLS, None, id="fails for a quarter"),
    pytest.param(0.05, Margins(always(math.nan)), RegimeOutcome.FALLS, 1, id="nan"),
    pytest.param(
        0.05,
        Margins(after_screen(always(-1.0), always(1.0))),
        RegimeOutcome.STANDS,
        None,
        id="screen was bad luck",
    ),
    pytest.param(
        0.05,
        Margins(after_screen(always(-1.0), share(0.02))),
        RegimeOutcome.STANDS,
        None,
        id="screen was bad luck, a few fail",
    ),
    pytest.param(
        0.05,
        Margins(share(0.0919), share(0.0919)),
        RegimeOutcome.STANDS,
        0,
        id="between, not suspicious",
    ),
    pytest.param(
        0.05,
        Margins(after_screen(always(-1.0), share(0.0919))),
        RegimeOutcome.UNDECIDED,
        40,
        id="between delta and thrice delta",
    ),
    pytest.param(0.05, Margins(*COARSE), RegimeOutcome.UNDECIDED, None, id="measured too coarsely"),
    pytest.param(
        0.05,
        Margins(after_screen(always(-1.0), share(0.01)), always(1.0)),
        RegimeOutcome.STANDS,
        None,
        id="coarse on the screen only",
    ),
    pytest.param(
        0.05,
        Margins(always(-1.0), share(0.5)),
        RegimeOutcome.FALLS,
        None,
        id="half certain to fail",
    ),
    pytest.param(0.0, Margins(always(0.0)), RegimeOutcome.STANDS, 0, id="exact holds"),
    pytest.param(0.0, Margins(share(1 / 24)), RegimeOutcome.FALLS, 0, id="exact fails once"),
    pytest.param(0.0, Margins(always(math.nan)), RegimeOutcome.FALLS, 0, id="exact nan"),
    pytest.param(
        0.0, Margins(*COARSE), RegimeOutcome.UNDECIDED, 0, id="exact, measured too coarsely"
    ),
]


@pytest.mark.parametrize(("delta", "margins", "outcome", "looks"), EXAMINED)
def test_examine(delta, margins, outcome, looks):
    margins.asked.clear()
    evidence = examine(margins, delta=delta, alpha=ALPHA, seeds=SCREEN_SEEDS)
    assert evidence.outcome is outcome
    assert looks is None or len(margins.asked) == looks + 1
    # Seeds follow one another: none is used twice, and those of the screen never again.
    assert [first for first, _ in margins.asked] == [
        sum(count for _, count in margins.asked[:k]) for k in range(len(margins.asked))
    ]
    assert (
        evidence.seeds
        == sum(count for _, count in margins.asked)
        <= SCREEN_SEEDS + MOST_FRESH_SEEDS
    )


def test_only_fresh_evidence_falsifies():
    """The counts that decide leave the screen out."""
    evidence = examine(Margins(always(-1.0)), delta=DELTA, alpha=ALPHA, seeds=SCREEN_SEEDS)
    assert (evidence.certain_failures, evidence.possible_failures, evidence.seeds) == (
        LOOK_SEEDS,
        LOOK_SEEDS,
        SCREEN_SEEDS + LOOK_SEEDS,
    )


def test_stronger_evidence_for_a_smaller_alpha():
    seeds = [
        examine(Margins(share(0.25)), delta=DELTA, alpha=alpha, seeds=SCREEN_SEEDS).seeds
        for alpha in (1e-3, 1e-9, 1e-30)
    ]
    assert seeds[0] < seeds[1] < seeds[2]


def test_examine_rejects_a_true_statement_rarely():
    """End to end, on seeds that fail with probability delta exactly: no more regimes fall than the
    screen lets through and alpha allows.
    """
    generator = np.random.default_rng(2)
    outcomes = []
    for _ in range(2000):
        fails = generator.random(SCREEN_SEEDS + MOST_FRESH_SEEDS) < DELTA
        outcomes.append(
            examine(
                Margins(lambda k, fails=fails: -1.0 if fails[k] else 1.0),
                delta=DELTA,
                alpha=0.01,
                seeds=SCREEN_SEEDS,
            ).outcome
        )
    # P(falls) <= 0.006 * 0.01, so two of 2000 have probability below 0.01.
    assert outcomes.count(RegimeOutcome.FALLS) <= 1


# What a regime reveals ---------------------------------------------------------------------------


@pytest.mark.parametrize("delta", [0.01, 0.05])
@pytest.mark.parametrize("seeds", [SCREEN_SEEDS, 96])
def test_smallest_detectable(delta, seeds):
    """Brute force: the screen's tail times the exact power of the sequential test, on seeds of its
    own.
    """
    enough = next(k for k in range(seeds + 1) if tail(k, seeds, delta) < SUSPICION)
    alpha = regime_level(160, 24)
    smallest = smallest_detectable(delta, seeds)
    assert tail(enough, seeds, smallest) * ends(delta, alpha, smallest)[
        RegimeOutcome.FALLS
    ] >= 0.99 * (1 - 1e-9)
    assert smallest >= INDIFFERENCE * delta
    less = smallest - 0.001
    assert less < INDIFFERENCE * delta or tail(enough, seeds, less) * (1 - MISS) < 0.99


@pytest.mark.parametrize("seeds", [1, 2, 30])
def test_caught_of_an_exact_statement(seeds):
    """Any failing seed shows: none does with probability (1 - p)^seeds."""
    assert (1 - smallest_detectable(0.0, seeds)) ** seeds == pytest.approx(0.01)
