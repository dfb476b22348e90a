"""Experiment (i): accuracy along training, with more and less source data."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from claims.core.criteria import NOT_SMALL
from reports.drawing.experiments.common import FLOOR, plain_ticks, without_frame
from reports.drawing.experiments.data import Array, ExperimentData

#: Dashes and markers of ordered curves; their shades darken with N_1.
_DASHES = ((0, (1, 1.2)), (0, (5, 1.5)), (0, (5, 1.2, 1, 1.2)), (0, (8, 1)), "-")

_MARKERS = ("s", "v", "o", "D", "^")


def shades(count: int) -> Array:
    """Colours of ordered curves, from light to dark."""
    return np.asarray(matplotlib.colormaps["cividis_r"](np.linspace(0.15, 1.0, count)))


def draw(data: ExperimentData) -> Figure:
    """Accuracy, and the error, over epochs: median over seeds, with the middle half of them as a
    band.
    """
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps, errors = data.columns["steps"], data.columns["errors"]
    for k, (values, shade) in enumerate(zip(errors, shades(len(errors)), strict=True)):
        n1 = data.columns["n1"][k]
        style: dict[str, Any] = {
            "color": shade,
            "ls": _DASHES[k % 5],
            "marker": _MARKERS[k % 5],
            "ms": 4,
            "markevery": 2,
            "lw": 1.6,
        }
        label = f"$N_1 = {n1:.0f}$" if n1 else "scratch"
        for axes, shown in ((left, 1 - values), (right, np.maximum(values, FLOOR))):
            low, middle, high = np.quantile(shown, (0.25, 0.5, 0.75), axis=0)
            axes.fill_between(steps, low, high, color=shade, alpha=0.22, lw=0)
            axes.plot(steps, middle, label=label, **style)
    left.axhline(1 - NOT_SMALL, color="k", lw=0.6)
    right.axhline(NOT_SMALL, color="k", lw=0.6)
    left.set(xscale="log", xlabel="epoch $t$", ylabel="accuracy on the target")
    right.set(xscale="log", yscale="log", xlabel="epoch $t$", ylabel="test error")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(
        handles[::-1],
        labels[::-1],
        loc="outside right center",
        fontsize=9,
        frameon=False,
        title="median over\nseeds; band:\nmiddle half",
        title_fontsize=8,
    )
    plain_ticks(left.xaxis, right.xaxis, right.yaxis)
    without_frame(left, right)
    return figure
