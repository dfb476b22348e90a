"""How one regime is decided: a screen, and a sequential test on fresh seeds.

Hypothesis *searches* regimes; it promises no distribution over them. Within one regime, seeds are
independent, so "fails with probability at most delta" is a statement about a binomial count:

1. *Screen.* If a count of failures this high has probability >= `SUSPICION` under delta, the regime
   stands.
2. *Confirm.* Otherwise the evidence so far is set aside, and a Wald sequential test on fresh seeds
   decides between H0: p <= delta and H1: p >= `INDIFFERENCE` * delta, with error probabilities
   alpha (from the run's budget) and `MISS`. Only this fresh evidence falsifies.

A seed's margin comes with an interval where the measurement has error. A failure is *certain* when
even the upper end is negative, *possible* when the lower end is. Certain failures falsify; a regime
stands only if its possible failures stand; between the two the regime is undecided.

Example: delta = 0.05 and 24 seeds. Five failures or more have probability 0.006 under delta, so
five are suspicious. A statement that fails in 45% of networks gets past the screen with probability
0.004.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from claims.core.evidence import RegimeEvidence, RegimeOutcome
from claims.core.margin import Margin

SUSPICION = 0.01
INDIFFERENCE = 3.0
MISS = 1e-3
#: Fresh seeds per look of the sequential test, and the most it may take.
LOOK_SEEDS = 24
MOST_FRESH_SEEDS = 960


def suspicious(failures: int, seeds: int, delta: float) -> bool:
    """Whether so many failures are improbable when each has probability at most delta. Exact.

    Improbable is what has a probability below `SUSPICION`.
    """
    if delta == 0:
        return failures > 0
    return float(stats.binom.sf(failures - 1, seeds, delta)) < SUSPICION


@dataclass
class SequentialTest:
    """Wald's test of p <= delta against p >= INDIFFERENCE delta.

    Accepts wrongly with probability at most MISS, rejects wrongly with at most alpha.
    """

    delta: float
    alpha: float
    failures: int = 0
    seeds: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.delta < 1 / INDIFFERENCE:
            raise ValueError(
                f"delta = {self.delta}: must lie strictly between 0 and {1 / INDIFFERENCE:.3g} for"
                " the sequential test"
            )

    def add(self, failures: int, seeds: int) -> RegimeOutcome:
        """Take a look at more seeds."""
        self.failures += failures
        self.seeds += seeds
        worse = INDIFFERENCE * self.delta
        held = self.seeds - self.failures
        evidence = self.failures * math.log(worse / self.delta) + held * math.log(
            (1 - worse) / (1 - self.delta)
        )
        if evidence >= math.log((1 - MISS) / self.alpha):
            return RegimeOutcome.FALLS
        accepted = evidence <= math.log(MISS / (1 - self.alpha))
        return RegimeOutcome.STANDS if accepted else RegimeOutcome.UNDECIDED


def examine(
    measure: Callable[[int, int], Margin], *, delta: float, alpha: float, seeds: int
) -> RegimeEvidence:
    """Decide one regime. `measure(first, count)` gives the margins of seeds from `first` on.

    With delta = 0 (an exact statement) one certain failure decides, since the same seed fails
    again.
    """
    screen = measure(0, seeds)
    screened = RegimeEvidence(
        RegimeOutcome.STANDS,
        seeds,
        screen.certain_failures,
        screen.possible_failures,
        *screen.tolerated(delta),
    )
    if not suspicious(screen.possible_failures, seeds, delta):
        return screened
    if delta == 0:
        certain = screen.certain_failures > 0
        return replace(
            screened, outcome=RegimeOutcome.FALLS if certain else RegimeOutcome.UNDECIDED
        )
    return _confirmed(measure, screened, delta, alpha)


def _confirmed(
    measure: Callable[[int, int], Margin], screened: RegimeEvidence, delta: float, alpha: float
) -> RegimeEvidence:
    """Decide a suspicious regime on seeds after those of the screen."""
    certain, possible = SequentialTest(delta, alpha), SequentialTest(delta, alpha)
    by_certain = by_possible = RegimeOutcome.UNDECIDED
    worst = screened.worst_margin, screened.worst_step
    while certain.seeds < MOST_FRESH_SEEDS:
        margin = measure(screened.seeds + certain.seeds, LOOK_SEEDS)
        worst = min(worst, margin.tolerated(delta), key=lambda pair: pair[0])
        by_certain = certain.add(margin.certain_failures, LOOK_SEEDS)
        if by_possible is not RegimeOutcome.STANDS:
            by_possible = possible.add(margin.possible_failures, LOOK_SEEDS)
        if by_certain is RegimeOutcome.FALLS or by_possible is RegimeOutcome.STANDS:
            break
        if by_certain is RegimeOutcome.STANDS and by_possible is RegimeOutcome.FALLS:
            by_certain = RegimeOutcome.UNDECIDED  # the measurement is too coarse to tell
            break
    if by_certain is not RegimeOutcome.FALLS:
        stands = by_possible is RegimeOutcome.STANDS
        by_certain = RegimeOutcome.STANDS if stands else RegimeOutcome.UNDECIDED
    return RegimeEvidence(
        by_certain, screened.seeds + certain.seeds, certain.failures, possible.failures, *worst
    )


def smallest_detectable(delta: float, seeds: int) -> float:
    """The smallest probability of failure that one regime reveals with probability >= 0.99.

    For exact statements any failing seed drawn is found: 1 - 0.01^(1/seeds).
    """
    if delta == 0:
        return 1 - float(0.01 ** (1 / seeds))
    enough = next(k for k in range(seeds + 1) if suspicious(k, seeds, delta))
    candidates = np.linspace(delta, 1, 1901)
    detected = stats.binom.sf(enough - 1, seeds, candidates) * (1 - MISS)
    return float(candidates[np.argmax((detected >= 0.99) & (candidates >= INDIFFERENCE * delta))])
