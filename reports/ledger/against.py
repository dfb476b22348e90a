"""What was observed in a regime, against the bound that it is held to: for replays, and for what
`verify` ends with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from claims.core.claim import Claim
from claims.core.constants import Constants
from model.regime import Regime


@dataclass(frozen=True)
class Against:
    """One value, its bound, and the criterion that the bound is a function of."""

    held: str  # what the value is of: "transfer", say
    label: str  # what it is: "test error"
    value: float
    bound: float
    upper: bool  # the bound is one from above
    criterion: str
    at: float  # the criterion's value

    def __str__(self) -> str:
        side = "at most" if self.upper else "at least"
        return (
            f"{self.label} {self.value:.3g} ({self.held}), where {side} {self.bound:.3g} is claimed"
            f" at {self.criterion} = {self.at:.4g}"
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        side = "at most" if self.upper else "at least"
        return {
            "of": self.held,
            "is": self.label,
            "value": self.value,
            side: self.bound,
            self.criterion: self.at,
        }


def against(
    claim: Claim[Any], regime: Regime, values: Mapping[str, float | None], constants: Constants
) -> Against | None:
    """The value that a claim's figure is about, and its bound there; none for a claim without.

    Args:
        values: what the figure shows of the regime, by name.
    """
    figure = claim.figure
    value = None if figure is None else values.get(figure.held)
    if figure is None or value is None:
        return None
    at = figure.across(regime)
    bound = figure.bound(at, constants)
    name = figure.across.name
    return Against(figure.held, figure.label, float(value), bound, figure.upper, name, at)
