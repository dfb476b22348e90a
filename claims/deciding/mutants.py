"""What became of mutants: a planted wrong version must be falsified where its claim is decided.

Where the evidence leaves a claim undecided it need not tell a wrong version of it either: such a
mutant is not judged, and the claim's own verdict says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from claims.core.claim import base_of, is_mutant
from claims.core.status import Status

_UNDECIDED = (Status.INCONCLUSIVE, Status.VACUOUS)


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "falsified, as it must be"
    SURVIVED = "survived"
    NOT_JUDGED = "not judged (its claim is undecided)"


def fate(mutant: Status, claim: Status | None) -> Fate:
    """Of a mutant's verdict, beside that of its claim; None where that is not known."""
    if mutant is Status.FALSIFIED:
        return Fate.KILLED
    return Fate.NOT_JUDGED if claim in _UNDECIDED else Fate.SURVIVED


def fates(statuses: Mapping[str, Status]) -> dict[str, Fate]:
    """Of every mutant among verdicts, by its id."""
    return {
        name: fate(status, statuses.get(base_of(name)))
        for name, status in statuses.items()
        if is_mutant(name)
    }


def with_fate(fates: Mapping[str, Fate], wanted: Fate) -> list[str]:
    """Mutants with this fate, in their order."""
    return [name for name, one in fates.items() if one is wanted]
