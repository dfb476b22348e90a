"""What the command line and pytest print: tables of claims, of verdicts, of one regime."""

from __future__ import annotations

from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from claims import constants as constant_table
from claims.claim import Claim
from claims.decision import Status
from reports.ledger import Ledger

_STYLES = {Status.VERIFIED: "green", Status.FALSIFIED: "red", Status.BLOCKED: "yellow", Status.INCONCLUSIVE: "yellow", Status.VACUOUS: "yellow"}


def status_text(status: Status | None) -> str:
    """A status in its colour; the word stays, for those who see no colour."""
    return "[dim]not decided[/dim]" if status is None else f"[{_STYLES.get(status, 'dim')}]{status.value}[/]"


def verdict_table(ledger: Ledger) -> Table:
    """Claim, verdict, regimes, networks, worst margin."""
    table = Table(caption=f"{ledger.networks:,} networks trained; a true statement is falsified with probability at most {ledger.false_alarm:.1e}")
    table.add_column("claim", no_wrap=True)
    for name in ("verdict", "regimes", "networks", "worst margin", "unit", "seconds"):
        table.add_column(name, justify="left" if name in ("verdict", "unit") else "right")
    statuses = ledger.statuses
    for name, verdict in ledger.verdicts.items():
        worst = "" if verdict.worst_margin is None else f"{verdict.worst_margin:.3g}"
        table.add_row(name, status_text(statuses[name]), str(verdict.regimes), f"{verdict.networks:,}", worst, verdict.unit, f"{verdict.seconds:.1f}")
    return table


def claim_table(claims: list[Claim], ledger: Ledger) -> Table:
    """Every claim: id, provenance, kind, last verdict."""
    table = Table()
    table.add_column("claim", no_wrap=True)
    for name in ("source", "provenance", "kind", "last verdict", "title"):
        table.add_column(name)
    statuses = ledger.statuses
    for claim in claims:
        table.add_row(claim.id, claim.source, "".join(p.name for p in claim.provenance), claim.kind.value, status_text(statuses.get(claim.id)), claim.title)
    return table


def claim_record(claim: Claim, ledger: Ledger) -> dict[str, Any]:
    """Everything `show` tells of a claim, as JSON values."""
    known = constant_table.load()
    verdict = ledger.verdicts.get(claim.id)
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "provenance": [p.name for p in claim.provenance],
        "kind": claim.kind.value,
        "statement": claim.statement,
        "latex": claim.latex,
        "hypotheses": [str(h) for h in claim.domain.hypotheses] if claim.domain else [],
        "constants": {name: known[name] for name in claim.constants},
        "delta": claim.delta,
        "uses": dict(claim.uses),
        "wrong_versions": {wrong.name: wrong.error for wrong in claim.wrong_versions},
        "verdict": None if verdict is None else verdict.to_dict() | {"settled": ledger.statuses[claim.id].value},
    }


def print_claim(console: Console, record: dict[str, Any]) -> None:
    """`show` for people."""
    console.print(f"[bold]{record['id']}[/bold]  {record['title']}", highlight=False)
    console.print(f"{record['source']}, provenance {'+'.join(record['provenance'])}, {record['kind']}, δ = {record['delta']:g}", highlight=False)
    console.print(f"\n{record['statement']}\n", highlight=False)
    console.print(record["latex"], markup=False, highlight=False, style="dim")
    for title, lines in (
        ("hypotheses", record["hypotheses"]),
        ("constants", [f"{name} = {value:g}" for name, value in record["constants"].items()]),
        ("uses", [f"{name}: {why}" for name, why in record["uses"].items()]),
        ("planted wrong versions", [f"{name}: {error}" for name, error in record["wrong_versions"].items()]),
    ):
        if lines:
            console.print(f"\n[bold]{title}[/bold]")
            for line in lines:
                console.print(f"  {line}", markup=False, highlight=False)
    verdict = record["verdict"]
    if verdict is None:
        console.print(f"\nnot decided yet; next: transfer-claims verify {record['id']}", highlight=False)
        return
    margin = "" if verdict["worst_margin"] is None else f", worst margin {verdict['worst_margin']:.3g} {verdict['unit']}"
    console.print(f"\n[bold]{verdict['settled']}[/bold] on {verdict['regimes']} regimes, {verdict['networks']:,} networks{margin}", highlight=False)
    if verdict["counterexample"]:
        console.print("counterexample:", verdict["counterexample"]["regime"], highlight=False)


def print_simulation(console: Console, result: dict[str, Any]) -> None:
    """`simulate` for people."""
    quantities = Table(title="quantities")
    quantities.add_column("name")
    quantities.add_column("value", justify="right")
    for name, value in result["quantities"].items():
        quantities.add_row(name, "∞" if value is None else f"{value:.4g}")
    clauses = Table(title="Condition 4.1")
    clauses.add_column("clause")
    clauses.add_column("slack", justify="right")
    for name, value in result["condition"]["clauses"].items():
        clauses.add_row(name, "∞" if value is None else f"{value:.4g}")
    errors = Table(title="after training, median over seeds (least to greatest)")
    for name in ("network", "training loss", "test error"):
        errors.add_column(name)
    for name in ("upstream", "scratch", "transfer"):
        found = result[name]
        errors.add_row(name, *(f"{median(found[key]):.3g} ({min(found[key]):.2g} to {max(found[key]):.2g})" for key in ("loss", "test_error")))
    for table in (quantities, clauses, errors):
        console.print(table)
    inside = [name for name, holds in result["condition"]["tiers"].items() if holds]
    console.print(
        f"inside Condition 4.1 with {' and '.join(inside)} constants" if inside else "outside Condition 4.1 with practical constants", highlight=False
    )
