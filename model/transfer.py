"""Upstream training, inheritance, and downstream training from scratch and after transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

from model.engines import tangent
from model.regime import Regime
from model.run import Run
from model.sampling import Draw, Level, Sample, Seeds, check_curves, projected, sample

if TYPE_CHECKING:
    from torch import Tensor


class Descend(Protocol):
    """An engine: trains a batch of networks."""

    def __call__(self, sample: Sample, start: Tensor, eta: float, steps: int) -> Run: ...


@dataclass(frozen=True)
class Trial:
    """One regime, a batch of seeds: the upstream network, and the downstream network both ways."""

    regime: Regime
    seeds: Seeds
    draw: Draw
    upstream: Run
    scratch: Run
    transfer: Run

    @property
    def networks(self) -> int:
        """Networks trained."""
        return 3 * self.seeds.count


def inherit(trained: Tensor, fresh: Tensor, inherited: int) -> Tensor:
    """The downstream start: the first `inherited` filters of each sign from `trained`, the rest
    from `fresh` [S].

    The paper draws the inherited filters at random [O]; by exchangeability the first have the same
    law. Both arguments and the result are (seeds, 2m, dim).
    """
    m = fresh.shape[1] // 2
    start = fresh.clone()
    start[:, :inherited] = trained[:, :inherited]
    start[:, m : m + inherited] = trained[:, m : m + inherited]
    return start


def foremost_first(trained: Tensor, score: Tensor) -> Tensor:
    """The same filters, those of each sign by falling score: what `inherit` then takes is chosen,
    not drawn. (seeds, 2m, dim) and (seeds, 2m).
    """
    m = trained.shape[1] // 2
    order = torch.cat(
        [
            m * side
            + score[:, m * side : m * (side + 1)].argsort(dim=1, descending=True, stable=True)
            for side in (0, 1)
        ],
        1,
    )
    return torch.gather(trained, 1, order.unsqueeze(2).expand_as(trained))


def train_task(
    regime: Regime, index: int, data: Sample, start: Tensor, engine: Descend = tangent.descend
) -> Run:
    """Train on task `index` (1 or 2) of the regime with its own step size and number of steps."""
    task = regime.task(index)
    return engine(data, start, task.eta, task.steps)


def run_trial(
    regime: Regime, seeds: Seeds, *, engine: Descend = tangent.descend, level: Level = "law"
) -> Trial:
    """Train upstream, scratch and transfer on common random numbers.

    Raises:
        RegimeError: when the draw is impossible (see `model.sampling.sample`).
        DivergenceError: when a loss leaves the finite numbers.
    """
    check_curves(regime, seeds)
    return run_on(regime, seeds, sample(regime, seeds, level), engine=engine)


def run_on(regime: Regime, seeds: Seeds, draw: Draw, *, engine: Descend = tangent.descend) -> Trial:
    """The same from a draw already made."""
    upstream = train_task(regime, 1, draw.upstream, draw.start, engine)
    scratch = train_task(regime, 2, draw.downstream, draw.fresh, engine)
    transfer = train_task(
        regime, 2, draw.downstream, inherit(upstream.weights, draw.fresh, regime.inherited), engine
    )
    return Trial(regime, seeds, draw, upstream, scratch, transfer)


def recording(record: Sequence[int]) -> Descend:
    """The engine, keeping the decomposition's coefficients at the given steps."""

    def engine(sample: Sample, start: Tensor, eta: float, steps: int) -> Run:
        return tangent.descend(sample, start, eta, steps, [t for t in record if t <= steps])

    return engine


def noise_norms(weights: Tensor, regime: Regime, index: int) -> Tensor:
    """||P_k w|| of every filter, (seeds, 2m)."""
    return projected(weights, regime, index).square().sum(-1).sqrt()
