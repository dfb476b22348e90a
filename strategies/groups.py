"""From dimensionless groups to a regime: the part of construction that has no randomness.

The groups are drawn; what Condition 4.1 has a say in is derived here, so that it holds by
construction: the dimension, the longest step, the largest initial weights. What is left are
`model.scales.Scales`, which make the regime. Every clause that involves d asks for d *at least*
something once tau_2 is fixed, and its slack is a power of d (q grows like sqrt(d), N q/d falls).
So the least d is known up to rounding; there it is found by bisection on the clauses themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import optimize

from claims.core import condition
from claims.core.condition import DELTA, Tier
from claims.core.domain import DomainError
from claims.core.quantities import Quantity
from claims.core.usual import DECADES, MOST_STEPS, MOST_WORK
from model.regime import SIGNAL_COORDINATES, Regime
from model.scales import Scales, in_unit, steps

_DIMENSION = frozenset({"dimension.signal", "dimension.samples"})
#: Of a tau_2 that may be any: for less, Condition 4.1 can ask for more dimensions than that.
_LEAST_TAU = 1e-3
#: Dimensions at which slacks are looked at, and how near to where a power of d puts the least one
#: each is looked at itself, in decades.
_REFERENCES, _UNSURE = (10**6, 10**9), 1e-9
#: What is cut to a clause's edge stays off it, where rounding could leave the domain.
_OFF = 1 - 1e-9


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
    h1: float  # step, at most 1/C_eta unless the groups are without that clause
    h2: float
    duration: float  # h T
    initialisation: float  # sigma_0 over the most that Condition 4.1 allows
    slack: float  # of the dimension: d over the least that Condition 4.1 allows; below 1 it may
    # break the clauses that the groups are without
    unit: float  # sigma_2
    without: frozenset[str] = frozenset()  # clauses that the groups may break


def build(groups: Groups, tasks: tuple[int, ...] = (1, 2)) -> Regime:
    """The regime with these groups: inside Condition 4.1 for `tasks`, but for clauses that the
    groups themselves break.
    """
    setting = _DIMENSION | ({"signal"} - groups.without)
    log_d = _least_log_d(groups, setting, tasks) + math.log10(groups.slack)
    if groups.slack < 1:  # breaks the clauses on dimension that it is without, and no other
        log_d = max(log_d, _least_log_d(groups, setting - groups.without, tasks))
        vectors = groups.n1 + groups.n2 + 4 * groups.m  # which have a law of their own
        log_d = max(log_d, math.log10(vectors + SIGNAL_COORDINATES))
    scales = _with_steps(_at_dimension(groups, min(log_d, DECADES[1])), groups)
    return _with_start(scales.regime(), groups, tasks)


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

    Raises:
        DomainError: for a term that no signal enters.
    """
    if not term.has_signal:
        raise DomainError("solve_for", term.name, "must depend on the strength of a signal")
    if _dimensionless(term):
        ratio = term(_at_dimension(replace(groups, tau_2=1.0), 6.0).regime())
        return build(replace(groups, tau_2=value / ratio), tasks)
    reference = _at_dimension(replace(groups, tau_2=1.0), 6.0).regime()
    # All but the part with a degree.
    ratio, beyond = (
        min(term(in_unit(reference, unit)) for unit in (1 / far, far)) for far in (1e9, 1e12)
    )
    pure = beyond < ratio / 2
    if pure:
        tau_2 = 1 / share if bounded_above else share
    else:
        tau_2 = max(value * share, min(_LEAST_TAU * ratio, value / 2)) / ratio
    regime = build(replace(groups, tau_2=tau_2), tasks)
    unit = 10 ** float(
        optimize.brentq(
            lambda log_unit: term(in_unit(regime, 10**log_unit)) - value, -18.0, 18.0, xtol=1e-12
        )
    )
    return in_unit(regime, unit)


@cache
def _dimensionless(term: Quantity) -> bool:
    try:
        return bool(term.scale_degree == 0)
    except ValueError:  # a sum of parts of different degrees
        return False


def _at_dimension(groups: Groups, log_d: float) -> Scales:
    return _with_dimension(groups, math.ceil(10**log_d))


def _with_dimension(groups: Groups, d: int) -> Scales:
    """The groups' scales in this dimension. Runs are as long as any, steps as the groups wish, and
    the initial weights are still open: none of the clauses that set the dimension asks for them.
    """
    return Scales(
        n1=groups.n1,
        n2=groups.n2,
        d=d,
        m=groups.m,
        inherited=groups.inherited,
        tau_2=groups.tau_2,
        X=groups.x,
        Y=groups.y,
        upstream_share=groups.upstream_share,
        cos_v=groups.cos_v,
        h_1=groups.h1,
        h_2=groups.h2,
        steps1=MOST_STEPS,
        steps2=MOST_STEPS,
        zeta_2=1.0,
        unit=groups.unit,
    )


def _least_log_d(groups: Groups, setting: Collection[str], tasks: tuple[int, ...]) -> float:
    """The least log10 of d at which these clauses hold."""
    asked = {str(c.name): groups.tier.constants[c.constant] for c in condition.clauses()}

    @cache
    def slacks(d: int) -> dict[str, float]:
        return condition.slacks(_with_dimension(groups, d).regime(), tasks, setting)

    with np.errstate(all="ignore"):  # no number where a slack is 0 or infinite: nothing is foretold
        crossings = [_crossing(slacks, name, asked[name]) for name in setting]
        near = np.max(crossings, initial=-np.inf)
        # d is whole: between two of them nothing changes.
        unsure = _UNSURE + 1 / np.maximum(10.0**near, 1.0)

    def holds(log_d: float) -> bool:
        if abs(log_d - near) > unsure:
            return bool(log_d > near)
        return all(slack >= asked[name] for name, slack in slacks(math.ceil(10**log_d)).items())

    return _least(holds)


def _crossing(slacks: Callable[[int], dict[str, float]], name: str, least: float) -> float:
    """log10 of the d from which a clause holds: its slack is a power of d, known from two."""
    low, high = (np.log10(slacks(d)[name]) for d in _REFERENCES)
    power = (high - low) / math.log10(_REFERENCES[1] / _REFERENCES[0])
    return float((math.log10(least) - low) / power + math.log10(_REFERENCES[0]))


def _with_steps(scales: Scales, groups: Groups) -> Scales:
    """Steps that the clauses allow, and runs as long as the groups ask."""
    h_1 = _longest_step(groups, groups.h1, scales.n1, scales.d)
    h_2 = _longest_step(groups, groups.h2, scales.n2, scales.d)
    return replace(
        scales,
        h_1=h_1,
        h_2=h_2,
        steps1=min(steps(groups.duration, h_1), _most_steps(groups.m, scales.n1)),
        steps2=min(steps(groups.duration, h_2), _most_steps(groups.m, scales.n2)),
    )


def _most_steps(m: int, samples: int) -> int:
    """The longest run there is for so many filters and samples."""
    return max(1, min(MOST_STEPS, int(MOST_WORK / (m * samples**2))))


def _longest_step(groups: Groups, h: float, samples: int, d: int) -> float:
    """The step h, cut to the clause that involves d unless the groups are without it."""
    if "step.dimension" in groups.without:
        return h
    constant = groups.tier.constants["C'_eta"]
    allowed = samples * math.sqrt(math.log(samples / DELTA)) / (constant * math.sqrt(d))
    return min(h, allowed * _OFF)


def _with_start(regime: Regime, groups: Groups, tasks: tuple[int, ...]) -> Regime:
    slack = condition.slacks(replace(regime, sigma0=1.0), tasks, {"initialisation"})[
        "initialisation"
    ]
    return replace(regime, sigma0=groups.initialisation * slack / groups.tier.constants["C_0"])


def _least(holds: Callable[[float], bool]) -> float:
    """The least argument in `DECADES` from which a monotone property holds."""
    low, high = DECADES
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
