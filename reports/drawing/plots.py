"""Figures for the report's page, as SVG that takes on the page's colours and fonts.

Whatever is drawn in black or in `INK` becomes the colour of the surrounding text, whatever is white
the colour of the page: a figure reads in light, dark and print. Data are in Okabe and Ito's blue
and vermilion, which hold on both grounds, and in markers of different shapes, so that nothing rests
on colour alone.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import textwrap
from pathlib import Path
from typing import Any

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogFormatter, LogLocator, NullLocator

from claims.core.claim import Claim, Picture
from claims.core.constants import Constants
from reports.drawing import numerals
from reports.ledger.files import write_whole
from reports.studies import trajectory
from reports.studies.verify import Verdict

#: Drawn in this, or in black, a line or a word takes the colour of the surrounding text.
INK = "#010203"
BLUE, VERMILION = "#0072b2", "#d55e00"
#: Values below are drawn here: line sampling sees little further.
FLOOR = 1e-12
#: Size of words, in points, below which nobody reads them on a telephone.
SMALLEST = 9.0
#: Marker and colour of each series of a figure; shapes differ as well as colours.
SERIES = (("o", BLUE), ("D", VERMILION), ("s", INK), ("^", "#009e73"), ("v", "#cc79a7"))


# Any figure ---------------------------------------------------------------------------------------


def inline(figure: Figure, label: str) -> Markup:
    """A figure as an SVG element for a page, told to screen readers by `label`. Same figure and
    label, same text; its ids are its own.
    """
    page = io.StringIO()
    for axes in figure.axes:
        _plain(axes)
    for words in figure.findobj(Text):
        words.set_fontsize(max(words.get_fontsize(), SMALLEST))
    figure.set_dpi(72)  # as SVG is drawn, so that places are worked out once
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": label}):
        FigureCanvasSVG(figure).print_svg(page, metadata={"Date": None})  # type: ignore[no-untyped-call] # once, where savefig draws twice
    text = page.getvalue()
    text = re.sub(
        r"<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>",
        "",
        text[text.index("<svg") :],
        flags=re.DOTALL,
    )
    text = re.sub(r"<defs>\s*</defs>", "", text)
    text = _with_own_ids(
        text.replace("xlink:href", "href"),
        "g" + hashlib.sha256(f"{label}\n{text}".encode()).hexdigest()[:10],
    )
    text = re.sub(rf"#000000|{INK}", "currentColor", text).replace(
        "#ffffff", "var(--paper, #ffffff)"
    )
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "var(--sans, sans-serif)", text)
    opening = text[: text.index(">") + 1]
    width, height = (
        float(side) for side in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', opening)[0]
    )
    # points; 4/3 pixels each. It may shrink until its words are as small as is still read, and is
    # scrolled beyond.
    size = f"width:{width * 4 / 3:.0f}px;min-width:{width * 1.1:.0f}px;aspect-ratio:{width:g}/{height:g}"
    root = Markup(
        '<svg viewBox="0 0 {w} {h}" style="{size}" fill="currentColor" role="img"'
        ' aria-label="{label}">'
    )
    root = root.format(w=f"{width:g}", h=f"{height:g}", size=size, label=label)
    return root + Markup(
        re.sub(r">\s+<", "><", text[len(opening) :].strip())
    )  # matplotlib escapes every word it draws


def write_svg(figure: Figure, path: Path, title: str, **metadata: str) -> None:
    """A figure as an SVG file of its own; same figure and title, same file. Raises OSError."""
    page = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": title}):
        figure.savefig(page, format="svg", metadata={"Date": None, **metadata})
    write_whole(path, page.getvalue())


def _with_own_ids(text: str, prefix: str) -> str:
    """Ids that something in the figure refers to, prefixed; the others, which matplotlib gives to
    every group, dropped.
    """
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(
        r' id="([^"]+)"',
        lambda found: f' id="{prefix}-{found[1]}"' if found[1] in used else "",
        text,
    )
    return re.sub(r'(href="#|url\(#)', rf"\1{prefix}-", text)


def _plain(axes: Axes) -> None:
    """Powers of ten in plain characters, which any font sets, and no ticks between them; it takes a
    tenth of the time as well.
    """
    for axis in (axes.xaxis, axes.yaxis):
        if axis.get_scale() == "log" and isinstance(axis.get_major_formatter(), LogFormatter):
            axis.set_major_formatter(FuncFormatter(power_of_ten))
            axis.set_minor_locator(NullLocator())


def power_of_ten(value: float, _: Any = None) -> str:
    """A tick's label: 10⁻³, but 1 and 10 as they are."""
    exponent = round(math.log10(value))
    return f"{10**exponent}" if exponent in (0, 1) else numerals.power_of_ten(exponent)


# Values against the quantity that is to decide them -----------------------------------------------


def errors(claim: Claim, verdict: Verdict, constants: Constants) -> Figure | None:
    """What the claim's picture shows of every regime, and the bound; None without a picture or a
    point.
    """
    picture = claim.picture
    points = [point for point in verdict.points if _positive(point.get("across"))]
    if picture is None or not points:
        return None
    figure = Figure(figsize=(4.6, 3.3))
    axes = figure.add_axes(
        (0.165, 0.16, 0.815, 0.665)
    )  # in the same place in every figure, below the legend
    axes.set(xscale="log", yscale="log", ylabel=textwrap.fill(picture.label, 36))
    axes.set_xlabel(f"${picture.across.latex}$", fontsize=12)
    for name, (marker, colour) in zip(
        picture.values, SERIES, strict=False
    ):  # the value that the bound is about is filled
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
    seen = [
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
    above = [(x, y) for x, y in seen if y >= FLOOR]
    below = [x for x, y in seen if y < FLOOR]
    axes.scatter([x for x, _ in above], [y for _, y in above], label=name, **style)
    if below:
        axes.scatter(
            below, [FLOOR] * len(below), label=f"{name}, below 10⁻¹²", **style | {"marker": "v"}
        )


def _bound(axes: Axes, picture: Picture, across: list[float], constants: Constants) -> None:
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
        xs, ys = (
            [float(p["across"] or 0) for p in failing],
            [max(float(p[held] or 0), FLOOR) for p in failing],
        )
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


# Margins ------------------------------------------------------------------------------------------

_WIDTH, _RADIUS, _HIGH = 230, 2.6, 34.0
_STRIP = Markup(
    '<svg class="margins" viewBox="0 0 {w} 66" width="{w}" height="66" role="img"'
    ' aria-label="{label}">{body}</svg>'
)
_AXIS = Markup(
    '<path class="axis" d="M6 49H{right}"/><path class="zero" d="M{x:.1f} 12V53"/><text x="{x:.1f}"'
    ' y="9">0</text>'
)


def margins(points: list[dict[str, float | None]]) -> Markup | None:
    """A strip with one dot for each regime's margin, stacked where they fall together, and 0
    marked; None with fewer than two.
    """
    values = sorted(value for point in points if (value := point.get("margin")) is not None)
    if len(values) < 2:
        return None
    low, high = min(values[0], 0.0), max(values[-1], 0.0)
    span = (high - low) or 1.0

    places = [14 + (_WIDTH - 28) * (value - low) / span for value in (0.0, *values)]
    ends = [(places[1], values[0]), (places[-1], values[-1])]
    if ends[1][0] - ends[0][0] < 60:  # one word has room
        ends = ends[:1]
    body = [
        _AXIS.format(right=_WIDTH - 6, x=places[0]),
        *map(_dot, _stacked(places[1:]), values),
        *(_word(x, value) for x, value in ends),
    ]
    unbounded = len(points) - len(values)
    label = (
        f"Margins of {len(values)} regimes, from {values[0]:.3g} to {values[-1]:.3g}; below 0 the"
        " statement fails"
    )
    return _STRIP.format(
        w=_WIDTH,
        label=label + (f"; {unbounded} more without bound" if unbounded else ""),
        body=Markup("").join(body),
    )


def _dot(place: tuple[float, float], value: float) -> Markup:
    kind = "fails" if value < 0 else "holds"
    return Markup('<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>').format(
        kind=kind, x=place[0], y=place[1], r=_RADIUS
    )


def _word(x: float, value: float) -> Markup:
    """A number under the axis, kept within the strip."""
    text = f"{value + 0.0:.3g}".replace("-", "−")
    room = 3.2 * len(text) + 1
    return Markup('<text x="{x:.1f}" y="63">{text}</text>').format(
        x=min(max(x, room), _WIDTH - room), text=text
    )


def _stacked(xs: list[float]) -> list[tuple[float, float]]:
    """Dots side by side where there is room, on top of each other where there is none."""
    columns: dict[int, int] = {}
    heights = []
    for x in xs:
        column = round(x / (2 * _RADIUS))
        heights.append(columns.get(column, 0))
        columns[column] = heights[-1] + 1
    rise = min(2 * _RADIUS, _HIGH / max(1, max(columns.values(), default=1)))
    return [(x, 45 - height * rise) for x, height in zip(xs, heights, strict=True)]


def described(picture: Picture) -> str:
    """What a screen reader says of a picture."""
    return (
        f"{picture.label}, {' and '.join(picture.values)}, against {picture.across.name}, one point"
        " a regime, and the bound"
    )
