"""What was trained and decided, as a drawing and a check see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core import condition
from claims.core.constants import Constants
from reports.studies.sweep.spec import Sweep

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ExperimentData:
    """What was trained and decided, as a drawing and a check see it."""

    sweep: Sweep
    columns: Mapping[str, Array]
    verdicts: Mapping[tuple[str, int], Mapping[str, Any]]  # evidence by claim and point
    constants: Constants
    roles: Mapping[str, str]  # what claims are to it, and their ids

    def inside(self, role: str) -> NDArray[np.bool_]:
        """Whether each point lies inside the hypotheses of the claim with this role."""
        claim = self.roles[role]
        return np.array([(claim, point.number) in self.verdicts for point in self.sweep.points])

    def outcome(self, role: str, number: int) -> str | None:
        """What became of the claim with this role at a point; None where it does not speak."""
        verdict = self.verdicts.get((self.roles[role], number))
        return None if verdict is None else str(verdict["outcome"])

    def condition(self) -> NDArray[np.bool_]:
        """Whether each point lies inside Condition 4.1 at one tier's constants."""
        return np.array(
            [
                any(not condition.violations(p.regime, tier) for tier in condition.TIERS.values())
                for p in self.sweep.points
            ]
        )

    @cached_property
    def grid(self) -> tuple[str, str]:
        """The axes of a plane: along it, and across."""
        across, along = self.sweep.points[0].axes
        return along, across

    def plane(self, name: str) -> Array:
        """A column as an array (along, across)."""
        return self.reshaped(self.columns[name])

    def reshaped(self, values: Any) -> NDArray[Any]:
        """Values of all points as an array (along, across)."""
        along, across = (np.unique(self.columns[axis]) for axis in self.grid)
        order = np.lexsort([self.columns[axis] for axis in reversed(self.grid)])
        return np.asarray(np.asarray(values)[order].reshape(len(along), len(across)))
