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

Checking: at step u of L, z(u) = z(0) + sum_k S_k D_k(u), D the summed pulls, S signs and entries of
K. With D(u) = w_u D(L) + rest, and |rest_k| <= E_k for all u, z(u) is an average of z(0) and z(L)
up to sum_k |S_k| E_k. Entries whose ends have one sign and are further than that from 0 keep it all
along; the few others are computed at every step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

from model.engines.compiled import compiled
from model.run import Recorded, Run, check_numbers, check_records, finite_run, signs
from model.sampling import Sample

if TYPE_CHECKING:
    from torch import Tensor

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

#: exp of more is infinite, which plain Python (without the compiler) refuses to say.
_LARGEST_EXPONENT = math.log(np.finfo(np.float64).max)
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

    def train(k: int) -> None:
        _train(
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

    _on_every_thread(train, seeds)
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


@compiled
def _train(
    gram: Floats,
    z: Floats,
    a: Floats,
    y: Floats,
    squared: float,
    eta: float,
    steps: int,
    longest: int,
    wanted: Ints,
    loss: Floats,
    g: Floats,
    c: Floats,
    kept_g: Floats,
    kept_c: Floats,
    kept_v: Floats,
) -> None:
    """One network. gram (n, n); z, c (2m, n); a, g (2m,); y (n,); loss (steps + 1,); kept_* one row
    a recorded step.
    """
    filters, n = z.shape
    m = filters // 2
    signed = gram * np.outer(y, y)
    mask = z > 0
    kernel, far = np.empty((n, n)), _largest_off_diagonal(gram)
    v, summed, after = (
        np.empty((longest + 1, n)),
        np.zeros((longest + 1, n)),
        np.empty((filters, n)),
    )
    stale, t, together, q = True, 0, 1, 0
    while True:
        _margins(z, a, y, v[0])  # from the pre-activations, so that rounding does not build up
        if t == wanted[q]:
            kept_g[q], kept_c[q], kept_v[q] = g, c, v[0] / m
            q += 1
        together = min(together, longest, steps - t, wanted[q] - t)
        if together == 0:
            loss[t] = _pull(v[0], m, eta, summed[0], summed[1])
            return
        if stale and together > 1:
            _build_kernel(signed, squared, a, y, mask, kernel)
            stale = False
        for u in range(together):
            loss[t + u] = _pull(v[u], m, eta, summed[u], summed[u + 1])
            if u + 1 < together:
                _step(kernel, summed[u], summed[u + 1], v[u], v[u + 1])
        _advance(gram, y, mask, summed[together], z, after)
        taken = together
        if together > 1:
            taken = _first_change(gram, far, squared, y, a, mask, summed, together, z, after)
            if taken < together:
                _advance(gram, y, mask, summed[taken], z, after)
        t += taken
        turned = _remember(y, squared, mask, summed[taken], a, g, c)
        flips = _flip(after, mask, signed, kernel, not stale)
        z, after = after, z
        # A few changes are made in the kernel one by one; after many, or one on the signal, it is
        # built anew when next needed.
        stale = stale or turned or flips > filters
        together = taken if turned or flips > 0 else 2 * together


@compiled
def _apart(mask: Bools, other: Bools, places: Ints) -> Ints:
    """The places where two masks differ, written into `places`."""
    many = 0
    for i in range(
        len(mask)
    ):  # without branches, which random masks would make the processor guess wrong
        places[many] = i
        many += mask[i] != other[i]
    return places[:many]


@compiled
def _largest_off_diagonal(gram: Floats) -> Floats:
    """max_{k != i} |K_ik|, (n,)."""
    n = len(gram)
    largest = np.zeros(n)
    for i in range(n):
        for k in range(n):
            if k != i:
                largest[i] = max(largest[i], abs(gram[i, k]))
    return largest


@compiled
def _margins(z: Floats, a: Floats, y: Floats, v: Floats) -> None:
    """v_i = m y_i f(x_i) from the pre-activations."""
    filters, n = z.shape
    v[:] = 0.0
    ahead = behind = 0.0  # what the signal patches s and -s add to m f
    for r in range(filters):
        j = 1.0 if r < filters // 2 else -1.0
        for i in range(n):
            v[i] += 0.0 if z[r, i] <= 0 else j * z[r, i]  # what is no number is passed on
        if a[r] > 0:
            ahead += j * a[r]
        else:
            behind -= j * a[r]
    for i in range(n):
        v[i] = y[i] * (v[i] + (ahead if y[i] > 0 else behind))


@compiled
def _build_kernel(
    signed: Floats, squared: float, a: Floats, y: Floats, mask: Bools, kernel: Floats
) -> None:
    """H from the masks."""
    n = len(y)
    kernel[:] = 0.0
    none, places = np.zeros(n, np.bool_), np.empty(n, np.int64)
    for r in range(len(mask)):
        active = _apart(mask[r], none, places)
        for one in active:
            row = kernel[one]
            for other in active:
                row[other] += 1.0
    ahead, behind = squared * np.sum(a > 0), squared * np.sum(a < 0)
    for i in range(n):
        for k in range(n):
            kernel[i, k] *= signed[i, k]
            if y[i] == y[k]:
                kernel[i, k] += ahead if y[i] > 0 else behind


@compiled
def _pull(v: Floats, m: int, eta: float, before: Floats, after: Floats) -> float:
    """Add -(eta/(n m)) l'_i to the summed pulls; return the training loss."""
    n, loss = len(v), 0.0
    for i in range(n):
        odds = math.exp(v[i] / m) if not v[i] / m > _LARGEST_EXPONENT else math.inf
        after[i] = before[i] + eta / (n * m) / (1.0 + odds)
        loss += math.log1p(1.0 / odds) if odds >= 1.0 else math.log1p(odds) - v[i] / m
    return loss / n


@compiled
def _step(kernel: Floats, before: Floats, after: Floats, v: Floats, to: Floats) -> None:
    """The margins one step on, if no mask changes."""
    n = len(v)
    to[:] = v
    for k in range(n):
        pull = after[k] - before[k]
        row = kernel[k]  # H is symmetric
        for i in range(n):
            to[i] += pull * row[i]


@compiled
def _advance(
    gram: Floats, y: Floats, mask: Bools, summed: Floats, z: Floats, after: Floats
) -> None:
    """Pre-activations after these pulls: z_r + j_r sum_{k active} y_k D_k K_k.

    j_r y_k = 1 just in a filter's own class. Once trained, most of that class is active and little
    else, so the sum is the one over the class, the same for all filters of a sign, less D_k K_k
    wherever the mask is not what the class says.
    """
    filters, n = z.shape
    none, places, fewer, pulls = np.zeros(n, np.bool_), np.empty(n, np.int64), -summed, y * summed
    for sign, first in ((1.0, 0), (-1.0, filters // 2)):
        own, whole, towards = y == sign, np.zeros(n), sign * pulls
        members = _apart(own, none, places)
        size = len(members)  # `places` is written again below
        _add_rows(gram, members, summed, whole)
        for r in range(first, first + filters // 2):
            row, apart = after[r], _apart(mask[r], own, places)
            if 2 * len(apart) < size:  # fewer than are active
                for i in range(n):
                    row[i] = z[r, i] + whole[i]
                _add_rows(gram, apart, fewer, row)
            else:  # a filter that is nowhere active stays as it is, to the bit
                row[:] = z[r]
                _add_rows(gram, _apart(mask[r], none, places), towards, row)


@compiled
def _add_rows(gram: Floats, places: Ints, weight: Floats, row: Floats) -> None:
    """row += sum over the places k of weight_k K_k."""
    n, many = len(row), len(places)
    whole = many - many % 8
    for p in range(0, whole, 8):  # eight at a time: a row is read and written less often
        here = places[p : p + 8]
        k0, k1, k2, k3, k4, k5, k6, k7 = (
            gram[here[0]],
            gram[here[1]],
            gram[here[2]],
            gram[here[3]],
            gram[here[4]],
            gram[here[5]],
            gram[here[6]],
            gram[here[7]],
        )
        c0, c1, c2, c3 = weight[here[0]], weight[here[1]], weight[here[2]], weight[here[3]]
        c4, c5, c6, c7 = weight[here[4]], weight[here[5]], weight[here[6]], weight[here[7]]
        for i in range(n):
            row[i] += ((c0 * k0[i] + c1 * k1[i]) + (c2 * k2[i] + c3 * k3[i])) + (
                (c4 * k4[i] + c5 * k5[i]) + (c6 * k6[i] + c7 * k7[i])
            )
    for p in range(whole, many):
        one, c = gram[places[p]], weight[places[p]]
        for i in range(n):
            row[i] += c * one[i]


@compiled
def _first_change(
    gram: Floats,
    far: Floats,
    squared: float,
    y: Floats,
    a: Floats,
    mask: Bools,
    summed: Floats,
    together: int,
    z: Floats,
    after: Floats,
) -> int:
    """The first of the steps after which a sign has changed; the last of them if none has
    before.
    """
    filters, n = z.shape
    first, rest = together, _departures(summed, together)
    none, places = np.zeros(n, np.bool_), np.empty(n, np.int64)
    for r in range(filters):
        j = 1.0 if r < filters // 2 else -1.0
        active = _apart(mask[r], none, places)
        spread = 0.0
        for k in active:
            spread += rest[k]
        for i in range(n):
            bound = far[i] * spread + (rest[i] * gram[i, i] if mask[r, i] else 0.0)
            if (after[r, i] > 0) == mask[r, i] and min(abs(z[r, i]), abs(after[r, i])) > bound:
                continue
            for u in range(1, first):
                x = z[r, i]
                for k in active:
                    x += j * y[k] * summed[u, k] * gram[k, i]
                if (x > 0) != mask[r, i]:
                    first = u
                    break
        # j <w, s> never falls: the sign of a changes once at most.
        if a[r] * j < 0:
            for u in range(1, first):
                if (a[r] + j * squared * _facing(y, summed[u], a[r])) * j >= 0:
                    first = u
                    break
    return first


@compiled
def _departures(summed: Floats, together: int) -> Floats:
    """E_k, the most by which D_k(u) departs from its share w_u of D_k(L); w_u is that of the sum
    over k.
    """
    n = summed.shape[1]
    most, whole = np.zeros(n), np.sum(summed[together])
    for u in range(1, together):
        share = np.sum(summed[u]) / whole if whole > 0.0 else 0.0
        for k in range(n):
            most[k] = max(most[k], abs(summed[u, k] - share * summed[together, k]))
    return most


@compiled
def _facing(y: Floats, summed: Floats, side: float) -> float:
    """Pulls of the samples whose signal patch activates a filter with this <w, s>: y = +1 for
    positive, -1 for negative.
    """
    total = 0.0
    for i in range(len(y)):
        if y[i] * side > 0:
            total += summed[i]
    return total


@compiled
def _remember(
    y: Floats, squared: float, mask: Bools, summed: Floats, a: Floats, g: Floats, c: Floats
) -> bool:
    """Add the steps taken to the coefficients and to <w, s>; whether one of those changed sign."""
    turned, filters, pulls = False, len(a), y * summed
    ahead, behind = _facing(y, summed, 1.0), _facing(y, summed, -1.0)
    for r in range(filters):
        j = 1.0 if r < filters // 2 else -1.0
        for k in range(len(y)):
            c[r, k] += j * pulls[k] if mask[r, k] else 0.0
        if a[r] != 0:
            step = ahead if a[r] > 0 else behind
            moved = a[r] + j * squared * step
            turned = turned or (moved > 0) != (a[r] > 0) or (moved < 0) != (a[r] < 0)
            a[r] = moved
            g[r] += step
    return turned


@compiled
def _flip(after: Floats, mask: Bools, signed: Floats, kernel: Floats, update: bool) -> int:
    """Move the masks to those of `after`, and, while changes are few, the kernel (if `keep`); the
    number of masks that changed.
    """
    filters, n = after.shape
    flips = 0
    for r in range(filters):
        moved = 0
        for i in range(n):
            moved += (after[r, i] > 0) != mask[r, i]
        if moved == 0:
            continue
        flips += moved
        if update and flips <= filters:
            _change_kernel(after[r], mask[r], signed, kernel)
        else:
            for i in range(n):
                mask[r, i] = after[r, i] > 0
    return flips


@compiled
def _change_kernel(after: Floats, mask: Bools, signed: Floats, kernel: Floats) -> None:
    """Move one filter's mask to that of `after`, and the kernel with it, change by change."""
    n = len(mask)
    for i in range(n):
        now = after[i] > 0
        if now == mask[i]:
            continue
        mask[i] = now
        change = 1.0 if now else -1.0
        for k in range(n):
            if k != i and mask[k]:
                kernel[i, k] += change * signed[i, k]
                kernel[k, i] += change * signed[i, k]
        kernel[i, i] += change * signed[i, i]
