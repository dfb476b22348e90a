"""The law at finitely many samples and filters, of whole regimes."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np

from claims.core import quantities
from claims.predicting.law.counted import Counted, counted
from claims.predicting.law.imbalance import Sizes, errors_by_class, finite_scratch_error
from claims.predicting.law.predict import in_usual_unit, incomputable
from claims.predicting.law.quadrature import Array
from model.regime import Regime


@lru_cache(maxsize=4096)
def finite_scratch(regime: Regime) -> float:
    """L1 at the regime's N_2 and m: the test error from scratch, averaged over networks.

    Raises:
        IncomputableError: no floating-point number holds what it is made of.
    """
    try:
        with np.errstate(all="ignore"):
            error = finite_scratch_error(*_scratch(regime))
    except (ArithmeticError, ValueError):
        error = math.nan
    if math.isfinite(error):
        return error
    raise incomputable(regime)


def scratch_errors_by_class(regime: Regime, f: Array) -> Array:
    """Of networks whose class has these shares f = 2 N_+/N of the samples: the mean test error on
    fresh examples of that class, (f,).
    """
    with np.errstate(all="ignore"):
        return errors_by_class(*_scratch(regime), f)


def _scratch(regime: Regime) -> tuple[Sizes, Counted]:
    usual = in_usual_unit(regime)
    named = quantities.catalogue()
    h, tau, zeta, q = (named[f"{name}_2"](usual) for name in ("h", "tau", "zeta", "q"))
    crowded = q * usual.n2 / (2 * usual.d)
    return (
        Sizes(usual.n2, usual.m, tau, h, crowded),
        counted(h, h * usual.steps2, zeta, usual.m),
    )


#: What each reading of the law changes, in sizes: an infinite number leaves its part out.
_WRONG: dict[str, dict[str, float]] = {
    "equal classes": {"n": 10**15},
    "half the samples": {"n": 0.5},
    "a tenth more signal": {"tau": 1.1},
    "a tenth less signal": {"tau": 0.9},
    "a fifth more signal": {"tau": 1.2},
    "a fifth less signal": {"tau": 0.8},
}


def finite_readings(regime: Regime) -> dict[str, float]:
    """The same with one thing left out or wrong: by name, what claims must be able to tell."""
    sizes, moments = _scratch(regime)
    with np.errstate(all="ignore"):
        found = {
            name: finite_scratch_error(_changed(sizes, changes), moments)
            for name, changes in _WRONG.items()
        }
        return found | {
            "nothing left behind": finite_scratch_error(sizes, _without_left(moments)),
        }


def _without_left(moments: Counted) -> Counted:
    """As if a step on the other class left no coefficient there: no noise of its own, and the two
    signs' noise independent.
    """
    v = (1 - moments.left) * moments.v
    pairs = moments.r * moments.v - moments.left_mean**2
    return replace(moments, v=v, r=pairs / v, left=0.0, left_mean=0.0)


def _changed(sizes: Sizes, changes: dict[str, float]) -> Sizes:
    """Numbers multiplied; that of samples stays whole."""
    scaled = {name: factor * getattr(sizes, name) for name, factor in changes.items()}
    whole = {"n": max(1, int(scaled["n"]))} if "n" in scaled else {}
    return replace(sizes, **(scaled | whole))
