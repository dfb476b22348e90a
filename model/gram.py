"""The fast engine: gradient descent in coefficient space, exact, O(m N^2) a step whatever d.

Each gradient is a combination of the signal and the N noise patches, so weights need never be
formed while training. With Z = W Xi^T (2m x N) and K = Xi Xi^T, a step adds G K to Z, where
G_{ri} = -(eta/(N m)) l'_i j_r y_i 1{z_ri > 0}; the signal enters through one scalar a_r = <w_r, s>,
since own-task noise is orthogonal to the signal. Batched over seeds.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from model.run import DivergenceError, Recorded, Run, check_records, signs
from model.sampling import Sample


def descend(sample: Sample, start: Tensor, eta: float, steps: int, record: Sequence[int] = ()) -> Run:
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
    start = start.contiguous()  # products of equal numbers laid out otherwise may be rounded otherwise
    seeds, filters, _ = start.shape
    n, m = sample.labels.shape[1], filters // 2
    gram = torch.bmm(sample.noise, sample.noise.transpose(1, 2))  # K (seeds, N, N)
    z = torch.bmm(start, sample.noise.transpose(1, 2))  # (seeds, 2m, N)
    a = start @ sample.signal  # (seeds, 2m)
    j = signs(m)
    readout = (j / m).expand(seeds, 1, filters)
    signal_square = torch.dot(sample.signal, sample.signal)
    positive = (sample.labels > 0).to(torch.float64)  # (seeds, N)
    g = torch.zeros(seeds, filters, dtype=torch.float64)
    c = torch.zeros(seeds, filters, n, dtype=torch.float64)
    step_c, active = torch.empty_like(c), torch.empty_like(c)
    loss = torch.empty(seeds, steps + 1, dtype=torch.float64)
    records = []
    for t in range(steps + 1):
        margin = _margins(z, a, sample.labels, positive, readout, m, active)  # y_i f_i
        loss[:, t] = -torch.nn.functional.logsigmoid(margin).mean(1)
        if t in wanted:
            records.append(Recorded(t, g.clone(), c.clone(), margin))
        if t == steps:
            break
        pull = torch.sigmoid(-margin).mul_(eta / (n * m))  # -(eta/(N m)) l'_i, (seeds, N)
        upper = (pull * positive).sum(1, keepdim=True)  # samples with y = +1 see the signal s, the others -s
        step_g = torch.where(a > 0, upper, 0.0) + torch.where(a < 0, pull.sum(1, keepdim=True) - upper, 0.0)
        torch.gt(z, 0, out=active)
        towards = (pull * sample.labels).unsqueeze(1)
        torch.mul(active[:, :m], towards, out=step_c[:, :m])
        torch.mul(active[:, m:], -towards, out=step_c[:, m:])
        torch.baddbmm(z, step_c, gram, out=z)
        c += step_c
        g += step_g
        a = a + j * step_g * signal_square
    weights = start + torch.bmm(c, sample.noise) + (j * g).unsqueeze(-1) * sample.signal
    if not (bool(torch.isfinite(loss).all()) and bool(torch.isfinite(weights).all())):
        raise DivergenceError(f"eta = {eta!r}: weights or training loss are no longer finite; use a smaller step")
    return Run(loss, weights, tuple(records))


def _margins(z: Tensor, a: Tensor, labels: Tensor, positive: Tensor, readout: Tensor, m: int, work: Tensor) -> Tensor:
    """y_i f(x_i), (seeds, N)."""
    torch.clamp_min(z, 0, out=work)
    noise_output = torch.bmm(readout, work).squeeze(1)
    signal_output = torch.where(positive > 0, (readout[:, 0] * a.clamp_min(0)).sum(1, keepdim=True), (readout[:, 0] * (-a).clamp_min(0)).sum(1, keepdim=True))
    return labels * (noise_output + signal_output)
