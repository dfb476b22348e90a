"""E5: starts that are the same, or almost."""

from __future__ import annotations

from dataclasses import replace

import torch

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.facts.difference import Difference
from model.regime import Regime
from model.sampling import Seeds, sample
from model.transfer import run_on, train_task


def nothing_inherited(regime: Regime, seeds: Seeds, *, inherited: int = 0) -> Difference:
    """Transfer beside scratch, with nothing inherited; 1 plants an off-by-one."""
    trial = run_on(replace(regime, inherited=inherited), seeds, sample(regime, seeds, "explicit"))
    gap = torch.maximum(
        (trial.transfer.loss - trial.scratch.loss).abs().amax(1),
        (trial.transfer.weights - trial.scratch.weights).abs().amax((1, 2)),
    )
    return Difference(trial.networks, gap.numpy())


def identical(observation: Difference, constants: Constants) -> Margin:
    """Minus the difference: only bit for bit will do."""
    return Margin.exact(-observation.value)


def perturbed_start(regime: Regime, seeds: Seeds) -> Difference:
    """Scratch beside scratch from a start that differs in one number, in its last digits."""
    draw = sample(regime, seeds, "explicit")
    moved = draw.fresh.clone()
    moved[:, 0, -1] *= 1 + 1e-12
    was, now = (train_task(regime, 2, draw.downstream, start) for start in (draw.fresh, moved))
    return Difference(2 * seeds.count, (now.weights - was.weights).abs().amax((1, 2)).numpy())
