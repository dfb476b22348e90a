"""Claims: a table of all, and all that is known of one."""

from __future__ import annotations

import json
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, OverflowMethod
from rich.markup import escape
from rich.table import Table

from claims.core.claim import Claim
from reports.commands.showing.verdicts import status_text
from reports.ledger.ledger import Ledger
from reports.page.blocks import Block, block
from reports.tables import least_width


def claim_table(claims: list[Claim], ledger: Ledger, width: int) -> Table:
    """Every claim: id, title, provenance, last verdict. Where there is little room the verdict
    comes first, and the title stands under the id.
    """
    wide = _table(claims, ledger, wide=True)
    return wide if least_width(wide) <= width else _table(claims, ledger, wide=False)


def _table(claims: list[Claim], ledger: Ledger, *, wide: bool) -> Table:
    table, statuses = Table(box=SIMPLE_HEAD), ledger.statuses
    names = ("claim", "last verdict", "source", "provenance", "kind", "title")
    for name in names if wide else ("last verdict", "claim", "source"):
        wraps = not wide and name != "last verdict"
        overflow: OverflowMethod = "fold" if name == "claim" else "ellipsis"
        table.add_column(name, no_wrap=not wraps, overflow=overflow)
    for claim in claims:
        cells = [
            claim.id,
            status_text(statuses.get(claim.id)),
            claim.source,
            "+".join(p.name for p in claim.provenance),
            claim.kind.value,
            claim.title,
        ]
        under = f"{claim.id}\n[dim]{escape(claim.title)}[/dim]"
        table.add_row(*(cells if wide else (cells[1], under, claim.source)))
    return table


def _constant(name: str, value: float, fit: dict[str, Any]) -> str:
    low, high = fit["interval"]
    by = ", ".join(f"{stratum} {x:.3g}" for stratum, x in fit["strata"].items() if x is not None)
    return (
        f"{name} = {value:g}, fit [{low}, {high}] on {fit['regimes']} regimes:"
        f" {fit['rule']}{'; by itself: ' if by else ''}{by}"
    )


def evidence_lines(evidence: dict[str, Any]) -> list[str]:
    """Evidence as the page arranges it, in lines: a name and its value, what is nested below it."""
    return _lines("", block(evidence)) if evidence else []


def _lines(name: str, arranged: Block) -> list[str]:
    head = [f"{name}:"] if name else []
    if arranged.rows:
        return [*head, *("  " * bool(name) + _row(arranged.head, row) for row in arranged.rows)]
    if arranged.entries:
        inner = [line for label, one in arranged.entries for line in _lines(label, one)]
        return [*head, *("  " * bool(name) + line for line in inner)]
    return [f"{name}: {arranged.text}" if name else arranged.text]


def _row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """A row of a table by itself: each cell after the name of its column, if it has one."""
    names = head or ("",) * len(row)
    first, *rest = (f"{name} {cell}".strip() for name, cell in zip(names, row, strict=True))
    return f"{first}: {', '.join(rest)}" if head and not head[0] else ", ".join((first, *rest))


def print_claim(console: Console, record: dict[str, Any]) -> None:
    """`show` for people."""
    console.print(f"[bold]{record['id']}[/bold]  {escape(record['title'])}", highlight=False)
    console.print(
        f"{record['source']}, provenance {'+'.join(record['provenance'])}, {record['kind']}, δ ="
        f" {record['delta']:g}",
        highlight=False,
    )
    console.print(f"\n{record['statement']}\n", markup=False, highlight=False)
    console.print(record["latex"], markup=False, highlight=False, style="dim")
    for title, lines in (
        ("hypotheses", record["hypotheses"]),
        ("ranges over", record["searched"]),
        (
            "constants",
            [
                _constant(name, value, record["calibration"][name])
                for name, value in record["constants"].items()
            ],
        ),
        ("uses", [f"{name}: {why}" for name, why in record["uses"].items()]),
        (
            "mutants",
            [f"{name}: {error}" for name, error in record["mutants"].items()],
        ),
        ("adversary", [record["attacked"]] if record["attacked"] else []),
    ):
        if lines:
            console.print(f"\n[bold]{title}[/bold]")
            for line in lines:
                console.print(f"  {line}", markup=False, highlight=False)
    verdict = record["verdict"]
    if verdict is None:
        console.print(
            f"\nno verdict yet; next: transfer-claims verify {record['id']}", highlight=False
        )
        return
    margin = (
        ""
        if verdict["worst_margin"] is None
        else f", worst margin {verdict['worst_margin'] + 0.0:.3g} ({verdict['unit']})"
    )
    where = (
        f"{verdict['regimes']} regime{'s' if verdict['regimes'] != 1 else ''},"
        f" {verdict['networks']:,} networks"
        if verdict["networks"]
        else verdict["method"]
    )
    console.print(
        f"\n[bold]{verdict['settled']}[/bold] on {escape(where + margin)}", highlight=False
    )
    for sentence in record["earned"]:
        console.print(f"  {sentence}", markup=False, highlight=False)
    if verdict["detectable"]:
        effect = f"{record['detects']} {verdict['detectable']:.2g} or more"
        console.print(f"{effect} is found with probability 0.99", highlight=False)
    for line in evidence_lines(verdict["evidence"]):
        console.print(f"  {line}", markup=False, highlight=False)
    if verdict["counterexample"]:
        regime = json.dumps(verdict["counterexample"]["regime"])
        console.print(f"counterexample: {regime}", markup=False, highlight=False)
