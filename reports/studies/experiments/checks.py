"""Statements about the picture of an experiment itself, one function an experiment."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy import stats

from claims.core.criteria import NOT_SMALL
from claims.core.declared import SIGN
from reports.drawing.experiments.common import FLOOR
from reports.drawing.experiments.data import ExperimentData
from reports.studies.experiments.plans import CASES
from reports.studies.experiments.testing import LEVEL, Check, above_zero, share_right, sign_test


def head_start(data: ExperimentData) -> list[Check]:
    """Curves ordered, after training and all along the run. A network counts for the latter if it
    is ordered at all recorded epochs.
    """
    names = ["scratch", *(f"N₁ = {n1:.0f}" for n1 in data.columns["n1"][1:])]
    errors = np.log(np.maximum(data.columns["errors"], FLOOR))  # (curves, seeds, epochs)
    level = LEVEL / (len(names) - 1)
    listed = []
    for when, epochs in (
        ("after training", slice(-1, None)),
        ("at every recorded epoch", slice(None)),
    ):
        for k, (fewer, more) in enumerate(itertools.pairwise(names)):
            statement = (
                f"the error {when} is smaller with {more} than with {fewer}"
                if k
                else f"the error {when} is smaller with {more} than from scratch"
            )
            listed.append(
                sign_test(
                    statement,
                    (errors[k] - errors[k + 1])[:, epochs].min(1),
                    "paired over seeds, on common data",
                    level,
                )
            )
    return listed


def negative(data: ExperimentData) -> list[Check]:
    """Transfer hurts where Proposition 4.4(2) speaks, and helps at the other end; the law gives the
    sign.
    """
    gaps, errors = data.columns["difference.mean"], data.columns["difference.error"]
    region = data.inside("hurts")
    pairs = "transfer less scratch paired over seeds"
    listed = [sign_by_law(data, _SIGN_HERE)]
    if region.any():
        listed.insert(
            0,
            above_zero(
                "transfer errs more than scratch wherever Proposition 4.4(2) speaks",
                gaps[region],
                errors[region],
                data.sweep.seeds,
                pairs,
            ),
        )
    listed.append(
        above_zero(
            "transfer errs less than scratch at the largest ‖u‖",
            -gaps[-1:],
            errors[-1:],
            data.sweep.seeds,
            pairs,
        )
    )
    return listed


#: Of so few points as (ii) has, all must be right for a share of this to be shown.
_SIGN_HERE = 0.7


def sign_by_law(data: ExperimentData, wanted: float = SIGN) -> Check:
    """Where transfer and scratch differ beyond doubt, the sharp law gives the sign."""
    gaps, column = data.columns["difference.mean"], data.columns
    clear = (
        np.abs(gaps)
        > float(stats.t.isf(LEVEL / len(gaps) / 2, data.sweep.seeds - 1))
        * column["difference.error"]
    )
    predicted = np.sign(column["law_transfer.mean"] - column["law_scratch.mean"])
    return share_right(
        "where transfer and scratch differ beyond doubt, the sharp law gives the sign",
        (predicted * gaps > 0)[clear],
        wanted,
    )


def plane(data: ExperimentData) -> list[Check]:
    """The sides of the boundary between accurate and not, and the sign of transfer, are those that
    the law predicts.
    """
    predicted, measured = data.columns["law_transfer.mean"], data.columns["transfer_error.mean"]
    inside = data.condition()
    right = ((predicted < NOT_SMALL) == (measured < NOT_SMALL))[inside]
    return [
        share_right("inside Condition 4.1, accuracy is on the predicted side of 0.9", right, 0.9),
        sign_by_law(data),
    ]


def source(data: ExperimentData) -> list[Check]:
    """Ends of curves, whose points have seeds of their own: nothing is paired. Where a curve turns
    is predicted: at X = Y - 2/alpha.
    """
    listed = []
    for case, name in enumerate(CASES):
        row = data.columns["case"] == case
        x, mean, error = (
            data.columns[c][row] for c in ("X.mean", "transfer_error.mean", "transfer_error.error")
        )
        turn = float(data.columns["Y.mean"][row][0]) - 2 / data.sweep.points[0].regime.alpha
        top = int(np.abs(np.log(x) - math.log(max(turn, x[0]))).argmin())
        parts = ((0, top, 1, "rises"), (top, len(x) - 1, -1, "falls"))
        for first, last, sense, does in parts:
            if first == last:
                continue
            gap, unsure = (
                np.array([sense * (mean[last] - mean[first])]),
                np.array([math.hypot(error[first], error[last])]),
            )
            ends = [f"{data.columns['n1'][row][k]:.0f}" for k in (first, last)]
            what = f"{name}: the error after transfer {does} from N₁ = {ends[0]} to {ends[1]}"
            listed.append(
                above_zero(
                    what,
                    gap,
                    unsure,
                    data.sweep.seeds,
                    "not paired: each point has seeds of its own",
                    LEVEL / 4,
                )
            )
    return listed
