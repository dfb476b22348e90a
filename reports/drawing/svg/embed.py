"""A picture of an experiment, embedded in a page.

It goes into the page as an image with an address of its own, in which browsers run no script and
fetch nothing, whatever it holds. Before that, one that holds anything but what experiments are
drawn with is refused: the reader is told, rather than shown something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote
from xml.etree import ElementTree

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from reports.drawing.experiments.saving import Origin
from reports.drawing.svg import check
from reports.drawing.svg.check import RULE, SVG
from reports.drawing.svg.shrink import names_in, smaller


@dataclass(frozen=True)
class EmbeddedPicture:
    """A drawing, small enough for a page."""

    source: Markup  # a data: address
    width: float  # in points
    height: float
    origin: Origin | None  # what it was computed with, if it says so


def embedded(text: str) -> EmbeddedPicture:
    """A picture that an experiment left, made smaller: numbers rounded, what is not drawn dropped.
    Raises ValueError with the reason.
    """
    root = check.parsed(text)
    origin = _origin(root)
    try:
        check.refuse(root)
        width, height = check.size_of(root)
        top, bottom = _without_words(root, height)
        (small,) = smaller(root, names_in(root))
        small.attrib = {
            "xmlns": SVG[1:-1],
            "viewBox": f"0 {top:g} {width:g} {bottom - top:g}",
            "style": RULE,
        }
        written = ElementTree.tostring(small, encoding="unicode")
    except RecursionError:
        raise ValueError("is nested too deep") from None
    except (AssertionError, LookupError, ArithmeticError, TypeError):  # of what only looks like one
        raise ValueError("is no drawing that experiments leave") from None
    # Nothing is left that HTML would have to escape: `quote` takes care of brackets and ampersands,
    # the line above it of quotes.
    source = Markup("data:image/svg+xml," + quote(written.replace('"', "'"), safe=" /:;=,()'+"))
    return EmbeddedPicture(source, width, bottom - top, origin)


def _origin(root: ElementTree.Element) -> Origin | None:
    """What the metadata say it was computed with."""
    words = next(
        (element.text for element in root.iter("{http://purl.org/dc/elements/1.1/}source")), None
    )
    try:
        return TypeAdapter(Origin).validate_json(words or "", strict=True)
    except ValidationError:
        return None


#: Points below the title's baseline, and above the caption's first, that their letters take.
_BELOW, _ABOVE = 4.0, 9.0


def _without_words(root: ElementTree.Element, height: float) -> tuple[float, float]:
    """Take away title and caption, which a page sets as text; where, without the space that they
    leave, the drawing begins and ends.
    """
    lines: dict[str, list[float]] = {"title": [], "caption": []}
    for parent in list(root.iter()):
        for child in [child for child in parent if child.get("id") in lines]:
            lines[child.attrib["id"]] += _baselines(child)
            parent[list(parent).index(child)] = _letters(child)
    top = max(lines["title"]) + _BELOW if lines["title"] else 0.0
    bottom = min(lines["caption"]) - _ABOVE if lines["caption"] else height
    return (top, bottom) if top < bottom <= height else (0.0, height)


def _baselines(words: ElementTree.Element) -> Iterator[float]:
    for line in words.iter():
        place = re.match(
            r"translate\(\d+(?:\.\d+)? (\d+(?:\.\d+)?)\) scale\(", line.get("transform", "")
        )
        if place:
            yield float(place[1])


def _letters(words: ElementTree.Element) -> ElementTree.Element:
    """The shapes of letters that words define; those that come later use them as well."""
    letters = ElementTree.Element(f"{SVG}defs")
    letters.extend(shape for defined in words.iter(f"{SVG}defs") for shape in defined)
    return letters
