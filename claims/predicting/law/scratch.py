"""L1: the error from scratch."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from scipy import optimize, special

from claims.core import quantities
from claims.predicting.law.moments import Moments, one_task
from claims.predicting.law.quadrature import GRID, LEAST_ERROR, Array
from model.regime import Regime

#: The share as the theory first had it.
ROUNDED = 0.8


def positive_part(mean: Array, deviation: Array | float) -> Array:
    """psi(mu, s) = E relu(mu + s h)."""
    deviation = np.maximum(deviation, 1e-300)
    return np.asarray(
        mean * special.ndtr(mean / deviation)
        + deviation * np.exp(-((mean / deviation) ** 2) / 2) / math.sqrt(2 * math.pi)
    )


def scratch_error(tau: float, moments: Moments) -> float:
    """L1: Pr( psi(sqrt(r) g', sqrt(1-r)) - psi(sqrt(r) g, sqrt(1-r)) > sqrt(tau/2) m_1/sqrt(v)
    ).
    """
    values = positive_part(math.sqrt(moments.r) * GRID, math.sqrt(1 - moments.r))
    needed = values + math.sqrt(tau / 2) * moments.m_1 / math.sqrt(moments.v)
    # g' must be at least this; given g it is N(-c g, 1 - c^2).
    needed_g = np.interp(needed, values, GRID, right=38.0)
    beyond = special.ndtr(-(needed_g + moments.opposed * GRID) / math.sqrt(1 - moments.opposed**2))
    density = np.exp(-(GRID**2) / 2) / math.sqrt(2 * math.pi)
    return float(max(np.trapezoid(beyond * density, GRID), LEAST_ERROR))


def closed_form(regime: Regime) -> float:
    """L1 with all shares equal to 0.8: Pr(psi_p(g') - psi_p(g) > sqrt(tau/(2p)))."""
    named = quantities.catalogue()
    reach = named["h_2"](regime) * regime.steps2
    return scratch_error(named["tau_2"](regime), one_task(ROUNDED, reach, equal_shares=True))


def closed_form_log_error(tau: float, p: float) -> float:
    """ln Pr(psi_p(g') - psi_p(g) > sqrt(tau/(2p))), however small."""
    root, deviation = math.sqrt(p), math.sqrt(1 - p)
    needed = positive_part(root * GRID, deviation) + math.sqrt(tau / (2 * p))
    g = (
        needed / root
        # psi_p(g) >= root g, with less and less between: Newton's method from above, on a convex
        # function
    )
    for _ in range(60):
        g = g - (positive_part(root * g, deviation) - needed) / (
            root * special.ndtr(root * g / deviation)
        )
    return float(
        special.logsumexp(
            special.log_ndtr(-g)
            - GRID**2 / 2
            + math.log((GRID[1] - GRID[0]) / math.sqrt(2 * math.pi))
        )
    )


@cache
def contour_slope(error: float = 0.1) -> float:
    """-d probit(error)/d ln tau where the error from scratch has this value, with all shares
    equal.
    """
    moments = one_task(ROUNDED, 30.0, equal_shares=True)  # whose tau-dependence is free of h T

    def probit(log_tau: float) -> float:
        return float(special.ndtri(scratch_error(math.exp(log_tau), moments)))

    at = float(optimize.brentq(lambda log_tau: probit(log_tau) - special.ndtri(error), -3.0, 3.0))
    return (probit(at - 0.05) - probit(at + 0.05)) / 0.1
