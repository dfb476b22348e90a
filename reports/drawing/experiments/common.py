"""What the pictures of experiments share: colours, axes, curves of errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from model.regime import Regime
from reports.drawing.experiments.data import Array, ExperimentData

BLUE, VERMILION, GREY = "#0072b2", "#d55e00", "0.55"

#: Errors below are drawn here: line sampling sees little further.
FLOOR = 1e-12

#: Below this the spread of networks around their mean makes the mean error far larger than the
#: law's.
_LAW_FROM = 1e-3

#: Points at which a curve that is a formula is drawn.
FINE = 240


def plot_law(axes: Axes, xs: Array, predicted: Sequence[float]) -> None:
    """The law's error after transfer, where the law speaks."""
    ys = np.array(predicted)
    axes.plot(
        xs[ys >= _LAW_FROM],
        ys[ys >= _LAW_FROM],
        color="k",
        lw=1.1,
        ls=":",
        label="transfer, sharp law",
        zorder=4,
    )


def lower_end(data: ExperimentData, rows: Any = slice(None)) -> float:
    """Lower end of an axis of errors."""
    return max(
        0.4
        * min(
            float(data.columns[f"{which}_error.mean"][rows].min())
            for which in ("scratch", "transfer")
        ),
        1e-7,
    )


def with_share(regime: Regime, share: float) -> Regime:
    """The same with another ||u||/||s_2||, ||s_1|| and ||s_2|| fixed."""
    first, second = regime.task(1).signal_norm, regime.task(2).signal_norm
    u = share * second
    return replace(
        regime, u=u, v1=max(first**2 - u**2, 0.0) ** 0.5, v2=max(second**2 - u**2, 0.0) ** 0.5
    )


def plot_errors(
    axes: Axes,
    xs: Array,
    data: ExperimentData,
    which: str,
    colour: str,
    marker: str,
    dashes: Any,
    rows: Any = slice(None),
) -> None:
    mean, unsure = (data.columns[f"{which}_error.{what}"][rows] for what in ("mean", "error"))
    mean = np.maximum(mean, FLOOR)
    below = np.minimum(2 * unsure, 0.9 * mean)  # on a logarithmic axis
    axes.errorbar(
        xs,
        mean,
        yerr=[below, 2 * unsure],
        color=colour,
        marker=marker,
        ms=4.5,
        ls=dashes,
        lw=1.4,
        elinewidth=0.9,
        capsize=2,
        label=which,
    )


def cell_edges(centres: Array, logarithmic: bool = True) -> Array:
    """Edges of the cells around evenly spaced centres."""
    values = np.log(centres) if logarithmic else centres
    step = (values[-1] - values[0]) / (len(values) - 1)
    edges = np.append(values - step / 2, values[-1] + step / 2)
    return np.asarray(np.exp(edges) if logarithmic else edges)


def plain_ticks(*axis: Any) -> None:
    """1, 2 and 5 times powers of ten, written out."""
    for one in axis:
        one.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0)))
        one.set_minor_locator(NullLocator())
        one.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def without_frame(*panels: Axes) -> None:
    for axes in panels:
        axes.spines[["top", "right"]].set_visible(False)
