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
    # Of samples that became active together: their mass, and the first samples' coefficient then.
    masses, begun = [float(on.mean())], [0.0]
    joined = [masses[0]]
    first, active, before = 0.0, masses[0], 0.0  # the coefficient, and sums over masses

    def term() -> Array:
        """Of all samples that became active together."""
        return math.sqrt(masses[-1]) * generator.standard_normal(len(waiting))

    terms, pushed, other, left = term(), 0.5, 0.0, 0.0
    for _ in range(max(1, round(duration / h))):
        step = h / (1 + math.exp(min(active * first - before, _MOST_OUTPUT)))
        first += step
        other += step * pushed
        left += step**2 * pushed
        field += step * terms  # all coefficients grow by the same step
        if pushed > 0:
            field -= (
                step * math.sqrt((2 - f) / f * pushed) * generator.standard_normal(len(waiting))
            )
        switched = field > 0
        mine = np.searchsorted(waiting, _PATHS)
        many, others = np.count_nonzero(switched[:mine]), np.count_nonzero(switched[mine:])
        pushed = others / _PATHS
        if many + others:
            still = ~switched
            waiting, field, terms = waiting[still], field[still], terms[still]
        joined.append(many / _PATHS)
        if many:
            masses.append(many / _PATHS)
            begun.append(first)
            active, before = active + masses[-1], before + masses[-1] * first
            terms = terms + term()
    weights, values = np.array(masses), first - np.array(begun)
    return Cascade(
        max(float(weights.sum()), _LEAST_SHARE),
        first,
        float(weights @ values),
        float(weights @ values**2),
        other,
        left,
        tuple(joined),
    )
