"""The same drawing in fewer characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from reports.drawing.svg.check import LINK, SVG

#: How one thing refers to another: as the whole of an attribute, or within a style; a colour has
#: neither form.
_REFERENCE = re.compile(r"(?:^|url\()#([\w.-]+)")

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def names_in(root: ElementTree.Element) -> dict[str, str]:
    """A short name for every id that something refers to."""
    references = (
        _REFERENCE.findall(value) for element in root.iter() for value in element.attrib.values()
    )
    return {
        name: f"i{place}"
        for place, name in enumerate(dict.fromkeys(name for names in references for name in names))
    }


def smaller(element: ElementTree.Element, names: Mapping[str, str]) -> list[ElementTree.Element]:
    """The same drawing in fewer characters: without ids that nothing refers to, groups that say
    nothing, and digits that nobody sees.
    """
    needed = [child for child in element if element.tag != f"{SVG}defs" or _is_needed(child, names)]
    inside = [small for child in needed for small in smaller(child, names)]
    attributes = {
        name.rpartition("}")[2]: _shorter(name, value, names)
        for name, value in element.items()
        if name != "id" or value in names
    }
    if element.get("id", "").startswith("QuadMesh"):
        attributes |= _of_all_cells(inside)
    if not attributes and (element.tag == f"{SVG}g" or not inside):
        return inside
    small = ElementTree.Element(element.tag.removeprefix(SVG), attributes)
    small.extend(inside)
    return [small]


def _of_all_cells(cells: list[ElementTree.Element]) -> dict[str, str]:
    """What stands on the group rather than on each cell of a plane; between smoothed edges the
    ground would be seen.
    """
    clips = {cell.get("clip-path") for cell in cells}
    common = clips.pop() if len(clips) == 1 else None
    for cell in cells if common else ():
        del cell.attrib["clip-path"]
    return {"shape-rendering": "crispEdges"} | ({"clip-path": common} if common else {})


def _is_needed(shape: ElementTree.Element, names: Mapping[str, str]) -> bool:
    """Whether something that is defined is used, or defines something itself."""
    return len(shape) > 0 or shape.get("id") in names


def _shorter(name: str, value: str, names: Mapping[str, str]) -> str:
    """Places to a hundredth of a point; scales, which multiply, as they are."""
    if name == "id":
        return names[value]
    if name in (LINK, "style", "clip-path"):
        named = _REFERENCE.sub(lambda match: match[0].replace(match[1], names[match[1]]), value)
        return re.sub(r"\s+", "", named) if name == LINK else re.sub(r"([:;,])\s+", r"\1", named)
    if name == "transform":
        return re.sub(r"translate\([^)]*\)", lambda match: _NUMBER.sub(_rounded, match[0]), value)
    if name == "d":
        return _straight(
            re.sub(r"\s*([A-Za-z])\s*", r"\1", re.sub(r"\s+", " ", _NUMBER.sub(_rounded, value)))
        )
    return _NUMBER.sub(_rounded, value) if name in ("x", "y") else value


def _straight(path: str) -> str:
    """Lines that are level or upright, by the one coordinate that changes; a path of which any part
    is curved as it is.
    """
    parts = re.findall(r"([ML])([-\d.]+) ([-\d.]+)|z", path)
    if "".join(f"{kind}{x} {y}" if kind else "z" for kind, x, y in parts) != path.strip():
        return path
    short, at = [], ("", "")
    for kind, x, y in parts:
        if kind == "L" and x == at[0]:
            short.append(f"V{y}")
        elif kind == "L" and y == at[1]:
            short.append(f"H{x}")
        else:
            short.append(f"{kind}{x} {y}" if kind else "z")
        at = (x, y) if kind else ("", "")  # after z a line starts where the path did
    return "".join(short)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
