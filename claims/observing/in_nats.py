"""What statements about a law's error in nats share: margins, planted readings, records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from claims.core.claim import Mutant
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.shares import typical
from claims.observing.class_sizes import Array, Foretold, nats


def near(
    low: float,
    high: float,
    bound: float,
    reading: str,
    regimes: Sequence[Foretold],
    constants: Constants,
) -> Margin:
    """The margin of: where the law foretells an error in this range, the reading is off by at most
    so many nats in two regimes of three.
    """
    return typical(nats(regimes, reading, low, high)).at_most(bound)


def misread(
    wrong: Mapping[str, tuple[str, str]], margin: Callable[..., Margin], *names: str
) -> tuple[Mutant, ...]:
    """Mutants of these names, whose `margin` takes another reading first: `wrong` has it, and says
    in words what it is.
    """
    return tuple(
        Mutant(name, wrong[name][1], {"margin": partial(margin, wrong[name][0])}) for name in names
    )


def spread_of(column: Array) -> dict[str, Any]:
    """For the ledger: of how many regimes, mean and spread."""
    return {
        "regimes": len(column),
        "mean nats": float(column.mean()) if len(column) else None,
        "spread": float(column.std()) if len(column) else None,
    }
