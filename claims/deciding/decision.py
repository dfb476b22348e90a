"""How a verdict is reached, and what it is worth.

Hypothesis *searches* regimes; it promises no distribution over them. Within one regime, seeds are
independent, so "fails with probability at most delta" is a statement about a binomial count:

1. *Screen.* `SCREEN_SEEDS` seeds. If a count of failures this high has probability >= `SUSPICION`
   under delta, the regime stands.
2. *Confirm.* Otherwise the evidence so far is set aside, and a Wald sequential test on fresh seeds
   decides between H0: p <= delta and H1: p >= `INDIFFERENCE` * delta, with error probabilities
   alpha (from the budget below) and `MISS`. Only this fresh evidence falsifies.

A seed's margin comes with an interval where the measurement has error. A failure is *certain* when
even the upper end is negative, *possible* when the lower end is. Certain failures falsify; a
regime stands only if its possible failures stand; between the two the regime is undecided.

False alarms: the run may falsify a true statement with probability at most `RUN_BUDGET`, split
evenly over the statements of the catalogue, then over the regimes of each. (Statements about many
regimes: `claims.deciding.estimates`.) Power: `caught` gives the smallest failure probability found
in a regime with probability >= 0.99; every claim's planted wrong versions show the rest.

Example: delta = 0.05 and 24 seeds. Five failures or more have probability 0.006 under delta, so
five are suspicious. A statement that fails in 45% of networks gets past the screen with
probability 0.004.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RUN_BUDGET = 1e-6
SUSPICION = 0.01
SCREEN_SEEDS = 24
INDIFFERENCE = 3.0
MISS = 1e-3
#: Fresh seeds per look of the sequential test, and the most it may take.
LOOK_SEEDS = 24
MOST_FRESH_SEEDS = 960


class Status(Enum):
    """What is known of a statement. Always derived from evidence, never typed by hand."""

    VERIFIED = "verified"
    FALSIFIED = "falsified"
    INCONCLUSIVE = "inconclusive"  # not enough evidence
    VACUOUS = "vacuous"  # hypotheses rarely met
    BLOCKED = "blocked"  # a statement it uses is falsified


@dataclass(frozen=True)
class Margin:
    """By how much a statement holds for each seed (>= 0 holds), as an interval where the
    measurement has error.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    step: NDArray[np.int64] | None = (
        None  # of a statement about a whole run: the step at which the margin is least
    )

    @classmethod
    def along(cls, values: NDArray[np.float64], steps: NDArray[np.int64]) -> Margin:
        """The margin of "at every one of these steps", from (steps, seeds)."""
        worst = values.argmin(0)
        return replace(cls.exact(values.min(0)), step=steps[worst])

    @classmethod
    def exact(cls, values: Any) -> Margin:
        """A margin without measurement error."""
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        return cls(array, array)

    @classmethod
    def between(cls, low: Any, high: Any) -> Margin:
        """A margin known to lie in [low, high]."""
        return cls(
            np.atleast_1d(np.asarray(low, dtype=np.float64)),
            np.atleast_1d(np.asarray(high, dtype=np.float64)),
        )

    @property
    def certain_failures(self) -> int:
        """Seeds that fail whatever the measurement error; nan fails."""
        return int(np.sum(~(self.high >= 0)))

    @property
    def possible_failures(self) -> int:
        """Seeds that are not certain to hold; nan fails."""
        return int(np.sum(~(self.low >= 0)))

    def both(self, other: Margin) -> Margin:
        """The margin of a conjunction."""
        return Margin(np.minimum(self.low, other.low), np.minimum(self.high, other.high))

    @property
    def negated(self) -> Margin:
        """The margin of the opposite statement."""
        return Margin(-self.high, -self.low)

    def tolerated(self, delta: float) -> tuple[float, int | None]:
        """The worst margin once a share delta of the seeds, the worst, is allowed to fail; and the
        step it is at.
        """
        values = np.where(np.isnan(self.low), -np.inf, self.low)
        seed = int(np.argsort(values, kind="stable")[int(delta * len(values))])
        return float(values[seed]), None if self.step is None else int(self.step[seed])


def suspicious(failures: int, seeds: int, delta: float) -> bool:
    """Whether so many failures are improbable (below `SUSPICION`) when each has probability at most
    delta. Exact.
    """
    if delta == 0:
        return failures > 0
    return float(stats.binom.sf(failures - 1, seeds, delta)) < SUSPICION


class Outcome(Enum):
    """Of one regime."""

    STANDS = "stands"
    FALLS = "falls"
    UNDECIDED = "undecided"


@dataclass
class SequentialTest:
    """Wald's test of p <= delta against p >= INDIFFERENCE delta; accepts wrongly with probability
    <= MISS, rejects wrongly <= alpha.
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

    def add(self, failures: int, seeds: int) -> Outcome:
        """Take a look at more seeds."""
        self.failures += failures
        self.seeds += seeds
        worse = INDIFFERENCE * self.delta
        evidence = self.failures * math.log(worse / self.delta) + (
            self.seeds - self.failures
        ) * math.log((1 - worse) / (1 - self.delta))
        if evidence >= math.log((1 - MISS) / self.alpha):
            return Outcome.FALLS
        return (
            Outcome.STANDS if evidence <= math.log(MISS / (1 - self.alpha)) else Outcome.UNDECIDED
        )


@dataclass(frozen=True)
class RegimeEvidence:
    """What was seen in one regime."""

    outcome: Outcome
    seeds: int
    certain_failures: int
    possible_failures: int
    worst_margin: float
    worst_step: int | None = None


def examine(
    measure: Callable[[int, int], Margin], *, delta: float, alpha: float, seeds: int
) -> RegimeEvidence:
    """Decide one regime. `measure(first, count)` gives the margins of seeds first .. first + count
    - 1.

    With delta = 0 (an exact statement) one certain failure decides, since the same seed fails
    again.
    """
    screen = measure(0, seeds)
    seen = RegimeEvidence(
        Outcome.STANDS,
        seeds,
        screen.certain_failures,
        screen.possible_failures,
        *screen.tolerated(delta),
    )
    if not suspicious(screen.possible_failures, seeds, delta):
        return seen
    if delta == 0:
        outcome = Outcome.FALLS if screen.certain_failures else Outcome.UNDECIDED
        return replace(seen, outcome=outcome)
    certain, possible = SequentialTest(delta, alpha), SequentialTest(delta, alpha)
    outcome_certain = outcome_possible = Outcome.UNDECIDED
    worst = seen.worst_margin, seen.worst_step
    while certain.seeds < MOST_FRESH_SEEDS:
        margin = measure(seeds + certain.seeds, LOOK_SEEDS)
        worst = min(worst, margin.tolerated(delta), key=lambda found: found[0])
        outcome_certain = certain.add(margin.certain_failures, LOOK_SEEDS)
        outcome_possible = (
            outcome_possible
            if outcome_possible is Outcome.STANDS
            else possible.add(margin.possible_failures, LOOK_SEEDS)
        )
        if outcome_certain is Outcome.FALLS or outcome_possible is Outcome.STANDS:
            break
        if outcome_certain is Outcome.STANDS and outcome_possible is Outcome.FALLS:
            outcome_certain = Outcome.UNDECIDED  # the measurement is too coarse to tell
            break
    if outcome_certain is not Outcome.FALLS:
        outcome_certain = (
            Outcome.STANDS if outcome_possible is Outcome.STANDS else Outcome.UNDECIDED
        )
    return RegimeEvidence(
        outcome_certain, seeds + certain.seeds, certain.failures, possible.failures, *worst
    )


def derive(evidence: Iterable[RegimeEvidence], drawn: int) -> Status:
    """The status of a claim from its regimes; `drawn` counts those outside its hypotheses too."""
    outcomes = [e.outcome for e in evidence]
    if Outcome.FALLS in outcomes:
        return Status.FALSIFIED
    if not outcomes or len(outcomes) < drawn / 2:
        return Status.VACUOUS
    return Status.INCONCLUSIVE if Outcome.UNDECIDED in outcomes else Status.VERIFIED


def regime_alpha(statements: int, regimes: int) -> float:
    """The false-alarm probability one regime of one statement may spend."""
    return RUN_BUDGET / (max(statements, 1) * max(regimes, 1))


def caught(delta: float, seeds: int) -> float:
    """The smallest probability of failure that one regime reveals with probability >= 0.99.

    For exact statements any failing seed drawn is found: 1 - 0.01^(1/seeds).
    """
    if delta == 0:
        return 1 - float(0.01 ** (1 / seeds))
    enough = next(k for k in range(seeds + 1) if suspicious(k, seeds, delta))
    candidates = np.linspace(delta, 1, 1901)
    seen = stats.binom.sf(enough - 1, seeds, candidates) * (1 - MISS)
    return float(candidates[np.argmax((seen >= 0.99) & (candidates >= INDIFFERENCE * delta))])
