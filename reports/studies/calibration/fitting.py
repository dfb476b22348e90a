"""Fit a constant to what the regimes of its sets need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from claims.core.calibration import DerivedConstant, OpenConstant
from claims.core.constants import LEAST, MOST
from reports.studies.calibration.measuring import Need
from reports.studies.calibration.strata import by_stratum

ALLOWANCE = 1.5
#: Nearer to the end of a range than this factor, a value is not identified.
_AT_THE_END = 0.9
_BOOTSTRAPS = 400


@dataclass(frozen=True)
class Fit:
    """A constant."""

    name: str
    value: float
    interval: tuple[float, float]
    regimes: int
    rule: str
    strata: dict[str, float]  # the same fit in each stratum by itself


def fit(constant: OpenConstant, needs: Sequence[Need], known: Mapping[str, float]) -> Fit:
    """From what each regime needs, those left out that the constant does not count."""
    where = constant.where
    counted = [need for need in needs if where is None or where(need.regime, known)]

    def rule(some: Sequence[Need]) -> float:
        return _extreme(constant, some)

    allowance = ALLOWANCE if constant.at_least else 1 / ALLOWANCE
    value = _round(rule(counted) * allowance, up=allowance > 1)
    words = constant.words or ("largest needed" if constant.at_least else "least needed")
    return Fit(
        constant.name,
        min(max(value, LEAST), MOST),
        _interval(counted, rule),
        len(counted),
        f"{words}, times {allowance:.3g}",
        by_stratum(counted, rule),
    )


def _extreme(constant: OpenConstant, needs: Sequence[Need]) -> float:
    """The largest or least need; none that the end of a range gave."""
    values = [need.values[constant.name] for need in needs]
    if constant.at_least:
        largest = max(values, default=constant.otherwise)
        return largest if largest < _AT_THE_END * constant.beyond else math.inf
    if constant.unmet is not None and any(
        need.low is not None and value != constant.unmet and value < need.low / _AT_THE_END
        for need, value in zip(needs, values, strict=True)
    ):
        return 0.0
    return min(values, default=constant.otherwise)


def _interval(
    needs: Sequence[Need], rule: Callable[[Sequence[Need]], float]
) -> tuple[float, float]:
    generator, count = np.random.default_rng(len(needs)), len(needs)
    if not needs:
        return math.nan, math.nan
    again = [
        rule([needs[i] for i in generator.integers(0, count, count)]) for _ in range(_BOOTSTRAPS)
    ]
    low, high = np.quantile(again, [0.025, 0.975], method="inverted_cdf")
    return float(low), float(high)


def derive(constant: DerivedConstant, fits: Mapping[str, Fit]) -> Fit:
    """From other constants; its interval from theirs, allowances included."""
    first, *others = (fits[name] for name in constant.uses)
    low, high = (
        constant.formula(
            first.interval[end] * ALLOWANCE,
            *(other.interval[1 - end] / ALLOWANCE for other in others),
        )
        for end in (0, 1)
    )
    value = _round(constant.formula(first.value, *(other.value for other in others)), up=True)
    strata = {
        name: constant.formula(
            value * ALLOWANCE, *(other.strata[name] / ALLOWANCE for other in others)
        )
        for name, value in first.strata.items()
        if all(other.strata.get(name, 0.0) > 0 for other in others)
    }
    return Fit(constant.name, value, (low, high), first.regimes, constant.words, strata)


def _round(value: float, up: bool) -> float:
    """Two significant digits, away from the data."""
    if not math.isfinite(value):
        return MOST
    if value <= 0:
        return LEAST
    scale = 10.0 ** (math.floor(math.log10(value)) - 1)
    digits = math.ceil(value / scale - 1e-9) if up else math.floor(value / scale + 1e-9)
    return float(f"{digits * scale:.3g}")
