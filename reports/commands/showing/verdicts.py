"""Verdicts, in a table."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from claims.core.status import Status
from reports.ledger.ledger import Ledger

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


#: From this width on a table has columns for those who want to know more.
WIDE = 130


def verdict_table(ledger: Ledger, width: int) -> Table:
    """Claim, verdict, regimes, networks, worst margin, and its unit where there is room."""
    spent = f"at most {ledger.false_alarm:.1e}" if ledger.false_alarm else "0"
    caption = (
        f"{ledger.networks:,} networks trained; the probability of falsifying a true statement"
        f" is {spent}"
    )
    on_images = set(ledger.verdicts) - set(ledger.trained_here)
    if on_images:
        of_their_own = sum(ledger.verdicts[name].level for name in on_images)
        caption += f"; on real images, with networks trained before, at most {of_their_own:.1g}"
    table = Table(box=SIMPLE_HEAD, caption=caption)
    table.add_column("claim", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name in ("regimes", "networks", "worst"):
        table.add_column(name, justify="right", no_wrap=True)
    if width >= WIDE:
        table.add_column("failing", justify="right", no_wrap=True)
        table.add_column("seconds", justify="right", no_wrap=True)
        table.add_column("how", no_wrap=True)
        table.add_column("unit of the worst margin", no_wrap=True)
    statuses = ledger.statuses
    for name, verdict in {**ledger.verdicts, **ledger.mutants}.items():
        worst = "" if verdict.worst_margin is None else f"{verdict.worst_margin + 0.0:.3g}"
        cells = [
            escape(name),
            status_text(statuses.get(name, verdict.status)),
            str(verdict.regimes),
            f"{verdict.networks:,}",
            worst,
            f"{verdict.failures} of {verdict.tried}" if verdict.delta else "",
            f"{verdict.seconds:.1f}",
            escape(verdict.method),
            escape(verdict.unit),
        ]
        table.add_row(*cells[: len(table.columns)])
    return table
