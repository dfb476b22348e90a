"""Experiment (iii): accuracy over a plane of regimes, and what is claimed there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from claims.core.criteria import NOT_SMALL
from reports.drawing.experiments.boundaries import Line, boundaries
from reports.drawing.experiments.common import VERMILION, cell_edges, plain_ticks
from reports.drawing.experiments.data import Array, ExperimentData

#: What became of a point, from nothing claimed to falsified: ground, mark, its ink, words. Marks
#: tell apart in grey what shades do in colour.
_FATES = (
    ("white", "", "k", "outside the hypotheses"),
    ("0.86", "", "k", r"$C_3<\tau_D<C_1$: nothing is claimed"),
    ("#a6cee3", "o", "k", r"error $\leq e^{-\tau_D/C_2}$ claimed: stands"),
    ("#3b6d8f", "x", "w", r"error $\geq 0.1$ claimed: stands"),
    ("#f0e442", "d", "k", "claimed: undecided"),
    (VERMILION, "*", "k", "claimed: falls"),
)

_ABOVE, _BELOW = "#f2e6a0", "#3b4a6b"
_TITLES = (
    "accuracy after transfer",
    "the same, truncated at 0.9",
    "what is claimed, and what became of it",
)
#: A legend below a panel.
_LEGEND: dict[str, Any] = {
    "loc": "upper center",
    "bbox_to_anchor": (0.5, -0.13),
    "ncols": 2,
    "fontsize": 8.5,
    "frameon": False,
}


def draw(data: ExperimentData) -> Figure:
    """Accuracy, accuracy truncated at 0.9, and verdicts, over (||u||, d)."""
    figure = Figure(figsize=(13.5, 6.2), layout="constrained")
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    d, u = (np.unique(data.columns[axis]) for axis in data.grid)
    accuracy = 1 - data.plane("transfer_error.mean")
    fate, lines = fates(data), boundaries(data)
    cells = cell_edges(u), cell_edges(d)
    shades = panels[0].pcolormesh(*cells, accuracy, cmap="cividis", vmin=0.5, vmax=1)
    bar = panels[0].inset_axes((0.05, -0.2, 0.9, 0.04))
    figure.colorbar(shades, cax=bar, orientation="horizontal")
    sides = ListedColormap([_BELOW, _ABOVE])
    panels[1].pcolormesh(*cells, accuracy >= 1 - NOT_SMALL, cmap=sides, vmin=0, vmax=1)
    _draw_fates(panels[2], u, d, fate)
    extra = [_mark(panels[2], data, u, d, *mark) for mark in _EXTRA]
    for axes, title in zip(panels, _TITLES, strict=True):
        _draw_boundaries(axes, lines)
        axes.set(
            xscale="log",
            yscale="log",
            xlabel=r"$\|u\|/\sigma_2$, at fixed $\|v_2\|$",
            xlim=cells[0][[0, -1]],
            ylim=cells[1][[0, -1]],
        )
        axes.set_title(title, fontsize=10)
        plain_ticks(axes.xaxis)
    panels[0].set_ylabel("$d$")
    panels[1].legend(handles=_side_handles(lines), **_LEGEND)
    present = set(fate.ravel().tolist())
    handles: list[Any] = [_fate_handle(k) for k in range(len(_FATES)) if k in present]
    handles += [(handle,) for handle in extra if handle is not None]
    panels[2].legend(handles, [handle[0].get_label() for handle in handles], **_LEGEND)
    return figure


def _side_handles(lines: Mapping[str, Line]) -> list[Any]:
    """Both sides of accuracy 0.9, and the lines across the plane."""
    sides = [
        Patch(fc=_ABOVE, ec="k", lw=0.4, label="accuracy ≥ 0.9"),
        Patch(fc=_BELOW, label="accuracy < 0.9"),
    ]
    drawn = [
        Line2D([], [], color=colour, lw=width, ls=dashes, label=name)
        for name, (_, _, colour, dashes, width) in lines.items()
    ]
    return [*sides, *drawn]


def _fate_handle(k: int) -> Any:
    """A cell's ground, and its mark upon it."""
    colour, mark, ink, words = _FATES[k]
    ground = Patch(fc=colour, ec="k", lw=0.4, label=words)
    return (ground, Line2D([], [], ls="", marker=mark, color=ink, ms=4)) if mark else (ground,)


def fates(data: ExperimentData) -> NDArray[np.int64]:
    """What became of each point under Theorem 4.2 in tau_D: an index into `_FATES`, (along,
    across).
    """
    upper, lower = "theorem-4.2.error-upper.tau-D", "theorem-4.2.error-lower.tau-D"
    spoken = data.inside("theorem-4.2.convergence")
    numbers = []
    for k, point in enumerate(data.sweep.points):
        outcomes = {
            name: data.verdicts[name, point.number]["outcome"]
            for name in (upper, lower)
            if (name, point.number) in data.verdicts
        }
        ended = set(outcomes.values())
        if "falls" in ended:
            numbers.append(5)
        elif "undecided" in ended:
            numbers.append(4)
        elif outcomes:
            numbers.append(2 if upper in outcomes else 3)
        else:
            numbers.append(int(spoken[k]))
    return np.asarray(data.reshaped(numbers))


def _draw_fates(axes: Axes, u: Array, d: Array, fate: NDArray[np.int64]) -> None:
    axes.pcolormesh(
        cell_edges(u),
        cell_edges(d),
        fate,
        cmap=ListedColormap([colour for colour, *_ in _FATES]),
        vmin=-0.5,
        vmax=len(_FATES) - 0.5,
    )
    for k, (_, mark, ink, _) in enumerate(_FATES):
        rows, columns = np.nonzero(fate == k)
        if mark:
            axes.scatter(u[columns], d[rows], marker=mark, s=9, c=ink, linewidths=0.7)


def _draw_boundaries(axes: Axes, lines: Mapping[str, Line]) -> None:
    """White beneath, so that each is seen on any ground."""
    for us, ds, colour, dashes, width in lines.values():
        axes.plot(us, ds, color="white", lw=width + 1.8)
        axes.plot(us, ds, color=colour, lw=width, ls=dashes)


#: What is marked on top of a point's fate: a claim, its outcome, style, words.
_EXTRA = (
    (
        "proposition-4.4.1.balanced",
        "stands",
        {"marker": "P", "ms": 6.5, "mfc": "k", "mec": "w", "mew": 0.6},
        "Proposition 4.4(1) stands",
    ),
    (
        "theorem-4.2.error-upper-balanced.tau-A",
        "falls",
        {"marker": "^", "ms": 8, "mfc": "none", "mec": VERMILION, "mew": 1.5},
        r"$e^{-(\tau_A+\tau_2)/C_2}$ claimed: falls",
    ),
)


def _mark(
    axes: Axes,
    data: ExperimentData,
    u: Array,
    d: Array,
    claim: str,
    outcome: str,
    style: Mapping[str, Any],
    words: str,
) -> Line2D | None:
    """Points with this outcome of a claim; None without any."""
    ended = data.reshaped(
        [
            data.verdicts.get((claim, p.number), {}).get("outcome") == outcome
            for p in data.sweep.points
        ]
    )
    rows, columns = np.nonzero(ended)
    if not len(rows):
        return None
    return axes.plot(u[columns], d[rows], ls="", label=words, zorder=5, **style)[0]
