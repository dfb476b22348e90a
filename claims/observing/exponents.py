"""What a declared order leaves over a population of regimes: its exponents in their scales, and how
far it is off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.budget import MISS
from claims.deciding.coefficients import fit, largest_at_most
from claims.deciding.shares import typical

Array = NDArray[np.float64]
#: Of one observation, the logarithm of what was measured over what is declared.
Reading = Callable[[Any], float]


@dataclass(frozen=True)
class Exponents:
    """What is left of a response once what is declared of it is taken away: exponents of 0.

    Args:
        names: of the variables.
        logs: of one observation, their logarithms.
        response: what is left.
    """

    names: tuple[str, ...]
    logs: Callable[[Any], Sequence[float]]
    response: Reading

    def within(self, bound: float, **planted: float) -> Callable[..., Margin]:
        """The margin of: no exponent is larger than this; `planted` declares others, by name.

        Raises:
            ValueError: for a name that no variable has.
        """
        if unknown := sorted(planted.keys() - set(self.names)):
            raise ValueError(f"planted = {unknown}: must be of {', '.join(self.names)}")
        return partial(self._within, bound, planted)

    def _within(
        self,
        bound: float,
        planted: Mapping[str, float],
        observed: Sequence[Any],
        constants: Constants,
    ) -> Margin:
        return largest_at_most(bound, *self._columns(observed, planted))

    def left(self, observed: Sequence[Any]) -> dict[str, Any]:
        """For the ledger: each exponent, between the ends of its interval."""
        fitted = fit(*self._columns(observed, {}))
        sides = (-1.0, 0.0, 1.0)
        ends = np.stack([fitted.values + side * fitted.reach(MISS / 2) for side in sides])
        beyond = dict(zip(self.names, ends.T.round(4).tolist(), strict=True))
        return {"regimes": len(observed), "beyond the declared exponent": beyond}

    def _columns(
        self, observed: Sequence[Any], planted: Mapping[str, float]
    ) -> tuple[Array, Array]:
        design = np.array([self.logs(one) for one in observed])
        wrong = np.array([planted.get(name, 0.0) for name in self.names])
        return np.array([self.response(one) for one in observed]) - design @ wrong, design


def off_by(part: float, reading: Reading) -> Callable[..., Margin]:
    """The margin of: in two regimes of three, measured and declared differ by a factor of at most
    1 + part.
    """
    bound = math.log1p(part)
    return lambda observed, constants: typical([reading(one) for one in observed]).at_most(bound)


def unit_of(part: float) -> str:
    """Of `off_by`'s margin, in words."""
    return f"ln {1 + part:g} less what two regimes of three are off by, as a logarithm"


def spread(observed: Sequence[Any], *, readings: Mapping[str, Reading]) -> dict[str, Any]:
    """For the ledger: what two regimes of three are off by, and the mean, of each reading."""
    record: dict[str, Any] = {"regimes": len(observed)}
    for name, reading in readings.items():
        column = [reading(one) for one in observed]
        record[name] = {"mean": float(np.mean(column)), **typical(column).record()}
    return record
