"""A sweep as a picture: a curve with intervals over one axis, a heat map over two."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from reports.drawing.figures import BLUE, INK, write_figure
from reports.ledger.journal import Record
from reports.studies.sweep.design import Axis, SweepError
from reports.studies.sweep.spec import Sweep
from reports.studies.sweep.sweep import columns

Array = NDArray[np.float64]
#: Panels in a row, and the width and height of one in inches.
_ACROSS, _SIDE = 3, (4.4, 3.6)
#: Values that are all above 0 and span more than this factor are drawn on a logarithmic scale.
_WIDE = 30.0
_LEVEL = 0.95


def check_drawable(sweep: Sweep) -> None:
    """Raise SweepError for points over more axes than a picture has."""
    if not 1 <= len(sweep.design.axes) <= 2:
        names = [axis.name for axis in sweep.design.axes]
        raise SweepError("axes", names, "must be one or two for a picture")


def draw(sweep: Sweep, records: Sequence[Record], path: Path) -> None:
    """One panel a metric, as the path's ending asks: means, with a 95% interval over seeds (one
    axis), or as shades, with the sweep's contour if it has one (two axes).

    Raises:
        SweepError: there are more axes. EndingError: the ending names no format. OSError.
    """
    check_drawable(sweep)
    gathered = columns(list(records))
    caption = f"{len(records)} of {len(sweep.points)} points, {sweep.seeds} seeds a point"
    across = min(_ACROSS, len(sweep.metrics))
    down = math.ceil(len(sweep.metrics) / across)
    figure = Figure(figsize=(_SIDE[0] * across, _SIDE[1] * down + 0.3), layout="constrained")
    figure.suptitle(caption, fontsize="small")
    panels = figure.subplots(down, across, squeeze=False).ravel()
    panel_of = _curve if len(sweep.design.axes) == 1 else _map
    for axes, metric in zip(panels, sweep.metrics, strict=False):
        panel_of(figure, axes, sweep, gathered, metric)
    for axes in panels[len(sweep.metrics) :]:
        axes.set_axis_off()
    write_figure(figure, path, caption)


def _curve(
    figure: Figure, axes: Axes, sweep: Sweep, gathered: Mapping[str, Array], metric: str
) -> None:
    """In the order of the axis; a gap where a mean is none."""
    (axis,) = sweep.design.axes
    order = np.argsort(gathered[axis.name], kind="stable")
    mean = gathered[f"{metric}.mean"][order]
    half = half_width(gathered, metric, sweep.seeds)[order]
    if _is_wide(mean):
        axes.set_yscale("log", nonpositive="clip")
    axes.errorbar(
        gathered[axis.name][order], mean, yerr=half, color=BLUE, marker="o", ms=4, lw=1.3, capsize=2
    )
    axes.set(xlabel=axis.name, ylabel=metric, xscale=_scale(axis))


def half_width(gathered: Mapping[str, Array], metric: str, seeds: int) -> Array:
    """Half of a 95% interval of each mean, by Student's t over seeds; 0 where a metric is a
    formula, or its spread is not known.
    """
    from scipy.stats import t

    error = gathered.get(f"{metric}.error")
    if error is None or seeds < 2:
        return np.zeros_like(gathered[f"{metric}.mean"])
    return np.nan_to_num(error * t.isf((1 - _LEVEL) / 2, seeds - 1))


def _map(
    figure: Figure, axes: Axes, sweep: Sweep, gathered: Mapping[str, Array], metric: str
) -> None:
    """Shades over the plane, the first axis upwards."""
    down, across = sweep.design.axes
    xs, ys, means = gathered[across.name], gathered[down.name], gathered[f"{metric}.mean"]
    axes.set(xlabel=across.name, ylabel=down.name, title=metric)
    axes.set(xscale=_scale(across), yscale=_scale(down))
    there = np.isfinite(means)
    if not there.any():
        axes.text(0.5, 0.5, "nothing computable", ha="center", transform=axes.transAxes)
        return
    norm: Any = LogNorm if _is_wide(means) else Normalize
    style = {"cmap": "cividis", "norm": norm(means[there].min(), means[there].max())}
    mesh = _triangles(sweep, xs[there], ys[there])
    if mesh is None or sweep.design.kind == "random":
        shades: Any = axes.scatter(xs[there], ys[there], c=means[there], s=14, **style)
    elif sweep.design.kind == "grid":
        shades = _grid(axes, sweep, gathered["point"], means, style)
    else:
        shades = axes.tripcolor(mesh, means[there], **style)
        axes.plot(xs, ys, ".", color=INK, ms=1.5, alpha=0.6)
    figure.colorbar(shades, ax=axes)
    contour = sweep.design.contour
    if contour is not None and contour.metric == metric and mesh is not None:
        axes.tricontour(mesh, means[there], levels=[contour.level], colors=["white"], linewidths=3)
        axes.tricontour(mesh, means[there], levels=[contour.level], colors=[INK], linewidths=1.4)


def _grid(axes: Axes, sweep: Sweep, places: Array, means: Array, style: Mapping[str, Any]) -> Any:
    """A cell a point, in the order of the values; blank where the mean is none."""
    down, across = sweep.design.axes
    plane = np.full(sweep.design.shape, math.nan)
    plane.flat[places.astype(int)] = means
    rows, columns = np.argsort(down.values), np.argsort(across.values)
    plane = plane[rows][:, columns]
    edges = _edges(across), _edges(down)
    return axes.pcolormesh(*edges, np.ma.masked_invalid(plane), **style)


def _edges(axis: Axis) -> Array:
    """Edges of cells around an axis's values: half-way between neighbours, on its scale."""
    values = np.sort(np.log(axis.values) if axis.log else np.array(axis.values, dtype=float))
    if len(values) == 1:
        edges = values[0] + np.array([-0.5, 0.5])
    else:
        middle = (values[1:] + values[:-1]) / 2
        edges = np.concatenate(([2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]))
    return np.asarray(np.exp(edges) if axis.log else edges)


def _triangles(sweep: Sweep, xs: Array, ys: Array) -> Triangulation | None:
    """Between points, as neighbours on the axes' scales; none where points lie on one line."""
    down, across = sweep.design.axes
    places = [np.log(v) if axis.log else v for axis, v in ((across, xs), (down, ys))]
    placed = [(v - v.min()) / (np.ptp(v) or 1.0) for v in places]
    if np.linalg.matrix_rank(np.stack(placed) - np.array([[p[0]] for p in placed]), tol=1e-9) < 2:
        return None
    return Triangulation(xs, ys, Triangulation(*placed).triangles)


def _scale(axis: Axis) -> str:
    return "log" if axis.log else "linear"


def _is_wide(values: Array) -> bool:
    there = values[np.isfinite(values)]
    return bool(len(there) and there.min() > 0 and there.max() > _WIDE * there.min())
