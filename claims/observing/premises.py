"""What a lemma asks of sizes before it says anything: who uses it must meet that.

Each as a formula of a regime's fields and delta, for task k, that is at least 1 where the premise
is met. The rank D of the noise is at least d - 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import sympy as sp

from claims.core import quantities as q
from claims.core.condition import DELTA, delta
from model.regime import Regime

PREMISES: Mapping[str, Callable[[int], sp.Expr]] = {
    "b1.inner-products": lambda k: (q.d - 2) / sp.log(4 * q.samples[k] ** 2 / delta),
    "b3.noise": lambda k: q.d / sp.log(8 * q.m * q.samples[k] / delta),
    "b3.noise.condition": lambda k: sp.Min(
        q.samples[k] / sp.log(q.m / delta),
        q.d / (q.samples[k] ** 2 * sp.log(4 * q.samples[k] ** 2 / delta)),
    ),
    "b4.filters": lambda k: q.m / (50 * sp.log(2 * q.samples[k] / delta)),
    "b4.samples": lambda k: q.samples[k] / (32 * sp.log(4 * q.m / delta)),
}


def met(claim_id: str, regime: Regime, task: int) -> float:
    """By how many times a regime meets the premise of a lemma: 1 or more where it does."""
    return q.evaluate(PREMISES[claim_id](task), regime, delta=DELTA)
