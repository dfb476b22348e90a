"""How one regime is decided: a sequential test that ends by accepting or by rejecting.

Hypothesis *searches* regimes; it promises no distribution over them. Within one regime, seeds are
independent, so "fails with probability at most delta" is a statement about a binomial count. Wald's
sequential test of p <= delta against p >= `INDIFFERENCE` delta looks at seeds until it decides. It
rejects a true statement with probability at most alpha, which comes from the run's budget, and
accepts one that fails `INDIFFERENCE` delta of the time or more with probability at most `MISS`:
both answers are earned. Between delta and `INDIFFERENCE` delta either answer may come.

A seed's margin comes with an interval where the measurement has error. A failure is *certain* when
even the upper end is negative, *possible* when the lower end is. Certain failures falsify; a regime
stands only if its possible failures stand; between the two the regime is undecided.

Example: with delta = 0.05 a regime is accepted after 63 networks none of which fails, and each
failure costs eleven more. With alpha = 5e-11 it is rejected after 22 networks all of which fail.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from scipy import stats

from claims.core.evidence import RegimeEvidence, RegimeOutcome
from claims.core.margin import Margin
from claims.deciding.budget import MISS

INDIFFERENCE = 3.0
#: Seeds after the first look are taken in looks of this many, fewest and most.
LOOK_SEEDS = 16, 128
#: A regime that is not decided by then stays undecided. A share of failures in the middle of the
#: indifference zone takes the longest.
MOST_SEEDS = 4096
#: Of the bounds that are printed of a failure probability, and of a share of regimes.
CONFIDENCE = 0.95


@dataclass
class SequentialTest:
    """Wald's test of p <= delta against p >= INDIFFERENCE delta.

    Accepts wrongly with probability at most MISS, rejects wrongly with at most alpha.

    Raises:
        ValueError: for a delta of which thrice is no probability.
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
        if self._evidence >= math.log((1 - MISS) / self.alpha):
            return RegimeOutcome.FALLS
        accepted = self._evidence <= self._accepting
        return RegimeOutcome.STANDS if accepted else RegimeOutcome.UNDECIDED

    @property
    def clean_left(self) -> int:
        """Seeds more that accept, if none of them fails."""
        return max(0, math.ceil((self._evidence - self._accepting) / -self._of_a_clean_seed))

    @property
    def failing_left(self) -> int:
        """Seeds more that reject, if all of them fail."""
        missing = math.log((1 - MISS) / self.alpha) - self._evidence
        return max(0, math.ceil(missing / math.log(INDIFFERENCE)))

    @property
    def leans_to_reject(self) -> bool:
        """Whether what was seen speaks for the larger failure probability."""
        return self._evidence > 0

    @property
    def _evidence(self) -> float:
        """The logarithm of the likelihood ratio."""
        held = self.seeds - self.failures
        return self.failures * math.log(INDIFFERENCE) + held * self._of_a_clean_seed

    @property
    def _accepting(self) -> float:
        return math.log(MISS / (1 - self.alpha))

    @property
    def _of_a_clean_seed(self) -> float:
        return math.log((1 - INDIFFERENCE * self.delta) / (1 - self.delta))


def least_seeds(delta: float, alpha: float = 0.0) -> int:
    """Seeds that accept if none of them fails: those of the first look."""
    return SequentialTest(delta, alpha).clean_left


@dataclass
class _Looks:
    """What was measured so far in one regime, and what the test says of it."""

    certain: SequentialTest
    possible: SequentialTest
    by_certain: RegimeOutcome = RegimeOutcome.UNDECIDED
    by_possible: RegimeOutcome = RegimeOutcome.UNDECIDED
    margins: list[Margin] = field(default_factory=list)

    def add(self, margin: Margin) -> None:
        """One look more."""
        count = len(margin.low)
        self.margins.append(margin)
        self.by_certain = self.certain.add(margin.certain_failures, count)
        if self.by_possible is not RegimeOutcome.STANDS:
            self.by_possible = self.possible.add(margin.possible_failures, count)

    def left(self, to_fall: bool) -> int:
        """The fewest seeds more that decide: that reject, if only that is asked, or accept."""
        return self.certain.failing_left if to_fall else self.possible.clean_left

    @property
    def decided(self) -> bool:
        """Whether more seeds would change nothing; the last case is a measurement too coarse."""
        return (
            self.by_certain is RegimeOutcome.FALLS
            or self.by_possible is RegimeOutcome.STANDS
            or (self.by_certain is RegimeOutcome.STANDS and self.by_possible is RegimeOutcome.FALLS)
        )

    @property
    def outcome(self) -> RegimeOutcome:
        """Of the regime."""
        if self.by_certain is RegimeOutcome.FALLS:
            return RegimeOutcome.FALLS
        stands = self.by_possible is RegimeOutcome.STANDS
        return RegimeOutcome.STANDS if stands else RegimeOutcome.UNDECIDED


def examine(
    measure: Callable[[int, int], Margin],
    *,
    delta: float,
    alpha: float,
    exact_seeds: int,
    first_look: int | None = None,
    to_fall: bool = False,
) -> RegimeEvidence:
    """Decide one regime. `measure(first, count)` gives the margins of seeds from `first` on.

    With delta = 0 (an exact statement) `exact_seeds` are tried, and one certain failure decides,
    since the same seed fails again.

    Args:
        first_look: seeds of the first look, where they are given; else the fewest that decide.
        to_fall: only whether it falls is asked: undecided where a look speaks against that.
    """
    if delta == 0:
        return _judged_exactly(measure(0, exact_seeds), exact_seeds)
    looks = _Looks(SequentialTest(delta, alpha), SequentialTest(delta, alpha))
    fewest, most = LOOK_SEEDS
    count = first_look or looks.left(to_fall)
    while not looks.decided and looks.certain.seeds < MOST_SEEDS:
        looks.add(measure(looks.certain.seeds, count))
        if to_fall and not looks.certain.leans_to_reject:
            break
        count = min(max(looks.left(to_fall), fewest), most)
    return summarised(looks.outcome, Margin.joined(looks.margins), delta)


def _judged_exactly(margin: Margin, seeds: int) -> RegimeEvidence:
    """What the seeds of an exact statement say: none may fail. One margin may be about all."""
    if margin.certain_failures:
        outcome = RegimeOutcome.FALLS
    else:
        possible = margin.possible_failures
        outcome = RegimeOutcome.UNDECIDED if possible else RegimeOutcome.STANDS
    return replace(summarised(outcome, margin, 0.0), seeds=seeds)


def summarised(outcome: RegimeOutcome, margin: Margin, delta: float) -> RegimeEvidence:
    """The evidence of so many seeds, whatever decided them."""
    tolerated, step = margin.tolerated(delta)
    return RegimeEvidence(
        outcome,
        len(margin.low),
        margin.certain_failures,
        margin.possible_failures,
        tolerated,
        step,
        least_margin=margin.least,
    )


def failure_bound(failures: int, seeds: int) -> float:
    """An upper bound of a failure probability at `CONFIDENCE`: Clopper and Pearson's."""
    if failures >= seeds:
        return 1.0
    return float(stats.beta.ppf(CONFIDENCE, failures + 1, seeds - failures))


def share_bound(regimes: int) -> float:
    """An upper bound, at `CONFIDENCE`, of the share of a search's regimes that fail `INDIFFERENCE`
    delta of the time or more, where none of so many was rejected.

    Regimes count as independent draws of the search; each such regime stands with probability at
    most `MISS`.
    """
    if regimes == 0:
        return 1.0
    return min(1.0, float(-math.expm1(math.log1p(-CONFIDENCE) / regimes)) / (1 - MISS))


def smallest_detectable(delta: float, exact_seeds: int) -> float:
    """The smallest probability of failure that one regime reveals with probability >= 0.99.

    It reveals it by not being accepted. For exact statements any failing seed drawn is found:
    1 - 0.01^(1/seeds).
    """
    return INDIFFERENCE * delta if delta else 1 - float(0.01 ** (1 / exact_seeds))
