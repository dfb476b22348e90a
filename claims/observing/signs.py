"""Whether transfer helps: how often the sign of a predicted advantage is the measured one."""

from __future__ import annotations

from collections.abc import Callable

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.shares import Share, share_power
from claims.observing.survey import Read, Surveyed, Surveys


def clear(surveys: Surveys) -> list[Surveyed]:
    """Regimes where the errors of transfer and scratch differ beyond doubt."""
    return [s for s in surveys if s.clear]


def signs_right(surveys: Surveys, advantage: Read) -> Share:
    """Of regimes where the two errors differ beyond doubt, whether `advantage` has the sign of
    transfer less scratch.
    """
    return Share.of([advantage(s) * s.difference[0] > 0 for s in clear(surveys)])


def sign_power(surveys: Surveys, share: float) -> float:
    """By how much the share of signs that are right must fall short for these regimes to show
    it.
    """
    return share_power(len(clear(surveys)), share)


def sign_given(advantage: Read, share: float) -> Callable[[Surveys, Constants], Margin]:
    """The margin of: `advantage` has the sign of transfer less scratch in this share of clear
    regimes or more.
    """

    return lambda surveys, constants: signs_right(surveys, advantage).at_least(share)
