"""What a domain ranges over, in words: every limit of the search, beside the hypotheses."""

from __future__ import annotations

import math
from collections.abc import Iterable

from claims.core import quantities
from claims.core.domain import Construction, Domain
from claims.core.scale import Between, Scale
from claims.core.usual import (
    DECADES,
    DOWN,
    MOST_STEPS,
    MOST_WORK,
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

#: What a range of a scale says besides its ends.
_REMARKS = {
    Scale.M: "as Condition 4.1 asks for these samples",
    Scale.INHERITED: "as many as Condition 4.1 leaves",
    Scale.UPSTREAM_SHARE: "‖v₁‖²/‖u‖²",
    Scale.H1: "less where its second clause asks for less",
    Scale.H2: "less where its second clause asks for less",
    Scale.DURATION: (
        f"hT, in at most {MOST_STEPS} steps, fewer where m N² times them is {MOST_WORK:g}"
    ),
    Scale.INITIALISATION: "σ₀ over the most that Condition 4.1 allows",
    Scale.SLACK: (
        "d over the least that Condition 4.1 allows, d at least N₁ + N₂ + 4m + 3 and at most"
        f" 10^{DECADES[1]:g}"
    ),
}


def limits(domain: Domain) -> list[str]:
    """Where regimes are drawn, besides the hypotheses: a line each."""
    if not domain.tasks:
        independent = domain.construction is Construction.INDEPENDENT
        vectors = ["d with room for all Gaussian vectors"] if independent else []
        return ["any small regime", *_small(), *vectors]
    names = " and ".join(tier.name for tier in domain.tiers)
    first = f"Condition 4.1, {names} constants"
    dropped = [f"without its clause {name}" for name in sorted(domain.without)]
    scales = [_scale(domain, scale) for scale in domain.ranges(domain.tiers[0])]
    units = _listed(10.0**unit for unit in UNITS)
    return [first, *dropped, *scales, f"sigma2 one of {units}", *_reach(domain)]


def _small() -> list[str]:
    ranges = [f"{name} {_numbers(between)}" for name, between in SMALL_RANGES.items()]
    values = [f"{name} one of {_listed(values)}" for name, values in SMALL_VALUES.items()]
    return [*ranges, *values]


def _listed(values: Iterable[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values))


def _numbers(between: Between) -> str:
    """To follow what is between them."""
    if between.low == between.high:
        return f"= {between.low:g}"
    return f"from {between.low:g} to {between.high:g}"


def _scale(domain: Domain, scale: Scale) -> str:
    first, *others = (domain.ranges(tier)[scale] for tier in domain.tiers)
    remark = _REMARKS.get(scale)
    literal = [
        f"with {tier.name} constants {_range(between, scale)}"
        for tier, between in zip(domain.tiers[1:], others, strict=True)
        if between != first
    ]
    return "; ".join([f"{scale} {_range(first, scale)}", *literal, *([remark] if remark else [])])


def _range(between: Between, scale: Scale) -> str:
    if scale is Scale.COS_V:
        return _angle(between)
    return _numbers(between)


def _angle(between: Between) -> str:
    if between.low == between.high == 0:
        return "0: v₁ orthogonal to v₂"
    return " or ".join(f"{end:g}" for end in dict.fromkeys((between.low, between.high)))


def _reach(domain: Domain) -> list[str]:
    """How far what has one end, or none, is followed."""
    if domain.construction is Construction.NEGATIVE:
        return [
            f"tau_2 up to {NEGATIVE_TAU:g} times its lower end",
            f"X up to {NEGATIVE_X:g} times the least that brings tau_D below its end",
            f"Y up to {NEGATIVE_Y:g} times X",
        ]
    if domain.construction is Construction.POSITIVE:
        return [f"X from {OPEN_X.low:g} to {OPEN_X.high:g}", f"Y from 1 to {OPEN_Y.high:g}"]
    lines = (
        [f"Y from {OPEN_Y.low:g} to {OPEN_Y.high:g}"] if quantities.Y not in domain.where else []
    )
    return lines + [
        f"{quantity.name} {_one_sided(between)}"
        for quantity, between in domain.where.items()
        if math.inf in (between.high, -between.low if not isinstance(between.low, str) else 0)
    ]


def _one_sided(between: Between) -> str:
    if between.high == math.inf:
        return f"up to {UP:g} times its lower end"
    return f"down to 1/{DOWN:g} of its upper end"
