"""Check certificates of interval proofs: `python claims/check_certificate.py FILE...`

A certificate says of each step that a formula is positive on a box, and how the box is cut into
cells with a lower bound each. Here every bound is computed again, with intervals of mpmath at 100
bits rounded outwards: a cell's own bound must be at least the one that is written, which must be
positive. Cells cover the box because each is one side of a cut through its parent, and cuts are
read in depth-first order until the last cell. This file imports nothing of the project and no
python-flint; it reads JSON and evaluates no text. Exit code 0: every step holds; 1: some step does
not; 2: a file that cannot be read.

What it takes on trust: that the formulas are those of the statement (they are printed), and the
identities listed under `algebra`, which computer algebra shows.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mpmath import iv

iv.prec = 100
FORMAT = 1
FUNCTIONS = {"sqrt": iv.sqrt, "log": iv.log, "exp": iv.exp}
Sides = dict[str, tuple[float, float]]


class RefusedError(ValueError):
    """A certificate that proves nothing: says which step, and why."""


def check(certificate: Any) -> list[str]:
    """Check every step; returns a line for each. Raises `RefusedError` for the first that fails."""
    if not isinstance(certificate, dict) or certificate.get("format") != FORMAT:
        raise RefusedError(f"format: must be {FORMAT}")
    if not certificate.get("steps") and not certificate.get("algebra"):
        raise RefusedError("steps: there are none")
    return [_step(step) for step in certificate["steps"]]


def _step(step: dict[str, Any]) -> str:
    name = step["name"]
    sides = {variable: _side(name, variable, side) for variable, side in step["box"].items()}
    parts = iter(step["cells"])
    bounds = list(_bounds(name, step["expression"], sides, parts))
    if next(parts, None) is not None:
        raise RefusedError(f"{name}: cells are left when the box is covered")
    return f"{name}: {step['positive']} > 0 on {sides}: {len(bounds)} cells, least {min(bounds):g}"


def _side(name: str, variable: str, side: list[float]) -> tuple[float, float]:
    low, high = map(float, side)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise RefusedError(f"{name}: {variable} = {side}: must be two finite ends, least first")
    return low, high


def _bounds(
    name: str, expression: list[Any], sides: Sides, parts: Iterator[dict[str, Any]]
) -> Iterator[float]:
    """The bound of every cell of a box, each checked."""
    waiting = [sides]  # the parts of the box that no cell covers yet
    while waiting:
        box, part = waiting.pop(), next(parts, None)
        if part is None:
            raise RefusedError(f"{name}: no cell covers {box}")
        if "split" in part:
            waiting.extend(reversed(_cut(name, box, part)))
            continue
        yield _bound(name, expression, box, part["bound"])


def _cut(name: str, box: Sides, part: dict[str, Any]) -> tuple[Sides, Sides]:
    variable, at = list(box)[part["split"]], float(part["at"])
    low, high = box[variable]
    if not low <= at <= high:
        raise RefusedError(f"{name}: {variable} is cut at {at}, outside [{low}, {high}]")
    return box | {variable: (low, at)}, box | {variable: (at, high)}


def _bound(name: str, expression: list[Any], box: Sides, written: float) -> float:
    if not written > 0:
        raise RefusedError(f"{name}: the bound {written} on {box} is not positive")
    values = {variable: iv.mpf(list(side)) for variable, side in box.items()}
    try:
        value = evaluate(expression, values)
    except (ZeroDivisionError, ArithmeticError) as error:
        raise RefusedError(f"{name}: no value on {box}: {error}") from None
    if not value.a >= iv.mpf(written):
        raise RefusedError(f"{name}: on {box} the value may be {value.a}, below {written}")
    return written


def evaluate(expression: list[Any], values: dict[str, Any]) -> Any:
    """An interval that holds the value. Raises `RefusedError` for a tree it does not know."""
    name, *rest = expression
    if name == "number":
        numerator, denominator = map(int, rest[0].split("/"))
        return iv.mpf(numerator) / iv.mpf(denominator)
    if name == "variable":
        return values[rest[0]]
    if name == "pi":
        return +iv.pi
    parts = [evaluate(part, values) for part in rest[: 1 if name == "power" else None]]
    if name == "add":
        return sum(parts, iv.mpf(0))
    if name == "multiply":
        return math.prod(parts, start=iv.mpf(1))
    if name == "power":
        return _power(parts[0], int(rest[1]))
    if name not in FUNCTIONS:
        raise RefusedError(f"{name!r}: no such operation")
    if name != "exp" and not parts[0].a >= 0:
        raise RefusedError(f"{name} of {parts[0]}")
    return FUNCTIONS[name](parts[0])


def _power(base: Any, exponent: int) -> Any:
    if exponent >= 0:
        return base**exponent
    below = base**-exponent
    if below.a <= 0 <= below.b:
        raise RefusedError(f"division by {below}")
    return iv.mpf(1) / below


def main(paths: list[str]) -> int:
    """Check files, and print what they prove."""
    if not paths:
        print(__doc__)
        return 2
    worst = 0
    for path in paths:
        try:
            certificate = json.loads(Path(path).read_text(encoding="utf-8"))
            lines = check(certificate)
        except RefusedError as error:
            print(f"{path}: refused: {error}")
            worst = max(worst, 1)
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            print(f"{path}: cannot be read: {error!r}")
            worst = 2
        else:
            print(f"{path}: {certificate['claim']}: {certificate['statement']}")
            for line in lines:
                print(f"  holds: {line}")
            for line in certificate["algebra"]:
                print(f"  by computer algebra, not checked here: {line}")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
