"""The share p of its own class on which a filter is active, derived.

Follow one filter and the samples of its own class. Half of them start
active. With every step an active sample's coefficient grows by h/(1 + e^f); an inactive one sees
the field F_i(t) = sum_k c_k(t) <xi_k, xi_i> of the samples k that are active. The inner products
are independent Gaussians that k's own activation does not depend on, so F_i is a Gaussian process:
samples that became active together share one coefficient, and form one independent Gaussian term
with their mass as variance. Where F_i turns positive the sample switches on and stays on, because
its own coefficient, d/N times stronger, takes over. Samples of the other class that are active are
pushed off in one step, which leaves one step's coefficient behind. This is a recursion in the
masses, solved with a population of paths (`cascade`). Pre-activations start at sigma_0 sigma
sqrt(d) g, which is sqrt(2) zeta g in the units of the field: the larger zeta, the more a sample
that starts inactive needs before it switches on, and the fewer do. With zeta = 0 and a small step p
goes 1/2, 0.79, 0.81, .. to 0.84, a little less for larger steps; it falls fast with zeta. "p =
0.8", read off a simulation at N = 100, stays beside it as a reading (`scratch.ROUNDED`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from claims.predicting.law.quadrature import Array
from model.engines.compiled import compiled

_PATHS = 2**13
#: Steps below this are not told apart: the cascade's limit at h -> 0 is reached, in runs of so many
#: steps or more. Shorter runs are cut into as many.
LEAST_STEP, _FEWEST = 0.1, 40
#: Of a sample that has memorised so much nothing more is memorised, and exp of it is finite.
_MOST_OUTPUT = 700.0
#: Beyond this the field of a sample that is still inactive hardly moves.
LONGEST = 40.0
#: A little over one half: with zeta so large that nothing switches on, a sample of starts can fall
#: short of one half.
_LEAST_SHARE = 0.5001


@dataclass(frozen=True)
class Cascade:
    """Of one filter at the end of a run: the share of its class that is active; the first samples'
    coefficient; mean and mean square of all.
    """

    share: float
    first: float
    mean: float
    square: float
    other: float  # minus the mean coefficient that is left behind on the other class
    left: float = 0.0  # the mean of its square
    joined: tuple[float, ...] = ()  # the share that becomes active before each step, and at the end


def cascade(h: float, duration: float, zeta: float = 0.0, f: float = 1.0) -> Cascade:
    """Run the recursion of this file's docstring, for a class with f N/2 of the samples (0 < f <
    2). Deterministic.
    """
    least = min(LEAST_STEP, duration / _FEWEST)
    return _cascade(
        float(f"{max(h, least):.2g}"),
        float(f"{min(duration, LONGEST):.2g}"),
        float(f"{zeta:.2g}"),
        f,
    )


@cache
def _cascade(h: float, duration: float, zeta: float, f: float) -> Cascade:
    generator = np.random.default_rng(0)
    start = generator.standard_normal(2 * _PATHS)
    # Only samples that wait for their field to turn positive are followed: of the filter's own
    # class, then of the other.
    on = start[:_PATHS] > 0
    waiting = np.flatnonzero(np.concatenate([~on, start[_PATHS:] < 0]))
    # In units of the class's own noise: the fewer samples, the more the rest weighs.
    field = math.sqrt(2 / f) * zeta * start[waiting]
    steps = max(1, round(duration / h))
    begun, joined = np.empty(steps), np.empty(steps + 1)
    joined[0] = on.mean()
    first, other, left = _followed(
        generator, field, int(np.searchsorted(waiting, _PATHS)), h, f, begun, joined
    )
    # Of samples that became active together: their mass, and the first samples' coefficient then.
    together = joined > 0
    weights, values = joined[together], first - np.concatenate([[0.0], begun])[together]
    return Cascade(
        max(float(weights.sum()), _LEAST_SHARE),
        first,
        float(weights @ values),
        float(weights @ values**2),
        other,
        left,
        tuple(joined.tolist()),
    )


@compiled
def _followed(
    generator: np.random.Generator,
    field: Array,
    mine: int,
    h: float,
    f: float,
    begun: Array,
    joined: Array,
) -> tuple[float, float, float]:
    """Follow the fields of samples that wait, the first `mine` of them of the own class; write the
    share that becomes active in each step to `joined`, from its second place on, and the first
    samples' coefficient then to `begun`.

    Returns:
        The first samples' coefficient at the end; what is left behind on the other class, and its
        square.
    """
    waiting = len(field)
    own = np.arange(waiting) < mine
    terms = math.sqrt(joined[0]) * generator.standard_normal(waiting)
    first, other, left, pushed = 0.0, 0.0, 0.0, 0.5
    active, before = joined[0], 0.0  # sums over what is active
    for index in range(len(begun)):
        step = h / (1 + math.exp(min(active * first - before, _MOST_OUTPUT)))
        first += step
        other += step * pushed
        left += step**2 * pushed
        for i in range(waiting):
            field[i] += step * terms[i]  # all coefficients grow by the same step
        if pushed > 0:
            push = step * math.sqrt((2 - f) / f * pushed)
            normals = generator.standard_normal(waiting)
            for i in range(waiting):
                field[i] -= push * normals[i]
        many, others, still = 0, 0, 0
        for i in range(waiting):
            if field[i] > 0:
                many += own[i]
                others += not own[i]
            else:
                field[still], terms[still], own[still] = field[i], terms[i], own[i]
                still += 1
        waiting, pushed = still, others / _PATHS
        begun[index], joined[index + 1] = first, many / _PATHS
        if many > 0:
            active += joined[index + 1]
            before += joined[index + 1] * first
            mass, normals = math.sqrt(joined[index + 1]), generator.standard_normal(waiting)
            for i in range(waiting):
                terms[i] += mass * normals[i]
    return first, other, left
