"""Regimes of a domain, one construction per kind of domain.

A construction asks for its numbers by name (`strategies.draws`): Hypothesis draws them, or a point
of the unit cube places them. Every range is the domain's, or depends on what was drawn before;
nothing is filtered, and no draw is discarded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from claims.core import quantities
from claims.core.allowed import Allowed
from claims.core.condition import LITERAL, PRACTICAL, Tier
from claims.core.constants import Constants
from claims.core.domain import Between, Construction, Domain, Scale
from claims.core.usual import (
    DOWN,
    NEGATIVE_TAU,
    NEGATIVE_X,
    NEGATIVE_Y,
    OPEN_X,
    OPEN_Y,
    SMALL_RANGES,
    SMALL_VALUES,
    UNITS,
    UP,
)
from model.regime import SIGNAL_COORDINATES, Regime
from model.scales import initial_weights
from strategies import sizes
from strategies.draws import FINE_GRID, Draws, HypothesisDraws, PlacedDraws
from strategies.groups import Groups, build, solve
from strategies.sizes import Corner, Ranges

Construct = Callable[[Draws, Domain, Constants, Corner | None], Regime]
#: Off an edge, where rounding could leave it.
_OFF = 1.01
#: Of a criterion with a scale degree, the share its dimensionless part gets: any, since the unit of
#: length is free, up to where Condition 4.1 would ask for more dimensions than there are decades.
_SHARES = (1e-4, 0.3)


def regimes(
    domain: Domain, constants: Constants, corner: Corner | None = None
) -> st.SearchStrategy[Regime]:
    """A Hypothesis strategy for regimes of a domain, or of a corner of it."""

    @st.composite
    def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Regime:
        return construct(HypothesisDraws(draw), domain, constants, corner)

    return drawn()


def placed(domain: Domain, constants: Constants, point: Mapping[str, float]) -> Regime:
    """The regime of a domain at a point: a coordinate in [0, 1] for each of its axes, by name."""
    return construct(PlacedDraws(point), domain, constants)


def construct(
    draws: Draws, domain: Domain, constants: Constants, corner: Corner | None = None
) -> Regime:
    """A regime of a domain, or of a corner of it, from numbers that `draws` gives."""
    constructions: dict[Construction, Construct] = {
        Construction.SMALL: _small,
        Construction.INDEPENDENT: _independent,
        Construction.SCRATCH: _scratch,
        Construction.TRANSFER: _transfer,
        Construction.POSITIVE: _positive,
        Construction.NEGATIVE: _negative,
    }
    return constructions[domain.construction](draws, domain, constants, corner)


def _count(draws: Draws, name: str, range_of: str | None = None) -> int:
    """A whole number of a small regime."""
    low, high = map(int, SMALL_RANGES[range_of or name].range({}))
    return draws.whole(name, low, high)


def _small(
    draws: Draws,
    domain: Domain,
    constants: Constants,
    corner: Corner | None,
    independent: bool = False,
) -> Regime:
    n1, n2, m = _count(draws, "n1"), _count(draws, "n2"), _count(draws, "m")
    least = n1 + n2 + 4 * m + SIGNAL_COORDINATES if independent else SIGNAL_COORDINATES + 1
    d = least + _count(draws, "d", "d beyond the least")
    norms = SMALL_VALUES["norms of u, v1, v2"]
    u, v1, v2 = (draws.among(name, norms) for name in ("u", "v1", "v2"))
    sigma1, sigma2, h1, h2 = (
        draws.real(name, *SMALL_RANGES[both].range({}))
        for both in ("sigma1, sigma2", "h1, h2")
        for name in both.split(", ")
    )
    zeta = draws.real("zeta", *SMALL_RANGES["zeta_2"].range({}))
    return Regime(
        u=u,
        v1=v1,
        v2=v2,
        cos_v=draws.among("cos_v", SMALL_VALUES["cos_v"]),
        sigma1=sigma1,
        sigma2=sigma2,
        n1=n1,
        n2=n2,
        d=d,
        m=m,
        inherited=draws.whole("inherited", 0, m),
        # `model.scales.step_size`, in the order of operations of the verdicts on record: it differs
        # in the last bit.
        eta1=h1 * n1 * m / (sigma1**2 * d),
        eta2=h2 * n2 * m / (sigma2**2 * d),
        steps1=_count(draws, "steps1", "steps1, steps2"),
        steps2=_count(draws, "steps2", "steps1, steps2"),
        sigma0=initial_weights(zeta, samples=n2, sigma=sigma2, d=d),
    )


def _independent(
    draws: Draws, domain: Domain, constants: Constants, corner: Corner | None
) -> Regime:
    return _small(draws, domain, constants, corner, independent=True)


@dataclass(frozen=True)
class _Drawn:
    """What is drawn first: constants, and numbers of samples."""

    tier: Tier
    ranges: Ranges
    allowed: Allowed
    n1: int
    n2: int
    corner: Corner | None


def _sizes(
    draws: Draws, domain: Domain, corner: Corner | None, most_ratio: float = math.inf
) -> _Drawn:
    """Constants and samples; N_1 at most `most_ratio` times N_2."""
    tiers = [PRACTICAL] * 11 + [LITERAL] if len(domain.tiers) > 1 else list(domain.tiers)
    tier = domain.tiers[0] if corner else draws.among("tier", tiers)
    ranges = domain.ranges(tier)
    if 0 < most_ratio < math.inf:
        least, most = ranges.get(Scale.RATIO, Between(0.0)).range({})
        ranges[Scale.RATIO] = Between(least, min(most, most_ratio))
    n1, n2 = sizes.samples(draws, ranges, corner)
    return _Drawn(tier, ranges, Allowed(tier, domain.without), n1, n2, corner)


def _groups(
    draws: Draws, domain: Domain, drawn: _Drawn, *, x: float = 1.0, y: float = 1.0
) -> Groups:
    """Groups common to all domains inside Condition 4.1; tau_2 is left to be solved."""

    def real(scale: Scale) -> float:
        return draws.real(scale, *drawn.ranges[scale].range({}))

    asked = (drawn.n1, drawn.n2) if 1 in domain.tasks else (drawn.n2,)
    m = sizes.width(draws, drawn.ranges, drawn.allowed, asked, drawn.corner)
    inherited = 0
    if Scale.INHERITED in drawn.ranges:
        inherited = sizes.inherited(draws, drawn.ranges, drawn.allowed, m, asked)
    h1, h2 = real(Scale.H1), real(Scale.H2)
    return Groups(
        tier=drawn.tier,
        n1=drawn.n1,
        n2=drawn.n2,
        m=m,
        inherited=inherited,
        tau_2=1.0,
        x=x,
        y=y,
        upstream_share=real(Scale.UPSTREAM_SHARE),
        cos_v=draws.among(Scale.COS_V, drawn.ranges[Scale.COS_V].range({})),  # only the two ends
        h1=h1,
        h2=h2,
        duration=real(Scale.DURATION),
        initialisation=real(Scale.INITIALISATION),
        slack=real(Scale.SLACK),
        unit=10.0 ** draws.among("unit", UNITS),
        without=domain.without,
    )


def _criterion(draws: Draws, low: float, high: float) -> float:
    """A value of a criterion known to lie in [low, high], either of which may be infinite."""
    if low == -math.inf:
        top = draws.at_top("criterion")
        return high if top else draws.real("criterion", high / DOWN, high)
    if high == math.inf:
        return draws.real("criterion", low, low * UP)
    return draws.threshold("criterion", low, high)


def _scratch(draws: Draws, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draws, low, high)
    drawn = _sizes(draws, domain, corner)
    groups = _groups(draws, domain, drawn, y=draws.real("y", *OPEN_Y.range({})))
    share = draws.real("share", *_SHARES)
    return solve(groups, term, value, domain.tasks, share, bounded_above=low == -math.inf)


def _transfer(draws: Draws, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draws, low, high)
    x = draws.real("x", *domain.where[quantities.X].range(constants), FINE_GRID)
    y = draws.real("y", *domain.where[quantities.Y].range(constants))
    groups = _groups(draws, domain, _sizes(draws, domain, corner), x=x, y=y)
    share = draws.real("share", *_SHARES)
    return solve(groups, term, value, share=share, bounded_above=low == -math.inf)


def _positive(draws: Draws, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    """tau_A = (X/Y)^2 (N_2/N_1) tau_2 must reach C_1 - tau_2.

    It can up to a largest N_1/N_2, that of the largest tau_2 and X, and Y = 1.
    """
    low_tau, tau = domain.where[quantities.TAU_2].range(constants)
    least, most = domain.where[quantities.CRITERION].range(constants)
    x_least, x_most = domain.where[quantities.X].range(constants)
    x_least, x_most = max(x_least, float(OPEN_X.low)), min(x_most, float(OPEN_X.high))
    drawn = _sizes(draws, domain, corner, x_most**2 / (_OFF * least / tau - 1))
    # The least tau_2 that can reach the criterion, at X = x_most and Y = 1.
    reach = 1 + x_most**2 * drawn.n2 / drawn.n1
    tau_2 = draws.real(
        "tau_2",
        max(least / reach * _OFF, low_tau if low_tau > 0 else 0.0),
        max(tau, least / reach * _OFF),
    )
    # Of X/Y.
    least_ratio, most_ratio = (
        math.sqrt(max(end / tau_2 - 1, 0.0) * drawn.n1 / drawn.n2) for end in (least, most)
    )
    x = draws.real("x", max(min(least_ratio, x_most), x_least), x_most)
    closest, y_most = max(1.0, x / most_ratio), float(OPEN_Y.high)
    bounded = least_ratio > x / y_most
    y = draws.real("y", closest, max(x / max(least_ratio, 1e-9), closest) if bounded else y_most)
    return solve(_groups(draws, domain, drawn, x=x, y=y), quantities.TAU_2, tau_2)


def _negative(draws: Draws, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    """tau_D = (1 + X/Y)^2/(1 + alpha X) tau_2, and X/Y <= 1.

    X large enough brings tau_D below C_3 whatever Y >= X.
    """
    low_tau, high_tau = domain.where[quantities.TAU_2].range(constants)
    _, tau_d = domain.where[quantities.TAU_D].range(constants)
    x_low, x_most = domain.where[quantities.X].range(constants)
    tau_2 = draws.real("tau_2", low_tau, min(high_tau, NEGATIVE_TAU * low_tau))
    groups = _groups(draws, domain, _sizes(draws, domain, corner))
    alpha = groups.inherited / groups.m
    x_least = min(max(x_low, (4 * tau_2 / tau_d - 1) / alpha) * _OFF, x_most)
    x = draws.real("x", x_least, min(NEGATIVE_X * x_least, x_most))
    y = draws.real("y", max(x, 1.0), NEGATIVE_Y * max(x, 1.0))
    return build(replace(groups, tau_2=tau_2, x=x, y=y))
