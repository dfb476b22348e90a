"""Nodes on which the law's integrals are taken."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
GRID = np.linspace(-9.0, 9.0, 4001)
#: No error is called less likely than this.
LEAST_ERROR = 1e-12


@cache
def gauss_hermite() -> tuple[Array, Array]:
    """Nodes and weights of a mean over a standard normal variable: (48,), (48,)."""
    nodes, weights = special.roots_hermitenorm(48)
    return nodes, weights / weights.sum()


@cache
def hermite(many: int) -> tuple[Array, Array]:
    """Nodes and weights of a mean over a standard normal variable."""
    nodes, weights = special.roots_hermitenorm(many)
    return nodes, weights / weights.sum()
