"""L2 at finitely many samples and filters [D].

As from scratch (`imbalance`), with both tasks' classes of unequal size. A class with shares f_1 of
the source's samples and f_2 of the target's has inherited signal and noise in proportion to f_1,
and learns and memorises in proportion to f_2; the other class has 2 - f_1 and 2 - f_2. An output
given the three common Gaussians of `transfer` (the source's field, and what inherited and fresh
filters memorise) is taken as a function of one of them, along which it grows fastest, and a
Gaussian width: what the others add, the width of finitely many filters and the unequal amounts that
samples memorise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from claims.core import quantities
from claims.predicting.law.cascade import cascade
from claims.predicting.law.counted import Counted, counted
from claims.predicting.law.fields import field_correlation
from claims.predicting.law.finite import finite_scratch
from claims.predicting.law.imbalance import LEAST, class_shares
from claims.predicting.law.inherited import Mixed, Target, mixed
from claims.predicting.law.predict import in_usual_unit, incomputable
from claims.predicting.law.quadrature import Array, hermite
from claims.predicting.law.transfer import shared_signal
from model.engines.compiled import compiled
from model.regime import Regime

_CLASSES, _ACROSS, _WIDTHS, _SHARED, _FIELDS = 5, 5, 6, 4, 16
#: Along the direction in which an output grows fastest, and outputs as a share of the largest.
_ALONG = np.arange(-7.0, 14.0, 0.1)
_OUTPUT = np.linspace(0.0, 1.0, 121) ** 2
_NEVER, _TINY = 38.0, 1e-300
_HALF_ROOT, _DENSITY = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)
#: Steps of the logarithm in which the ratio of target's and source's class shares is told apart.
_STEP = 0.25


@dataclass(frozen=True)
class Output:
    """Of one sign's filters: the noise output along `_ALONG`, its variance, and the signal with its
    variance over networks.
    """

    mean: Array
    variance: Array
    signal: float
    unsure: float


@dataclass(frozen=True)
class _Tasks:
    """A regime, with what both tasks' moments make of it."""

    regime: Regime
    steps: tuple[float, float]  # h of either task
    up: Counted
    down: Counted
    target: Target

    @property
    def unit(self) -> float:
        """Of variances of the target's noise: N_2/(2 d)."""
        return self.regime.n2 / (2 * self.regime.d)

    @property
    def brought(self) -> float:
        """v_A, over that unit."""
        regime = self.regime
        noise = (regime.sigma2 / regime.sigma1) ** 2
        return noise * regime.n1 / regime.n2 * self.up.v


@lru_cache(maxsize=1024)
def finite_transfer(regime: Regime) -> float:
    """L2 at the regime's N_1, N_2 and m: the test error after transfer, averaged over networks.

    Raises:
        IncomputableError: no floating-point number holds what it is made of.
    """
    if regime.inherited == 0:
        return finite_scratch(regime)
    try:
        with np.errstate(all="ignore"):
            error = _mean(_tasks(in_usual_unit(regime)))
    except (ArithmeticError, ValueError, np.linalg.LinAlgError):
        error = math.nan
    if math.isfinite(error):
        return error
    raise incomputable(regime)


def _tasks(regime: Regime) -> _Tasks:
    named = quantities.catalogue()
    h, zeta = ([named[f"{name}_{k}"](regime) for k in (1, 2)] for name in ("h", "zeta"))
    reach = [h[0] * regime.steps1, h[1] * regime.steps2]
    up, down = (counted(h[k], reach[k], zeta[k], regime.m) for k in (0, 1))
    target = Target(
        h[1],
        reach[1],
        cascade(h[1], reach[1], zeta[1]),
        field_correlation(h[1], reach[1], zeta[1]),
        regime.inherited,
        regime.m,
    )
    return _Tasks(regime, (h[0], h[1]), up, down, target)


def equal_classes_transfer(regime: Regime) -> float:
    """The same as if the classes of both tasks were of equal size: what imbalance is worth."""
    return _mean(_tasks(in_usual_unit(regime)), 1)


def _mean(tasks: _Tasks, classes: int = _CLASSES) -> float:
    """Over the classes of both tasks."""
    (source, first), (target, second) = (
        class_shares(n, classes) for n in (tasks.regime.n1, tasks.regime.n2)
    )
    found: dict[float, Mixed] = {}
    outputs = [[_output(tasks, f_1, f_2, found) for f_2 in target] for f_1 in source]
    # Nodes are symmetric about 1: the other class has the shares of the opposite ones.
    chances = np.array(
        [
            [
                _exceeds(outputs[i][k], outputs[-1 - i][-1 - k], tasks.down.opposed)
                for k in range(len(target))
            ]
            for i in range(len(source))
        ]
    )
    return max(float(first @ chances @ second), LEAST)


def _output(tasks: _Tasks, f_1: float, f_2: float, found: dict[float, Mixed]) -> Output:
    regime, unit, up = tasks.regime, tasks.unit, tasks.up
    alpha, q = regime.alpha, quantities.catalogue()["q_2"](regime)
    of = _mixed(tasks, f_1, f_2, found)
    source = alpha * shared_signal(regime) * regime.n1 / (2 * regime.d)
    inherited = source * (f_1 * up.m_1 + tasks.steps[0] / 2 * (1 - f_1))
    # Signals fit the training set too: the inherited one from the start.
    fit = max(0.0, 1 - inherited / of.output) / (1 + q * unit * f_2 * of.m_1 / of.output)
    first_step = (1 - alpha) * tasks.steps[1] / 2 * (1 - f_2)
    learned = q * unit * fit * (f_2 * of.m_1 + first_step)
    noise = f_2 * fit**2 * unit
    mean, variance, part = _along(alpha, regime.m, f_1 * unit * tasks.brought, up.r, noise, of)
    spread = part**2 * up.noise_spread / (2 * regime.n1)
    spread += (1 - part) ** 2 * tasks.down.noise_spread / (2 * regime.n2)
    unsure = (source * up.m_1) ** 2 * 2 * f_1 / regime.n1 * up.signal_spread
    unsure += (q * unit * fit * of.m_1) ** 2 * 2 * f_2 / regime.n2 * of.signal_spread
    return Output(mean, variance + mean**2 * spread, inherited + learned, unsure)


def _mixed(tasks: _Tasks, f_1: float, f_2: float, found: dict[float, Mixed]) -> Mixed:
    """They depend on the ratio of the class's shares alone."""
    ratio = math.log(max(f_2, _STEP**4) / max(f_1, _STEP**4))
    key = round(ratio / _STEP) * _STEP
    if key not in found:
        found[key] = mixed(tasks.target, tasks.up, tasks.brought * math.exp(-key))
    return found[key]


def _along(
    alpha: float, m: int, brought: float, r: float, noise: float, of: Mixed
) -> tuple[Array, Array, float]:
    """Mean and variance of an output along the direction of fastest growth, and the source's part
    in its square.
    """
    pairs = noise * np.array(
        [[of.pairs_inherited, of.pairs_mixed], [of.pairs_mixed, of.pairs_fresh]]
    )
    covariance = np.zeros((3, 3))
    covariance[0, 0], covariance[1:, 1:] = brought * r, pairs
    factor = np.linalg.cholesky(covariance + (1e-12 * np.trace(covariance) + _TINY) * np.eye(3))
    growth = factor.T @ np.array([alpha, alpha, 1 - alpha])
    length = float(np.linalg.norm(growth))
    across = np.linalg.svd(growth[None] / length)[2][1:]
    nodes, weights = hermite(_ACROSS)
    points = (
        _ALONG[:, None, None, None] * growth / length
        + nodes[:, None, None] * across[0]
        + nodes[:, None] * across[1]
    ).reshape(len(_ALONG), -1, 3) @ factor.T
    weight = np.outer(weights, weights).ravel()
    own_inherited = brought * (1 - r) + noise * (of.inherited - of.pairs_inherited)
    own_fresh = noise * (of.fresh - of.pairs_fresh)
    old, old_variance = _rectified(points[..., 0] + points[..., 1], own_inherited)
    new, new_variance = _rectified(points[..., 2], own_fresh)
    outputs = alpha * old + (1 - alpha) * new
    mean = outputs @ weight
    of_filters = (alpha * old_variance + (1 - alpha) * new_variance) / m
    variance = (outputs**2 + of_filters) @ weight - mean**2
    return mean, np.maximum(variance, 0.0), alpha**2 * brought * r / length**2


def _rectified(mean: Array, variance: float) -> tuple[Array, Array]:
    """Mean and variance of relu of a Gaussian, of each of these means."""
    psi, spread = np.empty(mean.shape), np.empty(mean.shape)
    _rectify(mean.ravel(), math.sqrt(max(variance, _TINY)), psi.ravel(), spread.ravel())
    return psi, spread


@compiled
def _rectify(mean: Array, deviation: float, psi: Array, variance: Array) -> None:
    """The same, written into arrays of one dimension: `positive_part` and the variance at once."""
    for i in range(len(mean)):
        at = mean[i] / deviation
        below = math.erfc(-at * _HALF_ROOT) / 2
        density = math.exp(-at * at / 2) * _DENSITY
        psi[i] = mean[i] * below + deviation * density
        square = mean[i] * psi[i] + deviation * deviation * below
        variance[i] = max(square - psi[i] * psi[i], 0.0)


def _exceeds(right: Output, wrong: Output, opposed: float) -> float:
    """Pr(F' > F + S): F' and F have parts in common with opposite signs, of share `opposed`."""
    shared, shared_weights = hermite(_SHARED)
    nodes, weights = hermite(_WIDTHS)
    largest = max(float(wrong.mean.max()), _TINY)
    outputs = wrong.mean + np.sqrt(wrong.variance) * nodes[:, None]
    outputs = np.maximum.accumulate(np.maximum(outputs, 0.0), axis=1)
    least = np.array([np.interp(_OUTPUT * largest, one, _ALONG, right=_NEVER) for one in outputs])
    alone = least[None] - math.sqrt(opposed) * shared[:, None, None]
    beyond = special.ndtr(-alone / math.sqrt(1 - opposed))
    beyond[..., 0] = (1 + beyond[..., 0]) / 2
    logs = np.log(np.maximum(np.einsum("z,szy->sy", weights, beyond), _TINY))
    fields, field_weights = hermite(_FIELDS)
    at = math.sqrt(1 - opposed) * fields - math.sqrt(opposed) * shared[:, None]
    mean = np.interp(at, _ALONG, right.mean)
    width = np.sqrt(np.interp(at, _ALONG, right.variance) + right.unsure)
    needed = (mean + right.signal)[..., None] + width[..., None] * nodes
    place = np.sqrt(np.clip(needed / largest, 0.0, 1.0))
    roots = np.sqrt(_OUTPUT)
    chances = np.array(
        [np.exp(np.interp(one, roots, log)) for one, log in zip(place, logs, strict=True)]
    )
    chances = np.where(needed >= largest, 0.0, chances)
    return float(shared_weights @ (chances @ weights @ field_weights))
