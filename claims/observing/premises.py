"""What a lemma asks of sizes before it says anything: who uses it must meet that.

Each as a formula of a regime's fields and delta, for task k, that is at least 1 where the premise
is met. The rank D of the noise is at least d - 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy as sp

from claims.core import formulas as f
from claims.core.condition import DELTA
from model.regime import Regime

PREMISES: Mapping[str, Callable[[int], sp.Expr]] = {
    "b1.inner-products": lambda k: (f.d - 2) / sp.log(4 * f.samples[k] ** 2 / f.delta),
    "b3.noise": lambda k: f.d / sp.log(8 * f.m * f.samples[k] / f.delta),
    "b3.noise.condition": lambda k: sp.Min(
        f.samples[k] / sp.log(f.m / f.delta),
        f.d / (f.samples[k] ** 2 * sp.log(4 * f.samples[k] ** 2 / f.delta)),
    ),
    "b4.filters": lambda k: f.m / (50 * sp.log(2 * f.samples[k] / f.delta)),
    "b4.samples": lambda k: f.samples[k] / (32 * sp.log(4 * f.m / f.delta)),
}


def met(claim_id: str, regime: Regime, task: int) -> float:
    """By how many times a regime meets the premise of a lemma: 1 or more where it does."""
    return f.evaluate(PREMISES[claim_id](task), regime, delta=DELTA)
