"""Experiment (v): more source data, helping or hurting."""

from __future__ import annotations

from matplotlib.figure import Figure

from claims.core.criteria import NOT_SMALL
from reports.drawing.experiments.common import (
    BLUE,
    VERMILION,
    lower_end,
    plain_ticks,
    plot_errors,
    plot_law,
    without_frame,
)
from reports.drawing.experiments.data import ExperimentData

_CASE_TITLES = (
    r"aligned: $Y<X+2/\alpha$",
    r"between: $Y=X+2/\alpha$ within",
    r"misaligned: $Y>X+2/\alpha$",
)


def draw(data: ExperimentData) -> Figure:
    """Both errors over N_1, one panel a case; where the prediction turns is marked."""
    figure = Figure(figsize=(12.5, 4.8), layout="constrained")
    panels = figure.subplots(1, len(_CASE_TITLES))
    for case, axes in enumerate(panels):
        rows = data.columns["case"] == case
        n1, x, y = (data.columns[name][rows] for name in ("n1", "X.mean", "Y.mean"))
        regime = next(p.regime for p in data.sweep.points if p.axes["case"] == case)
        tau_2, turn = data.columns["tau_2.mean"][rows][0], (y[0] - 2 / regime.alpha) * n1[0] / x[0]
        plot_errors(axes, n1, data, "scratch", BLUE, "s", "--", rows)
        plot_errors(axes, n1, data, "transfer", VERMILION, "o", "-", rows)
        plot_law(axes, n1, data.columns["law_transfer.mean"][rows].tolist())
        spoken = (data.inside("more helps") | data.inside("more hurts"))[rows]
        axes.plot(
            n1[spoken],
            data.columns["transfer_error.mean"][rows][spoken],
            "o",
            ms=11,
            mfc="none",
            mec="k",
            mew=0.9,
            ls="",
            label="M3 or M3′ speaks here",
        )
        if n1.min() < turn < n1.max():
            axes.axvline(
                turn, color="k", lw=0.9, ls=(0, (6, 3)), label=r"$Y=X+2/\alpha$: $\tau_D$ is least"
            )
        axes.axhline(NOT_SMALL, color="k", lw=0.6)
        axes.set(xscale="log", yscale="log", xlabel="$N_1$", ylim=(lower_end(data, rows), None))
        plain_ticks(axes.xaxis, axes.yaxis)
        axes.set_title(f"{_CASE_TITLES[case]}\n$Y={y[0]:.3g}$, $\\tau_2={tau_2:.3g}$", fontsize=9.5)
        without_frame(axes)
    panels[0].set_ylabel("test error (mean over seeds, ± 2 standard errors)")
    handles = {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    panels[1].legend(
        handles.values(), handles.keys(), fontsize=8.5, frameon=False, loc="lower left"
    )
    return figure
