"""Verdicts, in a table."""

from __future__ import annotations

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import JustifyMethod
from rich.markup import escape
from rich.table import Table

from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger
from reports.tables import least_width

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
        "[dim]no verdict[/dim]"
        if status is None
        else f"[{_STYLES.get(status, 'dim')}]{status.value}[/]"
    )


def verdict_table(ledger: Ledger, width: int) -> Table:
    """Claim, verdict, regimes, networks, worst margin and its unit, failures, time; where there is
    little room verdict and margin first, then the claim with the rest under it.
    """
    spent = f"at most {ledger.false_alarm:.1e}" if ledger.false_alarm else "0"
    caption = (
        f"{ledger.networks:,} networks trained; the probability of falsifying a true statement"
        f" is {spent}"
    )
    on_images = set(ledger.verdicts) - set(ledger.trained_here)
    if on_images:
        of_their_own = sum(ledger.verdicts[name].level for name in on_images)
        caption += f"; on real images, with networks trained before, at most {of_their_own:.1g}"
    wide = _table(ledger, caption, wide=True)
    return wide if least_width(wide) <= width else _table(ledger, caption, wide=False)


def _table(ledger: Ledger, caption: str, *, wide: bool) -> Table:
    table, statuses = Table(box=SIMPLE_HEAD, caption=caption), ledger.statuses
    row = _columns(table, wide=wide)
    for name, verdict in {**ledger.verdicts, **ledger.mutants}.items():
        table.add_row(*row(verdict, status_text(statuses.get(name, verdict.status))))
    return table


def _columns(table: Table, *, wide: bool) -> Callable[[Verdict, str], list[str]]:
    """Columns for a width; what makes the cells of a verdict with this status."""
    numbers = ("regimes", "networks", "worst", "failing", "seconds")
    names = ("claim", "verdict", *numbers, "how", "unit of the worst margin")
    for name in names if wide else ("verdict", "worst", "claim"):
        justify: JustifyMethod = "right" if name in numbers else "left"
        table.add_column(name, justify=justify, no_wrap=wide or name != "claim", overflow="fold")
    return _wide_row if wide else _narrow_row


def _wide_row(verdict: Verdict, status: str) -> list[str]:
    return [
        escape(verdict.claim),
        status,
        str(verdict.regimes),
        f"{verdict.networks:,}",
        _worst(verdict),
        _failing(verdict),
        f"{verdict.seconds:.1f}",
        escape(verdict.method),
        escape(verdict.unit),
    ]


def _narrow_row(verdict: Verdict, status: str) -> list[str]:
    """What has no column stands under the claim."""
    failing = f", {_failing(verdict)} failing" if verdict.delta else ""
    rest = f"{verdict.unit}; {verdict.regimes} regimes, {verdict.networks:,} networks{failing}"
    return [status, _worst(verdict), f"{escape(verdict.claim)}\n[dim]{escape(rest)}[/dim]"]


def _worst(verdict: Verdict) -> str:
    return "" if verdict.worst_margin is None else f"{verdict.worst_margin + 0.0:.3g}"


def _failing(verdict: Verdict) -> str:
    return f"{verdict.failures} of {verdict.tried}" if verdict.delta else ""
