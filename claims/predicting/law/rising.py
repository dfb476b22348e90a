"""Outputs that grow by 1/(1 + e^u) in continuous time: u + e^u grows as time does."""

from __future__ import annotations

import numpy as np

from claims.predicting.law.quadrature import Array

#: Steps of Newton's method to the last digit.
_NEWTON = 6


def risen(scale: Array | float, total: Array | float) -> Array:
    """By how much u has grown when u + e^u has by `total`, from where e^u was `scale`: y, with y +
    scale (e^y - 1) = total.
    """
    # The left side is convex: from above, Newton's method stays above.
    y = np.minimum(total / (1 + scale), np.log1p(total / scale))
    for _ in range(_NEWTON):
        y = y - (y + scale * np.expm1(y) - total) / (1 + scale * np.exp(y))
    return np.asarray(y)
