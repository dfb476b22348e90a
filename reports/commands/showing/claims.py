"""Claims: a table of all, and all that is known of one."""

from __future__ import annotations

import math
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from claims.core import constants as constant_table
from claims.core.claim import Claim
from claims.deciding.population import Population
from claims.deciding.worst_case import WorstCase
from reports.commands.showing.verdicts import WIDE, status_text
from reports.ledger.ledger import Ledger


def claim_table(claims: list[Claim], ledger: Ledger, width: int) -> Table:
    """Every claim: id, provenance, last verdict, and its title where there is room."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("claim", "last verdict", "source", "provenance", "kind", "title")[
        : 6 if width >= WIDE else 4
    ]:
        table.add_column(name, no_wrap=True)
    statuses = ledger.statuses
    for claim in claims:
        cells = [
            claim.id,
            status_text(statuses.get(claim.id)),
            claim.source,
            "+".join(p.name for p in claim.provenance),
            claim.kind.value,
            claim.title,
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def named(claim: Claim) -> dict[str, Any]:
    """What names a statement, whatever decides it."""
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source,
        "provenance": [p.name for p in claim.provenance],
        "kind": claim.kind.value,
    }


def claim_record(claim: Claim, ledger: Ledger) -> dict[str, Any]:
    """Everything `show` tells of a claim, as JSON values."""
    verdict = ledger.verdicts.get(claim.id)
    return named(claim) | {
        "statement": claim.statement,
        "latex": claim.latex,
        "hypotheses": [str(h) for h in claim.domain.hypotheses] if claim.domain else [],
        "searched": _searched(claim),
        "detects": (
            "a violation, as a whole, by"
            if isinstance(claim.rule, Population | WorstCase)
            else "a regime in which it fails with probability"
        ),
        "constants": constant_table.select(claim.constants),
        "calibration": _calibrations(claim.constants),
        "delta": claim.rule.delta,
        "uses": dict(claim.uses),
        "mutants": {mutant.name: mutant.error for mutant in claim.mutants},
        "verdict": (
            None
            if verdict is None
            else verdict.to_dict() | {"settled": ledger.statuses[claim.id].value}
        ),
    }


def _searched(claim: Claim) -> list[str]:
    """Where regimes are drawn, besides the hypotheses."""
    domain = claim.domain
    if domain is None:
        return []
    tier = domain.tier.name if domain.tier else "practical and literal"
    first = f"Condition 4.1, {tier} constants" if domain.tasks else "any small regime"
    dropped = [f"without its clause {name}" for name in sorted(domain.without)]
    scales = [
        f"{scale} from {between.low:g} to {between.high:g}"
        for scale, between in domain.scales.items()
    ]
    return [first, *dropped, *scales]


def _calibrations(names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    entries = constant_table.table() if names else {}
    return {name: _calibration(entries[name]) for name in names}


def _calibration(entry: dict[str, Any]) -> dict[str, Any]:
    """Interval, regimes, and the same fit in each stratum; JSON has no infinity."""
    strata = {
        stratum: value if math.isfinite(value) else None
        for stratum, value in entry.get("strata", {}).items()
    }
    interval = [value if math.isfinite(value) else None for value in entry["interval"]]
    return {
        "interval": interval,
        "regimes": entry["regimes"],
        "rule": entry["rule"],
        "strata": strata,
    }


def _constant(name: str, value: float, fit: dict[str, Any]) -> str:
    low, high = fit["interval"]
    by = ", ".join(f"{stratum} {x:.3g}" for stratum, x in fit["strata"].items() if x is not None)
    return (
        f"{name} = {value:g}, fit [{low}, {high}] on {fit['regimes']} regimes:"
        f" {fit['rule']}{'; by itself: ' if by else ''}{by}"
    )


def print_claim(console: Console, record: dict[str, Any]) -> None:
    """`show` for people."""
    console.print(f"[bold]{record['id']}[/bold]  {record['title']}", highlight=False)
    console.print(
        f"{record['source']}, provenance {'+'.join(record['provenance'])}, {record['kind']}, δ ="
        f" {record['delta']:g}",
        highlight=False,
    )
    console.print(f"\n{record['statement']}\n", highlight=False)
    console.print(record["latex"], markup=False, highlight=False, style="dim")
    for title, lines in (
        ("hypotheses", record["hypotheses"]),
        ("searched", record["searched"]),
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
    ):
        if lines:
            console.print(f"\n[bold]{title}[/bold]")
            for line in lines:
                console.print(f"  {line}", markup=False, highlight=False)
    verdict = record["verdict"]
    if verdict is None:
        console.print(
            f"\nnot decided yet; next: transfer-claims verify {record['id']}", highlight=False
        )
        return
    margin = (
        ""
        if verdict["worst_margin"] is None
        else f", worst margin {verdict['worst_margin']:.3g} {verdict['unit']}"
    )
    where = (
        f"{verdict['regimes']} regimes, {verdict['networks']:,} networks"
        if verdict["networks"]
        else verdict["method"]
    )
    console.print(f"\n[bold]{verdict['settled']}[/bold] on {where}{margin}", highlight=False)
    if verdict["detectable"]:
        console.print(
            f"{record['detects']} {verdict['detectable']:.2g} or more is found with probability 0.99",
            highlight=False,
        )
    for name, value in verdict["evidence"].items():
        console.print(f"  {name}: {value}", markup=False, highlight=False)
    if verdict["counterexample"]:
        console.print("counterexample:", verdict["counterexample"]["regime"], highlight=False)
