"""What `cifar report` shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from claims.core.claim import is_mutant
from claims.core.records import finite
from claims.deciding.paired_seeds import Interval, NetworkVerdict
from claims.deciding.verdict import Verdict
from claims.observing.accuracies import Cell
from reports.commands.showing.verdicts import status_text
from reports.images import decide
from reports.images.run import Record

#: Headings of columns of words.
_WORDS = ("statement", "network", "verdict")


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
            *map(_signed, (one.mean, one.low, one.high)),
        )
    return table


def network_record(one: NetworkVerdict) -> dict[str, Any]:
    """A statement in one network, with the interval of each contrast."""
    return {
        "claim": one.claim.id,
        "network": one.network,
        "status": one.status.value,
        "contrasts": {name: interval.record() for name, interval in one.intervals.items()},
    }


def networks_table(verdicts: Sequence[NetworkVerdict]) -> Table:
    """Statements in each network on its own."""
    table = Table(
        box=SIMPLE_HEAD,
        title="in each network, in these units, at 5% over this table; above 0 is as stated",
    )
    for heading in ("statement", "network", "seeds", "mean", "from", "to", "verdict"):
        table.add_column(heading, justify="left" if heading in _WORDS else "right", no_wrap=True)
    for one in verdicts:
        best = one.best
        table.add_row(
            one.claim.id,
            one.network,
            str(best.seeds),
            *map(_signed, (best.mean, best.low, best.high)),
            status_text(one.status),
        )
    return table


def _signed(value: float) -> str:
    return f"{value:+.2f}" if math.isfinite(value) else "–"


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
        least = verdict.worst_margin
        worst = "–" if least is None or math.isinf(least) else f"{least:.3g}"
        table.add_row(
            verdict.claim,
            status_text(verdict.status),
            str(verdict.regimes),
            f"{dead} of {of}",
            worst,
            verdict.unit,
        )
    return table
