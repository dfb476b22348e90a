"""The curve that memorisation follows (B5): x_t, and the spread of the two curves around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: The most that e^{kappa/2} may be [R].
SPREAD = 6 / 5


def solve(b_grid: ArrayLike, reach: ArrayLike) -> NDArray[np.float64]:
    """x_t: the root of x + b e^x = reach + b, reach = ct. F is convex and increasing: Newton's
    method from the upper bound never undershoots.
    """
    b_grid, reach = np.asarray(b_grid, dtype=np.float64), np.asarray(reach, dtype=np.float64)
    x: NDArray[np.float64] = np.log1p(reach / b_grid)
    for _ in range(40):
        x = x - (x + b_grid * np.exp(x) - reach - b_grid) / (1 + b_grid * np.exp(x))
    return x
