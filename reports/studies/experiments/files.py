"""What `transfer-claims experiments` left in a folder, for a page; files may be damaged, hostile or
another version's.

A picture goes into the page as an image with an address of its own, in which browsers run no script
and fetch nothing, whatever it holds. Before that, one that holds anything but what experiments are
drawn with is refused: the reader is told, rather than shown something else.
"""

from __future__ import annotations

import json
import math
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from markupsafe import Markup
from pydantic import TypeAdapter, ValidationError

from reports.drawing.experiments import Origin
from reports.ledger.files import read_json
from reports.ledger.ledger import Ledger
from reports.studies.experiments.checks import Check
from reports.studies.experiments.experiments import EXPERIMENTS, Decided, Experiment, Outcome

#: The folder, beside a ledger, in which a page looks for experiments.
FOLDER = "experiments"
#: Bytes beyond which a file is not read: several times what an experiment leaves.
_MOST = {"svg": 2_000_000, "json": 200_000}


@dataclass(frozen=True)
class Picture:
    """A drawing, small enough for a page."""

    source: Markup  # a data: address
    width: float  # in points
    height: float
    origin: Origin | None  # what it was computed with, if it says so


@dataclass(frozen=True)
class Kept:
    """What a folder holds of one experiment."""

    name: str
    title: str
    caption: str
    command: str  # that makes it again
    quick: bool
    picture: Picture | None
    decided: tuple[Decided, ...]
    checks: tuple[Check, ...]
    troubles: tuple[str, ...]  # what could not be read, and why


def kept(folder: Path) -> tuple[Kept, ...]:
    """Every experiment that the folder holds; the coarse run's where there is no other. Never
    raises.
    """
    found = (_kept(experiment, folder) for experiment in EXPERIMENTS.values())
    return tuple(one for one in found if one is not None)


def _kept(experiment: Experiment, folder: Path) -> Kept | None:
    name = experiment.name
    stem = next(
        (
            stem
            for stem in (name, f"{name}-quick")
            if any(_present(folder / f"{stem}.{kind}") for kind in ("svg", "json"))
        ),
        None,
    )
    if stem is None:
        return None
    troubles: list[str] = []
    drawn: Picture | None = None
    outcome: Outcome | None = None
    try:
        drawn = picture(_text(folder / f"{stem}.svg"))
    except ValueError as error:
        troubles.append(f"{stem}.svg {error}: the picture is not shown.")
    try:
        outcome = read_outcome(_text(folder / f"{stem}.json"), name)
    except ValueError as error:
        troubles.append(f"{stem}.json {error}: what it decides is not shown.")
    quick = stem != name
    return Kept(
        name=name,
        title=experiment.title,
        caption=outcome.caption.partition(" Made by: ")[0] if outcome else experiment.shows,
        command=f"transfer-claims experiments {name}{' --quick' if quick else ''}",
        quick=quick,
        picture=drawn,
        decided=outcome.decided if outcome else (),
        checks=outcome.checks if outcome else (),
        troubles=tuple(troubles),
    )


def _present(path: Path) -> bool:
    """Whether there is something, readable or not."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # reading it will say why
        pass
    return True


def _text(path: Path) -> str:
    """A file's text. Raises ValueError with the reason, in words that go on a sentence."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
            raise ValueError("is not a file")
        if found.st_size > _MOST[path.suffix[1:]]:
            raise ValueError(f"has {found.st_size:,} bytes, too many")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ValueError("is missing") from None
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None


# Outcomes -----------------------------------------------------------------------------------------


@cache
def _adapter() -> TypeAdapter[Outcome]:
    return TypeAdapter(Outcome)


def read_outcome(text: str, name: str) -> Outcome:
    """An outcome as `Outcome.to_dict` tells it. Raises ValueError."""
    try:
        record = read_json(text)
        for check in record["checks"]:
            if check["value"] is None:  # JSON has no number for "nothing was counted"
                check["value"] = math.nan
        found = _adapter().validate_json(json.dumps(record), strict=True)
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("is damaged, or another version's") from None
    if found.experiment != name:
        raise ValueError("is another experiment's")
    if not all(_adds_up(count) for count in found.decided) or any(
        check.count < 0 for check in found.checks
    ):
        raise ValueError("holds counts that do not add up")
    return found


def _adds_up(count: Decided) -> bool:
    parts = (count.stands, count.falls, count.undecided)
    return min(parts) >= 0 and sum(parts) == count.inside <= count.points


def differences(one: Kept, ledger: Ledger) -> str | None:
    """In a sentence, what the experiment was computed with that the ledger's verdicts were not;
    None if nothing.
    """
    if one.picture is None:
        return None
    origin = one.picture.origin
    if origin is None:
        return "Its picture does not say with which versions and constants it was computed."
    used = {
        name: value
        for count in one.decided
        if (v := ledger.verdicts.get(count.claim))
        for name, value in v.constants.items()
    }
    moved = [
        f"{name} = {_shown(origin.constants.get(name))}, not {_shown(value)}"
        for name, value in used.items()
        if origin.constants.get(name) != value
    ]
    other = [
        f"{name} {value}, not {ledger.versions[name]}"
        for name, value in origin.versions.items()
        if ledger.versions.get(name, value) != value
    ]
    if not moved and not other:
        return None
    return f"Computed otherwise than the ledger's verdicts: {_some(other + moved)}."


def _shown(value: float | None) -> str:
    return "absent" if value is None else f"{value:.6g}"


def _some(parts: list[str], most: int = 4) -> str:
    more = len(parts) - most
    return "; ".join(parts[:most]) + (f"; and {more} more" if more > 0 else "")


# Pictures -----------------------------------------------------------------------------------------

_SVG, _LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
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
    _LINK: r"#[\w.-]+|data:image/png;base64,[A-Za-z\d+/=\s]*",
}
#: The one rule that matplotlib gives to all its elements; here it stands on the root, from which
#: they inherit it.
_RULE = "stroke-linejoin: round; stroke-linecap: butt"
#: How one thing refers to another: as the whole of an attribute, or within a style; a colour has
#: neither form.
_REFERENCE = re.compile(r"(?:^|url\()#([\w.-]+)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def picture(text: str) -> Picture:
    """A picture that an experiment left, made smaller: numbers rounded, what is not drawn dropped.
    Raises ValueError with the reason.
    """
    root = _parsed(text)
    origin = _origin(root)
    try:
        _refuse(root)
        width, height = _size(root)
        top, bottom = _without_words(root, height)
        (small,) = _smaller(root, _names(root))
        small.attrib = {
            "xmlns": _SVG[1:-1],
            "viewBox": f"0 {top:g} {width:g} {bottom - top:g}",
            "style": _RULE,
        }
        written = ElementTree.tostring(small, encoding="unicode")
    except RecursionError:
        raise ValueError("is nested too deep") from None
    # Nothing is left that HTML would have to escape: `quote` takes care of brackets and ampersands,
    # the line above it of quotes.
    source = Markup("data:image/svg+xml," + quote(written.replace('"', "'"), safe=" /:;=,()'+"))
    return Picture(source, width, bottom - top, origin)


def _parsed(text: str) -> ElementTree.Element:
    if "<!ENTITY" in text:  # a few lines of which would fill the memory
        raise ValueError("declares entities")
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"is not a whole SVG file ({error})") from None


def _origin(root: ElementTree.Element) -> Origin | None:
    """What the metadata say it was computed with."""
    words = next(
        (element.text for element in root.iter("{http://purl.org/dc/elements/1.1/}source")), None
    )
    try:
        return TypeAdapter(Origin).validate_json(words or "", strict=True)
    except ValidationError:
        return None


def _refuse(root: ElementTree.Element) -> None:
    """Raise ValueError for what no experiment is drawn with; take away what is not drawn at all."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}title", f"{_SVG}metadata") or (
                child.tag == f"{_SVG}style" and (child.text or "") == f"*{{{_RULE}}}"
            ):
                parent.remove(child)
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if name not in _ELEMENTS or (element is root) != (name == "svg"):
            raise ValueError(f"holds <{name[:40]}>, with which no experiment is drawn")
        for attribute, value in element.items():
            if attribute not in _ATTRIBUTES or not re.fullmatch(
                _ATTRIBUTES[attribute], value, re.ASCII
            ):
                raise ValueError(
                    f"holds {attribute[:40]}=“{value[:40]}”, with which no experiment is drawn"
                )
        if (element.text or "").strip() or (element.tail or "").strip():
            raise ValueError("holds bare words, with which no experiment is drawn")


def _size(root: ElementTree.Element) -> tuple[float, float]:
    """Width and height, in points."""
    found = re.fullmatch(r"0 0 (\d{2,4}(?:\.\d+)?) (\d{2,4}(?:\.\d+)?)", root.get("viewBox", ""))
    if found is None:
        raise ValueError("has no size")
    return float(found[1]), float(found[2])


#: Points below the title's baseline, and above the caption's first, that their letters take.
_BELOW, _ABOVE = 4.0, 9.0


def _without_words(root: ElementTree.Element, height: float) -> tuple[float, float]:
    """Take away title and caption, which a page sets as text; where, without the room that they
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
        found = re.match(
            r"translate\(\d+(?:\.\d+)? (\d+(?:\.\d+)?)\) scale\(", line.get("transform", "")
        )
        if found:
            yield float(found[1])


def _letters(words: ElementTree.Element) -> ElementTree.Element:
    """The shapes of letters that words define; those that come later use them as well."""
    found = ElementTree.Element(f"{_SVG}defs")
    found.extend(shape for defined in words.iter(f"{_SVG}defs") for shape in defined)
    return found


def _names(root: ElementTree.Element) -> dict[str, str]:
    """A short name for every id that something refers to."""
    found = (
        _REFERENCE.findall(value) for element in root.iter() for value in element.attrib.values()
    )
    return {
        name: f"i{place}"
        for place, name in enumerate(dict.fromkeys(name for names in found for name in names))
    }


def _smaller(element: ElementTree.Element, names: Mapping[str, str]) -> list[ElementTree.Element]:
    """The same drawing in fewer characters: without ids that nothing refers to, groups that say
    nothing, and digits that nobody sees.
    """
    needed = [child for child in element if element.tag != f"{_SVG}defs" or _needed(child, names)]
    inside = [small for child in needed for small in _smaller(child, names)]
    attributes = {
        name.rpartition("}")[2]: _shorter(name, value, names)
        for name, value in element.items()
        if name != "id" or value in names
    }
    if element.get("id", "").startswith("QuadMesh"):
        attributes |= _of_all_cells(inside)
    if not attributes and (element.tag == f"{_SVG}g" or not inside):
        return inside
    small = ElementTree.Element(element.tag.removeprefix(_SVG), attributes)
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


def _needed(shape: ElementTree.Element, names: Mapping[str, str]) -> bool:
    """Whether something that is defined is used, or defines something itself."""
    return len(shape) > 0 or shape.get("id") in names


def _shorter(name: str, value: str, names: Mapping[str, str]) -> str:
    """Places to a hundredth of a point; scales, which multiply, as they are."""
    if name == "id":
        return names[value]
    if name in (_LINK, "style", "clip-path"):
        named = _REFERENCE.sub(lambda found: found[0].replace(found[1], names[found[1]]), value)
        return re.sub(r"\s+", "", named) if name == _LINK else re.sub(r"([:;,])\s+", r"\1", named)
    if name == "transform":
        return re.sub(r"translate\([^)]*\)", lambda found: _NUMBER.sub(_rounded, found[0]), value)
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
        short.append(
            f"V{y}"
            if kind == "L" and x == at[0]
            else f"H{x}"
            if kind == "L" and y == at[1]
            else f"{kind}{x} {y}"
            if kind
            else "z"
        )
        at = (x, y) if kind else ("", "")
    return "".join(short)


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
