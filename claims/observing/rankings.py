"""How well a criterion orders test errors over many regimes: rank correlation, the best falling
curve, and the exponents that it lacks.

Near the contour error = 0.1 the probit of the error is regressed on the logarithms of
N_1, N_2, alpha, d, ||u||^2/(sigma_1 sigma_2), sigma_1/sigma_2 and Y (by E3 these are all there is),
after a cubic in the logarithm of a candidate is taken out of both sides. With the right exponents
nothing is left. In units of the slope that L1 gives the contour, the coefficients are what the
candidate's exponents lack, up to a multiple of the exponents themselves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from claims.core import formulas as f
from claims.core.criteria import CANDIDATES
from claims.core.quantities import Quantity
from claims.deciding.estimates import (
    Estimate,
    beyond,
    each,
    estimate,
    rank_correlation,
    root_mean_square,
    slopes,
)
from claims.observing.survey import Surveyed, Surveys
from claims.predicting.law import contour_slope

Array = NDArray[np.float64]
#: Errors that count as near the contour.
NEAR = (0.02, 0.35)


def errors(surveys: Surveys, *, scratch: bool = False) -> Array:
    """Measured errors."""
    return each(surveys, lambda s: s.scratch if scratch else s.transfer)


def order(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> Estimate:
    """Rank correlation of a criterion with the error, its sign reversed."""
    return -estimate(
        rank_correlation,
        each(surveys, lambda s: criterion(s.regime)),
        errors(surveys, scratch=scratch),
    )


def off_the_curve(values: Array, measured: Array) -> float:
    """Root-mean-square distance of errors from the best falling curve in a criterion."""
    ordered = measured[np.argsort(values)]
    return root_mean_square(ordered - optimize.isotonic_regression(ordered, increasing=False).x)


def collapse(surveys: Surveys, criterion: Quantity) -> Estimate:
    """How far the errors after transfer are from a falling function of a criterion."""
    return estimate(off_the_curve, each(surveys, lambda s: criterion(s.regime)), errors(surveys))


def table(surveys: Surveys) -> dict[str, Any]:
    """Every candidate: rank correlation and collapse, with intervals."""
    return {
        r.name: {
            "rank": order(surveys, r.criterion).record(),
            "collapse": collapse(surveys, r.criterion).record(),
        }
        for r in CANDIDATES
    }


def lead(surveys: Surveys, first: Quantity, second: Quantity) -> Estimate:
    """By how much the errors are nearer to a falling function of the first criterion than of the
    second.
    """

    def gap(one: Array, other: Array, measured: Array) -> float:
        return off_the_curve(other, measured) - off_the_curve(one, measured)

    return estimate(
        gap,
        each(surveys, lambda s: first(s.regime)),
        each(surveys, lambda s: second(s.regime)),
        errors(surveys),
    )


def logs_of(*, scratch: bool) -> dict[str, Any]:
    """What exponents are fitted in, per kind of training."""
    if scratch:
        return {"N_2": f.n2, "d": f.d, "s_2^2/sigma_2^2": f.signal_square[2] / f.sigma2**2}
    return {
        "N_1": f.n1,
        "N_2": f.n2,
        "alpha": f.alpha,
        "d": f.d,
        "u^2/(sigma_1 sigma_2)": f.u**2 / (f.sigma1 * f.sigma2),
        "sigma_1/sigma_2": f.sigma1 / f.sigma2,
        "Y": f.signal_ratio,
    }


def _near(surveys: Surveys, scratch: bool) -> list[Surveyed]:
    low, high = NEAR
    return [
        s
        for s, error in zip(surveys, errors(surveys, scratch=scratch), strict=True)
        if low <= error <= high
    ]


def _design(surveys: Surveys, logs: dict[str, Any]) -> Array:
    return np.asarray(
        np.log(
            np.array(
                [[f.evaluate(formula, s.regime) for formula in logs.values()] for s in surveys]
            )
        )
    )


def _direction(response: Array, design: Array) -> Array:
    measured = slopes(response, design)
    return np.asarray(measured / np.linalg.norm(measured))


def missing(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> Estimate:
    """The largest exponent that a criterion leaves in the errors near the contour."""
    near, logs = _near(surveys, scratch), logs_of(scratch=scratch)

    def largest(design: Array, measured: Array, values: Array) -> float:
        left = np.linalg.lstsq(beyond(design, values), beyond(measured, values), rcond=1e-9)[0]
        return float(np.abs(left).max() / contour_slope())

    values = np.log(each(near, lambda s: criterion(s.regime)))
    return estimate(
        largest, _design(near, logs), -special.ndtri(errors(near, scratch=scratch)), values
    )


def exponents(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> dict[str, Any]:
    """Fitted components with intervals, and the declared ones."""
    near, logs = _near(surveys, scratch), logs_of(scratch=scratch)
    design, measured = _design(near, logs), -special.ndtri(errors(near, scratch=scratch))
    declared = _direction(np.log(each(near, lambda s: criterion(s.regime))), design)
    fitted = {
        name: (
            estimate(lambda d, e, k=k: float(_direction(e, d)[k]), design, measured).record()
            | {"declared": round(float(declared[k]), 6)}
        )
        for k, name in enumerate(logs)
    }
    return {
        "regimes near the contour": len(near),
        "largest left": missing(surveys, criterion, scratch=scratch).record(),
        "direction": fitted,
    }
