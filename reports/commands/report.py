"""`report`: the ledger as a page, in brief, or beside another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from reports.commands.console import err, out, print_json
from reports.commands.options import LEDGER, JsonOption, LedgerOption

if TYPE_CHECKING:
    from reports.ledger.ledger import Ledger
    from reports.page.summary import Move


def make_report(
    folder: Annotated[Path, typer.Option("--out", help="Where index.html goes.")] = Path(
        "reports/out"
    ),
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a summary in Markdown instead.")
    ] = False,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="OLD NEW", help="Print what moved between two ledgers; exit 1 if anything did."
        ),
    ] = None,
    as_json: JsonOption = False,
    path: LedgerOption = LEDGER,
) -> None:
    """The ledger, and the experiments beside it, as a page to read: one file, which opens from
    disk.
    """
    if compare:
        _compare(compare, as_json)
    book = _present(path)
    if as_markdown:
        from reports.page import summary

        sys.stdout.write(summary.markdown(book))
        return
    _draw(book, folder, path.parent, as_json)


def _compare(files: tuple[Path, Path], as_json: bool) -> NoReturn:
    """Print what moved; exit 1 if anything did."""
    from reports.page import summary

    old, new = (_present(file) for file in files)
    moves = summary.moves(old, new)
    if as_json:
        print_json(summary.moves_record(moves))
    else:
        for file, book in zip(files, (old, new), strict=True):
            out.print(summary.described(file, book), highlight=False, markup=False)
        out.print(moves_table(moves) if moves else "nothing moved")
    raise typer.Exit(1 if moves else 0)


def _draw(book: Ledger, folder: Path, beside: Path, as_json: bool) -> None:
    """The page; `beside` is where the ledger lies."""
    from reports.page import document, summary
    from reports.studies.experiments import files

    with err.status("drawing the page"):
        file = document.build(book, folder, beside / files.FOLDER)
    counts = summary.counts(book)
    if as_json:
        print_json({"page": str(file), **counts})
        return
    out.print(summary.tally(book), markup=False, highlight=False)
    out.print(f"page: {file}; open it in a browser", markup=False, highlight=False)


def _present(path: Path) -> Ledger:
    """A ledger that must be there."""
    from reports.ledger import ledger

    if not path.is_file():
        raise ledger.LedgerError(
            f"{path}: there is no such ledger; decide claims first: transfer-claims verify"
        )
    return ledger.read(path)


def moves_table(moves: list[Move]) -> Table:
    """What moved between two ledgers."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("claim", "what", "old", "new"):
        table.add_column(name, no_wrap=True)
    for move in moves:
        cells = (move.claim, move.what, _cell(move.old), _cell(move.new))
        table.add_row(*map(escape, cells))
    return table


def _cell(value: str | float | None) -> str:
    if value is None:
        return "–"
    return format(value, ".6g") if isinstance(value, float) else value
