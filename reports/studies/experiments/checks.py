"""Statements about the picture of an experiment itself: each with an exact sign test or a t
interval, whose level is stated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from claims.core.criteria import NOT_SMALL
from claims.core.declared import REGRET_STAR, SIGN
from reports.drawing.experiments import FLOOR, Seen
from reports.studies.experiments.plans import CASES

Array = NDArray[np.float64]
#: Probability of calling a statement about a picture wrongly, on either side; shared out where it
#: has several parts.
LEVEL = 0.01


@dataclass(frozen=True)
class Check:
    """A statement about the picture itself."""

    statement: str
    test: str  # the test, its level, and what is paired
    count: int  # pairs or points
    value: float
    low: float | None  # of an interval
    high: float | None
    p: float | None  # of a sign test
    holds: bool | None  # None: neither it nor its opposite is shown


def sign_test(statement: str, gaps: Array, paired: str, level: float = LEVEL) -> Check:
    """That gaps are positive more often than not: exact, and a gap of 0 counts against either
    side.
    """
    count, up, down = len(gaps), int((gaps > 0).sum()), int((gaps < 0).sum())
    p, opposite = (
        float(stats.binomtest(k, count, alternative="greater").pvalue) for k in (up, down)
    )
    holds = True if p < level else False if opposite < level else None
    return Check(
        statement,
        f"exact sign test at level {level:.2g}, {paired}",
        count,
        up / count,
        None,
        None,
        p,
        holds,
    )


def above_zero(
    statement: str, means: Array, errors: Array, seeds: int, paired: str, level: float = LEVEL
) -> Check:
    """That all of these means are positive: t intervals of each, the level shared out. The least is
    reported.
    """
    width = float(stats.t.isf(level / len(means) / 2, seeds - 1)) * errors
    worst = int((means - width).argmin())
    low, high = float(means[worst] - width[worst]), float(means[worst] + width[worst])
    holds = True if low > 0 else False if bool((means + width < 0).any()) else None
    return Check(
        statement,
        f"t intervals at joint level {level:.2g}, {paired}",
        len(means),
        float(means[worst]),
        low,
        high,
        None,
        holds,
    )


def head_start(seen: Seen) -> list[Check]:
    """Curves ordered, after training and all along the run. A network counts for the latter if it
    is ordered at all recorded epochs.
    """
    names = ["scratch", *(f"N₁ = {n1:.0f}" for n1 in seen.columns["n1"][1:])]
    errors = np.log(np.maximum(seen.columns["errors"], FLOOR))  # (curves, seeds, epochs)
    level = LEVEL / (len(names) - 1)
    found = []
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
            found.append(
                sign_test(
                    statement,
                    (errors[k] - errors[k + 1])[:, epochs].min(1),
                    "paired over seeds, on common data",
                    level,
                )
            )
    return found


def negative(seen: Seen) -> list[Check]:
    """Transfer hurts where Proposition 4.4(2) speaks, and helps at the other end; the law gives the
    sign.
    """
    gaps, errors = seen.columns["difference.mean"], seen.columns["difference.error"]
    region = seen.inside("proposition-4.4.2")
    pairs = "transfer less scratch paired over seeds"
    found = [sign_by_law(seen, _SIGN_HERE)]
    if region.any():
        found.insert(
            0,
            above_zero(
                "transfer errs more than scratch wherever Proposition 4.4(2) speaks",
                gaps[region],
                errors[region],
                seen.sweep.seeds,
                pairs,
            ),
        )
    found.append(
        above_zero(
            "transfer errs less than scratch at the largest ‖u‖",
            -gaps[-1:],
            errors[-1:],
            seen.sweep.seeds,
            pairs,
        )
    )
    return found


#: Of so few points as (ii) has, all must be right for a share of this to be shown.
_SIGN_HERE = 0.7


def sign_by_law(seen: Seen, wanted: float = SIGN) -> Check:
    """Where transfer and scratch differ beyond doubt, the sharp law gives the sign."""
    gaps, column = seen.columns["difference.mean"], seen.columns
    clear = (
        np.abs(gaps)
        > float(stats.t.isf(LEVEL / len(gaps) / 2, seen.sweep.seeds - 1))
        * column["difference.error"]
    )
    foretold = np.sign(column["law_transfer.mean"] - column["law_scratch.mean"])
    return _share_right(
        "where transfer and scratch differ beyond doubt, the sharp law gives the sign",
        (foretold * gaps > 0)[clear],
        wanted,
    )


def _share_right(statement: str, right: NDArray[np.bool_], wanted: float) -> Check:
    """That at least a share `wanted` is right: the exact binomial interval."""
    test = f"exact binomial interval at level {LEVEL:.2g} against {wanted:.0%}, over points"
    if not len(right):
        return Check(statement, test, 0, math.nan, None, None, None, None)
    interval = stats.binomtest(int(right.sum()), len(right)).proportion_ci(
        1 - LEVEL, method="exact"
    )
    low, high = float(interval.low), float(interval.high)
    return Check(
        f"{statement} in {wanted:.0%} of points or more",
        test,
        len(right),
        float(right.mean()),
        low,
        high,
        None,
        _either(low >= wanted, high < wanted),
    )


def _either(shown: bool, opposite: bool) -> bool | None:
    return True if shown else False if opposite else None


def plane(seen: Seen) -> list[Check]:
    """The sides of the boundary between accurate and not, and the sign of transfer, are those that
    the law predicts.
    """
    predicted, found = seen.columns["law_transfer.mean"], seen.columns["transfer_error.mean"]
    inside = seen.condition()
    right = ((predicted < NOT_SMALL) == (found < NOT_SMALL))[inside]
    return [
        _share_right("inside Condition 4.1, accuracy is on the predicted side of 0.9", right, 0.9),
        sign_by_law(seen),
    ]


def share(seen: Seen) -> list[Check]:
    """Falls to alpha*, rises beyond, on average over rows, one ratio each; and what following
    alpha* costs.
    """
    rows = share_rows(seen)
    beyond = [row for row in rows if row.more]
    averaged = (
        "of the mean over rows, one ratio ‖u‖²/‖s₂‖² each, not paired: each point has seeds of"
        " its own"
    )

    def gap(
        statement: str, of: Sequence[Row], values: Sequence[float], errors: Sequence[float]
    ) -> Check:
        unsure = math.sqrt(sum(error**2 for error in errors)) / len(of)
        return above_zero(
            statement,
            np.array([np.mean(values)]),
            np.array([unsure]),
            seen.sweep.seeds,
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
            _either(mean + half <= REGRET_STAR, mean - half > REGRET_STAR),
        ),
    ]


@dataclass(frozen=True)
class Row:
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


def share_rows(seen: Seen) -> list[Row]:
    """Every ratio of the plane."""
    column, within = seen.columns, seen.condition()
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
            Row(
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


def source(seen: Seen) -> list[Check]:
    """Ends of curves, whose points have seeds of their own: nothing is paired. Where a curve turns
    is predicted: at X = Y - 2/alpha.
    """
    found = []
    for case, name in enumerate(CASES):
        row = seen.columns["case"] == case
        x, mean, error = (
            seen.columns[c][row] for c in ("X.mean", "transfer_error.mean", "transfer_error.error")
        )
        turn = float(seen.columns["Y.mean"][row][0]) - 2 / seen.sweep.points[0].regime.alpha
        top = int(np.abs(np.log(x) - math.log(max(turn, x[0]))).argmin())
        parts = ((0, top, 1, "rises"), (top, len(x) - 1, -1, "falls"))
        for first, last, sense, does in parts:
            if first == last:
                continue
            gap, unsure = (
                np.array([sense * (mean[last] - mean[first])]),
                np.array([math.hypot(error[first], error[last])]),
            )
            ends = [f"{seen.columns['n1'][row][k]:.0f}" for k in (first, last)]
            what = f"{name}: the error after transfer {does} from N₁ = {ends[0]} to {ends[1]}"
            found.append(
                above_zero(
                    what,
                    gap,
                    unsure,
                    seen.sweep.seeds,
                    "not paired: each point has seeds of its own",
                    LEVEL / 4,
                )
            )
    return found
