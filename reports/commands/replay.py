"""`replay`: a failure, once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.commands.console import err, out, print_json
from reports.commands.options import JsonOption


def replay_failure(
    file: Path,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Where to draw the trajectory (reports/out/failures/, by the name of FILE)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A failure's file: exit 0 if it no longer fails, 1 if it still does, 2 if it cannot be used.
    The file stays.
    """
    from claims.core.workspace import Workspace
    from reports.ledger import DEFAULT, counterexample
    from reports.studies import replay

    case = counterexample.read(file)
    with err.status("training"):
        replayed = replay.again(case)
    drawing = replay.plot(replayed, plot or Workspace(DEFAULT.parent).failures / f"{file.stem}.svg")
    if as_json:
        print_json(replayed.to_dict() | {"plot": None if drawing is None else str(drawing)})
    else:
        replay.show(out, replayed)
        untold = "no trajectory: the statement is about formulas, or about many regimes at once"
        out.print(f"plot: {drawing}" if drawing else untold, markup=False, highlight=False)
    raise typer.Exit(1 if replayed.fails else 0)
