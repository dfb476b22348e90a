"""How alike the fields of two filters are on one sample, while filters switch on.

Which filters switch on is decided early, when the sets of samples that two filters have memorised
still overlap less than at the end: at the start by one half, as independent sets do. So shares
vary less between samples than the correlation r at the end of a run would have it. This follows a
population of samples, each with a few filters, through the cascade: fields are Gaussian processes
whose covariance in time is the overlap of the active sets, E a_r(t) a_r'(s), measured on the
population as it goes. What comes out is the correlation with which two Gaussians would both exceed
a threshold as often as two filters that start inactive both switch on.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import optimize, special

from claims.predicting.law.cascade import LEAST_STEP, LONGEST
from claims.predicting.law.quadrature import Array, gauss_hermite
from model.engines.compiled import Bools

_SAMPLES, _FILTERS = 2**14, 4
#: Steps taken one by one; from then on spans of steps double, in which nothing joins.
_SINGLE = 10
_EDGE, _NOISE = 1e-3, 1e-3


def field_correlation(h: float, reach: float, zeta: float) -> float:
    """The correlation of this file's docstring. It depends on the run so little that one digit of
    each argument tells.
    """
    h, duration = max(h, LEAST_STEP), min(reach, LONGEST)
    return _correlation(*(float(f"{number:.1g}") for number in (h, duration, zeta)))


@cache
def _correlation(h: float, duration: float, zeta: float) -> float:
    inactive, switched = _population(h, max(1, round(duration / h)), zeta)
    pairs = (inactive.sum(1) ** 2 - inactive.sum(1)).sum()
    both = (switched.sum(1) ** 2 - switched.sum(1)).sum() / pairs
    threshold = float(special.ndtri(np.clip(switched.sum() / inactive.sum(), _EDGE, 1 - _EDGE)))
    nodes, weights = gauss_hermite()

    def excess(r: float) -> float:
        given = special.ndtr((math.sqrt(r) * nodes + threshold) / math.sqrt(1 - r))
        return float(weights @ given**2 - both)

    if excess(_EDGE) >= 0 or excess(1 - _EDGE) <= 0:
        return _EDGE if excess(_EDGE) >= 0 else 1 - _EDGE
    return float(optimize.brentq(excess, _EDGE, 1 - _EDGE))


def _spans(steps: int) -> list[int]:
    """Numbers of steps between which activations are looked at."""
    spans, left, span = [], steps, 1
    while left:
        spans.append(min(span, left))
        left -= spans[-1]
        span = 1 if len(spans) < _SINGLE else 2 * span
    return spans


class _Process:
    """Gaussians (shape), one value a time, whose covariance in time is given row by row."""

    def __init__(self, shape: tuple[int, ...], generator: np.random.Generator) -> None:
        self._shape, self._generator = shape, generator
        self._factor: Array = np.zeros((0, 0))
        self._normals: list[Array] = []

    def next(self, row: Array) -> Array:
        """The value at the next time, whose covariances with all up to itself are `row`."""
        before = len(self._normals)
        known = np.linalg.solve(self._factor, row[:-1]) if before else np.zeros(0)
        # Something is always new: covariances are known to the population's noise only.
        left = math.sqrt(max(row[-1] - known @ known, _NOISE))
        factor = np.zeros((before + 1, before + 1))
        factor[:before, :before] = self._factor
        factor[before, :before], factor[before, before] = known, left
        self._factor = factor
        self._normals.append(self._generator.standard_normal(self._shape))
        value, part = np.zeros(self._shape), np.empty(self._shape)
        for coefficient, normals in zip([*known, left], self._normals, strict=True):
            value += np.multiply(coefficient, normals, out=part)
        return value


def _population(h: float, steps: int, zeta: float) -> tuple[Array, Array]:
    """Which filters start inactive on a sample of their class, and which of them switch on:
    (samples, filters) of 0 and 1 each.
    """
    generator = np.random.default_rng(0)
    start = generator.standard_normal((_SAMPLES, _FILTERS))
    active, field = start > 0, math.sqrt(2) * zeta * start
    inactive = ~active
    common, own = _Process((_SAMPLES, 1), generator), _Process(start.shape, generator)
    history: list[tuple[Bools, Array]] = []
    first, joined = 0.0, [(float(active.mean()), 0.0)]
    for index, span in enumerate(_spans(steps)):
        history.append((active, active.sum(1, dtype=np.float64)))
        alike, overlap = _overlaps(history)
        pull = common.next(overlap) + own.next(alike - overlap)
        before = first
        for _ in range(span):
            output = sum(mass * (first - at) for mass, at in joined)
            first += h / (1 + math.exp(output))
        field = field + (first - before) * pull
        if index == 0:
            field = field - (first - before) * _pushed(generator)
        now = active | (field > 0)
        joined.append((np.count_nonzero(now & ~active) / active.size, first))
        active = now
    return inactive.astype(np.float64), (active & inactive).astype(np.float64)


def _overlaps(history: list[tuple[Bools, Array]]) -> tuple[Array, Array]:
    """E a_r(t) a_r(s) and E a_r(t) a_r'(s), of the last time with all so far: (times,) each. Of
    each time: which filters are active, and how many on a sample.
    """
    last, many = history[-1]
    alike = np.array([np.count_nonzero(last & then) / last.size for then, _ in history])
    crossed = np.array([float(many @ then) / len(many) for _, then in history])
    return alike, (crossed - _FILTERS * alike) / (_FILTERS * (_FILTERS - 1))


def _pushed(generator: np.random.Generator) -> Array:
    """The field of the other class's samples, half of them active, independently for each filter;
    they are pushed off in the first step.
    """
    shape = (_SAMPLES, _FILTERS)
    return 0.5 * (generator.standard_normal((_SAMPLES, 1)) + generator.standard_normal(shape))
