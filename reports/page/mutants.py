"""Mutants as the page shows them: planted wrong versions, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from claims.core.claim import Claim
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger


@dataclass(frozen=True)
class MutantRow:
    """A mutant, and what became of it."""

    name: str
    error: str
    outcome: str
    killed: bool | None  # None where it was not run
    worst_margin: float | None


def mutant_rows(claim: Claim, ledger: Ledger) -> tuple[MutantRow, ...]:
    """Every mutant of a claim."""
    rows = []
    for version in claim.mutants:
        verdict = ledger.mutants.get(f"{claim.id}!{version.name}")
        rows.append(
            MutantRow(
                version.name,
                version.error,
                _outcome(verdict),
                verdict.status is Status.FALSIFIED if verdict else None,
                verdict.worst_margin if verdict else None,
            )
        )
    return tuple(rows)


def _outcome(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not run"
    if verdict.status is Status.FALSIFIED:
        return "falsified, as it must be"
    return f"{verdict.status.value}: survived"
