"""Both errors of a regime."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scipy import special

from claims.core import quantities
from claims.predicting.law.moments import one_task, stepwise
from claims.predicting.law.scratch import scratch_error
from claims.predicting.law.transfer import transfer_error
from model.regime import Regime


@dataclass(frozen=True)
class Law:
    """Predicted test errors of one regime."""

    p: float
    scratch: float
    transfer: float


@lru_cache(maxsize=4096)
def predict(regime: Regime, p: float | None = None) -> Law:
    """L1 and L2 for one regime: p from each task's cascade, unless given."""
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
