"""What the command line and pytest print: tables of claims, of verdicts, of one regime."""

from __future__ import annotations

import math
from statistics import median
from typing import Any

from claims.deciding.decision import Status
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from claims.core import constants as constant_table
from claims.core.claim import Claim
from claims.paper.real_images import CLAIMS_ON_IMAGES, ImageClaim
from reports.ledger.ledger import Ledger
from reports.page.summary import Move

_STYLES = {
    Status.VERIFIED: "green",
    Status.FALSIFIED: "red",
    Status.BLOCKED: "yellow",
    Status.INCONCLUSIVE: "yellow",
    Status.VACUOUS: "yellow",
}


def status_text(status: Status | None) -> str:
    """A status in its colour; the word stays, for those who see no colour."""
    return (
        "[dim]not decided[/dim]"
        if status is None
        else f"[{_STYLES.get(status, 'dim')}]{status.value}[/]"
    )


#: Columns beyond this width only where there is room.
_WIDE = 130


def console() -> Console:
    """Standard output, wide enough for whole lines where nobody looks at a terminal."""
    seen = Console()
    return seen if seen.is_terminal else Console(width=200)


def verdict_table(ledger: Ledger, width: int) -> Table:
    """Claim, verdict, regimes, networks, worst margin, and its unit where there is room."""
    spent = f"at most {ledger.false_alarm:.1e}" if ledger.false_alarm else "0"
    table = Table(
        box=SIMPLE_HEAD,
        caption=(
            f"{ledger.networks:,} networks trained; the probability of falsifying a true statement"
            f" is {spent}"
        ),
    )
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name in ("regimes", "networks", "worst"):
        table.add_column(name, justify="right", no_wrap=True)
    if width >= _WIDE:
        table.add_column("seconds", justify="right", no_wrap=True)
        table.add_column("how", no_wrap=True)
        table.add_column("unit of the worst margin", no_wrap=True)
    statuses = ledger.statuses
    for name, verdict in {**ledger.verdicts, **ledger.planted}.items():
        worst = "" if verdict.worst_margin is None else f"{verdict.worst_margin + 0.0:.3g}"
        cells = [
            name,
            status_text(statuses.get(name, verdict.status)),
            str(verdict.regimes),
            f"{verdict.networks:,}",
            worst,
            f"{verdict.seconds:.1f}",
            verdict.method,
            verdict.unit,
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def claim_table(claims: list[Claim], ledger: Ledger, width: int) -> Table:
    """Every claim: id, provenance, last verdict, and its title where there is room."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("claim", "last verdict", "source", "provenance", "kind", "title")[
        : 6 if width >= _WIDE else 4
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
    for image in CLAIMS_ON_IMAGES:
        verdict = ledger.images.get(image.id)
        cells = [
            image.id,
            status_text(verdict.status if verdict else None),
            image.source,
            "+".join(p.name for p in image.provenance),
            image.kind.value,
            image.title,
        ]
        table.add_row(*cells[: len(table.columns)])
    return table


def named(claim: Claim | ImageClaim) -> dict[str, Any]:
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
        "power": (
            "a violation, as a whole, by"
            if claim.population or claim.climbs
            else "a regime in which it fails with probability"
        ),
        "constants": constant_table.select(claim.constants),
        "calibration": _calibrations(claim.constants),
        "delta": claim.delta,
        "uses": dict(claim.uses),
        "wrong_versions": {wrong.name: wrong.error for wrong in claim.wrong_versions},
        "verdict": (
            None
            if verdict is None
            else verdict.to_dict() | {"settled": ledger.statuses[claim.id].value}
        ),
    }


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


def _searched(claim: Claim) -> list[str]:
    """Where regimes are drawn, besides the hypotheses."""
    if claim.domain is None:
        return []
    found = [
        (
            f"Condition 4.1, {claim.domain.tier or 'practical and literal'} constants"
            if claim.domain.tasks
            else "any small regime"
        )
    ]
    found += [f"without its clause {name}" for name in sorted(claim.domain.dropped)]
    return found + [f"{name} from {low:g} to {high:g}" for name, low, high in claim.domain.groups]


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
            "planted wrong versions",
            [f"{name}: {error}" for name, error in record["wrong_versions"].items()],
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
    if verdict["caught"]:
        console.print(
            f"{record['power']} {verdict['caught']:.2g} or more is found with probability 0.99",
            highlight=False,
        )
    for name, value in verdict["evidence"].items():
        console.print(f"  {name}: {value}", markup=False, highlight=False)
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
        errors.add_row(
            name,
            *(
                f"{median(found[key]):.3g} ({min(found[key]):.2g} to {max(found[key]):.2g})"
                for key in ("loss", "test_error")
            ),
        )
    for table in (quantities, clauses, errors):
        console.print(table)
    inside = [name for name, holds in result["condition"]["tiers"].items() if holds]
    console.print(
        (
            f"inside Condition 4.1 with {' and '.join(inside)} constants"
            if inside
            else "outside Condition 4.1 with practical constants"
        ),
        highlight=False,
    )


def moves_table(found: list[Move]) -> Table:
    """What moved between two ledgers."""
    table = Table(box=SIMPLE_HEAD)
    for name in ("claim", "what", "old", "new"):
        table.add_column(name, no_wrap=True)
    for move in found:
        table.add_row(
            move.claim,
            move.what,
            *(
                (
                    "–"
                    if value is None
                    else format(value, ".6g")
                    if isinstance(value, float)
                    else value
                )
                for value in (move.old, move.new)
            ),
        )
    return table


#: Rows of a sweep that are shown.
_SHOWN = 20


def sweep_table(records: list[dict[str, Any]]) -> Table:
    """The first points of a sweep: axes, and each metric's mean."""
    table = Table(
        box=SIMPLE_HEAD,
        caption=f"the first {_SHOWN} of {len(records)} points" if len(records) > _SHOWN else None,
    )
    for name in (*records[0]["axes"], *records[0]["metrics"]):
        table.add_column(name, justify="right")
    for record in records[:_SHOWN]:
        means = (values["mean"] for values in record["metrics"].values())
        table.add_row(
            *(f"{x:.4g}" if x is not None else "–" for x in (*record["axes"].values(), *means))
        )
    return table


def print_advice(console: Console, found: dict[str, Any]) -> None:
    """`advise` for people."""
    table = Table(box=SIMPLE_HEAD)
    for name in (
        "inherited",
        "α",
        "law's error",
        "τ_D",
        *(("measured", "from", "to") if found["scratch"]["measured"] else ()),
    ):
        table.add_column(name, justify="right")
    for choice in found["choices"]:
        best = choice["inherited"] == found["inherited"]
        cells = [
            str(choice["inherited"]),
            f"{choice['alpha']:.3g}",
            f"{choice['law']:.3g}",
            f"{choice['tau_D']:.4g}",
        ]
        cells += (
            [f"{choice['measured'][name]:.3g}" for name in ("mean", "low", "high")]
            if choice["measured"]
            else []
        )
        table.add_row(*cells, style="bold" if best else None)
    console.print(table)
    if found["transfer"] and found["advised"]["law"] == found["scratch"]["law"]:
        console.print(
            f"the law cannot tell the shares apart (error {found['scratch']['law']:.3g}); τ_D is"
            f" largest at α = {found['alpha']:.3g}",
            highlight=False,
        )
    elif found["transfer"]:
        console.print(
            f"transfer: inherit {found['inherited']} filters of each sign, α ="
            f" {found['alpha']:.3g}; predicted error {found['advised']['law']:.3g}, against"
            f" {found['scratch']['law']:.3g} from scratch",
            highlight=False,
        )
    else:
        console.print(
            f"do not transfer: predicted error {found['scratch']['law']:.3g} from scratch, and no"
            " share does better",
            highlight=False,
        )
    for name, signal in found["data"].items():
        if not signal["told"]:
            console.print(
                f"a guess: {signal['examples']} {name} examples do not tell the signal from noise"
                f" (‖s‖² = {signal['square']:.3g} ± {signal['deviation']:.2g}); {signal['enough']}"
                " would, if it is what it seems",
                style="yellow",
                highlight=False,
            )
    console.print(
        f"α* = {found['alpha_star']:.3g}, the share that the universal signal has in the target's",
        highlight=False,
    )
