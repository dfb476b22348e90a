"""E4: rotations of space, and other orders of samples, filters, patches and labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch

from claims.observing.facts.difference import Difference, relative, result, run_gap
from model.engines.autograd import Trainer, patches
from model.regime import Regime
from model.run import Run
from model.sampling import Sample, Seeds, sample
from model.transfer import train_task

if TYPE_CHECKING:
    from torch import Tensor


def _apply(data: Sample, act: Callable[[Tensor], Tensor]) -> Sample:
    return Sample(act(data.signal), act(data.noise), data.labels)


def rotation(regime: Regime, seeds: Seeds, *, contraction: float = 1.0) -> Difference:
    """Rotate every vector by one random rotation of R^d; `contraction` below 1 plants a map that is
    none.
    """
    draw = sample(regime, seeds, "explicit")
    rotate, _ = torch.linalg.qr(
        torch.from_numpy(seeds.generators(2)[0].standard_normal((regime.d, regime.d)))
    )
    rotate[:, 0] *= contraction
    act: Callable[[Tensor], Tensor] = lambda x: x @ rotate.T  # noqa: E731
    was = train_task(regime, 2, draw.downstream, draw.fresh)
    now = train_task(regime, 2, _apply(draw.downstream, act), act(draw.fresh))
    return result(2 * seeds.count, run_gap(now, Run(was.loss, act(was.weights))))


def sample_order(
    regime: Regime, seeds: Seeds, *, labels_too: bool = True, all_kept: bool = True
) -> Difference:
    """Reverse the order of the samples; leaving the labels behind, or the first sample in the last
    one's place too, plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data = draw.downstream
    was = train_task(regime, 2, data, draw.fresh)
    noise = data.noise.flip(1)
    if not all_kept:
        noise[:, -1] = noise[:, 0]
    moved = Sample(data.signal, noise, data.labels.flip(1) if labels_too else data.labels)
    return result(2 * seeds.count, run_gap(train_task(regime, 2, moved, draw.fresh), was))


def filter_order(
    regime: Regime, seeds: Seeds, *, within_sign: bool = True, weights_too: bool = True
) -> Difference:
    """Reverse the order of the filters within each sign; reversing all of them swaps the signs, an
    error, as is expecting them where they were.
    """
    draw = sample(regime, seeds, "explicit")
    m = regime.m
    order = (
        torch.cat([torch.arange(m).flip(0), torch.arange(m, 2 * m).flip(0)])
        if within_sign
        else torch.arange(2 * m).flip(0)
    )
    was = train_task(regime, 2, draw.downstream, draw.fresh)
    now = train_task(regime, 2, draw.downstream, draw.fresh[:, order])
    return result(
        2 * seeds.count,
        run_gap(now, Run(was.loss, was.weights[:, order] if weights_too else was.weights)),
    )


def patch_order(
    regime: Regime, seeds: Seeds, *, both_swapped: bool = True, labels_kept: bool = True
) -> Difference:
    """Put the noise patch first in a random half of the examples; using the noise patch twice, or
    flipping their labels, plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data, trainer, gaps = draw.downstream, Trainer(), []
    for s, generator in enumerate(seeds.generators(2)):
        swap = torch.from_numpy(generator.integers(0, 2, regime.n2) > 0)
        swap[0] = True
        plain, swapped = patches(data, s), patches(data, s, swap)
        if not both_swapped:
            swapped[swap, 1] = plain[swap, 1]
        labels = (
            data.labels[s] if labels_kept else torch.where(swap, -data.labels[s], data.labels[s])
        )
        runs = [
            trainer.descend_one(x, y, draw.fresh[s], regime.eta2, regime.steps2)
            for x, y in ((plain, data.labels[s]), (swapped, labels))
        ]
        (loss, weights), (loss_swapped, weights_swapped) = runs
        gaps.append(
            torch.maximum(
                relative(loss_swapped[None], loss[None]),
                relative(weights_swapped[None], weights[None]),
            )
        )
    return Difference(2 * seeds.count, torch.cat(gaps).numpy())


def label_flip(regime: Regime, seeds: Seeds, *, signs_too: bool = True) -> Difference:
    """Flip every label and the sign j of every filter, examples unchanged; leaving j as it was
    plants an error.
    """
    draw = sample(regime, seeds, "explicit")
    data, m = draw.downstream, regime.m
    was = train_task(regime, 2, data, draw.fresh)
    flipped = Sample(-data.signal, data.noise, -data.labels)  # the patch y s is the same
    swap = (
        torch.cat([torch.arange(m, 2 * m), torch.arange(m)]) if signs_too else torch.arange(2 * m)
    )
    now = train_task(regime, 2, flipped, draw.fresh[:, swap])
    return result(2 * seeds.count, run_gap(now, Run(was.loss, was.weights[:, swap])))
