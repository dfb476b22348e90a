"""What a claim's verdict rests on, as figures: values against the quantity that is to decide them,
and the dynamics of the worst regime."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from claims.core.claim import Claim
from claims.core.claim import Figure as ClaimFigure
from claims.core.constants import Constants
from claims.deciding.verdict import Verdict
from reports.drawing.figures import FLOOR, INK, SERIES, power_of_ten
from reports.studies import trajectory


def errors(claim: Claim, verdict: Verdict, constants: Constants) -> Figure | None:
    """What the claim's picture shows of every regime, and the bound; None without a picture or a
    point.
    """
    picture = claim.figure
    points = [point for point in verdict.points if _positive(point.get("across"))]
    if picture is None or not points:
        return None
    figure = Figure(figsize=(4.6, 3.3))
    # In the same place in every figure, below the legend, with room for half a label at its right.
    axes = figure.add_axes((0.165, 0.16, 0.775, 0.665))
    axes.set(xscale="log", yscale="log", ylabel=textwrap.fill(picture.label, 36))
    axes.set_xlabel(f"${picture.across.latex}$", fontsize=12)
    # The value that the bound is about is filled.
    for name, (marker, colour) in zip(picture.values, SERIES, strict=False):
        _series(axes, points, name, marker, colour, filled=name == picture.held)
    _bound(axes, picture, [float(point["across"] or 0) for point in points], constants)
    _failing(axes, points, picture.held)
    _ticks(axes)
    figure.legend(loc="upper left", ncols=2, fontsize=9, frameon=False)
    return figure


def _positive(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value > 0


def _series(
    axes: Axes,
    points: list[dict[str, float | None]],
    name: str,
    marker: str,
    colour: str,
    *,
    filled: bool,
) -> None:
    values = [
        (float(point["across"] or 0), float(value))
        for point in points
        if (value := point.get(name)) is not None
    ]
    face = colour if filled else "none"
    style: dict[str, Any] = {
        "s": 26,
        "marker": marker,
        "facecolors": face,
        "edgecolors": colour,
        "linewidths": 1.1,
    }
    above = [(x, y) for x, y in values if y >= FLOOR]
    below = [x for x, y in values if y < FLOOR]
    axes.scatter([x for x, _ in above], [y for _, y in above], label=name, **style)
    if below:
        axes.scatter(
            below, [FLOOR] * len(below), label=f"{name}, below 10⁻¹²", **style | {"marker": "v"}
        )


def _bound(axes: Axes, picture: ClaimFigure, across: list[float], constants: Constants) -> None:
    """Dashed where values must lie below it, solid where above; over the range of the points, a
    little further where there is but one.
    """
    low, high = min(across), max(across)
    if high < low * 1.1:
        low, high = low / 1.5, high * 1.5
    xs = [low * (high / low) ** (k / 60) for k in range(61)]
    ys = [max(picture.bound(x, constants), FLOOR) for x in xs]
    claimed = f"claimed: {picture.held} at {'most' if picture.upper else 'least'} this"
    axes.plot(xs, ys, "--" if picture.upper else "-", color=INK, lw=1.3, label=claimed)


def _failing(axes: Axes, points: list[dict[str, float | None]], held: str) -> None:
    """A ring around regimes with a negative margin."""
    failing = [
        p
        for p in points
        if (margin := p.get("margin")) is not None and margin < 0 and p.get(held) is not None
    ]
    if failing:
        xs = [float(p["across"] or 0) for p in failing]
        ys = [max(float(p[held] or 0), FLOOR) for p in failing]
        axes.scatter(
            xs, ys, s=110, facecolors="none", edgecolors=INK, linewidths=1.0, label="margin below 0"
        )


def _ticks(axes: Axes) -> None:
    """Powers of ten, few enough to read, in plain characters."""
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        decades = math.log10(high / low)
        axis.set_major_locator(LogLocator(10, numticks=7))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(power_of_ten))
        if decades < 2:  # a power of ten or two, which say little
            axis.set_major_locator(LogLocator(10, subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    axes.spines[["top", "right"]].set_visible(False)


def dynamics(claim: Claim, verdict: Verdict) -> Figure | None:
    """Signal and noise along the worst regime, trained again; None for a claim that is not about
    them.
    """
    return trajectory.figure(claim, verdict)


def described(picture: ClaimFigure) -> str:
    """What a screen reader says of a picture."""
    return (
        f"{picture.label}, {' and '.join(picture.values)}, against {picture.across.name}, one point"
        " a regime, and the bound"
    )
