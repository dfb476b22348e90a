"""Where commands write: results to standard output, progress and everything else to standard
error.
"""

from __future__ import annotations

import json
import sys

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from reports.commands import show

out, err = show.console(), Console(stderr=True)


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


def print_json(value: object) -> None:
    """To standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
