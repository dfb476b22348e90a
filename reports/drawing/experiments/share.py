"""Experiment (iv): the share to inherit."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from claims.core import quantities
from reports.drawing.experiments.common import FINE, cell_edges, plain_ticks, with_share
from reports.drawing.experiments.data import Array, ExperimentData

#: What a share costs is drawn up to this.
_COST_SHOWN = 0.05


def draw(data: ExperimentData) -> Figure:
    """Error, and what each share costs against the best of its row, over (alpha,
    ||u||^2/||s_2||^2).
    """
    figure = Figure(figsize=(11.5, 5.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rho, alpha = (np.unique(data.columns[axis]) for axis in data.grid)
    error, unsure = (data.plane(f"transfer_error.{what}") for what in ("mean", "error"))
    error = np.maximum(error, 1e-6)
    inside = data.reshaped(data.condition())
    cells = cell_edges(alpha, logarithmic=False), cell_edges(rho)
    first = left.pcolormesh(*cells, error, cmap="cividis_r", norm=LogNorm(error.min(), 0.5))
    bar = figure.colorbar(first, ax=left, label="test error after transfer")
    plain_ticks(bar.ax.yaxis)
    cost = error - error.min(1, keepdims=True)
    second = right.pcolormesh(*cells, cost, cmap="cividis_r", vmin=0, vmax=_COST_SHOWN)
    figure.colorbar(second, ax=right, label="error above the least of the same row", extend="max")
    for axes in (left, right):
        for colour, width in (("white", 4.0), ("black", 1.8)):
            axes.plot(
                *star_line(data),
                color=colour,
                lw=width,
                label=r"$\alpha^*=\|u\|^2/\|s_2\|^2$" if colour == "black" else None,
            )
        _best(axes, rho, alpha, error, unsure)
        if not inside.all():
            edge = (alpha[inside.any(0)].max() + alpha[~inside.any(0)].min()) / 2
            axes.axvline(edge, color="white", lw=2.6)
            axes.axvline(edge, color="k", lw=1.2, ls="-.", label="edge of Condition 4.1")
        axes.set(
            xlabel=r"$\alpha$, inherited share",
            yscale="log",
            xlim=cells[0][[0, -1]],
            ylim=cells[1][[0, -1]],
        )
        plain_ticks(axes.yaxis)
    left.set_ylabel(r"$\|u\|^2/\|s_2\|^2$")
    left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, fontsize=9, frameon=False)
    return figure


def star_line(data: ExperimentData) -> tuple[Array, Array]:
    """alpha* of regimes between the lowest and the highest row, from `claims.core.quantities`:
    alpha*, ||u||^2/||s_2||^2.
    """
    rho = np.geomspace(data.columns["rho"].min(), data.columns["rho"].max(), FINE)
    base, star = data.sweep.points[0].regime, quantities.catalogue()["alpha_star"]
    return np.array([star(with_share(base, float(x) ** 0.5)) for x in rho]), rho


def _best(axes: Axes, rho: Array, alpha: Array, error: Array, unsure: Array) -> None:
    """The least error measured in each row, and the shares whose error is within two standard
    errors of it.
    """
    for k, y in enumerate(rho):
        best = int(error[k].argmin())
        near = alpha[error[k] - error[k, best] <= 2 * np.hypot(unsure[k], unsure[k, best])]
        axes.plot([near.min(), near.max()], [y, y], "-", color="white", lw=2.4)
        axes.plot(
            alpha[best],
            y,
            "o",
            mfc="white",
            mec="k",
            ms=6,
            label="least error measured" if k == 0 else None,
            zorder=4,
        )
        axes.plot(
            [near.min(), near.max()],
            [y, y],
            "-",
            color="0.25",
            lw=1.0,
            label="within 2 standard errors of it" if k == 0 else None,
        )
