"""What the filters of one sign see on a fresh example's noise, where some are inherited: their mean
output as a function of one Gaussian, and how likely the other sign's exceeds it.

There are three common Gaussians: the source's field, and what inherited and fresh filters memorise
of the target. An output is taken as a function of one direction of them, that in which filters'
mean field grows; the other two, and finitely many filters and samples, give it a width.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import interpolate

from claims.predicting.law.quadrature import Array, hermite
from model.engines.compiled import compiled

_ACROSS, _WIDTHS, _FIELDS = 5, 6, 16
#: Along the direction: where outputs are computed, and, by a cubic spline, used.
_KNOTS, _ALONG = np.arange(-5.0, 9.01, 0.5), np.arange(-5.0, 9.01, 0.2)
_BETWEEN = np.ascontiguousarray(interpolate.CubicSpline(_KNOTS, np.eye(len(_KNOTS)))(_ALONG))
_NEVER, _TINY = 38.0, 1e-300
_DIAGONAL = math.sqrt(1 / 3)
_HALF_ROOT, _DENSITY = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True)
class Gaussians:
    """Of one sign's filters on a fresh example's noise: variances of what is common to the
    inherited ones from the source; (2, 2) to inherited and fresh ones from the target; and of what
    is each filter's own.
    """

    source: float
    target: Array
    own_source: float
    own_inherited: float
    own_fresh: float


@dataclass(frozen=True)
class Counts:
    """The share of filters that is inherited, and how many filters and samples there are."""

    alpha: float
    m: int
    n1: int
    n2: int


@dataclass(frozen=True)
class Profile:
    """An output's mean and variance along the direction; the deviation of the mean field."""

    mean: Array
    variance: Array
    length: float


def profile(counts: Counts, of: Gaussians) -> Profile:
    """The output of one sign's filters, on noise alone."""
    factor = _factor(of)
    growth = factor.T @ np.array([counts.alpha, counts.alpha, 1 - counts.alpha])
    length = math.sqrt(float(growth @ growth))
    axes = _axes(growth / length)
    mean, variance = np.empty(len(_KNOTS)), np.empty(len(_KNOTS))
    own = np.array([of.own_source, of.own_inherited, of.own_fresh])
    samples = np.array([max(counts.n1 / 2, 1.0), max(counts.n2 / 2, 1.0)])
    _swept(
        _KNOTS,
        axes,
        *hermite(_ACROSS),
        factor,
        own,
        samples,
        counts.alpha,
        counts.m,
        mean,
        variance,
    )
    return Profile(_BETWEEN @ mean, np.maximum(_BETWEEN @ variance, 0.0), length)


def _factor(of: Gaussians) -> Array:
    """The lower triangle whose square is the covariance of what is common."""
    (inherited, both), (_, fresh) = of.target.tolist()
    first = math.sqrt(max(inherited, _TINY))
    rest = math.sqrt(max(fresh - (both / first) ** 2, 0.0))
    return np.array(
        [[math.sqrt(of.source), 0.0, 0.0], [0.0, first, 0.0], [0.0, both / first, rest]]
    )


def _axes(first: Array) -> Array:
    """This unit vector, and two that are orthogonal to it and to each other: (3, 3)."""
    x, y, z = first.tolist()
    # Of two that are orthogonal, the one that is not nearly nothing.
    second = (-y, x, 0.0) if abs(z) < _DIAGONAL else (0.0, -z, y)
    length = math.hypot(*second)
    a, b, c = (part / length for part in second)
    return np.array([[x, y, z], [a, b, c], [y * c - z * b, z * a - x * c, x * b - y * a]])


@compiled
def _swept(
    along: Array,
    axes: Array,
    nodes: Array,
    weights: Array,
    factor: Array,
    own: Array,
    samples: Array,
    alpha: float,
    m: int,
    mean: Array,
    variance: Array,
) -> None:
    """Mean and variance at each place along the first axis, over the other two."""
    rest = 1 - alpha
    z = np.empty(3)
    for i in range(len(along)):
        first, second = 0.0, 0.0
        for j in range(len(nodes)):
            for k in range(len(nodes)):
                weight = weights[j] * weights[k]
                for c in range(3):
                    z[c] = along[i] * axes[0, c] + nodes[j] * axes[1, c] + nodes[k] * axes[2, c]
                # Of the Gaussians that a fresh example's noise consists of, these are some.
                few = max(1 + (z[0] ** 2 - 1) / samples[0], 0.0)
                many = max(1 + (z[1] ** 2 + z[2] ** 2 - 2) / samples[1], 0.0)
                inherited = (factor[0, 0] + factor[1, 0]) * z[0] + factor[1, 1] * z[1]
                fresh = factor[2, 0] * z[0] + factor[2, 1] * z[1] + factor[2, 2] * z[2]
                source, inherits, fresh_own = own[0] * few, own[1] * many, own[2] * many
                old = _rectified(inherited, source + inherits)
                new = _rectified(fresh, fresh_own)
                # Squares of deviations vary by a chi squared: 2/samples of their square.
                by_source = alpha * old[2] * source
                by_target = alpha * old[2] * inherits + rest * new[2] * fresh_own
                width = (alpha * old[1] + rest * new[1]) / m
                width += 2 * by_source**2 / samples[0] + 2 * by_target**2 / samples[1]
                output = alpha * old[0] + rest * new[0]
                output += alpha * old[3] * (source**2 / samples[0] + inherits**2 / samples[1])
                output += rest * new[3] * fresh_own**2 / samples[1]
                first += weight * output
                second += weight * (output**2 + width)
        mean[i], variance[i] = first, max(second - first**2, 0.0)


@compiled
def _rectified(mean: float, variance: float) -> tuple[float, float, float, float]:
    """Mean and variance of relu of a Gaussian, and the mean's first and second derivative in the
    Gaussian's variance.
    """
    if not variance > _TINY:
        return max(mean, 0.0), 0.0, 0.0, 0.0
    deviation = math.sqrt(variance)
    at = mean / deviation
    below = math.erfc(-at * _HALF_ROOT) / 2
    density = math.exp(-at * at / 2) * _DENSITY
    psi = mean * below + deviation * density
    square = mean * psi + deviation * deviation * below
    slope = density / (2 * deviation)
    return psi, max(square - psi * psi, 0.0), slope, slope * (at * at - 1) / (2 * deviation**2)


def exceeds(
    right: Profile, wrong: Profile, *, signal: float, unsure: float, opposed: float
) -> float:
    """Pr(F' > F + S): F and F' of these profiles, S of this mean and variance; their directions
    have correlation -`opposed`. No number where one of them is none.
    """
    return float(
        _exceeding(
            _ALONG,
            (right.mean, right.variance),
            (wrong.mean, wrong.variance),
            hermite(_FIELDS),
            hermite(_WIDTHS),
            signal,
            unsure,
            opposed,
        )
    )


@compiled
def _exceeding(
    along: Array,
    right: tuple[Array, Array],
    wrong: tuple[Array, Array],
    fields: tuple[Array, Array],
    widths: tuple[Array, Array],
    signal: float,
    unsure: float,
    opposed: float,
) -> float:
    """F' is its mean and a width times z: for each z, there is a place from which on it exceeds
    what is needed.
    """
    known = signal + unsure + opposed
    for i in range(len(along)):
        known += right[0][i] + right[1][i] + wrong[0][i] + wrong[1][i]
    if not math.isfinite(known):
        return math.nan
    nodes, weights = widths
    spare = math.sqrt(1 - opposed**2)
    mean = np.interp(fields[0], along, right[0])
    variance = np.interp(fields[0], along, right[1])
    outputs, total = np.empty(len(along)), 0.0
    for z in range(len(nodes)):
        largest = 0.0
        for i in range(len(along)):
            largest = max(largest, wrong[0][i] + math.sqrt(wrong[1][i]) * nodes[z])
            outputs[i] = largest
        for g in range(len(mean)):
            for j in range(len(nodes)):
                needed = mean[g] + signal + math.sqrt(variance[g] + unsure) * nodes[j]
                least = _place(along, outputs, max(needed, _TINY))
                at = (least + opposed * fields[0][g]) / spare
                chance = math.erfc(at * _HALF_ROOT) / 2
                if needed <= 0:  # no output is below 0, and two that are 0 are a tie
                    chance = (1 + chance) / 2 if signal >= 0 else 1.0
                total += weights[z] * fields[1][g] * weights[j] * chance
    return total


@compiled
def _place(along: Array, outputs: Array, needed: float) -> float:
    """Where the outputs, which ascend, reach what is needed."""
    i = int(np.searchsorted(outputs, needed))
    if i == 0:
        return float(along[0])
    if i == len(outputs):
        return _NEVER
    part = (needed - outputs[i - 1]) / (outputs[i] - outputs[i - 1])
    return float(along[i - 1] + part * (along[i] - along[i - 1]))
