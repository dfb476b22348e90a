"""Where commands write: results to standard output, progress and everything else to standard
error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

if TYPE_CHECKING:
    from claims.deciding.verdict import Verdict

#: Width where nobody looks at a terminal: more than any line or table takes.
_LINES = 1_000


class Terminal(Console):
    """A console that leaves it to the guard to leave."""

    def on_broken_pipe(self) -> NoReturn:
        """Called where writing has just failed; rich itself would exit with code 1."""
        raise


def console() -> Console:
    """Standard output, wide enough for whole lines where nobody looks at a terminal."""
    terminal = Terminal()
    return terminal if terminal.is_terminal else Terminal(width=_LINES)


out, err = console(), Terminal(stderr=True)


def display(*more: ProgressColumn) -> Progress:
    """How many are done of how many, and for how long it has taken."""
    return vanishing(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), *more)


def vanishing(*columns: ProgressColumn) -> Progress:
    """A display that vanishes when it ends. Where nothing can be drawn over, it would leave a blank
    line and show nothing: there is none.
    """
    return Progress(
        TextColumn("{task.description}"),
        *columns,
        console=err,
        transient=True,
        disable=not err.is_interactive,
    )


@contextmanager
def deciding(claims: int) -> Iterator[Callable[[list[Verdict]], None]]:
    """A display of verdicts as they come; what it gives takes those that are new."""
    with display() as progress:
        bar = progress.add_task("deciding claims", total=claims)

        def tick(verdicts: list[Verdict]) -> None:
            last = verdicts[-1]
            said = f"{last.claim}: {last.status.value}"
            progress.update(bar, advance=len(verdicts), description=said)

        yield tick


def print_json(value: object) -> None:
    """To standard output, in ASCII: whatever reads it, in whatever encoding, reads the same."""
    sys.stdout.write(json.dumps(value, indent=2, allow_nan=False) + "\n")
