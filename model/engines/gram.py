"""Gradient descent in coefficient space, all seeds in one batch of matrix products: exact, O(m N^2)
a step whatever d.

Each gradient is a combination of the signal and the N noise patches, so weights need never be
formed while training. With Z = W Xi^T (2m x N) and K = Xi Xi^T, a step adds G K to Z, where G_{ri}
= -(eta/(N m)) l'_i j_r y_i 1{z_ri > 0}; the signal enters through one scalar a_r = <w_r, s>, since
own-task noise is orthogonal to the signal. `model.engines.tangent` is faster on a processor; this
one is checked against it, and is all tensors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from model.run import Recorded, Run, check_numbers, check_records, finite_run, signs
from model.sampling import Sample

if TYPE_CHECKING:
    from torch import Tensor

#: Steps whose losses are taken together.
_TOGETHER = 64


def descend(
    sample: Sample, start: Tensor, eta: float, steps: int, record: Sequence[int] = ()
) -> Run:
    """Train every seed's network by full-batch gradient descent on the logistic loss.

    Args:
        sample: the training sets, (seeds, N, dim).
        start: initial filters, (seeds, 2m, dim).
        eta: step size. steps: number of steps.
        record: steps after which to keep the coefficients (0 is the start).

    Raises:
        DivergenceError: when a loss or a weight is no longer a finite number.
    """
    wanted = check_records(record, steps)
    check_numbers(sample, start.shape[1])
    # Products of equal numbers laid out otherwise may be rounded otherwise.
    start = start.contiguous()
    seeds, filters, _ = start.shape
    n, m = sample.labels.shape[1], filters // 2
    gram = torch.bmm(sample.noise, sample.noise.transpose(1, 2))  # K (seeds, N, N)
    z = torch.bmm(start, sample.noise.transpose(1, 2))  # (seeds, 2m, N)
    a = start @ sample.signal  # (seeds, 2m)
    j = signs(m)
    towards_signal = (j * torch.dot(sample.signal, sample.signal)).expand_as(a)
    # (seeds, N, 2)
    classes = torch.stack([sample.labels > 0, sample.labels < 0], 2).to(torch.float64)
    positive, against = sample.labels > 0, -sample.labels / m
    agree = torch.stack([sample.labels, -sample.labels], 1).unsqueeze(2)  # j y_i (seeds, 2, 1, N)
    g = torch.zeros(seeds, filters, dtype=torch.float64)
    c = torch.zeros(seeds, filters, n, dtype=torch.float64)
    step_c, active, nothing = (
        torch.empty_like(c),
        torch.empty_like(c),
        torch.zeros((), dtype=torch.float64),
    )
    losses, records = _Losses(seeds, n, steps), []
    for t in range(steps + 1):
        torch.clamp_min(z, 0, out=active)
        of_noise = active.view(seeds, 2, m, n).sum(2)  # (seeds, 2, N)
        # What the signal patches s and -s add to m f: apart, since where no filter of a class is
        # active on its signal the difference of two large sums would swallow the noise.
        ahead, behind = (side.clamp_min(0) @ j for side in (a, -a))
        of_signal = torch.where(positive, ahead.unsqueeze(1), behind.unsqueeze(1))
        output = of_noise[:, 0].sub_(of_noise[:, 1]).add_(of_signal)  # m f(x_i)
        error = output.mul_(against)  # -y_i f_i (seeds, N)
        losses.add(t, error)
        if t in wanted:
            records.append(Recorded(t, g.clone(), c.clone(), -error))
        if t == steps:
            break
        pull = torch.sigmoid(error).mul_(eta / (n * m))  # -(eta/(N m)) l'_i (seeds, N)
        # Samples with y = +1 see the signal s, the others -s.
        of_class = torch.bmm(pull.unsqueeze(1), classes).squeeze(1)
        step_g = torch.where(a > 0, of_class[:, :1], torch.where(a < 0, of_class[:, 1:], nothing))
        torch.gt(z, 0, out=active)
        torch.mul(
            active.view(seeds, 2, m, n),
            agree * pull[:, None, None],
            out=step_c.view(seeds, 2, m, n),
        )
        torch.baddbmm(z, step_c, gram, out=z)
        c += step_c
        g += step_g
        a.addcmul_(towards_signal, step_g)
    weights = start + torch.bmm(c, sample.noise) + (j * g).unsqueeze(-1) * sample.signal
    return finite_run(sample, eta, losses.mean, weights, records)


class _Losses:
    """Training losses from -y_i f_i, taken many steps at a time."""

    def __init__(self, seeds: int, n: int, steps: int) -> None:
        self.mean = torch.empty(seeds, steps + 1, dtype=torch.float64)
        self._kept = torch.empty(seeds, min(steps + 1, _TOGETHER), n, dtype=torch.float64)

    def add(self, t: int, error: Tensor) -> None:
        """Take step t; steps come in order."""
        place = t % _TOGETHER
        self._kept[:, place] = error
        if place == _TOGETHER - 1 or t == self.mean.shape[1] - 1:
            self.mean[:, t - place : t + 1] = -torch.nn.functional.logsigmoid(
                -self._kept[:, : place + 1]
            ).mean(2)
