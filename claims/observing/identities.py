"""Algebra: expressions that must vanish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from claims.core.constants import Constants
from claims.core.margin import Margin


@dataclass(frozen=True)
class Identity:
    """Expressions that must be 0 after simplification."""

    residuals: tuple[sp.Expr, ...]
    networks: int = 0
    method: str = "algebra"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "identities": len(self.residuals),
            "left over": [str(r) for r in self.residuals if r != 0],
        }


def none_left(observation: Identity, constants: Constants) -> Margin:
    """0 if every identity holds, minus the number that do not otherwise."""
    return Margin.exact(-float(sum(r != 0 for r in observation.residuals)))
