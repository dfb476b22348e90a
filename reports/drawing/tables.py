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
    console = Console(file=io.StringIO(), width=10_000)
    _, right, _, left = table.padding
    rules = len(table.columns) + 1 if table.box else 0
    widths = (_least(console, column) + left + right for column in table.columns)
    return sum(widths) + rules


def _least(console: Console, column: Column) -> int:
    cells = [
        Measurement.get(console, console.options, cell) for cell in (column.header, *column.cells)
    ]
    if column.no_wrap:
        return max(cell.maximum for cell in cells)
    longest = max(cell.minimum for cell in cells)
    return min(longest, _LEAST_FOLDED) if column.overflow == "fold" else longest


def print_whole(console: Console, table: Table) -> None:
    """Print a table in the console's width, or in the least that cuts nothing where that is more:
    the terminal then wraps its lines.
    """
    options = console.options.update(width=max(console.width, least_width(table)))
    console.print(Segments(console.render(table, options)), crop=False, end="")
