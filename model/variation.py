"""A regime with some of its fields changed, and what is held of it held.

`vary(regime, n1=4 * regime.n1, hold="h")` is the regime with four times the upstream samples and
step sizes that follow, so that h_1 and h_2 stay.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from fractions import Fraction

from model.regime import Regime, RegimeError


class Hold(StrEnum):
    """What may be held; its value is how it is spelled."""

    TAU = "tau"  # tau_2, and tau_1 unless n1 or sigma1 changes: all norms of signals move together
    H = "h"  # h_1 and h_2: step sizes follow
    ZETA = "zeta"  # zeta_2: the initial weights follow
    ALPHA = "alpha"  # the inherited share: the number inherited follows
    S2 = "s2"  # ||s_2||: ||v_2|| follows ||u||


@dataclass(frozen=True)
class Times:
    """A change by the factor over/under; a whole field is rounded by `whole`, and what is held
    follows the factor, not the rounded number.
    """

    over: float = 1.0  # at least 0
    under: float = 1.0  # above 0
    whole: Callable[[float], int] = round

    def __post_init__(self) -> None:
        if not (math.isfinite(self.over) and self.over >= 0):
            raise RegimeError("over", self.over, "must be a finite number >= 0")
        if not (math.isfinite(self.under) and self.under > 0):
            raise RegimeError("under", self.under, "must be a finite number > 0")

    def of(self, value: float) -> float:
        """The value times the factor; whole numbers too large for a float stay exact where `under`
        is 1.
        """
        scaled = value * self.over
        return scaled if self.under == 1 else scaled / self.under


Change = float | Times  # a new value, or the old one times a factor
_WHOLE = frozenset({"n1", "n2", "d", "m", "inherited", "steps1", "steps2"})
#: What follows, and as what power of what changes.
_POWERS: Mapping[Hold, Mapping[str, Mapping[str, float]]] = {
    Hold.H: {
        "eta1": {"n1": 1, "m": 1, "sigma1": -2, "d": -1},
        "eta2": {"n2": 1, "m": 1, "sigma2": -2, "d": -1},
    },
    Hold.ZETA: {"sigma0": {"n2": 0.5, "sigma2": -1, "d": -1}},
    Hold.TAU: {name: {"sigma2": 1, "d": 0.25, "n2": -0.25} for name in ("u", "v1", "v2")},
    Hold.ALPHA: {"inherited": {"m": 1}},
    Hold.S2: {"v2": {"u": 1}},  # by Pythagoras, not a power
}


def vary(regime: Regime, *, hold: str | Collection[str] = (), **changes: Change) -> Regime:
    """The regime with these fields changed.

    Args:
        hold: what stays: members of `Hold`, or their spellings in one text ("tau h zeta").
        changes: by field, a new value, or `Times` a factor.

    Raises:
        RegimeError: a field or a hold is unknown, a change is of what follows from what is held,
        or the result is no regime.
    """
    held = _held(hold)
    _check(changes, held)
    values = {name: _changed(name, getattr(regime, name), x) for name, x in changes.items()}
    for one in held:
        for field in _POWERS[one]:
            values[field] = _followed(regime, one, field, changes)
    return replace(regime, **values)  # type: ignore[arg-type]


def _held(hold: str | Collection[str]) -> tuple[Hold, ...]:
    names = hold.split() if isinstance(hold, str) else hold
    for name in names:
        if name not in set(Hold):
            raise RegimeError("hold", str(name), f"unknown; there are {', '.join(Hold)}")
    return tuple(Hold(name) for name in dict.fromkeys(names))


def _check(changes: Mapping[str, Change], held: Collection[Hold]) -> None:
    known = [field.name for field in fields(Regime)]
    fixed: dict[str, Hold] = {}
    for one in held:
        for name in _POWERS[one]:
            if name in fixed:
                raise RegimeError("hold", str(one), f"fixes {name}, as {fixed[name]} does")
            fixed[name] = one
    for name, change in changes.items():
        if name not in known:
            raise RegimeError(name, change, f"unknown field; a regime has {', '.join(known)}")
        if name in fixed:
            raise RegimeError(name, change, f"follows from {fixed[name]}, which is held")
        if isinstance(change, bool) or not isinstance(change, int | float | Times):
            raise RegimeError(name, change, "must be a number, or Times a factor")


def _changed(name: str, value: float, change: Change) -> float:
    if not isinstance(change, Times):
        return change
    return change.whole(change.of(value)) if name in _WHOLE else change.of(value)


def _followed(regime: Regime, hold: Hold, field: str, changes: Mapping[str, Change]) -> float:
    """What a field that follows becomes."""
    if hold is Hold.S2:
        return _own_signal(regime, changes.get("u", regime.u))
    value = getattr(regime, field)
    for name, power in _POWERS[hold][field].items():
        if name in changes:
            over, under = _ratio(regime, name, changes[name], hold)
            value = (
                _whole_times(value, over, under)
                if field in _WHOLE
                else _times(value, over, under, power)
            )
    return value  # type: ignore[no-any-return]


def _ratio(regime: Regime, name: str, change: Change, hold: Hold) -> tuple[float, float]:
    """By what a field changes: this over that, both above 0."""
    ratio = (
        (change.over, change.under)
        if isinstance(change, Times)
        else (change, getattr(regime, name))
    )
    if not (ratio[0] > 0 and math.isfinite(ratio[0])):
        raise RegimeError(name, change, f"must be a finite number > 0 for {hold} to stay")
    return ratio


def _times(value: float, over: float, under: float, power: float) -> float:
    """The value times (over/under)^power, multiplied first and divided then."""
    if power < 0:
        over, under, power = under, over, -power
    top: float = over**power
    bottom: float = under**power
    return value * top / bottom


def _whole_times(value: int, over: float, under: float) -> int:
    scaled = value * Fraction(over) / Fraction(under)
    if scaled.denominator != 1:
        raise RegimeError("inherited", float(scaled), "must be whole for alpha to stay")
    return scaled.numerator


def _own_signal(regime: Regime, change: Change) -> float:
    """||v_2|| once ||u|| has changed and ||s_2|| stays."""
    if isinstance(change, Times):
        given, u = regime.u**2 * (1 - (change.over / change.under) ** 2), change.of(regime.u)
    else:
        given, u = regime.u**2 - change**2, change
    rest = given + regime.v2**2
    if rest < 0:
        norm = math.hypot(regime.u, regime.v2)
        raise RegimeError("u", u, f"must be at most ||s_2|| = {norm!r}, which stays fixed")
    return math.sqrt(rest)
