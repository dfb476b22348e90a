"""`replay`: a failure, once more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reports.commands.console import display, out, print_json
from reports.commands.options import JsonOption

if TYPE_CHECKING:
    from reports.ledger.counterexample import Counterexample


def replay_failure(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|ID",
            help="A failure's file, or a claim's id: the counterexample that is kept of it, or the"
            " worst regime in the ledger.",
        ),
    ],
    ledger: Annotated[
        Path | None,
        typer.Option(
            help="Take the claim's case from this ledger, though a counterexample is kept"
            " (reports/out/ledger.jsonl, where none is)."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Where to draw the trajectory: .svg, .png or .pdf (reports/out/failures/, by the"
            " name of FILE, .svg)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train a failure, or a claim's worst regime, again: exit 1 if the statement fails there, 0 if
    not, 2 if it cannot be used. No file that is read changes.
    """
    from claims.core.workspace import Workspace
    from reports.ledger import DEFAULT

    case, name = _case(file, ledger)
    from reports.drawing.figures import check_ending  # takes long to load: what is refused does not
    from reports.studies import replay

    if plot is not None:
        check_ending(plot)
    with display() as progress:
        bar = progress.add_task("training", total=None)
        replayed = replay.again(
            case, lambda done, of: progress.update(bar, completed=done, total=of)
        )
    beside = DEFAULT if ledger is None else ledger
    drawing = replay.plot(replayed, plot or Workspace(beside.parent).failures / f"{name}.svg")
    if as_json:
        print_json(replayed.to_dict() | {"plot": None if drawing is None else str(drawing)})
    else:
        replay.show(out, replayed)
        untold = "no trajectory: the statement is about formulas, or about many regimes at once"
        out.print(f"plot: {drawing}" if drawing else untold, markup=False, highlight=False)
    raise typer.Exit(1 if replayed.fails else 0)


def _case(named: str, book: Path | None) -> tuple[Counterexample, str]:
    """A file's case; else what is kept of the claim with this id, or what a ledger has of it. And
    what to call its drawing.
    """
    from claims.core import findings
    from claims.core.catalogue import find
    from reports.ledger import DEFAULT, counterexample, ledger

    path = Path(named)
    if path.exists() or path.suffix == ".json" or len(path.parts) > 1:
        if book is not None:
            raise typer.BadParameter(f"{named} is a file, and has its case", param_hint="--ledger")
        return counterexample.read(path), path.stem
    claim, kept = find(named), findings.path(named)
    if kept.exists() and book is None:
        return counterexample.read(kept), kept.stem
    source = DEFAULT if book is None else book
    read = ledger.read(source)
    verdicts = read.verdicts | read.mutants
    if claim.id not in verdicts:
        lacking = f"{source} has no verdict of it" if source.exists() else f"there is no {source}"
        raise counterexample.CounterexampleError(
            f"{named}: {lacking}; decide it first: transfer-claims verify {named}"
            + ("" if book is None else f" --ledger {source}")
        )
    return counterexample.of_verdict(verdicts[claim.id]), counterexample.stem(claim.id)
