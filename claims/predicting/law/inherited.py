"""What the target's samples memorise where some filters are inherited, counted as in `counted`.

A fresh filter is active on a share of its class as it is from scratch. An inherited one starts
active where the noise that it brings has a positive field on the sample, on one half of them, and
others switch on where what it memorises outweighs a negative one. That is the cascade with the
inherited field as the initial weights: zeta = sqrt(v_A/2), v_A in the units of v. The field that is
to outweigh it is smaller than the cascade takes it to be, since samples that many inherited filters
are active on are memorised less; so zeta is multiplied by the root of the squares' ratio, until
they agree. (With the whole field of a fresh filter, its threshold too, as in `transfer`, too many
are active.)
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from functools import cached_property

import numpy as np
from scipy import interpolate, special

from claims.predicting.law.cascade import LEAST_STEP, LONGEST, Cascade, cascade
from claims.predicting.law.counted import MOST_COUNTED, Counted
from claims.predicting.law.moments import Moments
from claims.predicting.law.quadrature import Array, hermite
from claims.predicting.law.stepped import memory
from model.engines.compiled import compiled

_NODES, _OWN, _ROUNDS = 10, 8, 3
#: Of the inherited field: so many values a decade, and the smallest that is told from none.
_A_DECADE, _LEAST_ZETA = 6, 1e-2
#: ln of the inherited filters' own field over a fresh filter's, at least and at most.
_WEAKEST, _STRONGEST = -4.0, 2.0
#: Where it is looked for first: a little weaker than fresh filters' own.
_UNKNOWN = -0.5
#: How near the last one the next is looked for, and how closely it is found.
_NEAR, _CLOSE = 0.2, 1e-3
#: The largest correlation of what is common to inherited and to fresh filters.
_MOST_ALIKE = 0.999
#: ln of inherited variances that are not told apart.
_ALIKE = 0.1
_TINY = 1e-9
_HALF_ROOT = math.sqrt(0.5)


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

    @cached_property
    def memory(self) -> Array:
        """By the share of filters active on a sample, evenly from 0 to 1: the signal's coefficient,
        the output, and the mean of squares. (3, shares)
        """
        table = memory(self.run, self.reach, np.linspace(0.0, 1.0, MOST_COUNTED + 1))
        return np.stack([table.first, table.output, table.square])


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
    noise_spread: float  # the same of the output's square


def mixed(target: Target, up: Counted, brought: float) -> Mixed:
    """The moments where inherited filters bring noise of variance `brought`, in the units of v."""
    return _agreed(target, up, brought)[0]


def mixed_among(target: Target, up: Counted, brought: Array) -> list[Mixed]:
    """The same for several variances: computed at three of them at most, between which moments are
    parabolas of the logarithm.
    """
    logs = np.log(brought)
    low, high = float(logs.min()), float(logs.max())
    if high - low < _ALIKE:
        return [mixed(target, up, math.exp((low + high) / 2))] * len(brought)
    knots = np.linspace(low, high, 3)
    found = np.array([astuple(mixed(target, up, math.exp(knot))) for knot in knots])
    return [Mixed(*row) for row in interpolate.BarycentricInterpolator(knots, found)(logs)]


def inherited_share(target: Target, up: Counted, brought: float) -> float:
    """Of a sample's own class, the share of inherited filters that is active on it."""
    return _agreed(target, up, brought)[1]


def _agreed(target: Target, up: Counted, brought: float) -> tuple[Mixed, float]:
    """The moments, and the share that they belong to."""
    zeta, strength = math.sqrt(brought / 2), None
    share, square = _active(target, zeta)
    for _ in range(_ROUNDS):
        active, strength = _still_active(target, up, brought, share, strength)
        found, used = _moments(target, active), share
        share, square = _active(target, zeta * math.sqrt(square / found.inherited))
    return found, used


def _active(target: Target, zeta: float) -> tuple[float, float]:
    """The cascade's share and mean square, linear between `_A_DECADE` places a decade; of h and h T
    one digit tells.
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


def _still_active(
    target: Target, up: Counted, brought: float, share: float, near: float | None
) -> tuple[Array, float]:
    """Of inherited filters, the share active on samples with source's and target's common fields
    (g_A, g_D), such that its mean is `share`; and the logarithm of their own field's strength that
    makes it so, which is looked for `near` one.
    """
    nodes, weights = hermite(_NODES)
    own, own_weights = hermite(_OWN)
    inner = math.sqrt(target.alike) * nodes[:, None] + math.sqrt(1 - target.alike) * own
    push = math.sqrt(target.run.square) * np.maximum(0.0, inner + target.beta)
    common = math.sqrt(brought * up.r) * nodes
    deviation = math.sqrt(brought * (1 - up.r))

    at = (common, push, deviation, own_weights)
    strength = _UNKNOWN if near is None else near
    strength = float(_agreeing(*at, weights, share, strength))
    return _shares(*at, strength), strength


@compiled
def _agreeing(
    common: Array,
    push: Array,
    deviation: float,
    own_weights: Array,
    weights: Array,
    share: float,
    near: float,
) -> float:
    """The strength at which the mean of `_shares` is `share`, or the end that is nearer to it. The
    mean ascends: by regula falsi, halving the side that stays (Illinois).
    """
    low, high = near - _NEAR, near + _NEAR
    for widened in range(2):
        below = _mean(common, push, deviation, own_weights, weights, low) - share
        above = _mean(common, push, deviation, own_weights, weights, high) - share
        if below < 0 < above:
            break
        if widened:
            return math.nan if math.isnan(below + above) else low if below >= 0 else high
        low, high = _WEAKEST, _STRONGEST
    side = 0
    middle = low
    while True:
        before = middle
        middle = (low * above - high * below) / (above - below)
        at = _mean(common, push, deviation, own_weights, weights, middle) - share
        if at == 0 or abs(middle - before) < _CLOSE:
            return middle
        if at < 0:
            low, below = middle, at
            above = above / 2 if side < 0 else above
            side = -1
        else:
            high, above = middle, at
            below = below / 2 if side > 0 else below
            side = 1


@compiled
def _mean(
    common: Array,
    push: Array,
    deviation: float,
    own_weights: Array,
    weights: Array,
    strength: float,
) -> float:
    shares = _shares(common, push, deviation, own_weights, strength)
    total = 0.0
    for a in range(len(weights)):
        for d in range(len(weights)):
            total += weights[a] * shares[a, d] * weights[d]
    return total


@compiled
def _shares(common: Array, push: Array, deviation: float, weights: Array, strength: float) -> Array:
    """The mean over the last axis of Pr(common + e^strength push + deviation z > 0): (common,
    push).
    """
    found = np.zeros((len(common), len(push)))
    times = math.exp(strength)
    for a in range(len(common)):
        for d in range(len(push)):
            for k in range(len(weights)):
                at = (common[a] + times * push[d, k]) / deviation
                found[a, d] += weights[k] * math.erfc(-at * _HALF_ROOT) / 2
    return found


@compiled
def two_points(many: int, share: float) -> tuple[float, float, float, float]:
    """Two values, and their weights, of which the first three moments are those of Bin(many,
    share)/many.
    """
    p = min(max(share, _TINY), 1 - _TINY)
    deviation = math.sqrt(p * (1 - p) / many)
    half = (1 - 2 * p) / math.sqrt(many * p * (1 - p)) / 2
    root = math.sqrt(1 + half**2)
    high = min(p + deviation * (half + root), 1.0)
    low = max(p + deviation * (half - root), 0.0)
    return high, low, (1 - half / root) / 2, (1 + half / root) / 2


def _moments(target: Target, still_active: Array) -> Mixed:
    nodes, weights = hermite(_NODES)
    fresh = Moments(0.0, 1.0, target.alike, target.beta).shares(nodes)
    few, rest = target.inherited, max(target.m - target.inherited, 1)
    alpha = target.inherited / target.m
    sums = _summed(still_active, fresh, weights, few, rest, alpha, target.memory)
    m_1, square_m_1, output, of_old, of_new, pairs_old, pairs_new, both, at_old, at_new = sums[:10]
    squared, fourth = sums[10:]
    # Of one filter there are no pairs: what they would be, with a second one like it.
    pairs_old = at_old if few == 1 else _pairs(few, pairs_old, at_old, of_old)
    pairs_new = at_new if rest == 1 else _pairs(rest, pairs_new, at_new, of_new)
    both = min(both, _MOST_ALIKE * math.sqrt(pairs_old * pairs_new))
    spread = square_m_1 / m_1**2 - 1
    noise_spread = fourth / squared**2 - 1
    return Mixed(m_1, output, of_old, of_new, pairs_old, pairs_new, both, spread, noise_spread)


def _pairs(many: int, of_means: float, of_itself: float, of_one: float) -> float:
    """What two of so many filters have in common, from the square of their mean."""
    return min(max((many * of_means - of_itself) / (many - 1), 0.0), of_one)


@compiled
def _summed(
    still_active: Array,
    fresh: Array,
    weights: Array,
    few: int,
    rest: int,
    alpha: float,
    table: Array,
) -> Array:
    """Means over samples, of both common fields, and over how many filters are active on one.

    m_1 and its square; the output; of inherited and of fresh filters the mean square of what they
    memorise, that of its mean over filters, and the product of the two means; for pairs, the part
    of a filter with itself, and where there is one filter, what a second one would have with it;
    the square and the fourth power of the output.
    """
    sums = np.zeros(12)
    last = table.shape[1] - 1
    for a in range(len(weights)):
        for d in range(len(weights)):
            olds, news = two_points(few, still_active[a, d]), two_points(rest, fresh[d])
            for i in range(2):
                for j in range(2):
                    mass = weights[a] * weights[d] * olds[2 + i] * news[2 + j]
                    old, new = olds[i], news[j]
                    share = alpha * old + (1 - alpha) * new
                    place = min(share, 1.0) * last
                    low = min(int(place), last - 1)
                    part = place - low
                    first = table[0, low] + part * (table[0, low + 1] - table[0, low])
                    output = table[1, low] + part * (table[1, low + 1] - table[1, low])
                    square = table[2, low] + part * (table[2, low + 1] - table[2, low])
                    each = max(share, _TINY)
                    of_one, of_pair = square / each, (output / each) ** 2
                    sums[0] += mass * first
                    sums[1] += mass * first**2
                    sums[2] += mass * output
                    sums[3] += mass * old * of_one
                    sums[4] += mass * new * of_one
                    sums[5] += mass * old**2 * of_pair
                    sums[6] += mass * new**2 * of_pair
                    sums[7] += mass * old * new * of_pair
                    own_old = still_active[a, d] ** 2 if few == 1 else old
                    own_new = fresh[d] ** 2 if rest == 1 else new
                    sums[8] += mass * own_old * of_pair
                    sums[9] += mass * own_new * of_pair
                    sums[10] += mass * output**2
                    sums[11] += mass * output**4
    return sums
