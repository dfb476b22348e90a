"""What statements about the border between positive and negative transfer look at."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from claims.core import quantities
from claims.observing.errors import trial_errors
from claims.predicting.law import break_even, gain, sharing
from model.regime import Regime
from model.sampling import Seeds
from model.transfer import run_trial

#: Networks of each kind for each seed of a population's regime.
TIMES = 4
#: Of ln Y, on either side of what the law foretells.
BESIDE = 0.2


@dataclass(frozen=True)
class BreakEven:
    """One regime: the Y at which transfer and scratch err alike; and how fast the logarithm of
    their errors' ratio grows with ln Y there. Foretold and measured.
    """

    networks: int
    foretold: float
    measured: float
    by_tau_d: float  # where tau_D = tau_2
    slope: float
    measured_slope: float


def observed_break_even(regime: Regime, seeds: Seeds) -> BreakEven:
    """Train both ways at a smaller and at a larger Y than the law's, on the same draws; the
    measured one is on the line through both.
    """
    foretold = break_even(regime)
    many = replace(seeds, first=TIMES * seeds.first, count=TIMES * seeds.count)
    sides = [sharing(regime, foretold * math.exp(side)) for side in (-BESIDE, BESIDE)]
    low, high = (_gain(side, many) for side in sides)
    slope, expected = ((b - a) / (2 * BESIDE) for a, b in ((low, high), map(gain, sides)))
    moved = -(low + high) / 2 / slope if slope > 0 else math.inf
    return BreakEven(
        2 * 3 * many.count,
        foretold,
        foretold * math.exp(moved) if abs(moved) < 1 / BESIDE else math.inf,
        by_tau_d(regime),
        expected,
        slope,
    )


def by_tau_d(regime: Regime) -> float:
    """tau_D = tau_2 where (1 + X/Y)^2 = 1 + alpha X."""
    x = quantities.catalogue()["X"](regime)
    return float(x / (math.sqrt(1 + regime.alpha * x) - 1))


def predict_break_even(regime: Regime) -> dict[str, float]:
    """The law's Y."""
    return {"Y": break_even(regime)}


def _gain(regime: Regime, seeds: Seeds) -> float:
    """Of mean errors over networks."""
    trial = run_trial(regime, seeds)
    after, before = (trial_errors(trial, run.weights) for run in (trial.transfer, trial.scratch))
    return math.log(after.mean() / before.mean())
