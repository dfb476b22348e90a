"""Where the law puts a threshold: the signal at which the error from scratch is a given one."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from scipy.optimize import brentq

from claims.core import quantities
from claims.predicting.law.finite import finite_scratch
from model.regime import Regime, RegimeError
from model.variation import Times, vary

#: Between these values of tau_2 a threshold is looked for.
LOWEST, HIGHEST = 1e-2, 1e3
#: Of its logarithm: how closely it is found.
_CLOSE = 1e-6


@lru_cache(maxsize=4096)
def finite_threshold(
    regime: Regime, error: float = 0.1, law: Callable[[Regime], float] = finite_scratch
) -> float:
    """The tau_2 at which a law foretells this error from scratch, all else of the regime the same:
    signals are made longer or shorter together.

    Raises:
        RegimeError: the law foretells it nowhere between `LOWEST` and `HIGHEST`.
        IncomputableError: the law cannot be computed.
    """
    tau = quantities.catalogue()["tau_2"](regime)
    low, high = (math.log(bound / tau) for bound in (LOWEST, HIGHEST))

    def excess(change: float) -> float:
        return law(with_signal(regime, math.exp(change))) - error

    if excess(low) < 0 or excess(high) > 0:
        rule = f"has no threshold with tau_2 from {LOWEST:g} to {HIGHEST:g}"
        raise RegimeError("error", error, rule)
    return float(tau * math.exp(brentq(excess, low, high, xtol=_CLOSE)))


def with_signal(regime: Regime, factor: float) -> Regime:
    """The regime with tau_2 this many times as large: it goes as the fourth power of lengths."""
    longer = Times(factor**0.25)
    return vary(regime, u=longer, v1=longer, v2=longer)
