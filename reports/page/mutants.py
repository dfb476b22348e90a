"""Mutants as the page shows them: planted wrong versions, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass

from claims.core.claim import Claim, mutant_id
from claims.deciding.mutants import Fate
from claims.deciding.verdict import Verdict
from reports.ledger.ledger import Ledger

#: What becomes of a mutant that no run has decided.
NOT_RUN = "not run"


@dataclass(frozen=True)
class MutantRow:
    """A mutant, and what became of it."""

    name: str
    error: str
    outcome: str
    killed: bool | None  # None where it was not run, or not judged
    worst_margin: float | None


def mutant_rows(claim: Claim, ledger: Ledger) -> tuple[MutantRow, ...]:
    """Every mutant of a claim."""
    rows, fates = [], ledger.fates
    for version in claim.mutants:
        name = mutant_id(claim.id, version.name)
        verdict, fate = ledger.mutants.get(name), fates.get(name)
        rows.append(
            MutantRow(
                version.name,
                version.error,
                _outcome(verdict, fate),
                None if fate in (None, Fate.NOT_JUDGED) else fate is Fate.KILLED,
                verdict.worst_margin if verdict else None,
            )
        )
    return tuple(rows)


def _outcome(verdict: Verdict | None, fate: Fate | None) -> str:
    if verdict is None or fate is None:
        return NOT_RUN
    return fate.value if fate is Fate.KILLED else f"{verdict.status.value}: {fate.value}"
