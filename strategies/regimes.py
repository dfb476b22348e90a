"""Hypothesis strategies for regimes, one construction per kind of domain.

Every draw is an integer on a grid, half of them at the grid's ends (but for numbers of samples and
of filters: `strategies.sizes`), so that corners are visited and failures shrink toward small,
readable regimes. Every range is the domain's, or depends on what was drawn before; nothing is
filtered, and no draw is discarded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

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
from strategies.groups import Groups, build, solve
from strategies.sizes import Corner, Draw, Ranges

_GRID = 12
#: For what a statement has a threshold in.
_FINE_GRID = 120
#: Off an edge, where rounding could leave it.
_OFF = 1.01
#: Of a criterion with a scale degree, the share its dimensionless part gets: any, since the unit of
#: length is free.
_SHARES = (1e-4, 0.9)


def _place(draw: Draw, cells: int) -> int:
    return int(draw(st.one_of(st.integers(0, cells), st.sampled_from([0, cells]))))


def _real(draw: Draw, low: float, high: float, cells: int = _GRID) -> float:
    """A point of a logarithmic grid from `low` to `high`, never outside."""
    return _point(low, high, _place(draw, cells) / cells)


def _point(low: float, high: float, share: float) -> float:
    """To three digits, which read well in a counterexample."""
    return min(max(float(f"{low * (high / low) ** share:.3g}"), low), high)


def regimes(
    domain: Domain, constants: Constants, corner: Corner | None = None
) -> st.SearchStrategy[Regime]:
    """Regimes of a domain, or of a corner of it."""
    match domain.construction:
        case Construction.SMALL:
            return _small(domain)
        case Construction.INDEPENDENT:
            return _small(domain, independent=True)
        case Construction.SCRATCH:
            return _scratch(domain, constants, corner)
        case Construction.TRANSFER:
            return _transfer(domain, constants, corner)
        case Construction.POSITIVE:
            return _positive(domain, constants, corner)
        case Construction.NEGATIVE:
            return _negative(domain, constants, corner)


def _count(draw: Draw, name: str) -> int:
    """A whole number of a small regime."""
    low, high = map(int, SMALL_RANGES[name].range({}))
    return low + _place(draw, high - low)


@st.composite
def _small(draw: Draw, domain: Domain, independent: bool = False) -> Regime:
    n1, n2, m = _count(draw, "n1"), _count(draw, "n2"), _count(draw, "m")
    least = n1 + n2 + 4 * m + SIGNAL_COORDINATES if independent else SIGNAL_COORDINATES + 1
    d = least + _count(draw, "d beyond the least")
    u, v1, v2 = (draw(st.sampled_from(SMALL_VALUES["norms of u, v1, v2"])) for _ in range(3))
    sigma1, sigma2 = (_real(draw, *SMALL_RANGES["sigma1, sigma2"].range({})) for _ in range(2))
    h1, h2 = (_real(draw, *SMALL_RANGES["h1, h2"].range({})) for _ in range(2))
    zeta = _real(draw, *SMALL_RANGES["zeta_2"].range({}))
    return Regime(
        u=u,
        v1=v1,
        v2=v2,
        cos_v=draw(st.sampled_from(SMALL_VALUES["cos_v"])),
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
        steps1=_count(draw, "steps1, steps2"),
        steps2=_count(draw, "steps1, steps2"),
        sigma0=initial_weights(zeta, samples=n2, sigma=sigma2, d=d),
    )


@dataclass(frozen=True)
class _Drawn:
    """What is drawn first: constants, and numbers of samples."""

    tier: Tier
    ranges: Ranges
    allowed: Allowed
    n1: int
    n2: int


def _sizes(
    draw: Draw, domain: Domain, corner: Corner | None, most_ratio: float = math.inf
) -> _Drawn:
    """Constants and samples; N_1 at most `most_ratio` times N_2."""
    tiers = [PRACTICAL] * 11 + [LITERAL] if len(domain.tiers) > 1 else list(domain.tiers)
    tier = domain.tiers[0] if corner else draw(st.sampled_from(tiers))
    ranges = domain.ranges(tier)
    if 0 < most_ratio < math.inf:
        least, most = ranges.get(Scale.RATIO, Between(0.0)).range({})
        ranges[Scale.RATIO] = Between(least, min(most, most_ratio))
    n1, n2 = sizes.samples(draw, ranges, corner)
    return _Drawn(tier, ranges, Allowed(tier, domain.without), n1, n2)


def _groups(draw: Draw, domain: Domain, drawn: _Drawn, *, x: float = 1.0, y: float = 1.0) -> Groups:
    """Groups common to all domains inside Condition 4.1; tau_2 is left to be solved."""

    def real(scale: Scale) -> float:
        return _real(draw, *drawn.ranges[scale].range({}))

    asked = (drawn.n1, drawn.n2) if 1 in domain.tasks else (drawn.n2,)
    m = sizes.width(draw, drawn.ranges, drawn.allowed, asked)
    transfer = Scale.INHERITED in drawn.ranges
    h1, h2 = real(Scale.H1), real(Scale.H2)
    return Groups(
        tier=drawn.tier,
        n1=drawn.n1,
        n2=drawn.n2,
        m=m,
        inherited=(sizes.inherited(draw, drawn.ranges, drawn.allowed, m, asked) if transfer else 0),
        tau_2=1.0,
        x=x,
        y=y,
        upstream_share=real(Scale.UPSTREAM_SHARE),
        cos_v=draw(st.sampled_from(drawn.ranges[Scale.COS_V].range({}))),  # only the two ends
        h1=h1,
        h2=h2,
        duration=real(Scale.DURATION),
        initialisation=real(Scale.INITIALISATION),
        slack=real(Scale.SLACK),
        unit=10.0 ** draw(st.sampled_from(UNITS)),
        without=domain.without,
    )


def _criterion(draw: Draw, low: float, high: float) -> float:
    """A value of a criterion known to lie in [low, high], either of which may be infinite."""
    if low == -math.inf:  # the top of the range is where "at most" is hardest
        return high if draw(st.booleans()) else _real(draw, high / DOWN, high)
    if high == math.inf:
        return _real(draw, low, low * UP)
    # The middle of the range, where thresholds lie, matters as much as its ends.
    return _point(low, high, draw(st.integers(0, _FINE_GRID)) / _FINE_GRID)


@st.composite
def _scratch(draw: Draw, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draw, low, high)
    drawn = _sizes(draw, domain, corner)
    groups = _groups(draw, domain, drawn, y=_real(draw, *OPEN_Y.range({})))
    share = _real(draw, *_SHARES)
    return solve(groups, term, value, domain.tasks, share, bounded_above=low == -math.inf)


@st.composite
def _transfer(draw: Draw, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    term = domain.solve_for
    assert term is not None
    low, high = domain.where[term].range(constants)
    value = _criterion(draw, low, high)
    x = _real(draw, *domain.where[quantities.X].range(constants), _FINE_GRID)
    y = _real(draw, *domain.where[quantities.Y].range(constants))
    groups = _groups(draw, domain, _sizes(draw, domain, corner), x=x, y=y)
    share = _real(draw, *_SHARES)
    return solve(groups, term, value, share=share, bounded_above=low == -math.inf)


@st.composite
def _positive(draw: Draw, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    """tau_A = (X/Y)^2 (N_2/N_1) tau_2 must reach C_1 - tau_2.

    It can up to a largest N_1/N_2, that of the largest tau_2 and X, and Y = 1.
    """
    low_tau, tau = domain.where[quantities.TAU_2].range(constants)
    least, most = domain.where[quantities.CRITERION].range(constants)
    x_least, x_most = domain.where[quantities.X].range(constants)
    x_least, x_most = max(x_least, float(OPEN_X.low)), min(x_most, float(OPEN_X.high))
    drawn = _sizes(draw, domain, corner, x_most**2 / (_OFF * least / tau - 1))
    # The least tau_2 that can reach the criterion, at X = x_most and Y = 1.
    reach = 1 + x_most**2 * drawn.n2 / drawn.n1
    tau_2 = _real(
        draw,
        max(least / reach * _OFF, low_tau if low_tau > 0 else 0.0),
        max(tau, least / reach * _OFF),
    )
    # Of X/Y.
    least_ratio, most_ratio = (
        math.sqrt(max(end / tau_2 - 1, 0.0) * drawn.n1 / drawn.n2) for end in (least, most)
    )
    x = _real(draw, max(min(least_ratio, x_most), x_least), x_most)
    closest, y_most = max(1.0, x / most_ratio), float(OPEN_Y.high)
    bounded = least_ratio > x / y_most
    y = _real(draw, closest, max(x / max(least_ratio, 1e-9), closest) if bounded else y_most)
    return solve(_groups(draw, domain, drawn, x=x, y=y), quantities.TAU_2, tau_2)


@st.composite
def _negative(draw: Draw, domain: Domain, constants: Constants, corner: Corner | None) -> Regime:
    """tau_D = (1 + X/Y)^2/(1 + alpha X) tau_2, and X/Y <= 1.

    X large enough brings tau_D below C_3 whatever Y >= X.
    """
    low_tau, high_tau = domain.where[quantities.TAU_2].range(constants)
    _, tau_d = domain.where[quantities.TAU_D].range(constants)
    x_low, x_most = domain.where[quantities.X].range(constants)
    tau_2 = _real(draw, low_tau, min(high_tau, NEGATIVE_TAU * low_tau))
    groups = _groups(draw, domain, _sizes(draw, domain, corner))
    alpha = groups.inherited / groups.m
    x_least = min(max(x_low, (4 * tau_2 / tau_d - 1) / alpha) * _OFF, x_most)
    x = _real(draw, x_least, min(NEGATIVE_X * x_least, x_most))
    y = _real(draw, max(x, 1.0), NEGATIVE_Y * max(x, 1.0))
    return build(replace(groups, tau_2=tau_2, x=x, y=y))
