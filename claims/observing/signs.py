"""Whether transfer helps: how often the sign of a predicted advantage is the measured one."""

from __future__ import annotations

from collections.abc import Callable

from scipy import stats

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.budget import LEVEL
from claims.deciding.estimates import LEAST, Array, each, share_power
from claims.observing.survey import Read, Surveyed, Surveys


def clear(surveys: Surveys) -> list[Surveyed]:
    """Regimes where the errors of transfer and scratch differ beyond doubt."""
    return [s for s in surveys if s.clear]


def signs_right(surveys: Surveys, advantage: Read) -> Array:
    """Of regimes where the two errors differ beyond doubt, whether `advantage` has the sign of
    transfer less scratch.
    """
    return each(clear(surveys), lambda s: float(advantage(s) * s.difference[0] > 0))


def share_right(right: Array, level: float = LEVEL) -> tuple[float, float]:
    """Clopper and Pearson's interval of the share, each end missed with probability at most
    `level`.
    """
    if len(right) < LEAST:
        return 0.0, 1.0
    interval = stats.binomtest(int(right.sum()), len(right)).proportion_ci(
        1 - 2 * level, method="exact"
    )
    return float(interval.low), float(interval.high)


def sign_power(surveys: Surveys, share: float) -> float:
    """By how much the share of signs that are right must fall short for these regimes to show
    it.
    """
    return share_power(len(clear(surveys)), share)


def share_record(right: Array) -> dict[str, float]:
    """For the ledger: the share, its 95% interval, and of how many."""
    low, high = share_right(right, 0.025)
    return {
        "value": round(float(right.mean()), 6) if len(right) else 0.0,
        "low": round(low, 6),
        "high": round(high, 6),
        "of": len(right),
    }


def sign_given(advantage: Read, share: float) -> Callable[[Surveys, Constants], Margin]:
    """The margin of: `advantage` has the sign of transfer less scratch in this share of clear
    regimes or more.
    """

    def margin(surveys: Surveys, constants: Constants) -> Margin:
        low, high = share_right(signs_right(surveys, advantage))
        return Margin.between([low - share], [high - share])

    return margin
