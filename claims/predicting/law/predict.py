"""Both errors of a regime."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np
from scipy import special

from claims.core import quantities
from claims.predicting.law.moments import one_task, stepwise
from claims.predicting.law.scratch import scratch_error
from claims.predicting.law.transfer import transfer_error
from model.regime import Regime, RegimeError

#: Powers of two of sigma_2 within which regimes are taken as they are.
_USUAL_UNIT = 64


class IncomputableError(RegimeError):
    """The law's numbers leave those that floating-point numbers hold: names the regime's
    scales.
    """


@dataclass(frozen=True)
class Law:
    """Predicted test errors of one regime."""

    p: float
    scratch: float
    transfer: float


@lru_cache(maxsize=4096)
def predict(regime: Regime, p: float | None = None) -> Law:
    """L1 and L2 for one regime: p from each task's cascade, unless given.

    Raises:
        IncomputableError: no floating-point number holds what they are made of.
    """
    try:
        with np.errstate(all="ignore"):
            law = _predict(in_usual_unit(regime), p)
    except (ArithmeticError, ValueError):  # math's, and Regime's of a length that became 0
        law = Law(math.nan, math.nan, math.nan)
    if all(math.isfinite(getattr(law, field.name)) for field in fields(law)):
        return law
    raise incomputable(regime)


def incomputable(regime: Regime) -> IncomputableError:
    """Why the law, or what goes with it, is not computed."""
    named = quantities.catalogue()
    scales = ", ".join(
        f"{name} = {named[name](regime):.3g}"
        for name in ("h_1", "h_2", "q_1", "q_2", "zeta_1", "zeta_2")
    )
    return IncomputableError(
        "scales",
        scales,
        "the law cannot be computed: its numbers are too large or too small; bring norms, noise"
        " levels and steps nearer to one another",
    )


def _predict(regime: Regime, p: float | None) -> Law:
    named = quantities.catalogue()
    tasks = {
        k: (h := named[f"h_{k}"](regime), h * regime.task(k).steps, named[f"zeta_{k}"](regime))
        for k in (1, 2)
    }
    up, down = (one_task(p, tasks[k][1]) if p is not None else stepwise(*tasks[k]) for k in (1, 2))
    scratch = scratch_error(named["tau_2"](regime), down)
    return Law(
        0.5 + 0.5 * float(special.ndtr(down.beta)),
        scratch,
        scratch if regime.inherited == 0 else transfer_error(regime, up, down, tasks[2][1]),
    )


def in_usual_unit(regime: Regime) -> Regime:
    """The same by symmetry E3, where sigma_2 is so far from 1 that its powers would not be numbers;
    by a power of two, which rounds nothing.
    """
    _, exponent = math.frexp(regime.sigma2)
    if abs(exponent) <= _USUAL_UNIT:
        return regime

    def length(name: str) -> float:
        return math.ldexp(getattr(regime, name), -exponent)

    return replace(
        regime,
        u=length("u"),
        v1=length("v1"),
        v2=length("v2"),
        sigma1=length("sigma1"),
        sigma2=length("sigma2"),
        sigma0=math.ldexp(regime.sigma0, exponent),
        eta1=math.ldexp(regime.eta1, 2 * exponent),
        eta2=math.ldexp(regime.eta2, 2 * exponent),
    )
