"""Numbers of samples and of filters: log-spaced, and the rarer the more they cost.

Each is one integer draw through the cumulated shares of a ladder of numbers, so that it shrinks
down the ladder. A *corner* is where the two tasks' samples differ most, one way or the other:
`strategies.search` takes one regime in each, for what is drawn by cost alone would hardly reach
them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache
from itertools import accumulate
from typing import Any

from hypothesis import strategies as st

from claims.core.allowed import Allowed
from claims.core.scale import Between, Scale

Draw = Callable[[st.SearchStrategy[Any]], Any]
Ranges = dict[Scale, Between]
#: Numbers on a ladder, at most, and the units in which shares are counted.
_RUNGS, _HUNDRED = 25, 100
_UNITS = _HUNDRED**2
#: What a network costs: a constant, and this power of its samples (measured), one as much as the
#: other at `_EVEN`. Shares fall like one over the cost.
_EVEN, _GROWTH = 60.0, 1.4
#: In a corner: sizes from this share of the largest, up to so many times the smallest.
_TOP, _BOTTOM = 0.6, 2.0


class Corner(Enum):
    """Where N_1/N_2 is largest, and where it is smallest."""

    SOURCE = "large source"
    TARGET = "large target"


def corners(ranges: Ranges) -> tuple[Corner, ...]:
    """The corners that these ranges have: none where both numbers of samples are fixed."""
    free = any(low < high for low, high in map(_ends, (ranges[Scale.N1], ranges[Scale.N2])))
    return tuple(Corner) if free else ()


def samples(draw: Draw, ranges: Ranges, corner: Corner | None = None) -> tuple[int, int]:
    """N_1 and N_2, independently, or where their ratio is bounded the second given the first."""
    (low_1, high_1), (low_2, high_2) = map(_ends, (ranges[Scale.N1], ranges[Scale.N2]))
    least, most = ranges.get(Scale.RATIO, Between()).range({})
    bounded = Scale.RATIO in ranges
    if bounded:
        low_2 = max(low_2, -int(-low_1 // most))
        high_2 = min(high_2, int(high_1 / least)) if least > 0 else high_2
    n2 = _number(draw, low_2, high_2, _end(corner, Corner.TARGET))
    if bounded:
        low_1 = max(low_1, -int(-n2 * least // 1))
        high_1 = min(high_1, int(n2 * most))
    return _number(draw, low_1, high_1, _end(corner, Corner.SOURCE)), n2


def width(draw: Draw, ranges: Ranges, allowed: Allowed, sizes: Sequence[int]) -> int:
    """Filters of each sign, as many as Condition 4.1 asks for these samples, or more."""
    low, high = _ends(ranges[Scale.M])
    inherited = _ends(ranges[Scale.INHERITED])[0] if Scale.INHERITED in ranges else 0
    low = max(low, *(allowed.fewest_filters(size, inherited) for size in sizes))
    high = min(high, *(int(min(allowed.most_filters(size), high)) for size in sizes))
    return _number(draw, low, high)


def inherited(draw: Draw, ranges: Ranges, allowed: Allowed, m: int, sizes: Sequence[int]) -> int:
    """Inherited filters of each sign: half of the time as few, or as many, as may be."""
    low, high = _ends(ranges[Scale.INHERITED])
    most = min(high, *(allowed.most_inherited(m, size) for size in sizes))
    few_or_many = st.sampled_from([0, most - low])
    return low + int(draw(st.one_of(st.integers(0, most - low), few_or_many)))


def _end(corner: Corner | None, large: Corner) -> bool | None:
    """Whether a size is large (True) or small in this corner."""
    return None if corner is None else corner is large


def _ends(between: Between) -> tuple[int, int]:
    low, high = between.range({})
    return int(low), int(high)


def _number(draw: Draw, low: int, high: int, large: bool | None = None) -> int:
    if low == high:
        return low
    rungs, ends = _shares(low, high, large)
    # Hypothesis draws the ends of a range more often where it has more than 128 numbers.
    place = _HUNDRED * draw(st.integers(0, _HUNDRED - 1)) + draw(st.integers(0, _HUNDRED - 1))
    return rungs[bisect_right(ends, place)]


@cache
def _shares(low: int, high: int, large: bool | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ladder from `low` to `high`, and where each rung's units end.

    Outside a corner's rungs each has one unit: what falls there may shrink to any.
    """
    steps = [low * (high / low) ** (k / (_RUNGS - 1)) for k in range(_RUNGS)]
    rungs = tuple(dict.fromkeys(min(max(round(step), low), high) for step in steps))
    shares = [_share(rung) if _there(rung, low, high, large) else 0.0 for rung in rungs]
    left = _UNITS - len(rungs)
    ends = accumulate(1 + left * share / sum(shares) for share in shares)
    return rungs, tuple(round(end) for end in ends)


def _share(size: int) -> float:
    return float(1 / (1 + (size / _EVEN) ** _GROWTH))


def _there(rung: int, low: int, high: int, large: bool | None) -> bool:
    if large is None:
        return True
    return rung >= _TOP * high if large else rung <= _BOTTOM * low
