"""Regimes of a domain, one construction per kind of domain.

A construction asks for its numbers by name (`strategies.draws`): Hypothesis draws them, or a point
of the unit cube places them. Ranges depend on what was drawn before; nothing is filtered, and no
draw is discarded.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from claims.core import quantities
from claims.core.condition import LITERAL, PRACTICAL, USUAL_WIDTHS
from claims.core.constants import Constants
from claims.core.domain import Between, Construction, Domain, Scale
from model.regime import SIGNAL_COORDINATES, Regime
from model.scales import initial_weights
from strategies.draws import FINE_GRID, Draws, HypothesisDraws, PlacedDraws
from strategies.groups import Groups, build, most_inherited, solve

Construct = Callable[[Draws, Domain, Constants], Regime]
#: Fewest and most samples. Their ratio enters Theorem 4.2's constants, which are fitted on the same
#: range.
SIZES = (40, 120)
#: Of a criterion with a scale degree, the share its dimensionless part gets: any, since the unit of
#: length is free.
_SHARES = (1e-4, 0.9)
#: How far a one-sided range of a criterion is followed, down, and up: to where Theorem 4.3's bound
#: exp(-tau_2/C_2) is about 1e-8.
_DOWN, _UP = 30.0, 64.0


@dataclass(frozen=True)
class _Usual:
    """Ranges of scales that a domain does not give itself."""

    sizes: tuple[int, int]
    widths: tuple[int, int]  # filters of each sign, fewest and most
    steps: float  # the largest step over the smallest
    longest: float  # h T


_PRACTICAL = _Usual(SIZES, USUAL_WIDTHS, 2.0, 60.0)
#: Literal steps are small: long runs.
_LITERAL = _Usual((20, 32), (12, 14), 1.2, 22.0)


def regimes(domain: Domain, constants: Constants) -> st.SearchStrategy[Regime]:
    """A Hypothesis strategy for regimes of a domain."""

    @st.composite
    def drawn(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Regime:
        return construct(HypothesisDraws(draw), domain, constants)

    return drawn()


def placed(domain: Domain, constants: Constants, point: Mapping[str, float]) -> Regime:
    """The regime of a domain at a point: a coordinate in [0, 1] for each of its axes, by name."""
    return construct(PlacedDraws(point), domain, constants)


def construct(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    """A regime of a domain, from numbers that `draws` gives."""
    constructions: dict[Construction, Construct] = {
        Construction.SMALL: _small,
        Construction.INDEPENDENT: _independent,
        Construction.SCRATCH: _scratch,
        Construction.TRANSFER: _transfer,
        Construction.POSITIVE: _positive,
        Construction.NEGATIVE: _negative,
    }
    return constructions[domain.construction](draws, domain, constants)


def _small(draws: Draws, domain: Domain, constants: Constants, independent: bool = False) -> Regime:
    n1, n2, m = draws.whole("n1", 1, 12), draws.whole("n2", 1, 12), draws.whole("m", 1, 4)
    least = n1 + n2 + 4 * m + SIGNAL_COORDINATES if independent else SIGNAL_COORDINATES + 1
    d = least + draws.whole("d", 0, 36)
    u, v1, v2 = (draws.among(name, [1.0, 0.0, 0.1, 3.0, 10.0]) for name in ("u", "v1", "v2"))
    sigma1, sigma2 = (draws.real(name, 0.1, 10.0) for name in ("sigma1", "sigma2"))
    h1, h2 = (draws.real(name, 0.01, 4.0) for name in ("h1", "h2"))
    zeta = draws.real("zeta", 1e-3, 10.0)
    return Regime(
        u=u,
        v1=v1,
        v2=v2,
        cos_v=draws.among("cos_v", [0.0, -1.0, -0.5, 0.5, 1.0]),
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
        steps1=draws.whole("steps1", 1, 40),
        steps2=draws.whole("steps2", 1, 40),
        sigma0=initial_weights(zeta, samples=n2, sigma=sigma2, d=d),
    )


def _independent(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    return _small(draws, domain, constants, independent=True)


def _groups(
    draws: Draws, domain: Domain, *, transfer: bool = True, x: float = 1.0, y: float = 1.0
) -> Groups:
    """Groups common to all domains inside Condition 4.1; tau_2 is left to be solved."""
    ranges = {scale: between.range({}) for scale, between in domain.scales.items()}

    def real(scale: Scale, low: float, high: float) -> float:
        return draws.real(scale, *ranges.get(scale, (low, high)))

    tiers = [PRACTICAL] * 11 + [LITERAL] if domain.tier is None else [domain.tier]
    tier = draws.among("tier", tiers)
    usual = _PRACTICAL if tier is PRACTICAL else _LITERAL
    n1, n2 = (
        draws.count(scale, *map(int, ranges.get(scale, usual.sizes)))
        for scale in (Scale.N1, Scale.N2)
    )
    narrowest, widest = map(int, ranges.get(Scale.M, usual.widths))
    m = draws.whole(Scale.M, narrowest, widest)
    h_most = 1 / tier.constants["C_eta"]
    h1, h2 = (real(scale, h_most / usual.steps, h_most) for scale in (Scale.H1, Scale.H2))
    most_left = most_inherited(tier, m, n1, n2)
    fewest, most = map(int, ranges.get(Scale.INHERITED, (1, most_left)))
    return Groups(
        tier=tier,
        n1=n1,
        n2=n2,
        m=m,
        inherited=draws.whole(Scale.INHERITED, fewest, most) if transfer else 0,
        tau_2=1.0,
        x=x,
        y=y,
        upstream_share=real(Scale.UPSTREAM_SHARE, 0.01, 10.0),
        cos_v=draws.among(Scale.COS_V, ranges.get(Scale.COS_V, (0.0,))),  # only the two ends
        h1=h1,
        h2=h2,
        duration=real(Scale.DURATION, 20.0, usual.longest),
        initialisation=real(Scale.INITIALISATION, 0.01, 1.0),
        slack=real(Scale.SLACK, 1.0, 30.0),
        unit=10.0 ** draws.among("unit", [0, -3, 3]),
        without=domain.without,
    )


def _criterion(draws: Draws, low: float, high: float) -> float:
    """A value of a criterion known to lie in [low, high], either of which may be infinite."""
    if low == -math.inf:
        top = draws.at_top("criterion")
        return high if top else draws.real("criterion", high / _DOWN, high)
    if high == math.inf:
        return draws.real("criterion", low, low * _UP)
    return draws.threshold("criterion", low, high)


def _scratch(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draws, low, high)
    groups = _groups(draws, domain, transfer=False, y=draws.real("y", 1.0, 100.0))
    share = draws.real("share", *_SHARES)
    return solve(groups, term, value, domain.tasks, share, bounded_above=low == -math.inf)


def _transfer(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draws, low, high)
    x = draws.real("x", *domain.where[quantities.X].range(constants), FINE_GRID)
    y = draws.real("y", *domain.where[quantities.Y].range(constants))
    groups = _groups(draws, domain, x=x, y=y)
    share = draws.real("share", *_SHARES)
    return solve(groups, term, value, share=share, bounded_above=low == -math.inf)


def _positive(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    """tau_A = (X/Y)^2 (N_2/N_1) tau_2 must reach C_1 - tau_2.

    A source that is as small as sources get here, but clean.
    """
    low_tau, tau = domain.where[quantities.TAU_2].range(constants)
    least, most = domain.where[quantities.CRITERION].range(constants)
    x_least, x_most = domain.where[quantities.X].range(constants)
    n1, n2 = (
        int(domain.scales[scale].range({})[0]) if scale in domain.scales else size
        for scale, size in zip((Scale.N1, Scale.N2), SIZES, strict=True)
    )
    x_least, x_most = max(x_least, 1e-2), min(x_most, 100.0)
    # The least tau_2 that can reach the criterion, at X = x_most and Y = 1.
    reach = 1 + x_most**2 * n2 / n1
    tau_2 = draws.real(
        "tau_2",
        max(least / reach * 1.01, low_tau if low_tau > 0 else 0.0),
        max(tau, least / reach * 1.01),
    )
    # Of X/Y.
    least_ratio, most_ratio = (
        math.sqrt(max(end / tau_2 - 1, 0.0) * n1 / n2) for end in (least, most)
    )
    x = draws.real("x", max(min(least_ratio, x_most), x_least), x_most)
    closest = max(1.0, x / most_ratio)
    bounded = least_ratio > x / 100
    y = draws.real("y", closest, max(x / max(least_ratio, 1e-9), closest) if bounded else 100.0)
    sizes = {Scale.N1: Between(n1, n1), Scale.N2: Between(n2, n2)}
    groups = _groups(draws, replace(domain, scales={**domain.scales, **sizes}), x=x, y=y)
    return solve(groups, quantities.TAU_2, tau_2)


def _negative(draws: Draws, domain: Domain, constants: Constants) -> Regime:
    """tau_D = (1 + X/Y)^2/(1 + alpha X) tau_2, and X/Y <= 1.

    X large enough brings tau_D below C_3 whatever Y >= X.
    """
    low_tau, high_tau = domain.where[quantities.TAU_2].range(constants)
    _, tau_d = domain.where[quantities.TAU_D].range(constants)
    x_low, x_most = domain.where[quantities.X].range(constants)
    tau_2 = draws.real("tau_2", low_tau, min(high_tau, 3 * low_tau))
    groups = _groups(draws, domain)
    alpha = groups.inherited / groups.m
    # Off the edge, where rounding could leave it.
    x_least = min(max(x_low, (4 * tau_2 / tau_d - 1) / alpha) * 1.01, x_most)
    x = draws.real("x", x_least, min(10 * x_least, x_most))
    y = draws.real("y", max(x, 1.0), 30 * max(x, 1.0))
    return build(replace(groups, tau_2=tau_2, x=x, y=y))
