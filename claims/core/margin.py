"""By how much a statement holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Margin:
    """By how much a statement holds for each seed: 0 or more where it holds.

    An interval where the measurement has error.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    # Of a statement about a whole run: the step at which the margin is least.
    step: NDArray[np.int64] | None = None

    @classmethod
    def along(cls, values: NDArray[np.float64], steps: NDArray[np.int64]) -> Margin:
        """The margin of "at every one of these steps", from (steps, seeds)."""
        worst = values.argmin(0)
        return replace(cls.exact(values.min(0)), step=steps[worst])

    @classmethod
    def exact(cls, values: Any) -> Margin:
        """A margin without measurement error."""
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        return cls(array, array)

    @classmethod
    def between(cls, low: Any, high: Any) -> Margin:
        """A margin known to lie in [low, high]."""
        least, most = (np.atleast_1d(np.asarray(end, dtype=np.float64)) for end in (low, high))
        return cls(least, most)

    @classmethod
    def joined(cls, margins: Sequence[Margin]) -> Margin:
        """The margins of several looks, one after the other."""
        steps = [margin.step for margin in margins if margin.step is not None]
        return cls(
            np.concatenate([margin.low for margin in margins]),
            np.concatenate([margin.high for margin in margins]),
            np.concatenate(steps) if len(steps) == len(margins) else None,
        )

    @property
    def certain_failures(self) -> int:
        """Seeds that fail whatever the measurement error; nan fails."""
        return int(np.sum(~(self.high >= 0)))

    @property
    def possible_failures(self) -> int:
        """Seeds that are not certain to hold; nan fails."""
        return int(np.sum(~(self.low >= 0)))

    @property
    def least(self) -> float:
        """Of all seeds, the least that it may be; nan counts as infinitely little."""
        return float(np.where(np.isnan(self.low), -np.inf, self.low).min())

    def both(self, other: Margin) -> Margin:
        """The margin of a conjunction."""
        return Margin(np.minimum(self.low, other.low), np.minimum(self.high, other.high))

    @property
    def negated(self) -> Margin:
        """The margin of the opposite statement."""
        return Margin(-self.high, -self.low)

    def tolerated(self, delta: float) -> tuple[float, int | None]:
        """The worst margin once a share delta of the seeds, the worst, may fail; and its step."""
        values = np.where(np.isnan(self.low), -np.inf, self.low)
        seed = int(np.argsort(values, kind="stable")[int(delta * len(values))])
        return float(values[seed]), None if self.step is None else int(self.step[seed])
