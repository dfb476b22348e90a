"""From dimensionless groups to a regime: the part of construction that has no randomness.

The groups are drawn; dimension, norms, noise levels, step sizes and initial weights are derived, so
that Condition 4.1 holds by construction. Every clause that involves d asks for d *at least*
something once tau_2 is fixed (q grows like sqrt(d), N q/d falls), so the least d is found by
bisection on the clauses themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache

from scipy import optimize

from claims.core import condition
from claims.core.condition import DELTA, Tier
from claims.core.quantities import Quantity
from model.regime import Regime

#: log T enters the dimension clause before T is known; no run is longer than this.
MOST_STEPS = 8192
#: The dimension clauses ask for at least this decade at least, and 10^18 is the most that a regime
#: may have.
DECADES = (0.7, 18.0)
_DIMENSION = frozenset({"dimension.signal", "dimension.samples"})
#: Of a tau_2 that may be any: for less, Condition 4.1 can ask for more dimensions than that.
_LEAST_TAU = 1e-3


@dataclass(frozen=True)
class Groups:
    """What is drawn. Ratios are between positive numbers unless said otherwise."""

    tier: Tier
    n1: int
    n2: int
    m: int
    inherited: int
    tau_2: float
    x: float  # X: inherited noise against the target's; fixes sigma_1/sigma_2
    y: float  # Y = ||s_2||^2/||u||^2, at least 1
    upstream_share: float  # ||v_1||^2/||u||^2
    cos_v: float
    h1: float  # step, at most 1/C_eta unless that clause is dropped
    h2: float
    duration: float  # h T
    initialisation: float  # sigma_0 over the most that Condition 4.1 allows
    room: float  # d over the least that Condition 4.1 allows; below 1 it may break what is dropped
    unit: float  # sigma_2
    dropped: frozenset[str] = frozenset()  # clauses that the groups may break


def build(groups: Groups, tasks: tuple[int, ...] = (1, 2)) -> Regime:
    """The regime with these groups: inside Condition 4.1 for `tasks`, but for clauses that the
    groups themselves break.
    """
    setting = _DIMENSION | ({"signal"} - groups.dropped)
    log_d = _least_log_d(groups, setting, tasks) + math.log10(groups.room)
    if groups.room < 1:  # breaks the clauses on dimension that are dropped, and no other
        log_d = max(log_d, _least_log_d(groups, setting - groups.dropped, tasks))
    regime = _at_dimension(groups, min(log_d, DECADES[1]))
    return _with_start(_with_steps(regime, groups), groups, tasks)


def solve(
    groups: Groups,
    term: Quantity,
    value: float,
    tasks: tuple[int, ...] = (1, 2),
    share: float = 0.5,
    bounded_above: bool = False,
) -> Regime:
    """The regime in which `term` has this value.

    A dimensionless term is proportional to tau_2 while the other groups are fixed. A term with a
    scale degree, which only a misreading has, is reached through the unit of length instead: its
    dimensionless part, tau_2, gets `share` of the value; where it has none, tau_2 is `share`
    itself, or 1/share for a term that is bounded above.
    """
    if _dimensionless(term):
        ratio = term(_at_dimension(replace(groups, tau_2=1.0), 6.0))
        return build(replace(groups, tau_2=value / ratio), tasks)
    reference = _at_dimension(replace(groups, tau_2=1.0), 6.0)
    ratio, beyond = (
        min(term(_in_unit(reference, unit)) for unit in (1 / far, far)) for far in (1e9, 1e12)
    )  # all but the part with a degree
    pure = beyond < ratio / 2
    tau_2 = (
        (1 / share if bounded_above else share)
        if pure
        else max(value * share, min(_LEAST_TAU * ratio, value / 2)) / ratio
    )
    regime = build(replace(groups, tau_2=tau_2), tasks)
    unit = 10 ** float(
        optimize.brentq(
            lambda log_unit: term(_in_unit(regime, 10**log_unit)) - value, -18.0, 18.0, xtol=1e-12
        )
    )
    return _in_unit(regime, unit)


@cache
def _dimensionless(term: Quantity) -> bool:
    try:
        return bool(term.scale_degree == 0)
    except ValueError:  # a sum of parts of different degrees
        return False


def most_inherited(tier: Tier, m: int, n1: int, n2: int) -> int:
    """The most filters that leave (1 - alpha) m fresh ones enough."""
    return max(0, m - math.ceil(tier.constants["C_m"] * math.log(max(n1, n2) / DELTA)))


def _at_dimension(groups: Groups, log_d: float) -> Regime:
    d = math.ceil(10**log_d)
    lengths = data_lengths(
        groups.n1,
        groups.n2,
        d,
        groups.inherited / groups.m,
        groups.tau_2,
        groups.x,
        groups.y,
        upstream_share=groups.upstream_share,
        unit=groups.unit,
    )
    return Regime(
        **lengths,
        cos_v=groups.cos_v,
        n1=groups.n1,
        n2=groups.n2,
        d=d,
        m=groups.m,
        inherited=groups.inherited,
        eta1=1.0,
        eta2=1.0,
        steps1=MOST_STEPS,
        steps2=MOST_STEPS,
        sigma0=1.0,
    )


def data_lengths(
    n1: int,
    n2: int,
    d: int,
    alpha: float,
    tau_2: float,
    x: float,
    y: float,
    *,
    upstream_share: float = 1.0,
    unit: float = 1.0,
) -> dict[str, float]:
    """Norms and noise levels with these tau_2, X and Y; sigma_2 is the unit of length."""
    share = alpha or 1.0  # X has no meaning at alpha = 0; any sigma_1 will do
    signal = unit**2 * math.sqrt(tau_2 * d / n2)  # ||s_2||^2
    universal = signal / y
    return {
        "u": math.sqrt(universal),
        "v1": math.sqrt(upstream_share * universal),
        "v2": math.sqrt(max(signal - universal, 0.0)),
        "sigma1": unit * math.sqrt(share * n1 / (n2 * x)),
        "sigma2": unit,
    }


def _least_log_d(groups: Groups, setting: Collection[str], tasks: tuple[int, ...]) -> float:
    """The least log10 of d at which these clauses hold."""

    def holds(log_d: float) -> bool:
        slack = condition.slacks(_at_dimension(groups, log_d), tasks, setting)
        return all(
            slack[c.name] >= groups.tier.constants[c.constant]
            for c in condition.clauses()
            if c.name in setting
        )

    return _least(holds)


def _with_steps(regime: Regime, groups: Groups) -> Regime:
    for index, h in ((1, groups.h1), (2, groups.h2)):
        task = regime.task(index)
        unit_step = task.sigma**2 * regime.d / (task.samples * regime.m)  # h for eta = 1
        if "step.dimension" not in groups.dropped:
            h = min(
                h,
                task.samples
                * math.sqrt(math.log(task.samples / DELTA))
                / (groups.tier.constants["C'_eta"] * math.sqrt(regime.d)),
            )
        steps = min(max(1, math.ceil(groups.duration / h)), MOST_STEPS)
        eta = h / unit_step
        regime = (
            replace(regime, eta1=eta, steps1=steps)
            if index == 1
            else replace(regime, eta2=eta, steps2=steps)
        )
    return regime


def _with_start(regime: Regime, groups: Groups, tasks: tuple[int, ...]) -> Regime:
    slack = condition.slacks(replace(regime, sigma0=1.0), tasks, {"initialisation"})[
        "initialisation"
    ]
    return replace(regime, sigma0=groups.initialisation * slack / groups.tier.constants["C_0"])


def _in_unit(regime: Regime, factor: float) -> Regime:
    """The same regime with all lengths of the data multiplied: E3."""
    lengths = {
        name: getattr(regime, name) * factor for name in ("u", "v1", "v2", "sigma1", "sigma2")
    }
    return replace(
        regime,
        **lengths,
        sigma0=regime.sigma0 / factor,
        eta1=regime.eta1 / factor**2,
        eta2=regime.eta2 / factor**2,
    )


def _least(holds: Callable[[float], bool]) -> float:
    """The least argument in `DECADES` from which a monotone property holds."""
    low, high = DECADES
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
