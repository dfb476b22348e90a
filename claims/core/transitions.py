"""How sharp the transition from large errors to small ones is, for each criterion.

Errors are at most 0.1 from C_1 on and at least 0.1 up to C_3: in between lies the transition, and
C_1/C_3 says how wide it is. Both constants carry an allowance away from the data; the interval of
the ratio is that of the data alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from claims.core import constants as constant_table
from claims.core.criteria import READINGS, SCRATCH_C_1, SCRATCH_C_3, STATED


@dataclass(frozen=True)
class Transition:
    """Of one criterion: constants, and their ratio with its interval."""

    criterion: str
    where: str
    c_1: float
    c_3: float
    low: float  # of the ratio, by the intervals of the fits
    high: float

    @property
    def ratio(self) -> float:
        """C_1/C_3."""
        return self.c_1 / self.c_3


def transitions(
    table: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Transition, ...]:
    """Of every criterion, from scratch and after transfer.

    Args:
        table: entries of constants by name; those of the project if None.
    """
    entries = constant_table.table() if table is None else table
    after = (
        (
            one.plain,
            "after transfer" + (", of tasks of like size" if one is STATED else ""),
            one.constant("C_1"),
            one.constant("C_3"),
        )
        for one in READINGS
    )
    every = (("τ₂", "from scratch", SCRATCH_C_1, SCRATCH_C_3), *after)
    return tuple(
        _transition(criterion, where, entries[c_1], entries[c_3])
        for criterion, where, c_1, c_3 in every
    )


def _transition(
    criterion: str, where: str, upper: Mapping[str, Any], lower: Mapping[str, Any]
) -> Transition:
    (least_1, most_1), (least_3, most_3) = upper["interval"], lower["interval"]
    return Transition(
        criterion,
        where,
        float(upper["value"]),
        float(lower["value"]),
        least_1 / most_3,
        most_1 / least_3,
    )
