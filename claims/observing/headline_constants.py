"""Constants of Theorems 4.2 and 4.3 and of Proposition 4.4: what fits them.

Thresholds and exponents are fitted on regimes in which the criterion lies anywhere from a tenth to
a hundred; those of two readings of Theorem 4.2 also in two corners, which C_4 bounds. C_4 is
computed from two thresholds: at Y = 1 and few inherited filters tau_D is about (1 + X)^2 tau_2.

The two C_2 that serve whatever the sizes, of tau_2 and of tau_D, must also serve the fewest samples
and whatever criterion. There the networks that need most are those with classes of unequal sizes
(`claims.paper.unequal_classes`): just about a share delta of them, so that many seeds are wanted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.core.calibration import CalibrationSet, DerivedConstant, FittedConstant, OpenConstant
from claims.core.constants import MOST, Constants
from claims.core.criteria import (
    C_5,
    NOISE_GROWTH,
    NOT_SMALL,
    READINGS,
    RESTRICTED,
    SCRATCH_C_1,
    SCRATCH_C_2,
    SCRATCH_C_3,
    SCRATCH_C_T,
    SHARP,
    STATED,
    TRANSFER_C_T,
    Reading,
)
from claims.core.domain import Between, Scale
from claims.core.domains import NEGATIVE, after_transfer, from_scratch
from claims.core.quantities import TAU_2, Quantity, X
from claims.core.ranges import BALANCED, C_4, ENOUGH, Scales
from claims.observing.errors import Learned, Observation, both_ways, log_error, scratch_only
from model.regime import Regime

Array = NDArray[np.float64]
#: Of a criterion.
LEAST_DRAWN, MOST_DRAWN = 0.1, 100.0
WIDE = Between(LEAST_DRAWN, MOST_DRAWN)
#: Samples, fewest and most, of balanced tasks.
_FEW, _MANY = Between(40, 40), Between(120, 120)
#: With the range of the criterion: much noise inherited from few samples, where it must be large; a
#: little inherited from many, where it must be small.
CORNERS: dict[str, tuple[Between, Scales]] = {
    "few": (WIDE, {Scale.N1: _FEW, Scale.N2: _MANY}),
    "many": (
        Between(0.01, 10.0),
        {Scale.N1: _MANY, Scale.N2: _FEW, Scale.INHERITED: Between(1, 2)},
    ),
}


#: Few samples, and a criterion at which C_2 is near its limit.
FAR_ABOVE = Between(100.0, 1000.0)
FEWEST: Scales = {Scale.N2: Between(20, 24)}
#: Of the usual number of regimes, and seeds of each.
_FEW_REGIMES, _MANY_SEEDS = 1 / 8, 400


# What is trained ----------------------------------------------------------------------------------


SCRATCH = CalibrationSet("scratch", from_scratch(TAU_2, WIDE), scratch_only)
#: No constants of the stated reading serve for all N_1/N_2: its own are those of balanced tasks.
ANYWHERE = {
    reading.name: CalibrationSet(
        reading.name,
        after_transfer(
            reading.criterion, WIDE, scales={**ENOUGH, **(BALANCED if reading is STATED else {})}
        ),
        both_ways,
    )
    for reading in READINGS
}


def _corner(reading: Reading, name: str) -> CalibrationSet:
    """X up to C_4, Y = 1."""
    drawn, scales = CORNERS[name]
    domain = after_transfer(
        reading.criterion, drawn, x=Between(1.0, C_4), y=Between(1.0, 1.0), scales=scales
    )
    return CalibrationSet(f"{reading.name}-{name}", domain, both_ways, share=1 / 2)


IN_CORNERS = {
    reading.name: tuple(_corner(reading, name) for name in CORNERS) for reading in RESTRICTED
}
UNEQUAL_SCRATCH = CalibrationSet(
    "scratch-unequal",
    from_scratch(TAU_2, FAR_ABOVE, scales=FEWEST),
    scratch_only,
    share=_FEW_REGIMES,
    seeds=_MANY_SEEDS,
)
UNEQUAL = CalibrationSet(
    f"{SHARP.name}-unequal",
    after_transfer(SHARP.criterion, FAR_ABOVE, scales={**FEWEST, Scale.N1: Between(40, 60)}),
    both_ways,
    share=_FEW_REGIMES,
    seeds=_MANY_SEEDS,
)
HARMFUL = CalibrationSet("negative", NEGATIVE, both_ways, share=1 / 4)


# What each seed needs -----------------------------------------------------------------------------


def _learned(observation: Observation) -> Learned:
    """What was trained last."""
    return observation.transfer or observation.scratch


def _time(observation: Observation) -> Array:
    return _learned(observation).least_time_constant()


def _noise_growth(observation: Observation) -> Array:
    assert observation.noise_ratio is not None
    return observation.noise_ratio / NOISE_GROWTH(observation.regime)


def _little_noise(regime: Regime, constants: Constants) -> bool:
    return X(regime) <= constants[C_4]


@dataclass(frozen=True)
class _Criterion:
    """A quantity that decides test errors, and the regimes that its constants are fitted on."""

    quantity: Quantity
    sets: tuple[CalibrationSet, ...]
    little_noise: bool = False  # only regimes with X <= C_4 count
    unequal: tuple[CalibrationSet, ...] = ()  # for the exponent, beside the others

    @property
    def _uses(self) -> tuple[str, ...]:
        return (C_4,) if self.little_noise else ()

    @property
    def _where(self) -> Callable[[Regime, Constants], bool] | None:
        return _little_noise if self.little_noise else None

    def largest_erring(self, name: str) -> OpenConstant:
        """C_1: beyond it no network errs more than 0.1."""

        def needed(observation: Observation) -> Array:
            _, high = log_error(_learned(observation).error)
            value = self.quantity(observation.regime)
            return np.where(high > math.log(NOT_SMALL), value, LEAST_DRAWN)

        return OpenConstant(
            name,
            needed,
            sets=self.sets,
            where=self._where,
            uses=self._uses,
            otherwise=LEAST_DRAWN,
            beyond=MOST_DRAWN,
            words="largest that errs more than 0.1",
        )

    def exponent(self, name: str, c_1: str) -> OpenConstant:
        """C_2: above C_1 errors are at most exp(-criterion/C_2)."""

        def needed(observation: Observation) -> Array:
            _, high = log_error(_learned(observation).error)
            value = self.quantity(observation.regime)
            with np.errstate(divide="ignore"):
                return np.where(high < 0, value / -high, math.inf)

        def counts(regime: Regime, constants: Constants) -> bool:
            if self.little_noise and not _little_noise(regime, constants):
                return False
            return self.quantity(regime) >= constants[c_1]

        return OpenConstant(
            name,
            needed,
            sets=(*self.sets, *self.unequal),
            where=counts,
            uses=(c_1, *self._uses),
            otherwise=MOST,
            words="largest needed above C_1",
        )

    def least_succeeding(self, name: str) -> OpenConstant:
        """C_3: below it no network errs less than 0.1."""

        def needed(observation: Observation) -> Array:
            low, _ = log_error(_learned(observation).error)
            value = self.quantity(observation.regime)
            return np.where(low < math.log(NOT_SMALL), value, MOST_DRAWN)

        return OpenConstant(
            name,
            needed,
            at_least=False,
            sets=self.sets,
            where=self._where,
            uses=self._uses,
            otherwise=MOST_DRAWN,
            unmet=MOST_DRAWN,
            words="least that errs less than 0.1",
        )


# Constants ----------------------------------------------------------------------------------------


def _from_scratch() -> tuple[FittedConstant, ...]:
    """Those of Theorem 4.3."""
    tau_2 = _Criterion(TAU_2, (SCRATCH,), unequal=(UNEQUAL_SCRATCH,))
    return (
        OpenConstant(SCRATCH_C_T, _time, sets=(SCRATCH,), words="largest needed"),
        tau_2.largest_erring(SCRATCH_C_1),
        tau_2.exponent(SCRATCH_C_2, SCRATCH_C_1),
        tau_2.least_succeeding(SCRATCH_C_3),
    )


def _shared() -> tuple[FittedConstant, ...]:
    """Those of Theorem 4.2 that its readings share."""
    corners = (one for sets in IN_CORNERS.values() for one in sets)
    above, below = SHARP.constant("C_1"), SCRATCH_C_3
    return (
        OpenConstant(
            TRANSFER_C_T, _time, sets=(*ANYWHERE.values(), *corners), words="largest needed"
        ),
        DerivedConstant(
            C_4,
            (above, below),
            lambda largest, least: largest / least - 1,
            f"{above}/{below} - 1",
        ),
    )


def _of(reading: Reading) -> tuple[FittedConstant, ...]:
    """Those of a reading alone."""
    sets = ANYWHERE[reading.name], *IN_CORNERS.get(reading.name, ())
    unequal = (UNEQUAL,) if reading is SHARP else ()
    inside = _Criterion(reading.criterion, sets, reading.needs_little_noise, unequal)
    c_1, c_2 = reading.constant("C_1"), reading.constant("C_2")
    constants: tuple[FittedConstant, ...] = (
        inside.largest_erring(c_1),
        inside.exponent(c_2, c_1),
        _Criterion(reading.criterion, sets).least_succeeding(reading.constant("C_3")),
    )
    if reading not in RESTRICTED:
        return constants
    restricted = _Criterion(reading.criterion, sets, little_noise=True)
    return *constants, restricted.least_succeeding(reading.constant("C_3-restricted"))


def _declared() -> dict[str, FittedConstant]:
    noise = OpenConstant(
        C_5, _noise_growth, at_least=False, sets=(HARMFUL,), words="least over regimes"
    )
    readings = (constant for reading in READINGS for constant in _of(reading))
    return {one.name: one for one in (*_from_scratch(), *_shared(), *readings, noise)}


HEADLINE = _declared()


def fitted(*names: str) -> tuple[FittedConstant, ...]:
    """What fits these constants, each once."""
    return tuple(HEADLINE[name] for name in dict.fromkeys(names))
