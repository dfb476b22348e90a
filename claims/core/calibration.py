"""Constants that the paper leaves open: what fits them, declared by the claims that use them.

Declared before any fit (delta is the share of seeds that may need more): what a regime needs of a
constant is what a share 1 - delta of its seeds needs; the constant is the largest, or the least, of
what any regime of its calibration sets needs, times an allowance away from the data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core.constants import Constants
from claims.core.domain import Domain
from claims.core.margin import Margin
from model.regime import Regime
from model.sampling import Seeds


@dataclass(frozen=True)
class CalibrationSet:
    """Regimes that constants are fitted on, and what is trained there."""

    name: str
    domain: Domain
    observe: Callable[[Regime, Seeds], Any]
    share: float = 1.0  # of the usual number of regimes
    seeds: int | None = None  # of a regime, where its quantile must be told closer than usual


@dataclass(frozen=True)
class OpenConstant:
    """A constant that a statement leaves open, and what each seed needs of it.

    Args:
        needed: of an observation, (seeds,), or (steps, seeds) along a whole run.
        at_least: it must be at least what is needed; at most otherwise.
        sets: the regimes it is fitted on; those of the claim that declares it if there are none.
        where: which regimes count, given the constants that `uses` names.
        uses: constants that must be fitted before.
        otherwise: its value before the allowance where no regime counts.
        beyond: what is needed from here on is without bound: the end of a range that was drawn.
        unmet: a need that says nothing of the constant, which no end of a range is read from.
        words: the rule, for the table of constants.
    """

    name: str
    needed: Callable[[Any], NDArray[np.float64]]
    at_least: bool = True
    sets: tuple[CalibrationSet, ...] = ()
    where: Callable[[Regime, Constants], bool] | None = None
    uses: tuple[str, ...] = ()
    otherwise: float = math.nan
    beyond: float = math.inf
    unmet: float | None = None
    words: str = ""

    def nats(self, observation: Any, constants: Constants) -> NDArray[np.float64]:
        """By how much the constant suffices, as a logarithm: same shape as what is needed."""
        with np.errstate(divide="ignore", invalid="ignore"):
            spare = math.log(constants[self.name]) - np.log(self.needed(observation))
        return spare if self.at_least else -spare

    def per_seed(self, observation: Any) -> NDArray[np.float64]:
        """What each seed needs, over all its steps: (seeds,)."""
        needed = self.needed(observation)
        if needed.ndim == 1:
            return needed
        return np.asarray(needed.max(0) if self.at_least else needed.min(0))

    def per_regime(self, observation: Any, delta: float) -> float:
        """What a regime needs, a share delta of its seeds, the neediest, left out."""
        needed = np.sort(self.per_seed(observation))
        left_out = int(delta * len(needed))
        return float(needed[len(needed) - 1 - left_out] if self.at_least else needed[left_out])


@dataclass(frozen=True)
class DerivedConstant:
    """A constant computed from others.

    Args:
        uses: the constants it is computed from.
        formula: of their values, in this order. It must grow with the first, and fall with the
            others.
    """

    name: str
    uses: tuple[str, ...]
    formula: Callable[..., float]
    words: str


FittedConstant = OpenConstant | DerivedConstant


def suffice(*constants_needed: OpenConstant) -> Callable[[Any, Constants], Margin]:
    """The margin, in nats, of a statement that holds when these constants suffice."""

    def margin(observation: Any, constants: Mapping[str, float]) -> Margin:
        spare = np.min([c.nats(observation, constants) for c in constants_needed], axis=0)
        if spare.ndim == 1:
            return Margin.exact(spare)
        return Margin.along(spare, observation.steps)

    return margin
