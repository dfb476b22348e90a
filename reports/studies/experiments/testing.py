"""Tests of statements about a picture: exact sign tests, t intervals and binomial intervals, whose
levels are stated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

#: Probability of calling a statement about a picture wrongly, on either side; shared out where it
#: has several parts.
LEVEL = 0.01


@dataclass(frozen=True)
class Check:
    """A statement about the picture itself."""

    statement: str
    test: str  # the test, its level, and what is paired
    count: int  # pairs or points
    value: float
    low: float | None  # of an interval
    high: float | None
    p: float | None  # of a sign test
    holds: bool | None  # None: neither it nor its opposite is shown


def sign_test(statement: str, gaps: Array, paired: str, level: float = LEVEL) -> Check:
    """That gaps are positive more often than not: exact, and a gap of 0 counts against either
    side.
    """
    count, up, down = len(gaps), int((gaps > 0).sum()), int((gaps < 0).sum())
    p, opposite = (
        float(stats.binomtest(k, count, alternative="greater").pvalue) for k in (up, down)
    )
    holds = verdict(p < level, opposite < level)
    return Check(
        statement,
        f"exact sign test at level {level:.2g}, {paired}",
        count,
        up / count,
        None,
        None,
        p,
        holds,
    )


def above_zero(
    statement: str, means: Array, errors: Array, seeds: int, paired: str, level: float = LEVEL
) -> Check:
    """That all of these means are positive: t intervals of each, the level shared out. The least is
    reported.
    """
    width = float(stats.t.isf(level / len(means) / 2, seeds - 1)) * errors
    worst = int((means - width).argmin())
    low, high = float(means[worst] - width[worst]), float(means[worst] + width[worst])
    holds = verdict(low > 0, bool((means + width < 0).any()))
    return Check(
        statement,
        f"t intervals at joint level {level:.2g}, {paired}",
        len(means),
        float(means[worst]),
        low,
        high,
        None,
        holds,
    )


def share_right(statement: str, right: NDArray[np.bool_], wanted: float) -> Check:
    """That at least a share `wanted` is right: the exact binomial interval."""
    test = f"exact binomial interval at level {LEVEL:.2g} against {wanted:.0%}, over points"
    if not len(right):
        return Check(statement, test, 0, math.nan, None, None, None, None)
    interval = stats.binomtest(int(right.sum()), len(right)).proportion_ci(
        1 - LEVEL, method="exact"
    )
    low, high = float(interval.low), float(interval.high)
    return Check(
        f"{statement} in {wanted:.0%} of points or more",
        test,
        len(right),
        float(right.mean()),
        low,
        high,
        None,
        verdict(low >= wanted, high < wanted),
    )


def verdict(shown: bool, opposite: bool) -> bool | None:
    """True or False where it, or its opposite, is shown; None where neither is."""
    if shown:
        return True
    return False if opposite else None
