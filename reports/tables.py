"""Tables for terminals, whole however narrow: words wrap, numbers and single words are not cut."""

from __future__ import annotations

import io

from rich.console import Console
from rich.measure import Measurement
from rich.segment import Segments
from rich.table import Column, Table

#: Of a column whose words may be folded.
_LEAST_FOLDED = 8


def least_width(table: Table) -> int:
    """The least width that cuts nothing: of a column that does not wrap its longest cell, of one
    that does its longest word, of one that folds words a few letters.
    """
    return _rules(table) + sum(least for least, _ in _ranges(table))


def print_whole(console: Console, table: Table) -> None:
    """Print a table in the console's width, or in the least that cuts nothing where that is more:
    the terminal then wraps its lines.
    """
    width = max(console.width, least_width(table))
    spare = width - least_width(table)
    for column, (least, most) in zip(table.columns, _ranges(table), strict=True):
        column.width = min(most, least + spare)
        spare -= column.width - least
    options = console.options.update(width=width)
    console.print(Segments(console.render(table, options)), crop=False, end="")


def _rules(table: Table) -> int:
    """What rules and padding take of a line."""
    _, right, _, left = table.padding
    rules = len(table.columns) + 1 if table.box else 0
    return rules + len(table.columns) * (left + right)


def _ranges(table: Table) -> list[tuple[int, int]]:
    """Of each column the least width that cuts nothing, and the most that it can use."""
    console = Console(file=io.StringIO(), width=10_000)
    return [_range(console, column) for column in table.columns]


def _range(console: Console, column: Column) -> tuple[int, int]:
    cells = [
        Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)
    ]
    most = max(cell.maximum for cell in cells)
    if column.no_wrap:
        return most, most
    longest = max(cell.minimum for cell in cells)
    return (min(longest, _LEAST_FOLDED) if column.overflow == "fold" else longest), most
