"""Hypothesis strategies for regimes, one construction per kind of domain.

Every draw is an integer on a grid, half of them at the grid's ends, so that corners are visited and
failures shrink toward small, readable regimes. Ranges depend on what was drawn before; nothing is
filtered, and no draw is discarded.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from claims.core.claim import Domain
from claims.core.condition import LITERAL, PRACTICAL, TIERS
from claims.core.constants import Constants
from model.regime import SIGNAL_COORDINATES, Regime
from model.scales import initial_weights, step_size
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
        "small": _small,
        "independent": _independent,
        "scratch": _scratch,
        "transfer": _transfer,
        "positive": _positive,
        "negative": _negative,
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
        eta1=step_size(h1, samples=n1, m=m, sigma=sigma1, d=d),
        eta2=step_size(h2, samples=n2, m=m, sigma=sigma2, d=d),
        steps1=1 + _place(draw, 39),
        steps2=1 + _place(draw, 39),
        sigma0=initial_weights(zeta, samples=n2, sigma=sigma2, d=d),
    )


def _independent(domain: Domain, constants: Constants) -> st.SearchStrategy[Regime]:
    return _small(domain, constants, independent=True)


def _groups(
    draw: Draw, domain: Domain, *, transfer: bool = True, x: float = 1.0, y: float = 1.0
) -> Groups:
    """Groups common to all domains inside Condition 4.1; `sizes` fixes N_1 and N_2, tau_2 is left
    to be solved.
    """
    override = {
        name: (low, high) for name, low, high in domain.groups
    }  # of cos_v, only the two ends
    tier = draw(
        st.sampled_from([PRACTICAL] * 11 + [LITERAL] if not domain.tier else [TIERS[domain.tier]])
    )
    (n_least, n_most), m_spread, h_spread, longest = (
        (SIZES, 20, 2.0, 60.0) if tier is PRACTICAL else ((20, 32), 2, 1.2, 22.0)
    )  # literal steps are small: long runs
    n1, n2 = (
        _size(draw, *map(int, override.get(name, (n_least, n_most)))) for name in ("n1", "n2")
    )
    narrowest, widest = override.get("m", (12, 12 + m_spread))
    m = int(narrowest) + _place(draw, int(widest - narrowest))
    h_most = 1 / tier.constants["C_eta"]
    h1, h2 = (
        _real(draw, *override.get(name, (h_most / h_spread, h_most))) for name in ("h1", "h2")
    )
    fewest, most = override.get("inherited", (1, most_inherited(tier, m, n1, n2)))
    return Groups(
        tier=tier,
        n1=n1,
        n2=n2,
        m=m,
        inherited=int(fewest) + _place(draw, int(most - fewest)) if transfer else 0,
        tau_2=1.0,
        x=x,
        y=y,
        upstream_share=_real(draw, *override.get("upstream_share", (0.01, 10.0))),
        cos_v=draw(st.sampled_from(override.get("cos_v", (0.0,)))),
        h1=h1,
        h2=h2,
        duration=_real(draw, *override.get("duration", (20.0, longest))),
        initialisation=_real(draw, *override.get("initialisation", (0.01, 1.0))),
        slack=_real(draw, *override.get("room", (1.0, 30.0))),
        unit=10.0 ** draw(st.sampled_from([0, -3, 3])),
        without=domain.dropped,
    )


def _criterion(draw: Draw, low: float, high: float) -> float:
    """A value of a criterion known to lie in [low, high], either of which may be infinite."""
    if low == -math.inf:  # the top of the range is where "at most" is hardest
        return high if draw(st.booleans()) else _real(draw, high / _DOWN, high)
    if high == math.inf:
        return _real(draw, low, low * _UP)
    return _point(
        low, high, draw(st.integers(0, _FINE_GRID)) / _FINE_GRID
    )  # its middle, where thresholds lie, matters as much as its ends


@st.composite
def _scratch(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    first = domain.hypotheses[0]
    value = _criterion(draw, *first.range(constants))
    return solve(
        _groups(draw, domain, transfer=False, y=_real(draw, 1.0, 100.0)),
        first.quantity,
        value,
        domain.tasks,
        _real(draw, *_SHARES),
        first.low == -math.inf,
    )


@st.composite
def _transfer(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    first, x, y = domain.hypotheses
    value = _criterion(draw, *first.range(constants))
    groups = _groups(
        draw,
        domain,
        x=_real(draw, *x.range(constants), _FINE_GRID),
        y=_real(draw, *y.range(constants)),
    )
    return solve(
        groups,
        first.quantity,
        value,
        share=_real(draw, *_SHARES),
        bounded_above=first.low == -math.inf,
    )


@st.composite
def _positive(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    """tau_A = (X/Y)^2 (N_2/N_1) tau_2 must reach C_1 - tau_2: a source that is as small as sources
    get here, but clean.
    """
    (low_tau, tau), (criterion, most), (x_least, x_most) = (
        h.range(constants) for h in domain.hypotheses
    )
    sizes = {name: low for name, low, _ in domain.groups}
    n1, n2 = (int(sizes.get(name, size)) for name, size in zip(("n1", "n2"), SIZES, strict=True))
    x_least, x_most = max(x_least, 1e-2), min(x_most, 100.0)
    # The least tau_2 that can reach the criterion, at X = x_most and Y = 1.
    reach = 1 + x_most**2 * n2 / n1
    tau_2 = _real(
        draw,
        max(criterion / reach * 1.01, low_tau if low_tau > 0 else 0.0),
        max(tau, criterion / reach * 1.01),
    )
    least_ratio, most_ratio = (
        math.sqrt(max(end / tau_2 - 1, 0.0) * n1 / n2) for end in (criterion, most)
    )  # of X/Y
    x = _real(draw, max(min(least_ratio, x_most), x_least), x_most)
    closest = max(1.0, x / most_ratio)
    y = _real(
        draw, closest, max(x / max(least_ratio, 1e-9), closest) if least_ratio > x / 100 else 100.0
    )
    groups = _groups(
        draw, replace(domain, groups=(*domain.groups, ("n1", n1, n1), ("n2", n2, n2))), x=x, y=y
    )
    return solve(groups, domain.hypotheses[0].quantity, tau_2)


@st.composite
def _negative(draw: Draw, domain: Domain, constants: Constants) -> Regime:
    """tau_D = (1 + X/Y)^2/(1 + alpha X) tau_2, and X/Y <= 1: X large enough brings tau_D below C_3
    whatever Y >= X.
    """
    ranges = {h.quantity.name: h.range(constants) for h in domain.hypotheses}
    tau_2 = _real(draw, ranges["tau_2"][0], min(ranges["tau_2"][1], 3 * ranges["tau_2"][0]))
    groups = _groups(draw, domain)
    alpha = groups.inherited / groups.m
    x_most = ranges["X"][1]
    x_least = min(
        max(ranges["X"][0], (4 * tau_2 / ranges["tau_D"][1] - 1) / alpha) * 1.01, x_most
    )  # off the edge, where rounding could leave it
    x = _real(draw, x_least, min(10 * x_least, x_most))
    return build(replace(groups, tau_2=tau_2, x=x, y=_real(draw, max(x, 1.0), 30 * max(x, 1.0))))
