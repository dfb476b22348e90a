"""The moments of one task at finitely many filters: shares are counted.

Of m filters, K ~ Bin(m, pi(g)) are active on a sample with common field g. What is memorised of it
is that of its own share K/m, in steps of finite size (`stepped`). With x the mean coefficient of
all filters and s that of squares, v = E s, and pairs of different filters have r v = (m E x^2 - E
s)/(m - 1). As m grows and h falls these are the moments of `moments.one_task`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from scipy import special

from claims.predicting.law.cascade import LONGEST, cascade
from claims.predicting.law.fields import field_correlation
from claims.predicting.law.moments import Moments
from claims.predicting.law.quadrature import Array, gauss_hermite
from claims.predicting.law.stepped import memory

#: With more filters, shares are read off so many, and their number is Gaussian.
MOST_COUNTED = 64
#: A correlation is at least -1.
MOST_OPPOSED = 0.999
#: Class shares between which the moments' slopes are taken.
_UNEQUAL = (0.5, 1.5)


@dataclass(frozen=True)
class Counted:
    """One task at m filters: m_1, v and r as in `moments.Moments`, of which v and r count what is
    left behind on the other class; and what finitely many samples, the signal's part in fitting
    them, and classes of unequal size add.
    """

    m_1: float
    v: float
    r: float
    output: float  # E x: what the memorised noise adds to y f on a training sample
    signal_spread: float  # Var of a sample's part in the signal, over m_1^2
    signal_skew: float  # its third cumulant, over m_1^3
    noise_spread: float  # Var of x^2, over (E x^2)^2
    left: float  # the part of v that is left behind on the other class
    left_mean: float  # minus the mean coefficient there
    m_1_slope: float  # d ln m_1/df at f = 1
    v_slope: float  # the same of what is memorised of the own class, in v


@cache
def _pascal(m: int) -> tuple[Array, Array]:
    """k and ln C(m, k): (m + 1,) each."""
    k = np.arange(m + 1, dtype=np.float64)
    return k, special.gammaln(m + 1) - special.gammaln(k + 1) - special.gammaln(m - k + 1)


def chances(pi: Array, m: int) -> Array:
    """How likely each of the shares `grid(m)` is where their mean is pi: (points, shares)."""
    if m <= MOST_COUNTED:
        k, logs = _pascal(m)
        ones = pi[:, None]
        return np.asarray(np.exp(logs + special.xlogy(k, ones) + special.xlog1py(m - k, -ones)))
    nodes, weights = gauss_hermite()
    place = pi[:, None] + np.sqrt(pi * (1 - pi) / m)[:, None] * nodes
    place = np.clip(place, 0.0, 1.0) * MOST_COUNTED
    low = np.minimum(place.astype(np.int64), MOST_COUNTED - 1)
    mass, rows = np.zeros((len(pi), MOST_COUNTED + 1)), np.arange(len(pi))[:, None]
    np.add.at(mass, (rows, low), weights * (low + 1 - place))
    np.add.at(mass, (rows, low + 1), weights * (place - low))
    return mass


def grid(m: int) -> Array:
    """Shares that `chances` speaks of, from 0 to 1."""
    return np.linspace(0.0, 1.0, min(m, MOST_COUNTED) + 1)


@lru_cache(maxsize=1024)
def counted(h: float, reach: float, zeta: float, m: int) -> Counted:
    """The moments after steps h up to h T = `reach`, with m filters of each sign."""
    run = cascade(h, reach, zeta)
    of = memory(run, reach, grid(m))
    nodes, weights = gauss_hermite()
    beta = float(special.ndtri(2 * run.share - 1))
    mean_shares = Moments(0.0, 1.0, field_correlation(h, reach, zeta), beta).shares(nodes)
    given = chances(mean_shares, m)
    mass = weights @ given
    own, x_square = float(mass @ of.square), float(mass @ of.output**2)
    v = own + run.left
    # One filter has no pairs; its V is that of a correlation that means nothing. Of different
    # filters, what is left behind is independent.
    pairs = (m * x_square - own) / (m - 1) + run.other**2 if m > 1 else 0.5 * v
    m_1, output = float(mass @ of.first), float(mass @ of.output)
    m_1_slope, v_slope = _by_class(h, reach, zeta)
    return Counted(
        m_1,
        v,
        pairs / v,
        output,
        _spread(given, of.first),
        float(mass @ (of.first / m_1 - 1) ** 3),
        _spread(given, of.output**2),
        run.left / v,
        run.other,
        m_1_slope,
        v_slope,
    )


def _by_class(h: float, reach: float, zeta: float) -> tuple[float, float]:
    """How ln m_1 and ln v move with the class's share f. It is so little that one digit of each
    argument tells.
    """
    h, reach, zeta = (float(f"{number:.1g}") for number in (h, min(reach, LONGEST), zeta))
    few, many = (cascade(h, reach, zeta, f) for f in _UNEQUAL)
    apart = _UNEQUAL[1] - _UNEQUAL[0]
    return (
        math.log(many.first / few.first) / apart,
        math.log(many.square / few.square) / apart,
    )


def _spread(given: Array, values: Array) -> float:
    """N/2 times the variance of a mean over the N/2 samples of a class, over its square.

    Samples are not independent: the inner product of two is in the field of each on the other, so
    that their common fields have correlation 2/N. That adds the square of what is linear in them.
    """
    nodes, weights = gauss_hermite()
    at_field = given @ values
    mean, linear = float(weights @ at_field), float((weights * nodes) @ at_field)
    return (float(weights @ (given @ values**2)) - mean**2 + linear**2) / mean**2
