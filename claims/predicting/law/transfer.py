"""L2: the error after transfer."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import special, stats

from claims.core import quantities
from claims.predicting.law.moments import Moments, memorised
from claims.predicting.law.quadrature import LEAST_ERROR, Array, gauss_hermite
from claims.predicting.law.scratch import positive_part
from model.engines.compiled import compiled
from model.regime import Regime

_SHARED, _POINTS = 2**6, 2**9


def transfer_error(regime: Regime, up: Moments, down: Moments, reach: float) -> float:
    """Pr(F' - F > S), from the moments of both tasks."""
    nodes, node_weights = gauss_hermite()
    alpha, q_2 = regime.alpha, quantities.catalogue()["q_2"](regime)
    unit = regime.n2 / (2 * regime.d)
    from_source = regime.n1 / (2 * regime.d)
    v_a, a = (
        (regime.sigma2 / regime.sigma1) ** 2 * from_source * up.v,
        shared_signal(regime) * from_source * up.m_1,
    )
    v_n = unit * down.v
    pi = down.shares(nodes)
    # Finite steps memorise less; at alpha = 0 this is L1.
    finite = down.v / float(node_weights @ (pi * memorised(pi, reach) ** 2))
    g_a, g_d, weights = (
        x.ravel()
        for x in (*np.meshgrid(nodes, nodes, indexing="ij"), np.outer(node_weights, node_weights))
    )
    fresh = down.shares(g_d)
    inherited = _still_active(g_a, g_d, v_a, up.r, v_n, down)
    rho = memorised((1 - alpha) * fresh + alpha * inherited, reach)
    expected = float(node_weights @ memorised(down.shares(nodes), reach))
    # Learned from the first step on.
    signal = alpha * a + q_2 * unit * float(weights @ rho) * down.m_1 / expected

    def moment(values: Array) -> float:
        return finite * unit * float(weights @ (values * rho**2))

    common = np.array([[moment(inherited**2), moment(inherited * fresh)], [0.0, moment(fresh**2)]])
    own = [moment(inherited * (1 - inherited)), moment(fresh * (1 - fresh))]
    return _exceeds(_outputs(alpha, v_a, up, down, common, own), signal)


def shared_signal(regime: Regime) -> float:
    """<s_1, s_2>/sigma_1^2: what inherited filters, which move along s_1, have learned of s_2. Less
    than 0 where the two point against each other.
    """
    u, v1, v2 = (length / regime.sigma1 for length in (regime.u, regime.v1, regime.v2))
    return u**2 + (regime.cos_v * v1 * v2 if regime.cos_v else 0.0)


def task_signal(regime: Regime) -> float:
    """The length of v_1 where it is orthogonal to v_2, if there is one, over sigma_1: the target's
    noise has a part along that.
    """
    cosine = regime.cos_v if regime.v2 > 0 else 0.0
    return regime.v1 / regime.sigma1 * math.sqrt(max(1 - cosine**2, 0.0))


def _still_active(
    g_a: Array, g_d: Array, v_a: float, r_a: float, v_n: float, down: Moments
) -> Array:
    """pi_i: of the inherited filters, the share active on a downstream sample with common fields
    g_A, g_D.
    """
    nodes, node_weights = gauss_hermite()
    push = np.maximum(
        0.0,
        math.sqrt(v_n)
        * (math.sqrt(down.r) * g_d[:, None] + math.sqrt(1 - down.r) * nodes + down.beta),
    )
    return np.asarray(
        special.ndtr((math.sqrt(v_a * r_a) * g_a[:, None] + push) / math.sqrt(v_a * (1 - r_a)))
        @ node_weights
    )


def _outputs(
    alpha: float, v_a: float, up: Moments, down: Moments, common: Array, own: list[float]
) -> tuple[Array, Array]:
    """F' and F, the outputs of the two signs on fresh noise: (shared, own), at low-discrepancy
    points.

    Their Gaussians are (g, n_i, n_f), each opposed to the other sign's: they share a part with
    opposite signs.
    """
    shared, single = _points(0, _SHARED), _points(1, _POINTS)
    opposed = np.array([up.opposed, down.opposed, down.opposed])
    both = np.sqrt(opposed) * shared[:, None, :], np.sqrt(1 - opposed) * single[None, :, :]
    return _output(alpha, v_a, up.r, common, own, both[1] + both[0]), _output(
        alpha, v_a, up.r, common, own, both[1] - both[0]
    )


@cache
def _points(seed: int, many: int) -> Array:
    """Low-discrepancy standard Gaussians, (many, 3)."""
    return np.asarray(special.ndtri(stats.qmc.Sobol(3, rng=seed).random(many)))


def _output(
    alpha: float, v_a: float, r_a: float, common: Array, own: list[float], gaussians: Array
) -> Array:
    g, first, second = np.moveaxis(gaussians, -1, 0)
    deviation_i, deviation_f = math.sqrt(common[0, 0]), math.sqrt(common[1, 1])
    correlation = min(common[0, 1] / max(deviation_i * deviation_f, 1e-300), 1.0)
    n_i, n_f = (
        deviation_i * first,
        deviation_f * (correlation * first + math.sqrt(1 - correlation**2) * second),
    )
    inherited = positive_part(math.sqrt(r_a * v_a) * g + n_i, math.sqrt((1 - r_a) * v_a + own[0]))
    return np.asarray(alpha * inherited + (1 - alpha) * positive_part(n_f, math.sqrt(own[1])))


def _exceeds(outputs: tuple[Array, Array], signal: float) -> float:
    """Pr(F' - F > signal): given what is shared, the two are independent, so every pair counts.
    No number where one of them is none.
    """
    if not (math.isfinite(signal) and all(np.isfinite(one).all() for one in outputs)):
        return math.nan
    wrong, right = (np.sort(one, axis=1) for one in outputs)
    return float(
        max(1 - _pairs_within(wrong, right + signal) / (wrong.size * right.shape[1]), LEAST_ERROR)
    )


@compiled
def _pairs_within(wrong: Array, limits: Array) -> int:
    """Pairs of one row with wrong <= limit. Rows ascend."""
    rows, many = wrong.shape
    total = 0
    for row in range(rows):
        within = 0
        for i in range(limits.shape[1]):
            while within < many and wrong[row, within] <= limits[row, i]:
                within += 1
            total += within
    return total
