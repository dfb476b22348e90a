"""`replay`: a failure, once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.commands.console import display, out, print_json
from reports.commands.options import JsonOption


def replay_failure(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="A failure's file, or a claim's id: the one kept of it."
        ),
    ],
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Where to draw the trajectory (reports/out/failures/, by the name of FILE)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """A failure's file, or a claim's id: exit 0 if it no longer fails, 1 if it still does, 2 if
    it cannot be used. The file stays.
    """
    from claims.core.workspace import Workspace
    from reports.ledger import DEFAULT, counterexample
    from reports.studies import replay

    path = _file(file)
    case = counterexample.read(path)
    with display() as progress:
        bar = progress.add_task("training", total=None)
        replayed = replay.again(
            case, lambda done, of: progress.update(bar, completed=done, total=of)
        )
    drawing = replay.plot(replayed, plot or Workspace(DEFAULT.parent).failures / f"{path.stem}.svg")
    if as_json:
        print_json(replayed.to_dict() | {"plot": None if drawing is None else str(drawing)})
    else:
        replay.show(out, replayed)
        untold = "no trajectory: the statement is about formulas, or about many regimes at once"
        out.print(f"plot: {drawing}" if drawing else untold, markup=False, highlight=False)
    raise typer.Exit(1 if replayed.fails else 0)


def _file(named: str) -> Path:
    """The file of this name; else the counterexample that is kept of the claim with this id."""
    from claims.core import findings
    from claims.core.catalogue import find
    from reports.ledger.counterexample import CounterexampleError

    path = Path(named)
    if path.exists() or path.suffix == ".json" or len(path.parts) > 1:
        return path
    kept = findings.path(find(named).id)
    if not kept.exists():
        raise CounterexampleError(f"{named}: no counterexample is kept of it")
    return kept
