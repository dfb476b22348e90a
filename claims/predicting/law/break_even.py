"""Where the law says that transfer neither helps nor hurts: how little the tasks may share."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from scipy.optimize import brentq

from claims.predicting.law.finite import finite_scratch
from claims.predicting.law.finite_transfer import finite_transfer
from model.regime import Regime, RegimeError

#: Values of Y up to which it is looked for.
MOST = 1e3
#: Of its logarithm: how closely it is found.
_CLOSE = 1e-3


def sharing(regime: Regime, y: float) -> Regime:
    """The regime with this Y: of the target's signal, which is as long as before, so much is the
    universal one. The source keeps its own v_1.

    Raises:
        RegimeError: Y is below 1.
    """
    if y < 1:
        raise RegimeError("Y", y, "must be at least 1")
    length = math.hypot(regime.u, regime.v2)
    universal = length / math.sqrt(y)
    return replace(regime, u=universal, v2=math.sqrt(max(length**2 - universal**2, 0.0)))


def gain(regime: Regime) -> float:
    """What the law of finite size foretells that transfer adds to the logarithm of the error: below
    0 where it helps.

    Raises:
        IncomputableError: the law cannot be computed.
    """
    return math.log(finite_transfer(regime) / finite_scratch(regime))


@lru_cache(maxsize=4096)
def break_even(regime: Regime) -> float:
    """The Y at which the law of finite size foretells the same error after transfer and from
    scratch, all else of the regime the same.

    Raises:
        RegimeError: the law foretells it nowhere between 1 and `MOST`, as where v_1 and v_2 are at
        an acute angle and transfer always helps.
        IncomputableError: the law cannot be computed.
    """
    high = math.log(MOST)
    if gain(sharing(regime, 1.0)) >= 0 or gain(sharing(regime, MOST)) <= 0:
        raise RegimeError("Y", MOST, f"no Y from 1 to {MOST:g} parts gain from loss")
    return math.exp(
        brentq(lambda log: gain(sharing(regime, math.exp(log))), 0.0, high, xtol=_CLOSE)
    )
