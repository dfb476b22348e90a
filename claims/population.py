"""Statements about many regimes at once: a rank correlation, an accuracy, a fitted exponent.

Such a statement is judged by one number of a population of regimes. Its error is the bootstrap's
over regimes, and the interval that decides is `SPREAD` standard errors either side: a statement that is true of the search's
distribution of regimes is falsified with probability at most `LEVEL`, as far as the normal law describes the number. The ledger
counts that probability; the 95% interval stands in the evidence for people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from claims.decision import RUN_BUDGET, Margin

Array = NDArray[np.float64]
#: An even share of the run's budget, with room for twice as many claims as there are.
LEVEL = RUN_BUDGET / 256
SPREAD = float(stats.norm.isf(LEVEL))  # 5.8
#: The same for each of the regimes of a search that climbs, of which there may be so many.
MOST_CLIMBED = 128
CLIMB_SPREAD = float(stats.norm.isf(LEVEL / MOST_CLIMBED))  # 6.5
_RESAMPLES = 400
#: Of a margin's interval, the smallest violation that is falsified with probability 0.99: so many standard errors beyond 0.
CAUGHT = SPREAD + float(stats.norm.ppf(0.99))


@dataclass(frozen=True)
class Estimate:
    """A number of a population, with its standard error over regimes and a 95% interval."""

    value: float
    error: float
    low: float
    high: float

    def __neg__(self) -> Estimate:
        return Estimate(-self.value, self.error, -self.high, -self.low)

    def at_most(self, bound: float) -> Margin:
        """The margin of value <= bound."""
        return Margin.between([bound - self.value - SPREAD * self.error], [bound - self.value + SPREAD * self.error])

    def at_least(self, bound: float) -> Margin:
        """The margin of value >= bound."""
        return (-self).at_most(-bound)

    def record(self) -> dict[str, float]:
        """For the ledger."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def estimate(statistic: Callable[..., float], *columns: ArrayLike) -> Estimate:
    """A statistic of paired columns, each (regimes,) or (regimes, ...). Deterministic.

    Raises:
        ValueError: with fewer than 3 regimes, or columns of different lengths.
    """
    data = [np.asarray(column, dtype=np.float64) for column in columns]
    n = len(data[0])
    if n < 3 or any(len(column) != n for column in data):
        raise ValueError(f"columns of {[len(column) for column in data]} regimes: must be of one length, at least 3")
    found = stats.bootstrap(
        (np.arange(n),),
        lambda chosen: statistic(*(column[chosen] for column in data)),
        vectorized=False, n_resamples=_RESAMPLES, method="percentile", rng=np.random.default_rng(n),
    )  # fmt: skip
    low, high = found.confidence_interval
    return Estimate(float(statistic(*data)), float(found.standard_error), float(low), float(high))


def root_mean_square(gap: Array) -> float:
    """Of a column."""
    return float(np.sqrt(np.mean(gap**2)))


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
