"""Whole numbers that are the rarer the more they cost, log-spaced on a ladder of rungs.

Each is one integer draw through the cumulated shares of its ladder, so that it shrinks down.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from enum import Enum
from functools import cache
from itertools import accumulate
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
#: Numbers on a ladder, at most, and the units in which shares are counted.
_RUNGS, _HUNDRED = 25, 100
_UNITS = _HUNDRED**2
#: What a network costs: a constant, and this power of its samples (measured), one as much as the
#: other at `_EVEN`. Shares fall like one over the cost.
_EVEN, _GROWTH = 60.0, 2.0
#: The top: from this share of the largest. The bottom: up to so many times the smallest.
_TOP, _BOTTOM = 0.6, 1.3


class Part(Enum):
    """What is drawn of a ladder."""

    ALL = "all"
    TOP = "top"
    BOTTOM = "bottom"


def rung(draw: Draw, low: int, high: int, part: Part = Part.ALL) -> int:
    """A whole number from `low` > 0 to `high`, or from a part of the ladder between them.

    Outside the part each rung has one unit of ten thousand, so that what is drawn may shrink to
    any.
    """
    if low == high:
        return low
    rungs, ends = _shares(low, high, part)
    # Hypothesis draws the ends of a range more often where it has more than 128 numbers.
    place = _HUNDRED * draw(st.integers(0, _HUNDRED - 1)) + draw(st.integers(0, _HUNDRED - 1))
    return rungs[bisect_right(ends, place)]


@cache
def _shares(low: int, high: int, part: Part) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ladder from `low` to `high`, and where each rung's units end."""
    steps = [low * (high / low) ** (k / (_RUNGS - 1)) for k in range(_RUNGS)]
    rungs = tuple(dict.fromkeys(min(max(round(step), low), high) for step in steps))
    shares = [_share(rung) if _within(rung, low, high, part) else 0.0 for rung in rungs]
    left = _UNITS - len(rungs)
    ends = accumulate(1 + left * share / sum(shares) for share in shares)
    return rungs, tuple(round(end) for end in ends)


def _share(size: int) -> float:
    return float(1 / (1 + (size / _EVEN) ** _GROWTH))


def _within(rung: int, low: int, high: int, part: Part) -> bool:
    match part:
        case Part.ALL:
            return True
        case Part.TOP:
            return rung >= _TOP * high
        case Part.BOTTOM:
            return rung <= _BOTTOM * low
