"""Findings, and whether a ledger bears them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from claims.core import findings
from claims.core.findings import Finding
from claims.core.status import Status
from reports.ledger.ledger import Ledger
from reports.page.marks import Mark


@dataclass(frozen=True)
class FindingEntry:
    """A finding, and whether this ledger bears it out."""

    title: str
    text: str
    supported: bool | None
    rests_on: tuple[tuple[str, Mark, Mark], ...]  # claim, what is needed of it, what it is


def finding_entries(ledger: Ledger) -> tuple[FindingEntry, ...]:
    """Those that the ledger bears out first, those it speaks against last."""
    entries = [_entry(finding, ledger.statuses) for finding in findings.FINDINGS]
    return tuple(sorted(entries, key=lambda one: (True, None, False).index(one.supported)))


def _entry(finding: Finding, statuses: Mapping[str, Status]) -> FindingEntry:
    return FindingEntry(
        finding.title,
        finding.text,
        finding.supported(statuses),
        tuple(
            (name, Mark.of(wanted), Mark.of(statuses.get(name)))
            for name, wanted in finding.rests_on.items()
        ),
    )
