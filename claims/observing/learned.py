"""What a run learned and memorised after transfer, beside what the law foretells of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from claims.observing.dynamics import after_transfer
from claims.observing.exponents import Exponents, Reading
from claims.observing.growth import signal_ratio
from claims.observing.orders import STATED_SHARE, VARIABLES, ended, logs, memorised
from claims.predicting.law import learned
from model.regime import Regime
from model.sampling import Seeds

#: Planted errors of the law: so many times what it says.
MORE = {"noise": 1.05, "signal": 1.1}


@dataclass(frozen=True)
class Compared:
    """The end of a run after transfer, mean over filters and seeds."""

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
    last, law = ended(after_transfer(regime, seeds)), learned.after_transfer(regime)
    noise, signal = float(last.own_mean.mean()), float(last.signal.mean())
    by_noise = {
        "law": law.noise,
        "more": MORE["noise"] * law.noise,
        "curve": memorised(last, law.share),
        "half": memorised(last, STATED_SHARE),
    }
    by_signal = {
        "law": law.signal,
        "more": MORE["signal"] * law.signal,
        "half": signal / float(signal_ratio(last).mean()),  # (N q/d) x_T
    }
    return Compared(
        last.networks, logs(last, law.share), _over(noise, by_noise), _over(signal, by_signal)
    )


def _over(measured: float, readings: Mapping[str, float]) -> dict[str, float]:
    """The logarithm of what was measured over what each reading says."""
    return {name: math.log(measured / said) for name, said in readings.items()}


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
