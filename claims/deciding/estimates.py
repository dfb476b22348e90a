"""Numbers of a population of regimes, for people: with the bootstrap's 95% interval over regimes.

They stand in the evidence, and decide nothing: what decides are the exact tests of
`claims.deciding.shares`, and `claims.deciding.coefficients`.
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
from claims.deciding.budget import LEVEL, MISS

Array = NDArray[np.float64]
_RESAMPLES = 400
#: With fewer regimes than this nothing is estimated, and nothing decided.
LEAST = 8


def reach() -> float:
    """Standard errors beyond an interval at which a violation is detected with probability 0.99."""
    return float(stats.norm.ppf(0.99))


def smallest_detectable(margin: Margin) -> float:
    """The smallest violation that is detected with probability 0.99, in the margin's unit.

    From the widths of the two intervals that decide, as if errors were Gaussian.
    """
    bounded = np.isfinite(margin.high) & np.isfinite(margin.low)
    width = float((margin.high[bounded] - margin.low[bounded]).max(initial=0.0))
    falls, stands = stats.norm.isf(LEVEL), stats.norm.isf(MISS)
    return float(width * (falls + reach()) / (falls + stands))


def spread(count: int, level: float) -> float:
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
