"""`list` and `show`: what the catalogue and the ledger hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reports.commands.console import out, print_json
from reports.commands.deferring import deferred
from reports.commands.options import LEDGER, JsonOption, LedgerOption

if TYPE_CHECKING:
    from claims.core.claim import Claim
    from claims.paper.real_images import ImageClaim
    from reports.ledger.ledger import Ledger


def list_claims(as_json: JsonOption = False, path: LedgerOption = LEDGER) -> None:
    """Every claim: id, provenance, last verdict."""
    with deferred():
        _list(as_json, path)


def show_claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: JsonOption = False,
    path: LedgerOption = LEDGER,
) -> None:
    """A claim's statement, hypotheses, constants and evidence."""
    with deferred():
        _show(claim_id, as_json, path)


def _list(as_json: bool, path: Path) -> None:
    from claims.core.catalogue import catalogue
    from reports.commands.showing.claims import claim_table
    from reports.ledger import ledger

    book = ledger.read(path)
    if as_json:
        print_json(_records(book))
        return
    out.print(claim_table(list(catalogue().values()), book, out.width))
    out.print("next: transfer-claims show ID, or transfer-claims verify", highlight=False)


def _records(book: Ledger) -> list[dict[str, Any]]:
    from claims.core.catalogue import catalogue
    from claims.paper.real_images import CLAIMS_ON_IMAGES
    from reports.commands.showing.claims import named

    claims: list[Claim | ImageClaim] = [*catalogue().values(), *CLAIMS_ON_IMAGES]
    return [named(claim) | {"status": _status(book, claim.id)} for claim in claims]


def _status(book: Ledger, claim_id: str) -> str | None:
    image = book.images.get(claim_id)
    status = image.status if image else book.statuses.get(claim_id)
    return None if status is None else status.value


def _show(claim_id: str, as_json: bool, path: Path) -> None:
    from claims.core.catalogue import find
    from claims.paper.real_images import CLAIMS_ON_IMAGES
    from reports.commands.showing.claims import claim_record, print_claim
    from reports.commands.showing.images import image_record, print_image
    from reports.ledger import ledger

    image = next((claim for claim in CLAIMS_ON_IMAGES if claim.id == claim_id), None)
    if image:
        record, write = image_record(image, ledger.read(path)), print_image
    else:
        record, write = claim_record(find(claim_id), ledger.read(path)), print_claim
    if as_json:
        print_json(record)
    else:
        write(out, record)
