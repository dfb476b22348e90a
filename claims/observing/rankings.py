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
from claims.core.margin import Margin
from claims.core.quantities import Quantity
from claims.deciding.coefficients import fit, largest_at_most
from claims.deciding.estimates import Estimate, each, estimate, rank_correlation, slopes
from claims.deciding.shares import Quantile, Share, nearer
from claims.observing.survey import Surveyed, Surveys
from claims.predicting.law import contour_slope

Array = NDArray[np.float64]
#: Of regimes, those whose errors must be near a falling function of a criterion for it to order
#: them.
NEARLY = 0.9
#: Errors that count as near the contour.
NEAR = (0.02, 0.35)


def errors(surveys: Surveys, *, scratch: bool = False) -> Array:
    """Measured errors."""
    return each(surveys, lambda s: s.scratch if scratch else s.transfer)


def values(surveys: Surveys, criterion: Quantity) -> Array:
    """A criterion in each regime."""
    return each(surveys, lambda s: criterion(s.regime))


def order(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> Estimate:
    """Rank correlation of a criterion with the error, its sign reversed."""
    return -estimate(rank_correlation, values(surveys, criterion), errors(surveys, scratch=scratch))


def off_the_curve(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> Array:
    """How far errors are from the best falling curve in a criterion: a third of the regimes fit
    the curve, the others, (regimes,), are compared with it.
    """
    across, measured = np.log(values(surveys, criterion)), errors(surveys, scratch=scratch)
    fits = np.arange(len(across)) % 3 == 0
    order = np.argsort(across[fits])
    curve = optimize.isotonic_regression(measured[fits][order], increasing=False).x
    return np.asarray(np.interp(across[~fits], across[fits][order], curve) - measured[~fits])


def collapse(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> Quantile:
    """How far errors are from a falling function of a criterion: what a share `NEARLY` of regimes
    do not exceed.
    """
    return Quantile(np.abs(off_the_curve(surveys, criterion, scratch=scratch)), NEARLY)


def table(surveys: Surveys) -> dict[str, Any]:
    """Every candidate: rank correlation and collapse, with intervals."""
    return {
        r.name: {
            "rank": order(surveys, r.criterion).record(),
            "collapse": collapse(surveys, r.criterion).record(),
        }
        for r in CANDIDATES
    }


def lead(surveys: Surveys, first: Quantity, second: Quantity, apart: float) -> Share:
    """Of regimes for which the curves of two criteria give errors that are so far apart, those
    where the first is nearer to the measured one.
    """
    return nearer(off_the_curve(surveys, first), off_the_curve(surveys, second), apart)


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


def _columns(surveys: Surveys, criterion: Quantity, scratch: bool) -> tuple[Array, Array, Array]:
    """Near the contour: the probit of 1 - error, the logarithms, that of the criterion."""
    near, logs = _near(surveys, scratch), logs_of(scratch=scratch)
    measured = -special.ndtri(errors(near, scratch=scratch))
    return measured, _design(near, logs), np.log(values(near, criterion))


def lacks_at_most(
    bound: float, surveys: Surveys, criterion: Quantity, *, scratch: bool = False
) -> Margin:
    """The margin of: no exponent that a criterion leaves near the contour is larger."""
    return largest_at_most(bound, *_columns(surveys, criterion, scratch), unit=contour_slope())


def missing(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> float:
    """The largest exponent that a criterion leaves in the errors near the contour."""
    left = fit(*_columns(surveys, criterion, scratch)).values
    return float(np.abs(left).max() / contour_slope())


def exponents(surveys: Surveys, criterion: Quantity, *, scratch: bool = False) -> dict[str, Any]:
    """Fitted components with intervals, and the declared ones."""
    measured, design, known = _columns(surveys, criterion, scratch)
    declared, logs = _direction(known, design), logs_of(scratch=scratch)
    fitted = {
        name: (
            estimate(lambda d, e, k=k: float(_direction(e, d)[k]), design, measured).record()
            | {"declared": round(float(declared[k]), 6)}
        )
        for k, name in enumerate(logs)
    }
    return {
        "regimes near the contour": len(measured),
        "largest left": round(missing(surveys, criterion, scratch=scratch), 6),
        "direction": fitted,
    }
