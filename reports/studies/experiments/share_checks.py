"""Statements about the picture of experiment (iv): following alpha*, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from claims.core.declared import REGRET_STAR
from reports.drawing.experiments.data import ExperimentData
from reports.studies.experiments.testing import LEVEL, Check, above_zero, verdict


def share(data: ExperimentData) -> list[Check]:
    """Falls to alpha*, rises beyond, on average over rows, one ratio each; and what following
    alpha* costs.
    """
    rows = share_rows(data)
    beyond = [row for row in rows if row.more]
    averaged = (
        "of the mean over rows, one ratio ‖u‖²/‖s₂‖² each, not paired: each point has seeds of"
        " its own"
    )

    def gap(
        statement: str, of: Sequence[ShareRow], values: Sequence[float], errors: Sequence[float]
    ) -> Check:
        unsure = math.sqrt(sum(error**2 for error in errors)) / len(of)
        return above_zero(
            statement,
            np.array([np.mean(values)]),
            np.array([unsure]),
            data.sweep.seeds,
            averaged,
            LEVEL / 3,
        )

    falls = gap(
        "the error falls from α = 0 to α*",
        rows,
        [r.nothing - r.star for r in rows],
        [math.hypot(r.nothing_error, r.star_error) for r in rows],
    )
    statement = (
        "the error rises from α* to the largest α inside Condition 4.1, where α* is below it"
    )
    rises = gap(
        statement,
        beyond,
        [r.most - r.star for r in beyond],
        [math.hypot(r.most_error, r.star_error) for r in beyond],
    )
    regret = np.array([r.star - r.best for r in rows])
    half = float(
        stats.t.isf(LEVEL / 6, len(regret) - 1) * regret.std(ddof=1) / math.sqrt(len(regret))
    )
    mean = float(regret.mean())
    statement = (
        f"inside Condition 4.1 the share nearest α* costs at most {REGRET_STAR} against the best"
        " measured, on average over rows"
    )
    test = f"t interval at level {LEVEL / 3:.2g}, paired within rows, over rows"
    return [
        falls,
        rises,
        Check(
            statement,
            test,
            len(regret),
            mean,
            mean - half,
            mean + half,
            None,
            verdict(mean + half <= REGRET_STAR, mean - half > REGRET_STAR),
        ),
    ]


@dataclass(frozen=True)
class ShareRow:
    """Of one ratio, inside Condition 4.1: mean errors, and their standard errors, at three shares;
    the least measured.
    """

    nothing: float  # alpha = 0
    star: float  # the share nearest alpha*
    most: float  # the largest share
    nothing_error: float
    star_error: float
    most_error: float
    best: float
    more: bool  # alpha* is below the largest share


def share_rows(data: ExperimentData) -> list[ShareRow]:
    """Every ratio of the plane."""
    column, within = data.columns, data.condition()
    rows = []
    for rho in np.unique(column["rho"]):
        points = np.nonzero((column["rho"] == rho) & within)[0]
        points = points[np.argsort(column["alpha"][points])]
        star = int(np.abs(column["alpha"][points] - column["alpha_star.mean"][points]).argmin())
        (nothing, at_star, most), errors = (
            column[f"transfer_error.{what}"][points[[0, star, -1]]].tolist()
            for what in ("mean", "error")
        )
        rows.append(
            ShareRow(
                nothing,
                at_star,
                most,
                errors[0],
                errors[1],
                errors[2],
                float(column["transfer_error.mean"][points].min()),
                star < len(points) - 1,
            )
        )
    return rows
