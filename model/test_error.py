"""Test error P(y f(x) < 0), from the 2m-dimensional Gaussian of fresh pre-activations (E7).

Given the filters W, the pre-activations of a fresh noise patch are N(0, Q), Q = sigma^2 W P W^T.
The signal patch y s is known, so the error is ½ P(G < -S_+) + ½ P(G > S_-), with G the noise output
and S_y the signal output of label y. Each term is found by *line sampling*: draw a Gaussian point,
keep its part orthogonal to one direction (the sum of the filters whose output must be large for the
error to happen), and integrate along that direction exactly: there G is piecewise linear with one
breakpoint a filter. An average of exact one-dimensional probabilities: unbiased, and its relative
precision hardly falls as the error does, which plain sampling cannot claim.

Rare errors may lie off that direction: where filters of both signs are correlated, beside it; where
the sum of those against vanishes, along each alone. G is homogeneous, so along a ray e errors begin
at S/(-G(e)): the directions in which they begin soonest are sought by climbing -G on the sphere.
Where there are several, or one elsewhere, space is divided between them, a point going to the
direction it lies farthest along, and every part is integrated along lines of its own direction, of
which the part holds all beyond some point: still exact on each line, still unbiased. The search may
miss a direction, and then the interval is too narrow; what training makes has errors along the sum
(checked: its height is the highest).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from model.engines.compiled import Floats, Ints, compiled
from model.regime import Regime
from model.run import signs
from model.sampling import Seeds, projected

if TYPE_CHECKING:
    from torch import Tensor

#: Stream number of the generators that draw lines, apart from those that draw data.
LINE_STREAM = 1
#: Standard deviations either side: two-sided 99.9% for an average of many lines.
INTERVAL_WIDTH = 3.29
LINES = 512
_ROUNDING = 1e-12
_LABELS = (1.0, -1.0)
_FAR = 40.0  # the normal law has no float64 mass beyond
_HALF_ROOT = math.sqrt(0.5)
#: Standard deviations at which errors begin, from which they count as rare: lines meet commoner
#: ones wherever they lie.
_RARE = 2.0
#: Directions whose errors are a smaller share of all are left to the others' lines.
_SHARE = 1e-4
_TURNS = 24
#: Cosines from which a direction is another's, and from which a slope leads to a known maximum.
_ALIKE, _SAME = 0.9, 0.99
#: Share of the greatest height at which the sum's direction will do.
_AS_HIGH = 0.97


@dataclass(frozen=True)
class ErrorEstimate:
    """Test error per seed, with a 99.9% interval from the spread over lines. Each field is
    (seeds,).
    """

    value: Tensor
    low: Tensor
    high: Tensor


def preactivation_factor(weights: Tensor, regime: Regime, index: int) -> Tensor:
    """A with A A^T = sigma^2 W P W^T: pre-activations of fresh noise are A z, z ~ N(0, I). (seeds,
    2m, 2m).
    """
    rows = projected(weights, regime, index) * regime.task(index).sigma
    # R of rows^T = Q R: unlike a factor of the covariance, it keeps what nearly cancels, and takes
    # dependent filters as they come.
    upper: Tensor = torch.linalg.qr(rows.transpose(1, 2), mode="r").R
    # The signs of R's rows are free, and left to rounding where a row's first coordinate is
    # projected out: the same filters must meet the same lines.
    upper = upper * torch.where(torch.diagonal(upper, dim1=1, dim2=2) < 0, -1.0, 1.0).unsqueeze(2)
    missing = rows.shape[1] - upper.shape[1]
    return torch.nn.functional.pad(upper, (0, 0, 0, missing)).transpose(1, 2)


def estimate_error(
    weights: Tensor, signal: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int = LINES
) -> ErrorEstimate:
    """Test error of every network on task `index`.

    Args:
        weights: filters, (seeds, 2m, dim). signal: s_k, (dim,).
        seeds: the seeds the networks were drawn from; lines come from a stream of their own.
        lines: Gaussian lines per label and network.
    """
    return _interval(
        _by_line(weights, regime, index, seeds, lines, signal_outputs(weights, signal)), share=0.5
    )


def estimate_overrun(
    weights: Tensor, signal: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int = LINES
) -> ErrorEstimate:
    """P(|G| > S) of every network, S the larger of its two signal outputs; arguments, and lines, as
    for `estimate_error`.
    """
    larger = signal_outputs(weights, signal).amax(0)
    return _interval(
        _by_line(weights, regime, index, seeds, lines, larger.expand(2, -1)), share=1.0
    )


def estimate_overruled(
    weights: Tensor, signal: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int = LINES
) -> ErrorEstimate:
    """P(y G < 0 <= y f) of every network: noise alone would err, the signal overrules it.
    Arguments, and lines, as for `estimate_error`.

    With the test error it makes half the probability that noise activates a filter at all.
    """
    outputs = signal_outputs(weights, signal)
    without, within = (
        _by_line(weights, regime, index, seeds, lines, s)
        for s in (torch.zeros_like(outputs), outputs)
    )
    return _interval(without - within, share=0.5)


def signal_outputs(weights: Tensor, signal: Tensor) -> Tensor:
    """S_y, what the signal patch adds to y f, for y = +1 and y = -1: (2, seeds)."""
    a = weights @ signal  # (seeds, 2m)
    readout = signs(a.shape[1] // 2) / (a.shape[1] // 2)
    return torch.stack([(label * readout * (label * a).clamp_min(0)).sum(1) for label in _LABELS])


def _by_line(
    weights: Tensor, regime: Regime, index: int, seeds: Seeds, lines: int, outputs: Tensor
) -> Tensor:
    """P(y G < -outputs_y) on every line: (labels, seeds, lines)."""
    factor = preactivation_factor(weights, regime, index)
    filters = weights.shape[1]
    readout = signs(filters // 2) / (filters // 2)
    points = _points(seeds, lines, filters)
    # y = +1 errs where y f = S + G < 0 with G = readout.relu; y = -1 the same with the readout
    # negated.
    return torch.stack(
        [
            _line_probabilities(factor, label * readout, outputs[side], points[:, side])
            for side, label in enumerate(_LABELS)
        ]
    )


def _interval(sides: Tensor, share: float) -> ErrorEstimate:
    """share times the sum over labels of the mean over lines."""
    value = share * sides.mean(2).sum(0)
    spread = INTERVAL_WIDTH * share * (sides.var(2).sum(0) / sides.shape[2]).sqrt()
    return ErrorEstimate(value, (value - spread).clamp_min(0), (value + spread).clamp_max(1))


def _points(seeds: Seeds, lines: int, filters: int) -> Tensor:
    """Standard normal points, (seeds, 2, 2m, lines)."""
    draws = [
        generator.standard_normal((2, filters, lines))
        for generator in seeds.generators(LINE_STREAM)
    ]
    return torch.from_numpy(np.stack(draws))


def _line_probabilities(factor: Tensor, readout: Tensor, output: Tensor, points: Tensor) -> Tensor:
    """P(readout . relu(A z) < -output | the part of z off the important direction), (seeds, lines);
    summed over parts where there are several.
    """
    seeds, filters, _ = factor.shape
    directions, many = (
        torch.zeros(seeds, filters + 1, filters, dtype=torch.float64),
        torch.ones(seeds, dtype=torch.int64),
    )
    # Zero stays zero.
    directions[:, 0] = torch.nn.functional.normalize(
        torch.einsum("srk,r->sk", factor, (readout < 0).to(torch.float64)), dim=1
    )
    _find_directions(
        factor.contiguous().numpy(),
        readout.numpy(),
        output.contiguous().numpy(),
        directions.numpy(),
        many.numpy(),
    )
    total = torch.zeros(seeds, points.shape[2], dtype=torch.float64)
    for k in range(int(many.max())):
        part = slice(None) if k == 0 else many > k
        total[part] += _along(
            k, factor[part], readout, output[part], points[part], directions[part], many[part]
        )
    return total


def _along(
    k: int,
    factor: Tensor,
    readout: Tensor,
    output: Tensor,
    points: Tensor,
    directions: Tensor,
    many: Tensor,
) -> Tensor:
    """The same, of the part of space that is the k-th direction's."""
    direction = directions[:, k]
    off_line = points - direction.unsqueeze(2) * torch.einsum(
        "sk,skl->sl", direction, points
    ).unsqueeze(1)
    # (seeds, lines, 2m): pre-activations are p + t b.
    p = torch.bmm(factor, off_line).transpose(1, 2)
    b = torch.einsum("srk,sk->sr", factor, direction)
    least = torch.full((len(factor), points.shape[2]), -_FAR, dtype=torch.float64)
    for other in range(int(many.max())):
        if other == k:
            continue
        # t >= e . (off + t d), with the other direction e.
        bound = torch.einsum("sk,skl->sl", directions[:, other], off_line) / (
            1 - (directions[:, other] * direction).sum(1, keepdim=True)
        )
        least = torch.where((many > other).unsqueeze(1), torch.maximum(least, bound), least)
    masses = torch.empty(p.shape[:2], dtype=torch.float64)
    _below(
        p.contiguous().numpy(),
        b.contiguous().numpy(),
        readout.numpy(),
        -output.numpy(),
        least.numpy(),
        masses.numpy(),
    )
    return masses


@compiled
def _find_directions(
    factor: Floats, readout: Floats, output: Floats, directions: Floats, many: Ints
) -> None:
    """`_important`, of every network."""
    for s in range(len(factor)):
        many[s] = _important(factor[s], readout, output[s], directions[s])


@compiled
def _important(factor: Floats, readout: Floats, output: float, directions: Floats) -> int:
    """Unit directions in which rare errors lie; how many.

    factor: (2m, 2m); directions: (2m + 1, 2m), the first of which is that of the sum of the filters
    against, and stays the only one where errors are not rare, or where no climb ends elsewhere and
    much higher. A search, not a proof.
    """
    filters = len(readout)
    columns = np.ascontiguousarray(factor.T)
    if not output > 0 or output < -_RARE * _output_along(columns, readout, directions[0]):
        return 1
    climbed, heights, many = np.empty((filters + 1, filters)), np.empty(filters + 1), 0
    for start in range(-1, filters):
        if start >= 0 and readout[start] >= 0:
            continue
        e = directions[0].copy() if start < 0 else factor[start].copy()
        if _normalise(e) and _climb(factor, columns, readout, e, climbed, many):
            climbed[many], heights[many] = e, -_output_along(columns, readout, e)
            many += 1
    highest = 0.0
    for k in range(many):
        highest = max(highest, heights[k])
    if highest <= 0.0 or output < _RARE * highest:
        return 1
    soonest = output / highest
    chosen = np.empty((filters + 1, filters))
    count = 0
    for k in range(many):
        if heights[k] > 0.0 and _matters(output / heights[k], soonest):
            chosen[count] = climbed[k]
            count += 1
    if (
        count == 1
        and _among(directions[0], chosen, 1, _ALIKE)
        and -_output_along(columns, readout, directions[0]) >= _AS_HIGH * highest
    ):
        return 1
    directions[:count] = chosen[:count]
    return count


@compiled
def _climb(
    factor: Floats, columns: Floats, readout: Floats, e: Floats, known: Floats, many: int
) -> bool:
    """Move a unit vector to where -G has a maximum on the sphere; whether it is a new one.

    Steps are short, not to leave its basin, and shrink: the maximum may lie at a kink.
    """
    filters = len(readout)
    along, best = _filters_along(columns, e), e.copy()
    highest = -_readout(readout, along)
    for turn in range(_TURNS):
        slope = np.zeros(filters)
        for r in range(filters):
            if along[r] >= 0.0:
                slope -= readout[r] * factor[r]
        if not _normalise(slope):
            break
        if _among(slope, known, many, _SAME):
            return False
        e += (slope - e) / (turn + 4)
        if not _normalise(e):
            break
        along = _filters_along(columns, e)
        height = -_readout(readout, along)
        if height > highest:
            highest, best = height, e.copy()
    e[:] = best
    return not _among(e, known, many, _ALIKE)


@compiled
def _output_along(columns: Floats, readout: Floats, e: Floats) -> float:
    """G(e) = readout . relu(A e)."""
    return _readout(readout, _filters_along(columns, e))


@compiled
def _filters_along(columns: Floats, e: Floats) -> Floats:
    """A e, from A's columns: each sum in order, all of them at a time."""
    along = np.zeros(columns.shape[1])
    for k in range(len(e)):
        column, weight = columns[k], e[k]
        for r in range(len(along)):
            along[r] += weight * column[r]
    return along


@compiled
def _readout(readout: Floats, along: Floats) -> float:
    """readout . relu(along)."""
    total = 0.0
    for r in range(len(readout)):
        total += readout[r] * max(along[r], 0.0)
    return total


@compiled
def _normalise(e: Floats) -> bool:
    """To length 1; False where it has none."""
    length = math.sqrt(_dot(e, e))
    if length > 0.0:
        e /= length
    return length > 0.0


@compiled
def _among(e: Floats, known: Floats, many: int, cosine: float) -> bool:
    """Whether one of these is within that cosine."""
    nearest = -1.0
    for k in range(many):
        nearest = max(nearest, _dot(e, known[k]))
    return nearest > cosine


@compiled
def _dot(a: Floats, b: Floats) -> float:
    """a . b, in order: the same on every machine."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@compiled
def _matters(distance: float, soonest: float) -> bool:
    """Whether a tail from here is more than a share `_SHARE` of the one that begins soonest."""
    return math.erfc(distance * _HALF_ROOT) >= _SHARE * math.erfc(soonest * _HALF_ROOT)


@compiled
def _below(
    p: Floats, b: Floats, readout: Floats, level: Floats, least: Floats, masses: Floats
) -> None:
    """P(sum_r readout_r relu(p_r + t b_r) < level, t >= least) for t ~ N(0, 1), exactly.

    p: (seeds, lines, 2m); b: (seeds, 2m); level: (seeds,), strictly to be passed; least, masses:
    (seeds, lines). Each breakpoint adds readout |b| to the slope.
    """
    seeds, lines, filters = p.shape
    breaks, rise, turn = np.empty(filters), np.empty(filters), np.empty(filters)
    for s in range(seeds):
        for line in range(lines):
            intercept = slope = size = 0.0
            many = 0
            for r in range(filters):
                here, along, weight = p[s, line, r], b[s, r], readout[r]
                size += abs(weight) * (abs(here) + abs(along))
                if along == 0.0:
                    intercept += weight * max(here, 0.0)
                    continue
                x = -here / along
                if x <= -_FAR if along > 0 else x > -_FAR:  # active where the line begins
                    intercept += weight * here
                    slope += weight * along
                if not -_FAR < x < _FAR:
                    continue
                sign = 1.0 if along > 0 else -1.0
                place = many  # sorted by insertion: there are few
                while place > 0 and breaks[place - 1] > x:
                    breaks[place], rise[place], turn[place] = (
                        breaks[place - 1],
                        rise[place - 1],
                        turn[place - 1],
                    )
                    place -= 1
                breaks[place], rise[place], turn[place] = (
                    x,
                    weight * sign * here,
                    weight * sign * along,
                )
                many += 1
            # Where all units are off, y f may be exactly 0, which is no error: the level must be
            # passed by more than rounding.
            passed = level[s] - _ROUNDING * size
            inside, begun, mass = intercept - slope * _FAR < passed, -_FAR, 0.0
            for k in range(many + 1):
                end = breaks[k] if k < many else _FAR
                if slope != 0.0:
                    crossing = (passed - intercept) / slope
                    if inside and slope > 0 and crossing < end:
                        mass += _normal_mass(max(begun, least[s, line]), max(crossing, begun))
                        inside = False
                    elif not inside and slope < 0 and crossing < end:
                        inside, begun = True, max(crossing, breaks[k - 1] if k > 0 else -_FAR)
                if k < many:
                    intercept += rise[k]
                    slope += turn[k]
            if inside:
                mass += _normal_mass(max(begun, least[s, line]), _FAR)
            masses[s, line] = mass


@compiled
def _normal_mass(low: float, high: float) -> float:
    """P(low < t < high), t ~ N(0, 1): a difference taken in the lower tail, where it is
    accurate.
    """
    if low > 0:
        low, high = -high, -low
    return max(0.0, (math.erfc(-high * _HALF_ROOT) - math.erfc(-low * _HALF_ROOT)) / 2)
