"""`list` and `show`: what the catalogue and the ledger hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from reports.commands.choosing import SourceOption, StatusOption, choose
from reports.commands.console import out, print_json
from reports.commands.options import LEDGER, JsonOption, LedgerOption

if TYPE_CHECKING:
    from reports.ledger.ledger import Ledger


def list_claims(
    claim_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids, or patterns such as 'theorem-4.3.*'."),
    ] = None,
    status: StatusOption = None,
    source: SourceOption = None,
    as_json: JsonOption = False,
    path: LedgerOption = LEDGER,
) -> None:
    """Every claim: id, provenance, last verdict."""
    from claims.deciding.decide import expected
    from reports.commands.showing.claims import claim_table
    from reports.ledger import ledger
    from reports.ledger.described import named
    from reports.tables import print_whole

    claims = choose(claim_ids, status, source, path)
    book = ledger.read(path)
    if as_json:
        print_json(
            [
                named(claim) | {"status": _status(book, claim.id), "finding": expected(claim).value}
                for claim in claims
            ]
        )
        return
    print_whole(out, claim_table(claims, book, out.width))
    out.print("next: transfer-claims show ID, or transfer-claims verify", highlight=False)


def show_claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: JsonOption = False,
    path: LedgerOption = LEDGER,
) -> None:
    """A claim's statement, hypotheses, constants and evidence."""
    from claims.core.catalogue import find
    from reports.commands.showing.claims import print_claim
    from reports.ledger import ledger
    from reports.ledger.described import claim_record

    record = claim_record(find(claim_id), ledger.read(path))
    if as_json:
        print_json(record)
    else:
        print_claim(out, record)


def _status(book: Ledger, claim_id: str) -> str | None:
    status = book.statuses.get(claim_id)
    if status is None and claim_id in book.mutants:
        status = book.mutants[claim_id].status
    return None if status is None else status.value
