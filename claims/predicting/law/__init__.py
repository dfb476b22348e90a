"""A sharp law [D]: test errors with no free constant, as d >> N^2 >> 1, m -> infinity, N q/d -> 0,
zeta -> 0 (section 9 of the theory).

The share p comes from a cascade (`cascade`).

The rest follows the theory: fields of different filters on one sample are correlated, with r;
shares are pi_f(g); equal memorisation gives x + e^x = P h T + 1 and rho = x/P; on fresh noise the
filters of a sign are Gaussians with a common pairwise correlation, whose mean positive part psi is
in closed form. Two things are added to the theory's text, both of order h: coefficients are those
of finite steps, and what is left behind on the other class sets the two signs' noise against each
other (`opposed`), so that they are not independent copies.

That is the law in the limit of many samples and filters. At finitely many (`finite`, derived in
`imbalance`) the two classes are of unequal size, shares are counted, and outputs have a width.
"""

from claims.predicting.law.cascade import Cascade, cascade
from claims.predicting.law.finite import finite_readings, finite_scratch, scratch_errors_by_class
from claims.predicting.law.finite_transfer import equal_classes_transfer, finite_transfer
from claims.predicting.law.moments import Moments, memorised, one_task, stepwise
from claims.predicting.law.predict import IncomputableError, Law, incomputable, predict
from claims.predicting.law.reach import RARE, outside
from claims.predicting.law.scratch import (
    ROUNDED,
    closed_form,
    closed_form_log_error,
    contour_slope,
    positive_part,
    scratch_error,
)
from claims.predicting.law.threshold import finite_threshold, with_signal

__all__ = [
    "RARE",
    "ROUNDED",
    "Cascade",
    "IncomputableError",
    "Law",
    "Moments",
    "cascade",
    "closed_form",
    "closed_form_log_error",
    "contour_slope",
    "equal_classes_transfer",
    "finite_readings",
    "finite_scratch",
    "finite_threshold",
    "finite_transfer",
    "incomputable",
    "memorised",
    "one_task",
    "outside",
    "positive_part",
    "predict",
    "scratch_error",
    "scratch_errors_by_class",
    "stepwise",
    "with_signal",
]
