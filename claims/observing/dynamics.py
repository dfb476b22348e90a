"""What Lemmas A.1 and A.2 observe: the decomposition's coefficients along a whole run, at
log-spaced steps.

Coefficients are the increments from the run's own start, so that the same observation serves
upstream training, scratch and training after transfer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.predicting.scalar import solve
from model.regime import Regime
from model.run import Run, log_spaced, signs
from model.sampling import Sample, Seeds, sample
from model.transfer import inherit, recording, train_task

#: Steps recorded, log-spaced from 1 to T.
RECORDS = 12


@dataclass(frozen=True)
class Dynamics:
    """One run of a batch of seeds. The first axis counts the recorded steps, the second the
    seeds.
    """

    regime: Regime
    index: int  # the task trained
    networks: int
    steps: NDArray[np.int64]
    signal: NDArray[np.float64]  # gamma = gamma_u + gamma_k of every filter: (steps, seeds, 2m)
    fresh: NDArray[np.bool_]  # (2m,): filters that were not inherited
    own_mean: NDArray[np.float64]  # (1/m) sum_r rho-bar_{y_i, r, i}: (steps, seeds, N)
    own_sum: NDArray[np.float64]  # sum_i rho-bar_{j, r, i}: (steps, seeds, 2m)
    own_most: NDArray[np.float64]  # the largest rho-bar: (steps, seeds)
    own_least: NDArray[np.float64]  # the least rho-bar, or 0: (steps, seeds)
    other_least: NDArray[np.float64]  # the least rho-underbar: (steps, seeds)
    imbalance: NDArray[np.float64]  # max over i, k of l'_i/l'_k: (steps, seeds)
    displacement: NDArray[np.float64]  # ||W^T - W^0||/||W^0||: (seeds,)
    start_size: NDArray[np.float64]  # max |<w^0, xi_i>|, |<w^0, s>|: (seeds,)

    @property
    def h(self) -> float:
        """h of the task."""
        return quantities.catalogue()[f"h_{self.index}"](self.regime)

    @property
    def zeta(self) -> float:
        """zeta of the task."""
        return quantities.catalogue()[f"zeta_{self.index}"](self.regime)

    def at(self, k: int) -> Dynamics:
        """One recorded step."""
        along = (
            "steps",
            "signal",
            "own_mean",
            "own_sum",
            "own_most",
            "own_least",
            "other_least",
            "imbalance",
        )
        return replace(self, **{name: getattr(self, name)[k : k + 1] for name in along})

    def x(self, c: float, b: float = 1.0) -> NDArray[np.float64]:
        """x_t at the recorded steps, (steps,)."""
        return solve(b, c * self.steps)


def upstream(regime: Regime, seeds: Seeds) -> Dynamics:
    """Train on task 1."""
    draw = sample(regime, seeds)
    return observe(
        regime, 1, draw.upstream, draw.start, np.ones(2 * regime.m, dtype=bool), seeds.count
    )


def scratch(regime: Regime, seeds: Seeds) -> Dynamics:
    """Train on task 2 from scratch."""
    draw = sample(regime, seeds)
    return observe(
        regime, 2, draw.downstream, draw.fresh, np.ones(2 * regime.m, dtype=bool), seeds.count
    )


def after_transfer(regime: Regime, seeds: Seeds) -> Dynamics:
    """Train on task 1, then on task 2 from the inherited start."""
    draw = sample(regime, seeds)
    trained = train_task(regime, 1, draw.upstream, draw.start)
    start = inherit(trained.weights, draw.fresh, regime.inherited)
    fresh = np.tile(np.arange(regime.m) >= regime.inherited, 2)
    return observe(regime, 2, draw.downstream, start, fresh, 2 * seeds.count)


def observe(
    regime: Regime,
    index: int,
    data: Sample,
    start: torch.Tensor,
    fresh: NDArray[np.bool_],
    networks: int,
) -> Dynamics:
    """Train from `start`, and reduce the recorded coefficients."""
    task = regime.task(index)
    run = train_task(regime, index, data, start, recording(log_spaced(task.steps, RECORDS)))
    own = signs(regime.m).unsqueeze(1) == data.labels.unsqueeze(1)  # (seeds, 2m, N): j = y_i
    square = data.supported.square().sum(2).unsqueeze(1)
    rho = torch.stack([record.noise * square for record in run.records])  # (steps, seeds, 2m, N)
    own_rho = torch.where(own, rho, 0.0)
    signal_square = torch.dot(data.signal, data.signal)
    pulls = torch.stack([torch.sigmoid(-record.margin) for record in run.records])
    return Dynamics(
        regime=regime,
        index=index,
        networks=networks,
        steps=np.array([record.step for record in run.records]),
        signal=torch.stack([record.signal * signal_square for record in run.records]).numpy(),
        fresh=fresh,
        own_mean=(own_rho.sum(2) / regime.m).numpy(),
        own_sum=own_rho.sum(3).numpy(),
        own_most=own_rho.amax((2, 3)).numpy(),
        own_least=own_rho.amin((2, 3)).numpy(),
        other_least=torch.where(own, 0.0, rho).amin((2, 3)).numpy(),
        imbalance=(pulls.amax(2) / pulls.amin(2)).numpy(),
        displacement=_displacement(run, start),
        start_size=_start_size(data, start),
    )


def _displacement(run: Run, start: torch.Tensor) -> NDArray[np.float64]:
    return np.asarray((run.weights - start).flatten(1).norm(dim=1) / start.flatten(1).norm(dim=1))


def _start_size(data: Sample, start: torch.Tensor) -> NDArray[np.float64]:
    on_noise = data.on_noise(start).abs().amax((1, 2))
    return np.asarray(torch.maximum(on_noise, (start @ data.signal).abs().amax(1)))
