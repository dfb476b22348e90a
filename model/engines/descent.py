"""One network's descent, compiled: see `model.engines.tangent`.

Which masks change: most signs are foretold within a bound, the few others computed. As there, z
are the pre-activations of noise, K the inner products of noise patches, and p_k the pull of sample
k in a step; D_k is the sum of its pulls since all of z was last computed.

What the pulls p of one step add to an entry z_ri is known, the slope F = sum_k S_k p_k, with S_k =
j_r y_k K_ki for the samples k that filter r is active on. Let w = sum_k D_k/sum_k p_k. Then the
entry is now z + w F, but for sum_k S_k (D_k - w p_k), which is at most ||S|| ||D - w p||, and for
masks that changed since. A network's samples are pulled nearly alike, so that this is little. An
entry farther than that from 0, at the first and at the last of the steps proposed, on its mask's
side, keeps its mask all along, since w only grows. The others are computed, at each step.

All of it is in one file: what is kept of a compiled function does not notice a change in another.
"""

from __future__ import annotations

import math

import numpy as np

from model.engines.compiled import Bools, Floats, Ints, compiled

#: exp of more is infinite, which plain Python (without the compiler) refuses to say.
_LARGEST_EXPONENT = math.log(np.finfo(np.float64).max)
#: Changes of masks in a step, for each filter: up to the first they are made one by one, beyond the
#: second no longer.
_CALM, _RESTLESS = 1, 2
#: Pre-activations computed one by one, as a share of all of them, that are worth all at once.
_WORTH = 0.1
#: Of |f|: a step that moves one by more is no training that anybody would wish for.
_WILD = 1e3
#: What is kept of the bounds within which whatever is not watched is certain: the largest w and the
#: largest ||D - w p||; and how many entries are watched. At first there are none.
_ENDS, _DISTANCE, _WATCHED = 0, 1, 2
_UNWATCHED = np.array([-1.0, -1.0, 0.0])
#: How much wider than needed those bounds are.
_WIDER = 4.0
#: Of |z|: far more than rounding makes of a sum.
_ROUNDING = 1e-12


@compiled
def train(
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
    signed, mask = gram * np.outer(y, y), z > 0
    shared, kernel = np.empty((n, n), np.int64), np.empty((n, n))
    own, (far, norm) = np.diag(gram).copy(), _off_diagonal(gram)
    v, summed = np.empty((longest + 1, n)), np.zeros((longest + 1, n))
    slope = np.empty((filters, n))
    held, since = np.zeros((filters, n)), np.zeros((filters, n))
    moved, places = np.zeros((filters, n), np.bool_), np.empty((2, filters * n), np.int64)
    found, values = np.empty((3, filters * n), np.int64), np.empty(filters * n)
    caps, watched = _UNWATCHED.copy(), np.empty(filters * n + 1, np.int64)
    most_rest, most_missed = np.zeros(n), np.zeros(filters)
    restless, t, together, q = True, 0, 1, 0
    while True:  # z is computed, and nothing has been pulled since
        _margins(z, a, y, v[0])  # from the pre-activations, so that rounding does not build up
        if t == wanted[q]:
            kept_g[q], kept_c[q], kept_v[q] = g, c, v[0] / m
            q += 1
        summed[0] = 0.0
        loss[t] = _pull(v[0], m, eta, summed[0], summed[1])
        if t == steps:
            return
        many, one_step = 0, restless
        if one_step:  # whatever becomes of the masks
            _follow_signal(y, squared, summed[0], summed[1], a, g)
            summed[0] = summed[1]
            t += 1
        else:
            step, before = summed[1].copy(), mask.copy()
            slope[:], caps[:] = 0.0, _UNWATCHED
            _add_fields(gram, y, mask, step, slope)
            spent, turned, wild = 0, False, False
            while not (t == steps or turned or wild or restless or spent > _WORTH * filters * n):
                proposed = min(together, longest, steps - t)
                ahead, behind = squared * np.sum(a > 0), squared * np.sum(a < 0)
                for u in range(proposed):
                    loss[t + u] = _pull(v[u], m, eta, summed[u], summed[u + 1])
                    _step(kernel, ahead, behind, y, summed[u], summed[u + 1], v[u], v[u + 1])
                    # What rounding leaves of margins that move by so much may be more than they
                    # come to be: they are taken from z again.
                    wild = not np.max(np.abs(v[u + 1] - v[u])) <= _WILD * m
                    if wild:
                        proposed = u + 1
                        break
                taken, hits, computed = _first_change(
                    gram,
                    own,
                    far,
                    norm,
                    y,
                    mask,
                    before,
                    summed,
                    step,
                    _first_turn(squared, y, a, summed, proposed),
                    z,
                    slope,
                    held,
                    since,
                    moved,
                    places[:, :many],
                    caps,
                    most_rest,
                    most_missed,
                    watched,
                    found,
                    values,
                )
                spent += computed
                while wanted[q] < t + taken:  # on the way, which it does not change
                    u = wanted[q] - t
                    kept_g[q], kept_c[q], kept_v[q] = g, c, v[u] / m
                    _follow_signal(y, squared, summed[0], summed[u], a.copy(), kept_g[q])
                    _remember(y, mask, summed[u], held, since, kept_c[q])
                    q += 1
                flips, many = _change_masks(
                    y,
                    taken,
                    summed[taken],
                    found[:, :hits],
                    values,
                    signed,
                    mask,
                    shared,
                    kernel,
                    v[taken],
                    held,
                    since,
                    moved,
                    places,
                    many,
                )
                restless = flips > _RESTLESS * filters
                turned = _follow_signal(y, squared, summed[0], summed[taken], a, g)
                v[0], summed[0] = v[taken], summed[taken]
                t += taken
                together = taken if flips > 0 or turned else 2 * proposed
                if t == wanted[q] and not wild:
                    kept_g[q], kept_c[q], kept_v[q] = g, c, v[0] / m
                    _remember(y, mask, summed[0], held, since, kept_c[q])
                    q += 1
        _remember(y, mask, summed[0], held, since, c)
        _advance(gram, y, mask, summed[0], places[:, :many], held, since, moved, z)
        if one_step:
            restless = _turn_masks(z, mask) > _CALM * filters
            if not restless:
                _build_kernel(signed, mask, shared, kernel)


@compiled
def _change_masks(
    y: Floats,
    step: int,
    summed: Floats,
    found: Ints,
    values: Floats,
    signed: Floats,
    mask: Bools,
    shared: Ints,
    kernel: Floats,
    v: Floats,
    held: Floats,
    since: Floats,
    moved: Bools,
    places: Ints,
    many: int,
) -> tuple[int, int]:
    """Make those of the changes found that are of this step; how many, and how many masks moved
    since z was computed.
    """
    flips, m = 0, len(mask) // 2
    for p in range(found.shape[1]):
        if found[2, p] != step:
            continue
        flips += 1
        r, i = found[0, p], found[1, p]
        _change_kernel(mask[r], i, signed, shared, kernel)
        # The margins count z where it is no longer positive, or do not where it now is.
        counted = (1.0 if r < m else -1.0) * (1.0 if mask[r, i] else -1.0)
        v[i] += counted * y[i] * values[p]
        if mask[r, i]:
            since[r, i] = summed[i]
        else:
            held[r, i] += summed[i] - since[r, i]
            since[r, i] = 0.0
        if not moved[r, i]:
            moved[r, i] = True
            places[0, many], places[1, many] = r, i
            many += 1
    return flips, many


@compiled
def _advance(
    gram: Floats,
    y: Floats,
    mask: Bools,
    summed: Floats,
    places: Ints,
    held: Floats,
    since: Floats,
    moved: Bools,
    z: Floats,
) -> None:
    """Everything that was pulled since, in z; and nothing is held any more."""
    _add_fields(gram, y, mask, summed, z)
    for p in range(places.shape[1]):
        r, k = places[0, p], places[1, p]
        j = 1.0 if r < len(mask) // 2 else -1.0
        _add_row(gram[k], j * y[k] * (held[r, k] - since[r, k]), z[r])
        held[r, k], since[r, k], moved[r, k] = 0.0, 0.0, False


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
def _pull(v: Floats, m: int, eta: float, before: Floats, after: Floats) -> float:
    """Add -(eta/(n m)) l'_i to the summed pulls; return the training loss."""
    n, loss = len(v), 0.0
    for i in range(n):
        odds = math.exp(v[i] / m) if not v[i] / m > _LARGEST_EXPONENT else math.inf
        after[i] = before[i] + eta / (n * m) / (1.0 + odds)
        loss += math.log1p(1.0 / odds) if odds >= 1.0 else math.log1p(odds) - v[i] / m
    return loss / n


@compiled
def _step(
    kernel: Floats,
    ahead: float,
    behind: float,
    y: Floats,
    before: Floats,
    after: Floats,
    v: Floats,
    to: Floats,
) -> None:
    """The margins one step on, if no mask changes; what the signal adds to H is `ahead` within the
    class +1 and `behind` within the class -1.
    """
    n = len(v)
    pulls, whole = after - before, n - n % 4
    positive, negative = _class_pulls(y, before, after)
    for i in range(n):
        to[i] = v[i] + (ahead * positive if y[i] > 0 else behind * negative)
    for k in range(0, whole, 4):  # four rows at a time: the sum is read and written less often
        k0, k1, k2, k3 = kernel[k], kernel[k + 1], kernel[k + 2], kernel[k + 3]  # H is symmetric
        p0, p1, p2, p3 = pulls[k], pulls[k + 1], pulls[k + 2], pulls[k + 3]
        for i in range(n):
            to[i] += (p0 * k0[i] + p1 * k1[i]) + (p2 * k2[i] + p3 * k3[i])
    for k in range(whole, n):
        row, pull = kernel[k], pulls[k]
        for i in range(n):
            to[i] += pull * row[i]


@compiled
def _class_pulls(y: Floats, before: Floats, after: Floats) -> tuple[float, float]:
    """Pulls of the samples with y = +1, and of those with y = -1."""
    ahead = behind = 0.0
    for i in range(len(y)):
        if y[i] > 0:
            ahead += after[i] - before[i]
        else:
            behind += after[i] - before[i]
    return ahead, behind


@compiled
def _first_turn(squared: float, y: Floats, a: Floats, summed: Floats, proposed: int) -> int:
    """The first of the steps after which a filter's <w, s> has another sign, or the last of them.

    j <w, s> never falls, so it has once at most; its signal patch is that of y = +1 where it is
    positive, of y = -1 where it is negative.
    """
    for u in range(1, proposed):
        ahead, behind = _class_pulls(y, summed[0], summed[u])
        for r in range(len(a)):
            j = 1.0 if r < len(a) // 2 else -1.0
            pulled = ahead if a[r] > 0 else behind
            if a[r] * j < 0 and (a[r] + j * squared * pulled) * j >= 0:
                return u
    return proposed


@compiled
def _follow_signal(
    y: Floats, squared: float, before: Floats, after: Floats, a: Floats, g: Floats
) -> bool:
    """Add the steps taken to <w, s> and its coefficient; whether one of those changed sign."""
    turned, filters = False, len(a)
    ahead, behind = _class_pulls(y, before, after)
    for r in range(filters):
        j = 1.0 if r < filters // 2 else -1.0
        if a[r] != 0:
            step = ahead if a[r] > 0 else behind
            moved = a[r] + j * squared * step
            turned = turned or (moved > 0) != (a[r] > 0) or (moved < 0) != (a[r] < 0)
            a[r] = moved
            g[r] += step
    return turned


@compiled
def _remember(
    y: Floats, mask: Bools, summed: Floats, held: Floats, since: Floats, c: Floats
) -> None:
    """Add what was pulled to the coefficients; each has the sign j y_k."""
    filters = len(mask)
    for r in range(filters):
        j = 1.0 if r < filters // 2 else -1.0
        for k in range(len(y)):
            c[r, k] += j * y[k] * (held[r, k] + (summed[k] - since[r, k] if mask[r, k] else 0.0))


@compiled
def _turn_masks(z: Floats, mask: Bools) -> int:
    """Move the masks to those of z; how many changed."""
    flips = 0
    for r in range(len(mask)):
        for i in range(mask.shape[1]):
            flips += (z[r, i] > 0) != mask[r, i]
            mask[r, i] = z[r, i] > 0
    return flips


@compiled
def _build_kernel(signed: Floats, mask: Bools, shared: Ints, kernel: Floats) -> None:
    """What noise adds to H, y_i y_k K_ik times the number of filters that two samples share."""
    n = len(signed)
    shared[:] = 0
    none, places = np.zeros(n, np.bool_), np.empty(n, np.int64)
    for r in range(len(mask)):
        active = _apart(mask[r], none, places)
        for one in active:
            row = shared[one]
            for other in active:
                row[other] += 1
    kernel[:] = signed * shared


@compiled
def _change_kernel(mask: Bools, i: int, signed: Floats, shared: Ints, kernel: Floats) -> None:
    """Change one filter's mask on sample i, and the kernel with it: to what it would be anew."""
    now = not mask[i]
    mask[i] = now
    change = 1 if now else -1
    for k in range(len(mask)):
        if mask[k] or k == i:
            shared[i, k] += change
            kernel[i, k] = signed[i, k] * shared[i, k]
            shared[k, i], kernel[k, i] = shared[i, k], kernel[i, k]


@compiled
def _apart(mask: Bools, other: Bools, places: Ints) -> Ints:
    """The places where two masks differ, written into `places`."""
    many = 0
    # Without branches, which random masks would make the processor guess wrong.
    for i in range(len(mask)):
        places[many] = i
        many += mask[i] != other[i]
    return places[:many]


@compiled
def _add_fields(gram: Floats, y: Floats, mask: Bools, pulls: Floats, z: Floats) -> None:
    """z_r += j_r sum over the active k of y_k D_k K_k, for pulls D (n,).

    j_r y_k = 1 just in a filter's own class. Once trained, most of that class is active and little
    else, so the sum is the one over the class, the same for all filters of a sign, less D_k K_k
    wherever the mask is not what the class says.
    """
    filters, n = z.shape
    none, places, fewer, towards = np.zeros(n, np.bool_), np.empty(n, np.int64), -pulls, y * pulls
    for sign, first in ((1.0, 0), (-1.0, filters // 2)):
        own, whole, signed = y == sign, np.zeros(n), sign * towards
        members = _apart(own, none, places)
        size = len(members)  # `places` is written again below
        _add_rows(gram, members, pulls, whole)
        for r in range(first, first + filters // 2):
            differing = _apart(mask[r], own, places)
            if 2 * len(differing) < size:  # fewer than are active
                z[r] += whole
                _add_rows(gram, differing, fewer, z[r])
            else:  # a filter that is nowhere active stays as it is, to the bit
                _add_rows(gram, _apart(mask[r], none, places), signed, z[r])


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
        _add_row(gram[places[p]], weight[places[p]], row)


@compiled
def _add_row(one: Floats, weight: float, row: Floats) -> None:
    """row += weight times one."""
    for i in range(len(row)):
        row[i] += weight * one[i]


@compiled
def _off_diagonal(gram: Floats) -> tuple[Floats, Floats]:
    """max_{k != i} |K_ik| and the norm of K_ik over k != i, (n,) each."""
    n = len(gram)
    largest, norm = np.zeros(n), np.zeros(n)
    for i in range(n):
        square = 0.0
        for k in range(n):
            x = 0.0 if k == i else gram[i, k]
            largest[i] = max(largest[i], abs(x))
            square += x * x
        norm[i] = np.sqrt(square)
    return largest, norm


@compiled
def _first_change(
    gram: Floats,
    own: Floats,
    far: Floats,
    norm: Floats,
    y: Floats,
    mask: Bools,
    before: Bools,
    summed: Floats,
    step: Floats,
    proposed: int,
    z: Floats,
    slope: Floats,
    held: Floats,
    since: Floats,
    moved: Bools,
    places: Ints,
    caps: Floats,
    most_rest: Floats,
    most_missed: Floats,
    watched: Ints,
    found: Ints,
    values: Floats,
) -> tuple[int, int, int]:
    """The first of the steps proposed after which a mask is to change, or the last of them.

    Args:
        gram, own, far, norm: K, its diagonal, and its rows as `_off_diagonal` has them.
        before: the masks that are in the slope.
        summed: pulls since z was what it is, (steps + 1, n), from now on. step: those of slope.
        held, since: of masks that `moved` since, at `places`, (2, moved): what the coefficient was
            when the mask last changed, and the pulls then, if it turned active; 0 elsewhere.
        caps, most_rest, most_missed, watched: what is kept from one call to the next: `_UNWATCHED`,
            (n,), (2m,) and (2m n + 1,) at the first.
        found, values: written: filter, sample and step of changes that were met, those of a later
            step than what is returned to be ignored; and the pre-activations.

    Returns:
        the step, how many changes were written, and how many pre-activations were computed.
    """
    filters, n = z.shape
    begins, ends, rest, distance = _departures(summed, step, proposed)
    missed = np.zeros(filters)
    for p in range(places.shape[1]):
        r, k = places[0, p], places[1, p]
        change = (mask[r, k] - 1.0 * before[r, k]) * step[k]
        off = held[r, k] - since[r, k]
        missed[r] += rest[k] + max(abs(change * begins + off), abs(change * ends + off))
    if not _within(begins, ends, rest, distance, missed, caps, most_rest, most_missed):
        _widen(begins, ends, rest, distance, missed, step, caps, most_rest, most_missed)
        caps[_WATCHED] = _watch(
            z, slope, mask, moved, begins, caps, norm, own, far, most_rest, most_missed, watched
        )
    first, hits, computed, p = proposed, 0, 0, 0
    listed, coefficient = np.empty(n, np.int64), np.empty(n)
    count = int(caps[_WATCHED])
    while p < count:
        r = watched[p] // n
        j = 1.0 if r < filters // 2 else -1.0
        many = 0
        while p < count and watched[p] // n == r:
            i = watched[p] - r * n
            listed[many] = i
            bound = distance * norm[i] + (rest[i] * own[i] if mask[r, i] else 0.0)
            bound += far[i] * missed[r]
            many += moved[r, i] or not _certain(
                z[r, i], slope[r, i], mask[r, i], begins, ends, bound
            )
            p += 1
        if many == 0:
            continue
        for u in range(1, first + 1):
            for k in range(n):
                pull = summed[u, k] - since[r, k] if mask[r, k] else 0.0
                coefficient[k] = j * y[k] * (held[r, k] + pull)
            met = False
            for place in range(many):
                i = listed[place]
                x = z[r, i] + _product(coefficient, gram[i])
                if (x > 0) != mask[r, i]:
                    met = True
                    found[0, hits], found[1, hits], found[2, hits], values[hits] = r, i, u, x
                    hits += 1
            computed += many
            if met:
                first = u
                break
    return first, hits, computed


@compiled
def _certain(z: float, slope: float, mask: bool, begins: float, ends: float, bound: float) -> bool:
    """Whether an entry that lies within `bound` of its line keeps its mask's side from w = begins
    to ends.
    """
    side = 1.0 if mask else -1.0
    first, last = side * (z + begins * slope), side * (z + ends * slope)
    return (first if first < last else last) > bound + _ROUNDING * abs(z)


@compiled
def _within(
    begins: float,
    ends: float,
    rest: Floats,
    distance: float,
    missed: Floats,
    caps: Floats,
    most_rest: Floats,
    most_missed: Floats,
) -> bool:
    """Whether what is not watched is certain still."""
    beyond = ends > caps[_ENDS] or distance > caps[_DISTANCE]
    for k in range(len(rest)):
        beyond |= rest[k] > most_rest[k]
    for r in range(len(missed)):
        beyond |= missed[r] > most_missed[r]
    return not beyond


@compiled
def _widen(
    begins: float,
    ends: float,
    rest: Floats,
    distance: float,
    missed: Floats,
    step: Floats,
    caps: Floats,
    most_rest: Floats,
    most_missed: Floats,
) -> None:
    """Bounds that will do for a while."""
    caps[_ENDS], caps[_DISTANCE] = 2 * ends + 2, _WIDER * distance
    most_rest[:] = _WIDER * np.max(rest)
    most_missed[:] = 2 * missed + 4 * np.mean(step)


@compiled
def _watch(
    z: Floats,
    slope: Floats,
    mask: Bools,
    moved: Bools,
    begins: float,
    caps: Floats,
    norm: Floats,
    own: Floats,
    far: Floats,
    most_rest: Floats,
    most_missed: Floats,
    watched: Ints,
) -> int:
    """Write the places, r n + i, that are not certain within the bounds; how many they are."""
    filters, n = z.shape
    near, unsure, count = caps[_DISTANCE] * norm, np.zeros(n, np.bool_), 0
    active = near + most_rest * own
    for r in range(filters):
        many = 0
        for i in range(n):  # without branches: several at a time
            bound = (active[i] if mask[r, i] else near[i]) + far[i] * most_missed[r]
            unsure[i] = moved[r, i] | (
                not _certain(z[r, i], slope[r, i], mask[r, i], begins, caps[_ENDS], bound)
            )
            many += unsure[i]
        if many > 0:
            for i in range(n):
                watched[count] = r * n + i
                count += unsure[i]
    return count


@compiled
def _departures(summed: Floats, step: Floats, proposed: int) -> tuple[float, float, Floats, float]:
    """w at the first and at the last of the steps; max |D_k - w p_k|, (n,), and max ||D - w p||."""
    n = len(step)
    whole, begins, ends = np.sum(step), 0.0, 0.0
    most, distance = np.zeros(n), 0.0
    for u in range(proposed + 1):
        share = np.sum(summed[u]) / whole if whole > 0.0 else 0.0
        begins, ends = share if u == 0 else begins, share
        square = 0.0
        for k in range(n):
            rest = abs(summed[u, k] - share * step[k])
            most[k] = max(most[k], rest)
            square += rest * rest
        distance = max(distance, square)
    return begins, ends, most, np.sqrt(distance)


@compiled
def _product(one: Floats, other: Floats) -> float:
    """<one, other>, in eight sums, which a processor takes at a time."""
    n = len(one)
    whole = n - n % 8
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for k in range(0, whole, 8):
        s0 += one[k] * other[k]
        s1 += one[k + 1] * other[k + 1]
        s2 += one[k + 2] * other[k + 2]
        s3 += one[k + 3] * other[k + 3]
        s4 += one[k + 4] * other[k + 4]
        s5 += one[k + 5] * other[k + 5]
        s6 += one[k + 6] * other[k + 6]
        s7 += one[k + 7] * other[k + 7]
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for k in range(whole, n):
        total += one[k] * other[k]
    return total
