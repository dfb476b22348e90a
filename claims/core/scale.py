"""Ranges, and the dimensionless scales that have one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from claims.core.constants import Constants, resolve

Bound = float | str  # a number, or the name of a calibrated constant


class DomainError(ValueError):
    """A domain that no construction can honour: names the field, the value and the rule."""

    def __init__(self, field: str, value: object, rule: str) -> None:
        super().__init__(f"{field} = {value}: {rule}")
        self.field, self.value, self.rule = field, value, rule


class Scale(StrEnum):
    """A dimensionless scale that is drawn from a range of the domain's own."""

    N1 = "n1"  # upstream samples
    N2 = "n2"  # downstream samples
    M = "m"  # filters of each sign
    RATIO = "n1/n2"  # upstream samples over downstream ones
    INHERITED = "inherited"  # filters of each sign taken from upstream
    UPSTREAM_SHARE = "upstream_share"  # ||v_1||^2/||u||^2
    COS_V = "cos_v"  # the cosine of v_1 and v_2: one of the two ends
    H1 = "h1"  # upstream step
    H2 = "h2"  # downstream step
    DURATION = "duration"  # h T
    INITIALISATION = "initialisation"  # sigma_0 over the most that Condition 4.1 allows
    SLACK = "slack"  # dimension slack: d over the least that Condition 4.1 allows


@dataclass(frozen=True)
class Between:
    """A range: numbers, or names of calibrated constants. Raises `DomainError` for an empty one."""

    low: Bound = -math.inf
    high: Bound = math.inf

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            _check_bound(name, getattr(self, name))
        ends = self.low, self.high
        if not any(isinstance(end, str) for end in ends) and not self.low <= self.high:  # type: ignore[operator]
            raise DomainError("high", self.high, f"must be at least low = {self.low}")

    def range(self, constants: Constants) -> tuple[float, float]:
        """The numbers."""
        return resolve(self.low, constants), resolve(self.high, constants)

    @property
    def constants(self) -> tuple[str, ...]:
        """The names of constants among its ends."""
        return tuple(end for end in (self.low, self.high) if isinstance(end, str))


def _check_bound(name: str, value: object) -> None:
    if isinstance(value, str):
        if "." not in value or value != value.strip():
            raise DomainError(
                name, repr(value), "must be a number, or a constant's name such as theorem-4.3.C_1"
            )
    elif isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise DomainError(name, repr(value), "must be a number, or the name of a constant")
