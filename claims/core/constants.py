"""Calibrated constants, read from `constants.toml`, which only the calibrate command writes."""

from __future__ import annotations

import copy
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from model.files import read_limited
from model.printing import one_line

FILE = Path(__file__).parents[1] / "constants.toml"
#: A statement that holds at no constant within these is falsified.
LEAST, MOST = 1e-2, 1e2
_LARGEST_FILE = 2**20

Constants = Mapping[str, float]


class ConstantsError(ValueError):
    """The constants file is unreadable or lacks a constant."""


def table(path: Path = FILE) -> dict[str, dict[str, Any]]:
    """The file's entries by the constant's full name: value, interval, rule and where they come
    from.
    """
    try:
        text = read_limited(path, _LARGEST_FILE).decode("utf-8-sig")
        entries = _parsed(text)
    except (OSError, ValueError, RecursionError) as error:
        why = "nested too deep" if isinstance(error, RecursionError) else error
        raise ConstantsError(
            f"{path}: cannot be read ({why}); write it with: transfer-claims calibrate"
        ) from None
    if not isinstance(entries, dict):
        raise ConstantsError(f"{path}: constant: must be tables, one for each constant")
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise ConstantsError(f"{path}: {one_line(name, 100)}: must be a table")
    return copy.deepcopy(entries)  # which callers may change


@lru_cache(maxsize=2)
def _parsed(text: str) -> Any:
    """Once for all claims: a page asks for every one's."""
    return tomllib.loads(text).get("constant", {})


@cache
def load(path: Path = FILE) -> Constants:
    """Every constant by its full name, `theorem-4.3.C_2`."""
    constants = {}
    for name, entry in table(path).items():
        if type(entry.get("value")) not in (int, float) or not LEAST <= entry["value"] <= MOST:
            raise ConstantsError(
                f"{path}: {one_line(name, 100)}: value must be a number from {LEAST} to {MOST}"
            )
        constants[name] = float(entry["value"])
    return constants


def select(names: Iterable[str], constants: Constants | None = None) -> dict[str, float]:
    """These constants by name; raises `ConstantsError` for one that is absent."""
    known = load() if constants is None else constants
    return {name: resolve(name, known) for name in names}


def resolve(bound: float | str, constants: Constants) -> float:
    """A bound given as a number or as the name of a constant."""
    if not isinstance(bound, str):
        return float(bound)
    if bound not in constants:
        near = difflib.get_close_matches(bound, list(constants), n=1, cutoff=0.8)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise ConstantsError(
            f"{bound}: no such constant in {FILE.name}{meant}; a claim's fits are written with:"
            " transfer-claims calibrate"
        )
    return constants[bound]
