"""Union bounds of tail events: proved for every size, and what is left of delta at some sizes.

From below: a statement that n or so events all hold with probability 1 - delta follows from a tail
bound e^-L of each, proved for all sizes (`tail_proofs`), and from the number of events times e^-L,
a share of delta that algebra gives. From above: at the sizes of a grid the probability that the
statement fails is bounded from below by exact tails (`exact_tails`); where that exceeds delta the
statement is false. On a grid delta = e^-nats, down to e^-400: constants too good by a little fail
only there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import flint
import sympy as sp

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.interval_proof import Chain, Proof
from claims.observing import tail_proofs as t
from claims.observing.exact_tails import (
    binomial_below,
    chi_square_above,
    chi_square_below,
    inner_product_outside,
    normal_above,
    some_of,
)

Grid = Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Union:
    """A union bound: what is proved of all sizes, and what is known at some."""

    chain: Chain
    share: sp.Rational  # of delta, which the union of the proved tails does not exceed
    worst: float  # a share of delta that the failure probability certainly exceeds
    where: dict[str, float]
    points: int
    networks: int = 0

    @property
    def method(self) -> str:
        """Of the proof."""
        return self.chain.method

    @property
    def proofs(self) -> Mapping[str, Proof]:
        """Steps that intervals prove."""
        return self.chain.proofs

    @property
    def algebra(self) -> Mapping[str, sp.Expr]:
        """Steps that algebra shows."""
        return self.chain.algebra

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return self.chain.evidence | {
            "share_of_delta_proved": str(self.share) if self.chain.proved else None,
            "grid_points": self.points,
            "largest_share_of_delta": self.worst,
            "where": self.where,
        }


def keeps(observation: Union, constants: Constants) -> Margin:
    """The part of delta that is left, as a share: at least what is proved, at most what the worst
    point of the grid leaves.
    """
    proved = observation.chain.proved
    low = 1.0 - float(observation.share) if proved else -math.inf
    return Margin.between([low], [1.0 - observation.worst])


def norms(grid: Grid, root: Fraction, linear: Fraction) -> Union:
    """Some | ||xi_i||^2/sigma^2 - D | > root sqrt(D L) + linear L, L = log(2n/delta), i <= n: 2n
    tails.
    """

    def exceeds(n: int, D: int, nats: float) -> flint.arb:
        log = _log(2 * n, nats)
        width = _ball(root) * (D * log).sqrt() + _ball(linear) * log
        outside = chi_square_above(D + width, D)
        if width < D:
            outside += chi_square_below(D - width, D)
        return some_of(n, outside)

    return _observed(t.norms(root, linear), 2 * t.n, 2 * t.n, exceeds, grid)


def inner_products(grid: Grid, factor: Fraction, least_dimension: Fraction) -> Union:
    """Some |<xi_i, xi_k>| > factor sigma^2 sqrt(D L), L = log(4n^2/delta), i < k <= n, for D >=
    least_dimension L: n(n-1)/2 pairs, two tails each, fewer than n^2. From below: n = 2, one pair.
    """

    def exceeds(nats: float) -> flint.arb:
        return _product_outside(factor, least_dimension, _log(16, nats))

    chain = t.inner_products(factor, least_dimension)
    return _observed(chain, t.n**2, 4 * t.n**2, exceeds, grid)


def signal_starts(grid: Grid, square: Fraction) -> Union:
    """Some |<w, s>| > sqrt(square L) sigma_0 ||s||, L = log(8m/delta), 2m filters: 4m tails."""

    def exceeds(m: int, nats: float) -> flint.arb:
        level = (_ball(square) * _log(8 * m, nats)).sqrt()
        return some_of(2 * m, 2 * normal_above(level))

    return _observed(t.normal(square), 4 * t.m, 8 * t.m, exceeds, grid)


def noise_starts(grid: Grid, factor: Fraction, least_dimension: Fraction) -> Union:
    """Some |<w, xi_i>| > factor sqrt(L) sigma_0 sigma sqrt(d), L = log(8mn/delta), over 2m filters
    and n samples, for d >= least_dimension L: 4mn tails.

    The noise has rank D <= d; the tail is largest at D = d, since chi_D grows with D. From below: m
    = n = 1, and one of the two filters.
    """

    def exceeds(nats: float) -> flint.arb:
        return _product_outside(factor, least_dimension, _log(8, nats))

    chain = t.inner_products(factor, least_dimension)
    return _observed(chain, 4 * t.m * t.n, 8 * t.m * t.n, exceeds, grid)


def noise_starts_where_samples_ask(grid: Grid) -> Union:
    """The same for the least d >= n^2 log(4n^2/delta), whatever the number of filters.

    It is not proved. From below: n samples are as bad as one, and given ||xi||^2 >= R the 2m
    filters fail independently, each with probability at least 2 P(Z > level/sqrt R).
    """

    def exceeds(m: int, n: int, times: float, nats: float) -> flint.arb:
        D = _least(Fraction(n**2), _log(4 * n**2, nats))
        square = flint.arb(times) * D
        level = 2 * (D * _log(8 * m * n, nats)).sqrt() / square.sqrt()
        return chi_square_above(square, D) * some_of(2 * m, 2 * normal_above(level))

    chain = t.inner_products(Fraction(2), Fraction(0))
    return _observed(chain, 4 * t.m * t.n, 8 * t.m * t.n, exceeds, grid)


def active_filters(grid: Grid, share: Fraction, rate: Fraction) -> Union:
    """Some sample starts with fewer than share m filters of its sign active, for m >= rate
    log(2n/delta): n tails. From below: one sample.
    """

    def exceeds(nats: float) -> flint.arb:
        width = _least(rate, _log(2, nats))
        return binomial_below(math.ceil(share * width), width, flint.arb(1) / 2)

    chain = t.binomial(Fraction(1, 2), share, rate)
    return _observed(chain, t.n, 2 * t.n, exceeds, grid)


def active_samples(grid: Grid, share: Fraction, rate: Fraction) -> Union:
    """Some filter starts active on fewer than share n samples, all of its class, for n >= rate
    log(4m/delta): 2m tails. From below: m = 1, and one of the two filters.
    """

    def exceeds(nats: float) -> flint.arb:
        samples = _least(rate, _log(4, nats))
        return binomial_below(math.ceil(share * samples), samples, flint.arb(1) / 4)

    chain = t.binomial(Fraction(1, 4), share, rate)
    return _observed(chain, 2 * t.m, 4 * t.m, exceeds, grid)


def _observed(
    chain: Chain,
    tails: sp.Expr,
    divided: sp.Expr,
    exceeds: Callable[..., flint.arb],
    grid: Grid,
) -> Union:
    """`tails` of probability e^-L each, L = log(divided/delta): their sum is a share of delta.

    `exceeds(.., nats)` is at most the probability that the statement fails at a point of the grid.
    """
    points = [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]
    shares = [
        float((exceeds(**point) * flint.arb(point["nats"]).exp()).lower()) for point in points
    ]
    worst = max(range(len(shares)), key=shares.__getitem__)
    share = sp.Rational(sp.cancel(tails / divided))
    return Union(chain, share, shares[worst], points[worst], len(points))


def _product_outside(factor: Fraction, least_dimension: Fraction, log: flint.arb) -> flint.arb:
    """P(|<a, b>| > factor sqrt(D L)) at the least even D >= least_dimension L."""
    D = _even(least_dimension, log)
    return inner_product_outside(_ball(factor) * (D * log).sqrt(), D)


def _log(events: int, nats: float) -> flint.arb:
    """log(events/delta)."""
    return flint.arb(events).log() + flint.arb(nats)


def _ball(number: Fraction) -> flint.arb:
    return flint.arb(number.numerator) / number.denominator


def _least(times: Fraction, log: flint.arb) -> int:
    """A whole number that is at least `times` log, and no more than one above."""
    return math.ceil(float((_ball(times) * log).upper()))


def _even(times: Fraction, log: flint.arb) -> int:
    """The same, even."""
    least = max(_least(times, log), 2)
    return least + least % 2
