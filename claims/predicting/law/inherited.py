"""What the target's samples memorise where some filters are inherited, counted as in `counted`.

A fresh filter is active on a share of its class as it is from scratch. An inherited one starts
active where the noise that it brings has a positive field on the sample, on one half of them, and
others switch on where what it memorises outweighs a negative one. That is the cascade with the
inherited field as the initial weights: zeta = sqrt(v_A/2), v_A in the units of v. The field that is
to outweigh it is smaller than the cascade takes it to be, since samples that many inherited filters
are active on are memorised less; so zeta is multiplied by the root of the squares' ratio, until
they agree. (With the whole field of a fresh filter, its threshold too, as in `transfer`, too many
are active: at alpha = 1/2 the error comes out too large by a tenth of its logarithm.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from claims.predicting.law.cascade import LEAST_STEP, LONGEST, Cascade, cascade
from claims.predicting.law.counted import MOST_COUNTED, Counted
from claims.predicting.law.moments import Moments
from claims.predicting.law.quadrature import Array, hermite
from claims.predicting.law.stepped import memory

_NODES, _ROUNDS = 12, 3
#: Of the inherited field: so many values a decade, and the smallest that is told from none.
_A_DECADE, _LEAST_ZETA = 6, 1e-2
#: ln of the inherited filters' own field over a fresh filter's, at least and at most.
_WEAKEST, _STRONGEST = -4.0, 2.0
#: The largest correlation of what is common to inherited and to fresh filters.
_MOST_ALIKE = 0.999
_TINY = 1e-9


@dataclass(frozen=True)
class Target:
    """The target's run: h, h T, the cascade of fresh filters, the correlation of fields while they
    switch on, and how many filters of each sign there are, inherited and all.
    """

    h: float
    reach: float
    run: Cascade
    alike: float
    inherited: int
    m: int

    @property
    def beta(self) -> float:
        """The threshold of `moments.Moments`."""
        return float(special.ndtri(2 * self.run.share - 1))


@dataclass(frozen=True)
class Mixed:
    """Means over the target's samples, in the units of `Counted`: the signal's m_1, the output, and
    of fresh and inherited filters what is memorised, squared (own), and of pairs.
    """

    m_1: float
    output: float
    inherited: float
    fresh: float
    pairs_inherited: float
    pairs_fresh: float
    pairs_mixed: float
    signal_spread: float  # of samples that were independent


def mixed(target: Target, up: Counted, brought: float) -> Mixed:
    """The moments where inherited filters bring noise of variance `brought`, in the units of v."""
    return _agreed(target, up, brought)[0]


def inherited_share(target: Target, up: Counted, brought: float) -> float:
    """Of a sample's own class, the share of inherited filters that is active on it."""
    return _agreed(target, up, brought)[1]


def _agreed(target: Target, up: Counted, brought: float) -> tuple[Mixed, float]:
    """The moments, and the share that they belong to."""
    zeta = math.sqrt(brought / 2)
    share, square = _active(target, zeta)
    for _ in range(_ROUNDS):
        found, used = _moments(target, _still_active(target, up, brought, share)), share
        share, square = _active(target, zeta * math.sqrt(square / found.inherited))
    return found, used


def _active(target: Target, zeta: float) -> tuple[float, float]:
    """The cascade's share and mean square, linear between powers of ten; of h and h T one digit
    tells.
    """
    place = _A_DECADE * math.log10(min(max(zeta, _LEAST_ZETA), 1 / _LEAST_ZETA))
    low = math.floor(place)
    h, duration = max(target.h, LEAST_STEP), min(target.reach, LONGEST)
    digits = float(f"{h:.1g}"), float(f"{duration:.1g}")
    runs = [cascade(*digits, 10 ** ((low + k) / _A_DECADE)) for k in (0, 1)]
    part = place - low
    return (
        (1 - part) * runs[0].share + part * runs[1].share,
        (1 - part) * runs[0].square + part * runs[1].square,
    )


def _still_active(target: Target, up: Counted, brought: float, share: float) -> Array:
    """Of inherited filters, the share active on samples with source's and target's common fields
    (g_A, g_D), such that its mean is `share`.
    """
    nodes, weights = hermite(_NODES)
    inner = math.sqrt(target.alike) * nodes[:, None] + math.sqrt(1 - target.alike) * nodes
    push = np.maximum(0.0, inner + target.beta)

    def shares(log_strength: float) -> Array:
        field = math.exp(log_strength) * math.sqrt(target.run.square) * push
        common = math.sqrt(brought * up.r) * nodes[:, None, None]
        given = special.ndtr((common + field) / math.sqrt(brought * (1 - up.r)))
        return np.asarray(given @ weights)

    def excess(log_strength: float) -> float:
        return float(weights @ shares(log_strength) @ weights) - share

    if excess(_WEAKEST) >= 0:
        return shares(_WEAKEST)
    if excess(_STRONGEST) <= 0:
        return shares(_STRONGEST)
    return shares(float(optimize.brentq(excess, _WEAKEST, _STRONGEST, xtol=1e-3)))


def two_points(many: int, share: Array) -> tuple[Array, Array]:
    """Values and weights, (.., 2), of which the first three moments are those of Bin(many,
    share)/many.
    """
    p = np.clip(share, _TINY, 1 - _TINY)
    deviation = np.sqrt(p * (1 - p) / many)
    half = (1 - 2 * p) / np.sqrt(many * p * (1 - p)) / 2
    root = np.sqrt(1 + half**2)
    values = np.stack([p + deviation * (half + root), p + deviation * (half - root)], -1)
    weights = np.stack([(1 - half / root) / 2, (1 + half / root) / 2], -1)
    return np.clip(values, 0.0, 1.0), weights


def _moments(target: Target, still_active: Array) -> Mixed:
    nodes, weights = hermite(_NODES)
    fresh_shares = Moments(0.0, 1.0, target.alike, target.beta).shares(nodes)
    few, rest = target.inherited, max(target.m - target.inherited, 1)
    alpha = target.inherited / target.m
    of_few, few_weights = two_points(few, still_active)
    of_rest, rest_weights = two_points(rest, np.broadcast_to(fresh_shares, still_active.shape))
    old, new = of_few[..., :, None], of_rest[..., None, :]
    mass = np.outer(weights, weights)[..., None, None]
    mass = mass * few_weights[..., :, None] * rest_weights[..., None, :]
    share = alpha * old + (1 - alpha) * new
    grid = np.linspace(0.0, 1.0, MOST_COUNTED + 1)
    table = memory(target.run, target.reach, grid)
    first, output, square = (
        np.interp(share, grid, column) for column in (table.first, table.output, table.square)
    )
    each = np.maximum(share, _TINY)
    of_one, of_pair = square / each, (output / each) ** 2

    def mean(values: Array) -> float:
        return float((mass * values).sum())

    def pairs(part: Array, many: int, at: Array) -> float:
        if many == 1:  # there is none: what it would be, with a second one like it
            return mean(at**2 * of_pair)
        found = (many * mean(part**2 * of_pair) - mean(part * of_pair)) / (many - 1)
        return min(found, mean(part * of_one))

    of_old = pairs(old, few, still_active[..., None, None])
    of_new = pairs(new, rest, fresh_shares[:, None, None])
    of_both = min(mean(old * new * of_pair), _MOST_ALIKE * math.sqrt(of_old * of_new))
    m_1 = mean(first)
    return Mixed(
        m_1,
        mean(output),
        mean(old * of_one),
        mean(new * of_one),
        of_old,
        of_new,
        of_both,
        mean(first**2) / m_1**2 - 1,
    )
