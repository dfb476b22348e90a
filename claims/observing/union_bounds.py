"""Union bounds from exact distributions, over a grid of sizes.

An inner product of two Gaussian vectors is normal times chi; far tails are integrated in their
logarithm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from claims.core.constants import Constants
from claims.core.margin import Margin

#: Nodes of the quadrature over chi-square quantiles.
_NODES = 400


@dataclass(frozen=True)
class Union:
    """A union bound, exact, as a share of the delta that it must not exceed: the worst over a
    grid.
    """

    share: float
    where: dict[str, float]
    points: int
    networks: int = 0
    method: str = "exact distributions"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "grid_points": self.points,
            "largest_share_of_delta": self.share,
            "where": self.where,
        }


def keeps(observation: Union, constants: Constants) -> Margin:
    """The part of delta that is left, as a share."""
    return Margin.exact(1 - observation.share)


def over(grid: dict[str, tuple[float, ...]], total: Callable[..., float]) -> Callable[[], Union]:
    """The observation of `total(delta=, ..)`, a probability, over every combination of the grid."""

    def observe() -> Union:
        combinations = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
        shares = [total(**point) / point["delta"] for point in combinations]
        worst = int(np.argmax(shares))
        return Union(float(shares[worst]), combinations[worst], len(shares))

    return observe


def norm_fails(n: int, D: int, delta: float, root: float = 2.0, linear: float = 2.0) -> float:
    """P(some | ||xi||^2/sigma^2 - D | > 2 sqrt(D log(2n/delta)) + 2 log(2n/delta)), by the union
    over n.
    """
    log = np.log(2 * n / delta)
    width = root * np.sqrt(D * log) + linear * log
    return float(n * (stats.chi2.sf(D + width, D) + stats.chi2.cdf(D - width, D)))


def inner_product_tail(bound: float, D: float) -> float:
    """P(|<a, b>| > bound) for independent a, b ~ N(0, I_D): E P(|Z| > bound/chi_D)."""
    quantiles, weights = _quadrature()
    lengths = np.sqrt(np.maximum(stats.chi2.isf(quantiles, D), np.finfo(float).tiny))
    return float(np.sum(weights * 2 * stats.norm.sf(bound / lengths)))


@cache
def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper-tail probabilities and weights; spaced in their logarithm on either side, since far
    tails of chi matter where they are rare.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    logs = (nodes - 1) / 2 * 60 + np.log(0.5)  # from log 1/2 down to log 1/2 - 60
    tail = np.exp(logs)
    measure = weights / 2 * 60 * tail
    return np.concatenate([tail, 1 - tail]), np.concatenate([measure, measure])


def inner_products_fail(n: int, room: float, delta: float, factor: float = 2.0) -> float:
    """P(some |<xi_i, xi_k>| > 2 sigma^2 sqrt(D log(4n^2/delta))) for D = room n^2 log(4n^2/delta);
    room < 0 gives D itself.
    """
    log = np.log(4 * n**2 / delta)
    D = -room if room < 0 else room * n**2 * log
    return n * (n - 1) / 2 * inner_product_tail(float(factor * np.sqrt(D * log)), D)


def signal_starts_large(m: int, delta: float, factor: float = 2.0) -> float:
    """P(some |<w, s>| > sqrt(2 log(8m/delta)) sigma_0 ||s||), over 2m filters."""
    return float(4 * m * stats.norm.sf(np.sqrt(factor * np.log(8 * m / delta))))


def noise_starts_large(m: int, n: int, room: float, delta: float, factor: float = 2.0) -> float:
    """P(some |<w, xi_i>| > 2 sqrt(log(8mn/delta)) sigma_0 sigma sqrt(d)) for d = room max{n^2
    log(4n^2/delta), log(8mn/delta)}; room < 0 gives d itself.
    """
    log = np.log(8 * m * n / delta)
    D = -room if room < 0 else room * max(n**2 * np.log(4 * n**2 / delta), log)
    return 2 * m * n * inner_product_tail(float(factor * np.sqrt(log * D)), D)


def few_filters_active(
    n: int, excess: float, delta: float, share: float = 0.4, least: float = 50.0
) -> float:
    """P(some sample starts with fewer than 0.4 m filters of its sign active), m = 50 log(2n/delta)
    times `excess`.
    """
    m = int(np.ceil(excess * least * np.log(2 * n / delta)))
    return float(n * stats.binom.cdf(np.ceil(share * m) - 1, m, 0.5))


def few_samples_active(
    m: int, excess: float, delta: float, share: float = 1 / 8, least: float = 32.0
) -> float:
    """P(some filter starts active on fewer than n/8 samples of its class), n = 32 log(4m/delta)
    times `excess`.
    """
    n = int(np.ceil(excess * least * np.log(4 * m / delta)))
    return float(2 * m * stats.binom.cdf(np.ceil(share * n) - 1, n, 0.25))
