"""What a run learned and memorised after transfer, beside what the law foretells of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from claims.observing.dynamics import after_transfer
from claims.observing.exponents import Exponents, Reading
from claims.observing.orders import STATED_SHARE, VARIABLES
from claims.predicting.law import learned
from claims.predicting.scalar import solve
from model.regime import Regime
from model.sampling import Seeds

#: Planted errors of the law: so many times what it says.
MORE = {"noise": 1.05, "signal": 1.1}


@dataclass(frozen=True)
class Compared:
    """The end of a run after transfer, mean over filters and seeds."""

    regime: Regime
    networks: int
    logs: tuple[float, ...]  # of VARIABLES, with c = a h
    # ln of what was measured over what each reading says.
    noise: Mapping[str, float]
    signal: Mapping[str, float]


def compared(regime: Regime, seeds: Seeds) -> Compared:
    """Train, and compare.

    Raises:
        RegimeError, DivergenceError: as the run does.
    """
    run = after_transfer(regime, seeds)
    last, task = run.at(len(run.steps) - 1), regime.task(run.index)
    noise, signal = math.log(last.own_mean.mean()), math.log(last.signal.mean())
    law = learned.after_transfer(regime)

    def curve(share: float) -> float:
        return float(solve(1.0, share * run.h * task.steps))

    own, half = curve(law.share), curve(STATED_SHARE)
    q = (task.signal_norm / task.sigma) ** 2
    unit = task.samples * q / (2 * regime.d)
    sizes = (task.samples, q, regime.d, own, run.h, regime.m)
    return Compared(
        regime,
        run.networks,
        tuple(map(math.log, sizes)),
        {
            "law": noise - math.log(law.noise),
            "more": noise - math.log(MORE["noise"] * law.noise),
            "curve": noise - math.log(own),
            "half": noise - math.log(half),
        },
        {
            "law": signal - math.log(law.signal),
            "more": signal - math.log(MORE["signal"] * law.signal),
            "half": signal - math.log(unit * half / STATED_SHARE),
        },
    )


def predicted(regime: Regime) -> dict[str, float]:
    """What is preregistered of a regime."""
    law = learned.after_transfer(regime)
    return {"noise": law.noise, "signal": law.signal, "share": law.share}


def noise_by(reading: str) -> Reading:
    """ln of the noise memorised over what a reading says."""
    return lambda one: one.noise[reading]


def signal_by(reading: str) -> Reading:
    """The same of the signal learned."""
    return lambda one: one.signal[reading]


def exponents(reading: Reading) -> Exponents:
    """Of what a reading leaves, in VARIABLES."""
    return Exponents(VARIABLES, lambda one: one.logs, reading)
