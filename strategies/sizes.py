"""Numbers of samples and of filters, as a domain and Condition 4.1 allow them.

A *corner* is where the two tasks' samples differ most, one way or the other: `strategies.search`
takes one regime in each, for what is drawn by cost alone would hardly reach them. Networks are
narrow there, for they cost most.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from claims.core.allowed import Allowed
from claims.core.scale import Between, Scale
from strategies.draws import Draws
from strategies.ladders import Part

Ranges = dict[Scale, Between]


class Corner(Enum):
    """Where N_1/N_2 is largest, and where it is smallest."""

    SOURCE = "large source"
    TARGET = "large target"


def corners(ranges: Ranges) -> tuple[Corner, ...]:
    """The corners that these ranges have: none where both numbers of samples are fixed."""
    free = any(low < high for low, high in map(_ends, (ranges[Scale.N1], ranges[Scale.N2])))
    return tuple(Corner) if free else ()


def samples(draws: Draws, ranges: Ranges, corner: Corner | None = None) -> tuple[int, int]:
    """N_1 and N_2, independently, or where their ratio is bounded the second given the first."""
    (low_1, high_1), (low_2, high_2) = map(_ends, (ranges[Scale.N1], ranges[Scale.N2]))
    least, most = ranges.get(Scale.RATIO, Between()).range({})
    bounded = Scale.RATIO in ranges
    if bounded:
        low_2 = max(low_2, -int(-low_1 // most))
        high_2 = min(high_2, int(high_1 / least)) if least > 0 else high_2
    n2 = draws.size(Scale.N2, low_2, high_2, Part.ALL if bounded else _part(corner, Corner.TARGET))
    if bounded:
        low_1 = max(low_1, -int(-n2 * least // 1))
        high_1 = min(high_1, int(n2 * most))
    return draws.size(Scale.N1, low_1, high_1, _part(corner, Corner.SOURCE)), n2


def width(
    draws: Draws,
    ranges: Ranges,
    allowed: Allowed,
    sizes: Sequence[int],
    corner: Corner | None = None,
) -> int:
    """Filters of each sign, as many as Condition 4.1 asks for these samples, or more."""
    low, high = _ends(ranges[Scale.M])
    inherited = _ends(ranges[Scale.INHERITED])[0] if Scale.INHERITED in ranges else 0
    low = max(low, *(allowed.fewest_filters(size, inherited) for size in sizes))
    high = min(high, *(int(min(allowed.most_filters(size), high)) for size in sizes))
    return draws.size(Scale.M, low, high, Part.BOTTOM if corner else Part.ALL)


def inherited(draws: Draws, ranges: Ranges, allowed: Allowed, m: int, sizes: Sequence[int]) -> int:
    """Inherited filters of each sign: half of the time as few, or as many, as may be."""
    low, high = _ends(ranges[Scale.INHERITED])
    most = min(high, *(allowed.most_inherited(m, size) for size in sizes))
    return draws.whole(Scale.INHERITED, low, most)


def _part(corner: Corner | None, top: Corner) -> Part:
    """Whether a size is large or small in this corner."""
    if corner is None:
        return Part.ALL
    return Part.TOP if corner is top else Part.BOTTOM


def _ends(between: Between) -> tuple[int, int]:
    low, high = between.range({})
    return int(low), int(high)
