"""Whether to choose the filters to inherit.

An open question: it is the paper's and its reviews' [S, O], the statement the plainest one that
networks can decide [D]. It is measured and reported, and never fails a run.

What filters of one network have learned of u differs little, and at random with their noise; noise
norms ||P w|| differ by a tenth. So "by the universal signal" chooses nothing, and "the least noise"
costs alpha^2 N_1 sigma_2^2/sigma_1^2 of tau_D a tenth or two less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import PRACTICAL
from claims.core.constants import Constants
from claims.core.domain import Between
from claims.core.domains import after_transfer
from claims.core.margin import Margin
from claims.core.quantities import TAU_D
from claims.core.ranges import BROAD
from claims.deciding.population import Population
from claims.deciding.shares import Quantile, median
from claims.observing.errors import MEASURED, downstream_errors
from model.regime import SIGNAL_COORDINATES, Regime
from model.run import signs
from model.sampling import Seeds, sample, signals
from model.transfer import foremost_first, inherit, noise_norms, train_task


@dataclass(frozen=True)
class Chosen:
    """One regime: means over seeds of ln test error."""

    networks: int
    drawn: float  # inherited filters drawn, which by exchangeability the first are
    least_noise: float  # those of the least noise norm ||P w|| on the target
    most_signal: float  # those of the largest j<w, u>


def chosen(regime: Regime, seeds: Seeds) -> Chosen:
    """Train upstream, and downstream after each way to choose what is inherited."""
    draw = sample(regime, seeds)
    upstream = train_task(regime, 1, draw.upstream, draw.start).weights
    u = torch.nn.functional.pad(signals(regime)[0], (0, upstream.shape[2] - SIGNAL_COORDINATES))

    def after(filters: torch.Tensor) -> float:
        weights = train_task(
            regime, 2, draw.downstream, inherit(filters, draw.fresh, regime.inherited)
        ).weights
        return float(
            np.log(downstream_errors(weights, draw.downstream.signal, regime, seeds)).mean()
        )

    quiet = foremost_first(upstream, -noise_norms(upstream, regime, 2))
    along = foremost_first(upstream, signs(regime.m) * (upstream @ u))
    return Chosen(4 * seeds.count, after(upstream), after(quiet), after(along))


def _least_noise(one: Chosen) -> float:
    return one.least_noise


def _most_signal(one: Chosen) -> float:
    return one.most_signal


def _gained(read: Callable[[Chosen], float], observations: Sequence[Chosen]) -> Quantile:
    """Nats that filters chosen so gain over drawn ones, in the median regime."""
    return median([one.drawn - read(one) for one in observations])


def _gain(
    read: Callable[[Chosen], float],
    nats: float,
    observations: Sequence[Chosen],
    constants: Constants,
) -> Margin:
    """The margin of: they gain so many."""
    return _gained(read, observations).at_least(nats)


_GAIN = 0.1
CHOSEN = Claim(
    id="conjecture.chosen-filters",
    title="Filters of the least noise are worth choosing",
    statement=(
        "Over random regimes with τ_D from 2 to 10 and X from 3 to 30, inheriting the filters of"
        f" least noise errs less than inheriting drawn ones, by {_GAIN} nats in half of them."
    ),
    latex=r"\min_r\lVert P w_r\rVert:\;\mathbb{E}\ln\frac{\mathrm{drawn}}{\mathrm{chosen}}\ge 0.1",
    domain=after_transfer(
        TAU_D, Between(2.0, 10.0), x=Between(3.0, 30.0), scales=BROAD, tier=PRACTICAL
    ),
    observe=chosen,
    margin=partial(_gain, _least_noise, _GAIN),
    rule=Population(
        64,
        lambda observations: {
            "nats gained over drawn filters": {
                "least noise": _gained(_least_noise, observations).record(),
                "most signal": _gained(_most_signal, observations).record(),
            }
        },
    ),
    unit="nats gained, in the median regime, beyond 0.1",
    mutants=(
        Mutant(
            "signal",
            "filters that have learned most of u gain as much",
            {"margin": partial(_gain, _most_signal, _GAIN)},
        ),
        Mutant(
            "tenfold",
            "filters of least noise err a tenth as much",
            {"margin": partial(_gain, _least_noise, np.log(10))},
        ),
    ),
    uses=MEASURED,
    source="Open questions",
    provenance=(Provenance.D,),
    kind=Kind.CONJECTURE,
)
CLAIMS = (CHOSEN,)
