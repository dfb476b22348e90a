"""Where a contour runs over a grid, at about a tenth of the grid's cost.

Cells of a coarse grid are halved wherever the metric is known on both sides of the level, until
they are cells of the grid itself. What is known on a cell's edge counts for both cells that share
it, so a contour that is met anywhere is followed to its end; one that closes within a coarse cell
is not met.

What is asked for depends on what is known and not on the order in which it became known; more that
is known never makes less be asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.studies.sweep.design import Contour, Design

#: Cells of the coarse grid along each axis.
_COARSE = 8
#: Rows and columns of a cell's corners: from, to, from, to.
_Cell = tuple[int, int, int, int]
_Mask = NDArray[np.bool_]


def wanted(design: Design, finished: Mapping[int, Mapping[str, Any]], points: int) -> set[int]:
    """Numbers of the points that a sweep needs as far as its finished records tell; all of them but
    in an adaptive design.
    """
    if design.kind != "adaptive" or design.contour is None:
        return set(range(points))
    rows, columns = design.shape
    known, low, high = _sides(design.contour, finished, (rows, columns))
    cells, asked = list(_coarse(rows, columns)), set()
    while cells:
        cell = cells.pop()
        corners = _corners(cell)
        asked |= {row * columns + column for row, column in corners}
        if all(known[corner] for corner in corners) and _crossed(cell, low, high):
            cells += _halves(cell)
    return asked


def _sides(
    contour: Contour, finished: Mapping[int, Mapping[str, Any]], shape: tuple[int, int]
) -> tuple[_Mask, _Mask, _Mask]:
    """Which points are finished, and which of them lie at or below the level, and above it; one
    whose metric is none lies on neither side.
    """
    known, low, high = (np.zeros(shape, dtype=bool) for _ in range(3))
    for number, record in finished.items():
        mean = record["metrics"][contour.metric]["mean"]
        known.flat[number] = True
        low.flat[number] = mean is not None and mean <= contour.level
        high.flat[number] = mean is not None and mean > contour.level
    return known, low, high


def _coarse(rows: int, columns: int) -> Iterator[_Cell]:
    along, across = (_places(count) for count in (rows, columns))
    for top, bottom in itertools.pairwise(along):
        for left, right in itertools.pairwise(across):
            yield top, bottom, left, right


def _places(count: int) -> list[int]:
    """Indices that cut an axis into cells that are as even as can be."""
    return [int(x) for x in np.linspace(0, count - 1, min(count, _COARSE + 1)).round()]


def _corners(cell: _Cell) -> list[tuple[int, int]]:
    top, bottom, left, right = cell
    return [(row, column) for row in (top, bottom) for column in (left, right)]


def _crossed(cell: _Cell, low: _Mask, high: _Mask) -> bool:
    top, bottom, left, right = cell
    inside = np.s_[top : bottom + 1, left : right + 1]
    return bool(low[inside].any() and high[inside].any())


def _halves(cell: _Cell) -> list[_Cell]:
    """Up to four cells; none of a cell of the grid itself."""
    top, bottom, left, right = cell
    if bottom - top == right - left == 1:
        return []
    along, across = (
        [(low, high)] if high - low == 1 else [(low, (low + high) // 2), ((low + high) // 2, high)]
        for low, high in ((top, bottom), (left, right))
    )
    return [(*rows, *columns) for rows in along for columns in across]
