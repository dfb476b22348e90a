"""Exact tests of a population of regimes: of shares, and of quantiles.

"In two regimes of three the law is off by at most 0.01" is a statement about a binomial count,
whatever law the gaps follow. So are all statements here: their tests keep the stated level under
any distribution, with however few regimes. Regimes count as independent draws of the search.

A statement falls where the exact interval of missing probability `LEVEL` lies beyond the bound, and
stands where that of missing probability `MISS` lies within; between the two it is undecided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from claims.core.margin import Margin
from claims.core.records import finite
from claims.deciding.budget import LEVEL, MISS

Array = NDArray[np.float64]
#: What "in most regimes" means for an accuracy. Of Gaussian gaps this share is within their root
#: mean square.
MOST = 2 / 3


@dataclass(frozen=True)
class Share:
    """How many regimes of a population have a property."""

    holding: int
    regimes: int

    @classmethod
    def of(cls, holds: ArrayLike) -> Share:
        """From whether each regime, (regimes,), has it."""
        array = np.asarray(holds, dtype=bool)
        return cls(int(array.sum()), len(array))

    def ends(self, below: float, above: float) -> tuple[float, float]:
        """Clopper and Pearson's interval, whose ends are missed with these probabilities."""
        k, n = self.holding, self.regimes
        low = stats.beta.ppf(below, k, n - k + 1) if k else 0.0
        high = stats.beta.isf(above, k + 1, n - k) if k < n else 1.0
        return float(low), float(high)

    def at_least(self, share: float, statements: int = 1) -> Margin:
        """The margin of: a share of regimes, or more, have it.

        `statements` are decided together, and share the levels.
        """
        low, high = self.ends(MISS / statements, LEVEL / statements)
        return Margin.between([low - share], [high - share])

    def record(self) -> dict[str, Any]:
        """For the ledger: the share, its 95% interval, and of how many."""
        low, high = self.ends(0.025, 0.025)
        value = self.holding / self.regimes if self.regimes else 0.0
        rounded = {"value": value, "low": low, "high": high}
        return {name: round(end, 6) for name, end in rounded.items()} | {"of": self.regimes}


@dataclass(frozen=True, eq=False)
class Quantile:
    """A quantile of one number a regime.

    Args:
        column: (regimes,). What is no number counts as beyond every bound.
        share: of regimes below it.
    """

    column: Array
    share: float

    def low(self, missed: float, *, nothing: float = -math.inf) -> float:
        """The largest order statistic that exceeds it with probability at most `missed`."""
        ordered = np.sort(
            np.nan_to_num(self.column, nan=nothing, posinf=math.inf, neginf=-math.inf)
        )
        k = _rank(len(ordered), self.share, missed)
        return float(ordered[k - 1]) if k else -math.inf

    def high(self, missed: float, *, nothing: float = math.inf) -> float:
        """The least order statistic that it exceeds with probability at most `missed`."""
        return -Quantile(-self.column, 1 - self.share).low(missed, nothing=-nothing)

    @property
    def value(self) -> float:
        """The quantile of the regimes at hand."""
        return float(np.quantile(self.column, self.share)) if len(self.column) else math.nan

    def at_most(self, bound: float, statements: int = 1) -> Margin:
        """The margin of: it is at most so much.

        `statements` are decided together, and share the levels.
        """
        stands = bound - self.high(MISS / statements)
        return Margin.between([stands], [bound - self.low(LEVEL / statements, nothing=math.inf)])

    def at_least(self, bound: float, statements: int = 1) -> Margin:
        """The margin of: it is at least so much."""
        return self.negated.at_most(-bound, statements)

    @property
    def negated(self) -> Quantile:
        """The same of the opposite numbers."""
        return Quantile(-self.column, 1 - self.share)

    def record(self) -> dict[str, Any]:
        """For the ledger: the value and its 95% interval."""
        ends = {"value": self.value, "low": self.low(0.025), "high": self.high(0.025)}
        return {name: _rounded(end) for name, end in ends.items()}


def _rounded(value: float) -> float | None:
    return round(value, 6) if finite(value) is not None else None


@lru_cache(maxsize=4096)
def _rank(count: int, share: float, missed: float) -> int:
    """The largest k for which P(x_(k) > quantile), at most P(Bin(count, share) < k), is at most
    `missed`; 0 if there is none.
    """
    k = int(stats.binom.ppf(missed, count, share)) + 1
    while k and stats.binom.cdf(k - 1, count, share) > missed:
        k -= 1
    return k


def median(column: ArrayLike) -> Quantile:
    """Of one number a regime."""
    return Quantile(np.asarray(column, dtype=np.float64), 1 / 2)


def within(quantile: Quantile, bound: float) -> Margin:
    """The margin of: it is between minus and plus so much."""
    above, below = quantile.at_least(-bound, 2), quantile.at_most(bound, 2)
    return Margin.between(np.minimum(above.low, below.low), np.minimum(above.high, below.high))


def typical(gaps: ArrayLike) -> Quantile:
    """The size that gaps do not exceed in `MOST` regimes."""
    return Quantile(np.abs(np.asarray(gaps, dtype=np.float64)), MOST)


def nearer(first: Array, second: Array, by: float = 0.0) -> Share:
    """In how many regimes gap `first` is the smaller one, of those where the two gaps' sources
    differ by more than `by`.
    """
    apart = np.abs(first - second) > by
    return Share.of(np.abs(first[apart]) < np.abs(second[apart]))


def share_power(count: int, share: float, level: float = LEVEL) -> float:
    """By how much a true share must fall short of `share` for `count` regimes to falsify "at least
    `share`" with probability 0.99; exact.

    It is falsified where so few hold that Clopper and Pearson's upper end, missed with probability
    `level`, is below. 1 where it never is.
    """
    most = int(stats.binom.ppf(level, count, share))
    while most >= 0 and stats.binom.cdf(most, count, share) >= level:
        most -= 1
    if most < 0:
        return 1.0
    # P(at most `most` of them) = P(Beta(most + 1, count - most) > p).
    return share - float(stats.beta.isf(0.99, most + 1, count - most))
