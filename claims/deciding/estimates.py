"""Statements about many regimes at once: a rank correlation, an accuracy, a fitted exponent.

Such a statement is judged by one number of a population of regimes. Its error is the bootstrap's
over regimes, and the interval that decides is Student's, with one degree of freedom less than there
are regimes: a statement that is true of the search's distribution of regimes is falsified with
probability at most `LEVEL`, as far as that law describes the number. The ledger counts that
probability; the 95% interval stands in the evidence for people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from claims.core.margin import Margin
from claims.deciding.budget import LEVEL

Array = NDArray[np.float64]
_RESAMPLES = 400
#: With fewer regimes than this nothing is estimated, and nothing decided.
LEAST = 8


def reach() -> float:
    """Standard errors beyond an interval at which a violation is detected with probability 0.99."""
    return float(stats.norm.ppf(0.99))


def smallest_detectable(margin: Margin, width: float) -> float:
    """The smallest violation that is detected with probability 0.99, in the margin's unit.

    From an interval of `width` standard errors either side.
    """
    bounded = np.isfinite(margin.high) & np.isfinite(margin.low)
    half = float((margin.high[bounded] - margin.low[bounded]).max(initial=0.0)) / 2
    return half + half / width * reach()


def spread(count: int, level: float = LEVEL) -> float:
    """How many standard errors of a mean of `count` numbers are exceeded with probability
    `level`.
    """
    return float(stats.t.isf(level, count - 1))


@dataclass(frozen=True)
class Estimate:
    """A number of a population, with its standard error over regimes and a 95% interval."""

    value: float
    error: float
    low: float
    high: float
    count: int  # regimes

    def __neg__(self) -> Estimate:
        return Estimate(-self.value, self.error, -self.high, -self.low, self.count)

    def at_most(self, bound: float, level: float = LEVEL) -> Margin:
        """The margin of value <= bound."""
        if self.count < LEAST:
            return Margin.between([-math.inf], [math.inf])
        unsure = spread(self.count, level) * self.error
        return Margin.between([bound - self.value - unsure], [bound - self.value + unsure])

    def at_least(self, bound: float, level: float = LEVEL) -> Margin:
        """The margin of value >= bound."""
        return (-self).at_most(-bound, level)

    def record(self) -> dict[str, float]:
        """For the ledger."""
        return {
            "value": round(self.value, 6),
            "low": round(self.low, 6),
            "high": round(self.high, 6),
        }


def estimate(statistic: Callable[..., float], *columns: ArrayLike) -> Estimate:
    """A statistic of paired columns, each (regimes,) or (regimes, ...). Deterministic. Without a
    value for fewer than `LEAST` regimes.

    Raises:
        ValueError: for columns of different lengths.
    """
    data = [np.asarray(column, dtype=np.float64) for column in columns]
    n = len(data[0])
    if any(len(column) != n for column in data):
        raise ValueError(
            f"columns of {[len(column) for column in data]} regimes: must be of one length"
        )
    if n < LEAST:
        return Estimate(math.nan, math.inf, -math.inf, math.inf, n)
    resampled = stats.bootstrap(
        (np.arange(n),),
        lambda chosen: statistic(*(column[chosen] for column in data)),
        vectorized=False,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(n),
    )
    low, high = resampled.confidence_interval
    return Estimate(
        float(statistic(*data)),
        float(resampled.standard_error) * math.sqrt(n / (n - 1)),
        float(low),
        float(high),
        n,
    )


def root_mean_square(gap: Array) -> float:
    """Of a column."""
    return float(np.sqrt(np.mean(gap**2)))


def average(column: Array) -> float:
    """Its mean."""
    return float(column.mean())


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


def rank_correlation(first: Array, second: Array) -> float:
    """Spearman's; 0 where a column is constant."""
    if min(np.ptp(first), np.ptp(second)) == 0:
        return 0.0
    return float(stats.spearmanr(first, second).statistic)


def slopes(response: Array, design: Array) -> Array:
    """Least-squares coefficients of the columns of `design`, (regimes, k), beside a constant."""
    columns = np.column_stack([design, np.ones(len(design))])
    return np.asarray(np.linalg.lstsq(columns, response, rcond=None)[0][:-1])


def each(values: Sequence[Any], read: Callable[[Any], float]) -> Array:
    """A column."""
    return np.array([read(value) for value in values], dtype=np.float64)


def beyond(design: Array, known: Array) -> Array:
    """Columns of `design`, (regimes, k) or (regimes,), less their cubic fit in `known`,
    (regimes,).
    """
    basis = np.vander((known - known.mean()) / max(known.std(), 1e-300), 4)
    return np.asarray(design - basis @ np.linalg.lstsq(basis, design, rcond=None)[0])
