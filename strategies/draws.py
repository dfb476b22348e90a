"""Where the numbers of a construction come from: Hypothesis, or the coordinates of a point.

A construction asks by name for reals, counts and choices. Hypothesis draws them from grids, half of
them at the ends, so that failures shrink to something readable. A point of the unit cube places
each along an axis of its own, so that an optimiser can move through a domain; the ends of an axis
are the ends of the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from hypothesis import strategies as st

from strategies import ladders
from strategies.ladders import Draw, Part

T = TypeVar("T")
GRID = 12
#: For what a statement has a threshold in.
FINE_GRID = 120


class Draws(Protocol):
    """What a construction may ask for. A range's ends are reached; low = high is no choice."""

    def real(self, name: str, low: float, high: float, cells: int = GRID) -> float:
        """A number from `low` > 0 to `high`, spaced logarithmically."""

    def threshold(self, name: str, low: float, high: float) -> float:
        """The same where the middle of the range matters as much as its ends."""

    def size(self, name: str, low: int, high: int, part: Part = Part.ALL) -> int:
        """A whole number from `low` > 0 to `high`, spaced logarithmically, such as a number of
        samples, whose networks cost the more the larger it is; or from a part of that range.
        """

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""

    def among(self, name: str, options: Sequence[T]) -> T:
        """One of these."""

    def at_top(self, name: str) -> bool:
        """Whether to take a range's upper end, where "at most" is hardest, without drawing."""


@dataclass(frozen=True)
class HypothesisDraws:
    """From integers that Hypothesis draws, which shrink."""

    draw: Draw

    def _place(self, cells: int) -> int:
        return int(self.draw(st.one_of(st.integers(0, cells), st.sampled_from([0, cells]))))

    def real(self, name: str, low: float, high: float, cells: int = GRID) -> float:
        """A point of a logarithmic grid, never outside."""
        return _readable(low, high, self._place(cells) / cells)

    def threshold(self, name: str, low: float, high: float) -> float:
        """A point of a fine grid, each as likely as any."""
        return _readable(low, high, self.draw(st.integers(0, FINE_GRID)) / FINE_GRID)

    def size(self, name: str, low: int, high: int, part: Part = Part.ALL) -> int:
        """The rarer the more it costs; from a part of the range if asked."""
        return ladders.rung(self.draw, low, high, part)

    def whole(self, name: str, low: int, high: int) -> int:
        """Any, the ends half of the time."""
        return low + self._place(high - low)

    def among(self, name: str, options: Sequence[T]) -> T:
        """The first is the simplest."""
        chosen: T = self.draw(st.sampled_from(options))
        return chosen

    def at_top(self, name: str) -> bool:
        """Half of the time."""
        return bool(self.draw(st.booleans()))


def _readable(low: float, high: float, share: float) -> float:
    """To three digits, which read well in a counterexample."""
    return min(max(float(f"{_along(low, high, share):.3g}"), low), high)


def _along(low: float, high: float, share: float) -> float:
    return float(low * (high / low) ** share)


@dataclass(frozen=True)
class PlacedDraws:
    """From the coordinates of a point, each in [0, 1], by name.

    What the point does not name is in the middle. `asked` gathers the names that were asked for,
    and whether there was a choice.
    """

    point: Mapping[str, float]
    asked: dict[str, bool] = field(default_factory=dict)

    def _share(self, name: str, open_: bool) -> float:
        self.asked[name] = self.asked.get(name, False) or open_
        return min(max(float(self.point.get(name, 0.5)), 0.0), 1.0)

    def real(self, name: str, low: float, high: float, cells: int = GRID) -> float:
        """As far along as the coordinate says, on a logarithmic axis."""
        share = self._share(name, low < high)
        return min(max(_along(low, high, share), low), high)

    def threshold(self, name: str, low: float, high: float) -> float:
        """As any real."""
        return self.real(name, low, high)

    def size(self, name: str, low: int, high: int, part: Part = Part.ALL) -> int:
        """As far along as the coordinate says, each number a stretch of a logarithmic axis.

        The axis is the whole range whatever the part.
        """
        share = self._share(name, low < high)
        return min(int(_along(low, high + 1, share)), high) if low < high else low

    def whole(self, name: str, low: int, high: int) -> int:
        """On a logarithmic axis too, unless it begins at 0 or below."""
        if low > 0:
            return self.size(name, low, high)
        return low + self._step(name, high - low + 1)

    def among(self, name: str, options: Sequence[T]) -> T:
        """Equal stretches, one for each option."""
        return options[self._step(name, len(options))]

    def at_top(self, name: str) -> bool:
        """Never: an axis reaches its end."""
        return False

    def _step(self, name: str, steps: int) -> int:
        return min(int(self._share(name, steps > 1) * steps), steps - 1)
