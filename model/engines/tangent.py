"""The engine: gradient descent that is paid for only when an activation changes. Exact.

Own-task noise is orthogonal to the signal, so training moves noise pre-activations z = W Xi^T by
combinations of K = Xi Xi^T, and one scalar a_r = <w_r, s> a filter. Activation masks 1{z > 0} are
all that couples filters: while none changes, the margins v_i = m y_i f(x_i) obey

    v(t+1) = v(t) + H p(t),   p_i = (eta/(n m)) / (1 + exp(v_i/m)), H_ik = y_i y_k K_ik #{r active
    on both i and k} + ||s||^2 1{y_i = y_k} #{r active on the signal y_i s},

which is descent with the network's tangent kernel: n^2 multiplications a step, not 2m n^2. So steps
are taken several at a time as if no mask changed; then pre-activations are computed where the last
of them ends, and every sign is checked along the way. Where one changes, the steps up to the first
change are kept. A step that starts from the right masks is exact, so at least one always is.

Pre-activations themselves are seldom needed: most signs are foretold (`model.engines.descent`).
Where a mask changes, the steps up to the first change are kept, H follows, and descent goes on.
When too many signs are no longer foretold, all pre-activations are computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import torch

from model.engines.descent import train
from model.run import Recorded, Run, check_numbers, check_records, finite_run, signs
from model.sampling import Sample

if TYPE_CHECKING:
    from torch import Tensor

#: Steps taken together, at most.
LONGEST = 256


def descend(
    sample: Sample,
    start: Tensor,
    eta: float,
    steps: int,
    record: Sequence[int] = (),
    *,
    longest: int = LONGEST,
) -> Run:
    """Train every seed's network by full-batch gradient descent on the logistic loss.

    Args:
        sample: the training sets, (seeds, N, dim).
        start: initial filters, (seeds, 2m, dim).
        eta: step size. steps: number of steps.
        record: steps after which to keep the coefficients (0 is the start).
        longest: steps taken together, at most; it changes no result beyond rounding.

    Raises:
        DivergenceError: when a loss or a weight is no longer a finite number.
    """
    wanted = np.array([*sorted(check_records(record, steps)), steps + 1], dtype=np.int64)
    check_numbers(sample, start.shape[1])
    # Products of equal numbers laid out otherwise may be rounded otherwise.
    start = start.contiguous()
    seeds, filters, _ = start.shape
    n, many = sample.labels.shape[1], len(wanted) - 1
    gram = sample.gram.numpy()
    z, a = sample.on_noise(start).numpy(), (start @ sample.signal).numpy()
    labels, squared = sample.labels.numpy(), torch.dot(sample.signal, sample.signal).item()
    loss, g, c = (
        np.empty((seeds, steps + 1)),
        np.zeros((seeds, filters)),
        np.zeros((seeds, filters, n)),
    )
    kept_g, kept_c, kept_v = (
        np.empty((many, seeds, filters)),
        np.empty((many, seeds, filters, n)),
        np.empty((many, seeds, n)),
    )

    def train_one(k: int) -> None:
        train(
            gram[k],
            z[k],
            a[k],
            labels[k],
            squared,
            eta,
            steps,
            max(1, longest),
            wanted,
            loss[k],
            g[k],
            c[k],
            kept_g[:, k],
            kept_c[:, k],
            kept_v[:, k],
        )

    _on_every_thread(train_one, seeds)
    weights = start.clone()
    weights[..., : sample.support] += torch.bmm(torch.from_numpy(c), sample.supported)
    weights += (signs(filters // 2) * torch.from_numpy(g)).unsqueeze(-1) * sample.signal
    records = (
        Recorded(int(wanted[q]), *(torch.from_numpy(part[q]) for part in (kept_g, kept_c, kept_v)))
        for q in range(many)
    )
    return finite_run(sample, eta, torch.from_numpy(loss), weights, records)


def _on_every_thread(train: Callable[[int], None], seeds: int) -> None:
    """Train every seed's network, as many at a time as torch has threads: the kernel holds no lock.
    Networks share no number.
    """
    threads = min(torch.get_num_threads(), seeds)
    if threads <= 1:
        for k in range(seeds):
            train(k)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(train, range(seeds)))  # raises what a training raises
