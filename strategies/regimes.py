"""Hypothesis strategies for regimes, one construction per kind of domain.

Every draw is an integer on a grid, half of them at the grid's ends, so that corners are visited and
failures shrink toward small, readable regimes. Ranges depend on what was drawn before; nothing is
filtered, and no draw is discarded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from claims.core import quantities
from claims.core.condition import LITERAL, PRACTICAL, USUAL_WIDTHS
from claims.core.constants import Constants
from claims.core.domain import Between, Construction, Domain, Scale
from model.regime import SIGNAL_COORDINATES, Regime
from model.scales import initial_weights
from strategies.groups import Groups, build, most_inherited, solve

Draw = Callable[[st.SearchStrategy[Any]], Any]
_GRID = 12
#: Fewest and most samples. Their ratio enters Theorem 4.2's constants, which are fitted on the same
#: range.
SIZES = (40, 120)
#: For what a statement has a threshold in.
_FINE_GRID = 120
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


def _place(draw: Draw, cells: int) -> int:
    return int(draw(st.one_of(st.integers(0, cells), st.sampled_from([0, cells]))))


def _real(draw: Draw, low: float, high: float, cells: int = _GRID) -> float:
    """A point of a logarithmic grid from `low` to `high`, never outside."""
    return _point(low, high, _place(draw, cells) / cells)


def _point(low: float, high: float, share: float) -> float:
    """To three digits, which read well in a counterexample."""
    return min(max(float(f"{low * (high / low) ** share:.3g}"), low), high)


def _size(draw: Draw, low: int, high: int) -> int:
    """A whole number, log-spaced from `low` to `high`."""
    return round(_real(draw, low, high)) if high > low else low


def regimes(domain: Domain, constants: Constants) -> st.SearchStrategy[Regime]:
    """Regimes of a domain."""
    return {
        Construction.SMALL: _small,
        Construction.INDEPENDENT: _independent,
        Construction.SCRATCH: _scratch,
        Construction.TRANSFER: _transfer,
        Construction.POSITIVE: _positive,
        Construction.NEGATIVE: _negative,
    }[domain.construction](domain, constants)


@st.composite
def _small(draw: Draw, domain: Domain, constants: Constants, independent: bool = False) -> Regime:
    n1, n2, m = _place(draw, 11) + 1, _place(draw, 11) + 1, _place(draw, 3) + 1
    least = n1 + n2 + 4 * m + SIGNAL_COORDINATES if independent else SIGNAL_COORDINATES + 1
    d = least + _place(draw, 36)
    u, v1, v2 = (draw(st.sampled_from([1.0, 0.0, 0.1, 3.0, 10.0])) for _ in range(3))
    sigma1, sigma2 = _real(draw, 0.1, 10.0), _real(draw, 0.1, 10.0)
    h1, h2 = _real(draw, 0.01, 4.0), _real(draw, 0.01, 4.0)
    zeta = _real(draw, 1e-3, 10.0)
    return Regime(
        u=u,
        v1=v1,
        v2=v2,
        cos_v=draw(st.sampled_from([0.0, -1.0, -0.5, 0.5, 1.0])),
        sigma1=sigma1,
        sigma2=sigma2,
        n1=n1,
        n2=n2,
        d=d,
        m=m,
        inherited=_place(draw, m),
        # `model.scales.step_size`, in the order of operations of the verdicts on record: it differs
        # in the last bit.
        eta1=h1 * n1 * m / (sigma1**2 * d),
        eta2=h2 * n2 * m / (sigma2**2 * d),
        steps1=1 + _place(draw, 39),
        steps2=1 + _place(draw, 39),
        sigma0=initial_weights(zeta, samples=n2, sigma=sigma2, d=d),
    )


def _independent(domain: Domain, constants: Constants) -> st.SearchStrategy[Regime]:
    return _small(domain, constants, independent=True)


def _groups(
    draw: Draw, domain: Domain, *, transfer: bool = True, x: float = 1.0, y: float = 1.0
) -> Groups:
    """Groups common to all domains inside Condition 4.1; tau_2 is left to be solved."""
    ranges = {scale: between.range({}) for scale, between in domain.scales.items()}

    def real(scale: Scale, low: float, high: float) -> float:
        return _real(draw, *ranges.get(scale, (low, high)))

    tiers = [PRACTICAL] * 11 + [LITERAL] if domain.tier is None else [domain.tier]
    tier = draw(st.sampled_from(tiers))
    usual = _PRACTICAL if tier is PRACTICAL else _LITERAL
    n1, n2 = (
        _size(draw, *map(int, ranges.get(scale, usual.sizes))) for scale in (Scale.N1, Scale.N2)
    )
    narrowest, widest = map(int, ranges.get(Scale.M, usual.widths))
    m = narrowest + _place(draw, widest - narrowest)
    h_most = 1 / tier.constants["C_eta"]
    h1, h2 = (real(scale, h_most / usual.steps, h_most) for scale in (Scale.H1, Scale.H2))
    most_left = most_inherited(tier, m, n1, n2)
    fewest, most = map(int, ranges.get(Scale.INHERITED, (1, most_left)))
    return Groups(
        tier=tier,
        n1=n1,
        n2=n2,
        m=m,
        inherited=fewest + _place(draw, most - fewest) if transfer else 0,
        tau_2=1.0,
        x=x,
        y=y,
        upstream_share=real(Scale.UPSTREAM_SHARE, 0.01, 10.0),
        cos_v=draw(st.sampled_from(ranges.get(Scale.COS_V, (0.0,)))),  # only the two ends
        h1=h1,
        h2=h2,
        duration=real(Scale.DURATION, 20.0, usual.longest),
        initialisation=real(Scale.INITIALISATION, 0.01, 1.0),
        slack=real(Scale.SLACK, 1.0, 30.0),
        unit=10.0 ** draw(st.sampled_from([0, -3, 3])),
        without=domain.without,
    )


def _criterion(draw: Draw, low: float, high: float) -> float:
    """A value of a criterion known to lie in [low, high], either of which may be infinite."""
    if low == -math.inf:  # the top of the range is where "at most" is hardest
        return high if draw(st.booleans()) else _real(draw, high / _DOWN, high)
    if high == math.inf:
        return _real(draw, low, low * _UP)
    # The middle of the range, where thresholds lie, matters as much as its ends.
    return _point(low, high, draw(st.integers(0, _FINE_GRID)) / _FINE_GRID)


@st.composite
def _scratch(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draw, low, high)
    groups = _groups(draw, domain, transfer=False, y=_real(draw, 1.0, 100.0))
    share = _real(draw, *_SHARES)
    return solve(groups, term, value, domain.tasks, share, bounded_above=low == -math.inf)


@st.composite
def _transfer(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draw, low, high)
    x = _real(draw, *domain.where[quantities.X].range(constants), _FINE_GRID)
    y = _real(draw, *domain.where[quantities.Y].range(constants))
    groups = _groups(draw, domain, x=x, y=y)
    share = _real(draw, *_SHARES)
    return solve(groups, term, value, share=share, bounded_above=low == -math.inf)


@st.composite
def _positive(draw: Draw, domain: Domain, constants: Constants) -> Regime:
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
    tau_2 = _real(
        draw,
        max(least / reach * 1.01, low_tau if low_tau > 0 else 0.0),
        max(tau, least / reach * 1.01),
    )
    # Of X/Y.
    least_ratio, most_ratio = (
        math.sqrt(max(end / tau_2 - 1, 0.0) * n1 / n2) for end in (least, most)
    )
    x = _real(draw, max(min(least_ratio, x_most), x_least), x_most)
    closest = max(1.0, x / most_ratio)
    bounded = least_ratio > x / 100
    y = _real(draw, closest, max(x / max(least_ratio, 1e-9), closest) if bounded else 100.0)
    sizes = {Scale.N1: Between(n1, n1), Scale.N2: Between(n2, n2)}
    groups = _groups(draw, replace(domain, scales={**domain.scales, **sizes}), x=x, y=y)
    return solve(groups, quantities.TAU_2, tau_2)


@st.composite
def _negative(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    """tau_D = (1 + X/Y)^2/(1 + alpha X) tau_2, and X/Y <= 1.

    X large enough brings tau_D below C_3 whatever Y >= X.
    """
    low_tau, high_tau = domain.where[quantities.TAU_2].range(constants)
    _, tau_d = domain.where[quantities.TAU_D].range(constants)
    x_low, x_most = domain.where[quantities.X].range(constants)
    tau_2 = _real(draw, low_tau, min(high_tau, 3 * low_tau))
    groups = _groups(draw, domain)
    alpha = groups.inherited / groups.m
    # Off the edge, where rounding could leave it.
    x_least = min(max(x_low, (4 * tau_2 / tau_d - 1) / alpha) * 1.01, x_most)
    x = _real(draw, x_least, min(10 * x_least, x_most))
    return build(replace(groups, tau_2=tau_2, x=x, y=_real(draw, max(x, 1.0), 30 * max(x, 1.0))))
