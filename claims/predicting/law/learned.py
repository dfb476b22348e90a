"""What the target's run learns and memorises after transfer, at finite size [D].

The law's test error is made of these two numbers. Here they stand by themselves, for classes of
equal size, in the units of Lemma A.2: beside the order N x_T of the noise memorised stands the
share a of its class that a filter is active on at the end: a sample's output y f grows like x_T
with c = a h.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from functools import lru_cache

from claims.predicting.law.counted import Counted
from claims.predicting.law.finite_transfer import Tasks, of_tasks
from claims.predicting.law.imbalance import fitted
from claims.predicting.law.inherited import Mixed, inherited_share, mixed
from claims.predicting.law.predict import incomputable
from claims.predicting.law.transfer import shared_signal
from model.regime import Regime


@dataclass(frozen=True)
class Learned:
    """Of the increments after transfer, at the end of training."""

    noise: float  # (1/m) sum_r rho-bar_{y_i, r, i}, mean over samples
    signal: float  # gamma, mean over filters
    share: float  # a: of its class, what a filter is active on


@lru_cache(maxsize=1024)
def after_transfer(regime: Regime) -> Learned:
    """What is added to the start, inherited filters being as they are.

    Raises:
        IncomputableError: no floating-point number holds what it is made of.
    """
    learned = of_tasks(regime, _some_inherited if regime.inherited else _from_scratch)
    if all(0 < x < math.inf for x in astuple(learned)):
        return learned
    raise incomputable(regime)


def _some_inherited(tasks: Tasks) -> Learned:
    regime, kept = tasks.regime, tasks.kept(1.0)
    brought = tasks.brought * kept**2
    among = inherited_share(tasks.target, tasks.up, brought)
    share = regime.alpha * among + (1 - regime.alpha) * tasks.target.run.share
    start = regime.alpha * shared_signal(regime) * regime.n1 / (2 * regime.d) * kept * tasks.up.m_1
    return _learned(tasks, mixed(tasks.target, tasks.up, brought), start, share)


def _from_scratch(tasks: Tasks) -> Learned:
    return _learned(tasks, tasks.down, 0.0, tasks.target.run.share)


def _learned(tasks: Tasks, moments: Counted | Mixed, start: float, share: float) -> Learned:
    """`start` is what the inherited signal adds to the output before training."""
    unit = tasks.q[1] * tasks.unit
    fit = float(fitted(moments.output, start, unit * moments.m_1 / moments.output))
    return Learned(fit * moments.output, fit * unit * moments.m_1, share)
