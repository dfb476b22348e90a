"""Experiment (ii): from negative to positive transfer, as tasks share more."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.catalogue import find
from claims.core.criteria import NOT_SMALL
from claims.predicting import law
from reports.drawing.experiments.common import (
    BLUE,
    FINE,
    VERMILION,
    lower_end,
    plot_errors,
    plot_law,
    with_share,
    without_frame,
)
from reports.drawing.experiments.data import Array, ExperimentData


def draw(data: ExperimentData) -> Figure:
    """Both errors over ||u||/||s_2||, the law's, and the region of Proposition 4.4(2)."""
    figure = Figure(figsize=(8, 4.8), layout="constrained")
    axes = figure.subplots()
    shares = data.columns["u/s2"]
    fine = np.linspace(shares.min(), shares.max(), FINE)
    regimes = [with_share(data.sweep.points[0].regime, x) for x in fine]
    domain = find(data.roles["hurts"]).domain
    assert domain is not None
    region = np.array([not domain.violations(regime, data.constants) for regime in regimes])
    _shade(axes, fine, region)
    plot_errors(axes, shares, data, "scratch", BLUE, "s", "--")
    plot_errors(axes, shares, data, "transfer", VERMILION, "o", "-")
    plot_law(axes, fine[::8], [law.predict(r).transfer for r in regimes[::8]])
    crossing = _crossing(
        fine,
        [quantities.catalogue()["tau_D"](r) - quantities.catalogue()["tau_2"](r) for r in regimes],
    )
    if crossing is not None:
        axes.axvline(crossing, color="k", lw=0.9, ls=(0, (6, 3)))
        axes.annotate(
            r"$\tau_D=\tau_2$",
            (crossing, 0.02),
            xycoords=("data", "axes fraction"),
            xytext=(4, 2),
            textcoords="offset points",
            fontsize=9,
        )
    axes.axhline(NOT_SMALL, color="k", lw=0.6)
    axes.set(yscale="log", ylim=(lower_end(data), 0.6), xlim=(fine[0] - 0.01, fine[-1] + 0.01))
    axes.set(
        xlabel=r"$\|u\|/\|s_2\|$, at fixed $\|s_2\|=\|u+v_2\|$",
        ylabel="test error (mean over seeds, ± 2 standard errors)",
    )
    handles, labels = axes.get_legend_handles_labels()
    handles.append(Patch(facecolor="0.88", edgecolor="0.5", hatch="////", label="region"))
    axes.legend(
        handles,
        [*labels, r"Proposition 4.4(2): $Y\geq X\geq C_4$, $\tau_2\geq C_1$, $\tau_D\leq C_3$"],
        fontsize=9,
        framealpha=1,
        loc="lower left",
    )
    without_frame(axes)
    return figure


def _shade(axes: Axes, xs: Array, region: NDArray[np.bool_]) -> None:
    """Where a statement speaks, over the whole height."""
    axes.fill_between(
        xs,
        0,
        1,
        where=region.tolist(),
        transform=axes.get_xaxis_transform(),
        facecolor="0.88",
        edgecolor="0.5",
        hatch="////",
        lw=0.0,
        zorder=0,
    )


def _crossing(xs: Array, values: list[float]) -> float | None:
    """Where values first change sign."""
    signs = np.sign(values)
    turns = np.nonzero(signs[1:] * signs[:-1] < 0)[0]
    return float(xs[turns[0]] + xs[turns[0] + 1]) / 2 if len(turns) else None
