"""Lines across the plane of experiment (iii), each solved for and not read off the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import brentq

from claims.core import condition, quantities
from claims.core.criteria import NOT_SMALL, SHARP
from claims.observing.paired import dimension
from claims.predicting import law
from model.regime import Regime
from reports.drawing.experiments.common import GREY
from reports.drawing.experiments.data import Array, ExperimentData

#: A line across the plane: ||u||, d, colour, dashes, width.
Line = tuple[Array, Array, str, Any, float]


def boundaries(data: ExperimentData) -> dict[str, Line]:
    """The law's error of 0.1, tau_D = C_1 and C_3, and the least d of Condition 4.1, each solved
    for and not read off the points.
    """
    points = data.sweep.points
    base = points[0].regime
    norms = [point.regime.u for point in points]
    low, high = float(np.log(min(norms))), float(np.log(max(norms)))
    ds = np.geomspace(min(p.regime.d for p in points), max(p.regime.d for p in points), 13)
    tau_d = quantities.catalogue()["tau_D"]

    def at(log_u: float, d: float) -> Regime:
        return dimension(d / base.d)(replace(base, u=float(np.exp(log_u))))

    def solved(gap: Callable[[Regime], float]) -> tuple[Array, Array]:
        roots = [(_root(lambda log_u, d=d: gap(at(log_u, d)), low, high), d) for d in ds]  # type: ignore[misc]
        line = [(float(np.exp(log_u)), d) for log_u, d in roots if log_u is not None]
        return np.array([u for u, _ in line]), np.array([d for _, d in line])

    us = np.geomspace(np.exp(low), np.exp(high), 24)
    log_least = [
        _root(
            lambda log_d, u=u: (
                1.0  # type: ignore[misc]
                if _meets(at(float(np.log(u)), float(np.exp(log_d))))
                else -1.0
            ),
            *np.log(ds[[0, -1]]),
        )
        for u in us
    ]
    edge = [
        (float(u), float(np.exp(x))) for u, x in zip(us, log_least, strict=True) if x is not None
    ]
    c_1, c_3 = (data.constants[SHARP.constant(symbol)] for symbol in ("C_1", "C_3"))
    return {
        "sharp law: error 0.1": (
            *solved(lambda r: float(np.log(law.predict(r).transfer / NOT_SMALL))),
            "k",
            "-",
            2.2,
        ),
        r"$\tau_D=C_1$": (*solved(lambda r: float(np.log(tau_d(r) / c_1))), "k", "--", 1.3),
        r"$\tau_D=C_3$": (*solved(lambda r: float(np.log(tau_d(r) / c_3))), "k", ":", 1.6),
        "edge of Condition 4.1": (
            np.array([u for u, _ in edge]),
            np.array([d for _, d in edge]),
            GREY,
            "-.",
            1.4,
        ),
    }


def _meets(regime: Regime) -> bool:
    return any(not condition.violations(regime, tier) for tier in condition.TIERS.values())


def _root(function: Callable[[float], float], low: float, high: float) -> float | None:
    """Where a function changes sign; None where it does not."""
    return (
        float(brentq(function, low, high, xtol=1e-3))
        if function(low) * function(high) < 0
        else None
    )
