"""Tables for terminals, whole however narrow: words wrap, numbers and single words are not cut."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def print_whole(console: Console, table: Table) -> None:
    """Print a table in the console's width, or in the least that cuts nothing where that is more:
    the terminal then wraps its lines.
    """
    wide = console.options.update(width=_UNLIMITED)
    least = table.__rich_measure__(console, wide).minimum
    console.print(table, width=max(console.width, least), crop=False)


_UNLIMITED = 10_000
