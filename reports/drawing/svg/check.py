"""An SVG file is refused if it holds anything but what experiments are drawn with."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from model.printing import one_line

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = frozenset(("svg", "g", "defs", "path", "use", "clipPath", "rect", "pattern", "image"))

#: What each attribute may hold. No pattern has room for a quote, a bracket of a tag, or an address
#: outside the picture.
_PLAIN = r"[\w\s#.,%-]*"

_STYLE = r"[\w\s#.,:;%-]*(?:url\(#[\w-]+\)[\w\s#.,:;%-]*)*"

_ATTRIBUTES = {
    **dict.fromkeys(
        ("width", "height", "viewBox", "version", "x", "y", "fill", "patternUnits"), _PLAIN
    ),
    **dict.fromkeys(("style", "clip-path"), _STYLE),
    "id": r"[\w.-]+",
    "d": r"[MLHVCSQTAZmlhvcsqtaz\d\seE.,+-]*",
    "transform": r"(?:[a-z]+\([\d\seE.,+-]*\)\s*)*",
    LINK: r"#[\w.-]+|data:image/png;base64,[A-Za-z\d+/=\s]*",
}

#: The one rule that matplotlib gives to all its elements; here it stands on the root, from which
#: they inherit it.
RULE = "stroke-linejoin: round; stroke-linecap: butt"


def parsed(text: str) -> ElementTree.Element:
    if "<!ENTITY" in text:  # a few lines of which would fill the memory
        raise ValueError("declares entities")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, LookupError, ValueError, AssertionError) as error:
        raise ValueError(f"is not a whole SVG file ({one_line(str(error), 100)})") from None


def refuse(root: ElementTree.Element) -> None:
    """Raise ValueError for what no experiment is drawn with; take away what is not drawn at all."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}title", f"{SVG}metadata") or (
                child.tag == f"{SVG}style" and (child.text or "") == f"*{{{RULE}}}"
            ):
                parent.remove(child)
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        if name not in _ELEMENTS or (element is root) != (name == "svg"):
            raise ValueError(f"holds <{one_line(name, 40)}>, with which no experiment is drawn")
        for attribute, value in element.items():
            if attribute not in _ATTRIBUTES or not re.fullmatch(
                _ATTRIBUTES[attribute], value, re.ASCII
            ):
                said = f"{one_line(attribute, 40)}=“{one_line(value, 40)}”"
                raise ValueError(f"holds {said}, with which no experiment is drawn")
        if (element.text or "").strip() or (element.tail or "").strip():
            raise ValueError("holds bare words, with which no experiment is drawn")


def size_of(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height, in points."""
    sides = re.fullmatch(r"0 0 (\d{2,4}(?:\.\d+)?) (\d{2,4}(?:\.\d+)?)", root.get("viewBox", ""))
    if sides is None:
        raise ValueError("has no size")
    return float(sides[1]), float(sides[2])
