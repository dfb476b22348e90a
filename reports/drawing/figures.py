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
from pathlib import Path
from typing import Any

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogFormatter, NullLocator

from model.files import write_atomically
from reports import numerals
from reports.ledger.files import write_whole

#: Drawn in this, or in black, a line or a word takes the colour of the surrounding text.
INK = "#010203"

BLUE, VERMILION = "#0072b2", "#d55e00"

#: Values below are drawn here: line sampling sees little further.
FLOOR = 1e-12

#: Size of words, in points, below which nobody reads them on a telephone.
SMALLEST = 9.0

#: Marker and colour of each series of a figure; shapes differ as well as colours.
SERIES = (("o", BLUE), ("D", VERMILION), ("s", INK), ("^", "#009e73"), ("v", "#cc79a7"))


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
    size = (
        f"width:{width * 4 / 3:.0f}px;min-width:{width * 1.1:.0f}px;"
        f"aspect-ratio:{width:g}/{height:g}"
    )
    root = Markup(
        '<svg viewBox="0 0 {w} {h}" style="{size}" fill="currentColor" role="img"'
        ' aria-label="{label}">'
    )
    root = root.format(w=f"{width:g}", h=f"{height:g}", size=size, label=label)
    # matplotlib escapes every word it draws.
    return root + Markup(re.sub(r">\s+<", "><", text[len(opening) :].strip()))


def write_svg(figure: Figure, path: Path, title: str, **metadata: str) -> None:
    """A figure as an SVG file of its own; same figure and title, same file. Raises OSError."""
    page = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": title}):
        figure.savefig(page, format="svg", metadata={"Date": None, **metadata})
    write_whole(path, page.getvalue())


#: Formats of `write_figure`, by a file's ending; what would make one file differ from the next.
ENDINGS: dict[str, dict[str, None]] = {
    ".svg": {"Date": None},
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
}


class EndingError(ValueError):
    """A file's ending that says no format to draw in."""


def check_ending(path: Path) -> str:
    """The path's ending, in small letters. Raises `EndingError`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise EndingError(f"{path}: must end with {', '.join(ENDINGS)}")
    return ending


def write_figure(figure: Figure, path: Path, title: str) -> None:
    """A figure as a file of the format that its ending says. Same figure and title, same file.

    Raises:
        EndingError: it says none. OSError.
    """
    ending = check_ending(path)
    if ending == ".svg":
        write_svg(figure, path, title, Description=title)
        return
    told = ENDINGS[ending] | ({"Title": title} if ending == ".pdf" else {"Description": title})
    write_atomically(
        path,
        lambda file: figure.savefig(file, format=ending[1:], dpi=_DPI, metadata=told),
    )


#: Of pictures of points.
_DPI = 150


def _with_own_ids(text: str, prefix: str) -> str:
    """Ids that something in the figure refers to, prefixed; the others, which matplotlib gives to
    every group, dropped.
    """
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    text = re.sub(
        r' id="([^"]+)"',
        lambda match: f' id="{prefix}-{match[1]}"' if match[1] in used else "",
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
