"""Statements on real images: all that is known of one."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from claims.paper.real_images import ImageClaim
from reports.commands.showing.claims import named
from reports.ledger.ledger import Ledger


def image_record(claim: ImageClaim, ledger: Ledger) -> dict[str, Any]:
    """What `list` and `show` tell of a statement on real images."""
    verdict = ledger.images.get(claim.id)
    return named(claim) | {
        "statement": claim.statement,
        "latex": claim.latex,
        "unit": claim.unit,
        "status": None if verdict is None else verdict.status.value,
        "wrong_versions": {wrong.name: wrong.error for wrong in claim.wrong_versions},
        "verdict": None if verdict is None else verdict.to_dict(),
    }


def print_image(console: Console, record: dict[str, Any]) -> None:
    """`show` for people, of a statement on real images."""
    console.print(f"[bold]{record['id']}[/bold]  {record['title']}", highlight=False)
    console.print(
        f"{record['source']}, provenance {'+'.join(record['provenance'])}, {record['kind']}",
        highlight=False,
    )
    console.print(f"\n{record['statement']}\n", highlight=False)
    for name, error in record["wrong_versions"].items():
        console.print(f"planted wrong version {name}: {error}", markup=False, highlight=False)
    verdict = record["verdict"]
    if verdict is None:
        console.print(
            "\nnot decided yet; next: transfer-claims cifar run, or cifar report for the records"
            " that come with the project",
            highlight=False,
        )
        return
    console.print(
        f"\n[bold]{verdict['status']}[/bold] on {verdict['networks']:,} networks,"
        f" {verdict['method']}; {record['unit']}:",
        highlight=False,
    )
    for name, value in verdict["evidence"].items():
        console.print(f"  {name}: {value}", markup=False, highlight=False)
