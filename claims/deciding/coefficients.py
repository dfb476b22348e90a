"""Coefficients of a regression over a population of regimes, held to a bound.

No exact test of such a coefficient is known that asks nothing of the errors. Student's interval
with standard errors that allow for unequal spread (HC3 of MacKinnon and White, 1985) is close, not
exact. So a statement falls only where each of `PARTS` disjoint parts of the population refutes it
at `PART_LEVEL`: the parts are independent, and their probabilities multiply. That a part keeps its
level, under heavy tails too, is shown by simulation in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from claims.core.margin import Margin
from claims.deciding.budget import MISS, PART_LEVEL, PARTS

Array = NDArray[np.float64]
_CUTOFF = 1e-9
#: Columns of a cubic polynomial.
_CUBIC = 4


@dataclass(frozen=True)
class Fitted:
    """Least-squares coefficients, (k,), with their standard errors."""

    values: Array
    errors: Array
    freedom: int  # degrees of it that are left

    def reach(self, missed: float) -> Array:
        """Half the width of intervals all of which hold but with probability 2 `missed`."""
        each = missed / len(self.values)
        return np.asarray(stats.t.isf(each, max(self.freedom, 1)) * self.errors)


def fit(response: Array, design: Array, known: Array | None = None) -> Fitted:
    """Regress a response, (regimes,), on `design`, (regimes, k), beyond a cubic in `known`, or
    beyond a constant where nothing is known.

    Where columns depend on one another, the coefficients of least norm are meant.
    """
    basis = np.linalg.qr(_beyond(response, known))[0]
    left = design - basis @ (basis.T @ design)
    inverse = np.linalg.pinv(left, rcond=_CUTOFF)
    values = inverse @ (response - basis @ (basis.T @ response))
    leverage = (basis**2).sum(1) + np.einsum("ij,ji->i", left, inverse)
    residual = response - basis @ (basis.T @ response) - left @ values
    spread = residual / np.clip(1 - leverage, 1e-6, None)
    rank = int(np.linalg.matrix_rank(left, tol=_CUTOFF * np.linalg.norm(left)))
    freedom = len(response) - basis.shape[1] - rank
    return Fitted(values, np.sqrt((inverse**2) @ spread**2), freedom)


def _beyond(response: Array, known: Array | None) -> Array:
    if known is None:
        return np.ones((len(response), 1))
    return np.vander((known - known.mean()) / max(known.std(), 1e-300), _CUBIC)


def largest_at_most(
    bound: float, response: Array, design: Array, known: Array | None = None, unit: float = 1.0
) -> Margin:
    """The margin of: no coefficient, in this unit, is larger than the bound."""
    whole = fit(response, design, known)
    most = np.abs(whole.values) + whole.reach(MISS / 2)
    if len(response) < PARTS * (_CUBIC + 2 * design.shape[1]):
        return Margin.between([bound - most.max() / unit], [np.inf])
    refuted = []
    for part in range(PARTS):
        every = slice(part, None, PARTS)
        one = fit(response[every], design[every], None if known is None else known[every])
        refuted.append(bound - (np.abs(one.values) - one.reach(PART_LEVEL / 2)).max() / unit)
    return Margin.between([bound - most.max() / unit], [max(refuted)])
