"""What `cifar report` shows."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from claims.core.claim import is_mutant
from claims.core.records import finite
from claims.deciding.paired_seeds import Interval
from claims.deciding.verdict import Verdict
from claims.observing.accuracies import Cell
from reports.commands.showing.verdicts import status_text
from reports.images import decide
from reports.images.run import Record


def gain_record(cell: Cell, one: Interval) -> dict[str, Any]:
    return asdict(cell) | {
        "seeds": one.seeds,
        "mean": finite(one.mean),
        "low": finite(one.low),
        "high": finite(one.high),
    }


def gains_table(records: list[Record]) -> Table:
    """Points of accuracy after transfer over scratch."""
    table = Table(
        box=SIMPLE_HEAD, title="points of accuracy after transfer over scratch, with 95% intervals"
    )
    for heading in (
        "network",
        "pair",
        "mismatch",
        "N_1",
        "σ",
        "α",
        "inherited",
        "seeds",
        "gain",
        "from",
        "to",
    ):
        table.add_column(
            heading,
            justify="left" if heading in ("network", "pair", "inherited") else "right",
            no_wrap=True,
        )
    for cell, one in decide.gains(records):
        bounds = [
            f"{value:+.2f}" if math.isfinite(value) else "–"
            for value in (one.mean, one.low, one.high)
        ]
        far = f"{cell.mismatch:g}" if cell.pair == "cifar100" else ""
        table.add_row(
            cell.network,
            cell.pair,
            far,
            f"{cell.n1:,}",
            f"{cell.sigma:g}",
            f"{cell.share:g}",
            cell.form if cell.share < 1 else "all",
            str(one.seeds),
            *bounds,
        )
    return table


def verdicts_table(verdicts: list[Verdict]) -> Table:
    """Statements, and how many of their mutants were killed."""
    table = Table(
        box=SIMPLE_HEAD,
        caption="at 5% over all statements; mutants of decided claims must be falsified",
    )
    for heading in ("statement", "verdict", "networks", "mutants killed", "worst", "unit"):
        table.add_column(
            heading,
            justify="right" if heading in ("networks", "mutants killed", "worst") else "left",
            no_wrap=True,
        )
    for verdict in (one for one in verdicts if not is_mutant(one.claim)):
        dead, of = decide.killed(verdict.claim, verdicts)
        worst = "–" if verdict.worst_margin is None else f"{verdict.worst_margin:.3g}"
        table.add_row(
            verdict.claim,
            status_text(verdict.status),
            str(verdict.regimes),
            f"{dead} of {of}",
            worst,
            verdict.unit,
        )
    return table
