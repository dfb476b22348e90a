"""The signals at which errors cross given ones, foretold by the law and measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

from claims.core import quantities
from claims.observing.class_sizes import TIMES, mean_error
from claims.predicting import law
from model.regime import Regime
from model.sampling import Seeds

#: The error at a threshold; and parts of the law's threshold on either side of it.
CROSSED, BESIDE = 0.1, (0.9, 1.1)
#: Errors between which the transition lies.
COMMON, RARE = 0.2, 0.02


@dataclass(frozen=True)
class Crossing:
    """One regime: the tau_2 at which the mean error from scratch is a given one, foretold and
    measured.
    """

    networks: int
    foretold: float
    measured: float
    zeta: float  # of the initial weights, which moves it most


def crossing(regime: Regime, seeds: Seeds, error: float = CROSSED) -> Crossing:
    """Train networks with a tenth less signal than the law's threshold, and with a tenth more, on
    the same draws; the measured threshold is read off between, in logarithms.
    """
    foretold = law.finite_threshold(regime, error)
    tau, zeta = (quantities.catalogue()[name](regime) for name in ("tau_2", "zeta_2"))
    # Both errors fall as tau grows: the line through their logarithms has one place of `error`.
    errors = [
        math.log(mean_error(law.with_signal(regime, side * foretold / tau), seeds) / error)
        for side in BESIDE
    ]
    less, more = (math.log(side) for side in BESIDE)
    moved = less - errors[0] * (more - less) / (errors[1] - errors[0])
    networks = len(BESIDE) * TIMES * seeds.count
    return Crossing(networks, foretold, foretold * math.exp(moved), zeta)


@dataclass(frozen=True)
class Width:
    """One regime: the tau_2 at which errors are rare over that at which they are common, foretold
    and measured.
    """

    networks: int
    foretold: float
    measured: float


def width(regime: Regime, seeds: Seeds) -> Width:
    """Measure both thresholds on the same draws."""
    common, rare = (crossing(regime, seeds, error) for error in (COMMON, RARE))
    return Width(
        common.networks + rare.networks,
        rare.foretold / common.foretold,
        rare.measured / common.measured,
    )


def predict_width(regime: Regime) -> dict[str, float]:
    """Both of the law's thresholds at finite size."""
    return {f"tau_2 at {error}": law.finite_threshold(regime, error) for error in (COMMON, RARE)}


def predict_crossing(regime: Regime) -> dict[str, float]:
    """The law's threshold of 0.1 at finite size."""
    return {"tau_2": law.finite_threshold(regime, CROSSED)}
