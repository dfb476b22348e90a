"""The moments of one task: what a filter's samples have memorised, from the share p.

Fields of different filters on one sample are correlated, with r; shares are pi_f(g); equal
memorisation gives x + e^x = P h T + 1 and rho = x/P. Coefficients are those of finite steps, and
what is left behind on the other class sets the two signs' noise against each other (`opposed`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from claims.predicting.law.cascade import LONGEST, cascade
from claims.predicting.law.quadrature import Array, gauss_hermite
from claims.predicting.law.rising import risen

#: A correlation is at least -1; near that, early in a run or at large h, the moments that make it
#: up are no longer consistent.
_MOST_OPPOSED = 0.999


def memorised(total: Array, reach: float) -> Array:
    """rho(P) = x/P with x + e^x = P h T + 1, reach = h T; P h T/2 where that is small."""
    return np.asarray(risen(1.0, total * reach) / total)


@dataclass(frozen=True)
class Moments:
    """One task: m_1 = E rho, v = E pi rho^2, r = E pi^2 rho^2 / v, and beta."""

    m_1: float
    v: float
    r: float
    beta: float
    opposed: float = 0.0  # minus the correlation between the common noise of the two signs

    def shares(self, g: Array) -> Array:
        """pi_f(g): of the fresh filters, the share active on a sample with common field g."""
        return np.asarray(
            0.5 + 0.5 * special.ndtr((math.sqrt(self.r) * g + self.beta) / math.sqrt(1 - self.r))
        )


def one_task(p: float, reach: float, *, equal_shares: bool = False) -> Moments:
    """The moments for share p and h T; `equal_shares` leaves out the correlation of fields."""
    nodes, weights = gauss_hermite()
    beta = float(special.ndtri(2 * p - 1))
    r = p
    if equal_shares:
        rho = float(memorised(np.array(p), reach))
        return Moments(rho, p * rho**2, p, beta)
    for _ in range(200):
        guess = Moments(0.0, 1.0, r, beta)
        pi = guess.shares(nodes)
        rho_of_g = memorised(pi, reach)
        v, new = float(weights @ (pi * rho_of_g**2)), float(weights @ (pi**2 * rho_of_g**2))
        if abs(new / v - r) < 1e-12:
            break
        r = new / v
    return Moments(float(weights @ rho_of_g), v, r, beta)


def stepwise(h: float, reach: float, zeta: float = 0.0) -> Moments:
    """The moments with p from the cascade, and its coefficients in place of those of infinitesimal
    steps.

    A finite step leaves samples that switch on later behind; the signal, which is learned from the
    first step on, grows with the first samples' coefficient.
    """
    run = cascade(h, reach, zeta)
    smooth = one_task(run.share, reach)
    equal = float(memorised(np.array(run.share), min(reach, LONGEST)))
    v = smooth.v * run.square / (run.share * equal**2)
    return replace(
        smooth,
        m_1=smooth.m_1 * run.first / equal,
        v=v,
        opposed=min(2 * run.other * run.mean / (run.square * smooth.r), _MOST_OPPOSED),
    )
