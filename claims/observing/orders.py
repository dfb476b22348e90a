"""How the coefficients of Lemma A.1(b) grow from regime to regime: their exponents.

A statement "gamma is of order (N q/d) x_t", with constants fitted, holds of any other order on
regimes like those that fitted them. Its content is its exponents: over regimes of all sizes,
ln(gamma/((N q/d) x_T)) must not depend on ln N, ln q, ln d, ln x_T, ln h or ln m.

x_T is the root of x + e^x = cT + 1: with c = h/2 in the lemma. A half of the samples is active on a
filter when it starts; at the end it is the share p of the law (`claims.predicting.law`), 0.8, and
c = p h is the curve of a filter that has it from the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from claims.observing.dynamics import Dynamics
from claims.observing.exponents import Exponents
from claims.observing.growth import noise_ratio, signal_ratio
from claims.predicting import law
from model.regime import Regime
from model.sampling import Seeds

#: What exponents are of, as they are printed.
VARIABLES = ("N", "q", "d", "x_T", "h", "m")
#: Of c in h: the lemma's, and the law's.
STATED_SHARE, LAW_SHARE = 0.5, law.ROUNDED


@dataclass(frozen=True)
class Growth:
    """The end of a run, mean over filters and seeds, in units of the lemma's orders."""

    regime: Regime
    networks: int
    logs: tuple[float, ...]  # of VARIABLES, with c = h/2
    law_log: float  # of x_T with c = p h
    signal: float  # ln of gamma/((N q/d) x_T)
    noise: float  # ln of sum_i rho-bar/(N x_T)

    def seen_with(self, share: float) -> tuple[float, tuple[float, ...]]:
        """What ln x_T adds to the units if c = `share` h, STATED_SHARE or LAW_SHARE; the logs."""
        if share == STATED_SHARE:
            return 0.0, self.logs
        n, q, d, stated, h, m = self.logs
        return stated - self.law_log, (n, q, d, self.law_log, h, m)


Response = Callable[[Growth], float]


def ended(run: Dynamics) -> Dynamics:
    """The last step of a run."""
    return run.at(len(run.steps) - 1)


def memorised(last: Dynamics, share: float) -> float:
    """x_T with c = `share` h."""
    return float(last.x(share * last.h)[0])


def logs(last: Dynamics, share: float) -> tuple[float, ...]:
    """Of VARIABLES, x_T with c = `share` h."""
    regime, task = last.regime, last.regime.task(last.index)
    q = (task.signal_norm / task.sigma) ** 2
    sizes = (task.samples, q, regime.d, memorised(last, share), last.h, regime.m)
    return tuple(map(math.log, sizes))


@dataclass(frozen=True)
class Grown:
    """Observes a run's end through what its whole course is observed by."""

    run: Callable[[Regime, Seeds], Dynamics]

    def __call__(self, regime: Regime, seeds: Seeds) -> Growth:
        """Train, and keep the last step.

        Raises:
            RegimeError, DivergenceError: as the run does.
        """
        last = ended(self.run(regime, seeds))
        return Growth(
            regime,
            last.networks,
            logs(last, STATED_SHARE),
            math.log(memorised(last, LAW_SHARE)),
            math.log(float(signal_ratio(last).mean())),
            math.log(float(noise_ratio(last).mean())),
        )


def exponents(response: Response, share: float) -> Exponents:
    """Of a response in VARIABLES, x_T with c = `share` h."""
    return Exponents(
        VARIABLES,
        lambda one: one.seen_with(share)[1],
        lambda one: response(one) + one.seen_with(share)[0],
    )
