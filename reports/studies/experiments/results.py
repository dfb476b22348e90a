"""What an experiment gave: claims counted at its points, and statements about its picture."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from claims.core.catalogue import find
from claims.core.evidence import RegimeOutcome
from reports.ledger.files import read_json
from reports.studies.experiments.testing import Check


@dataclass(frozen=True)
class ClaimCounts:
    """One claim at the points of an experiment."""

    claim: str
    points: int
    inside: int  # points inside its hypotheses
    stands: int
    falls: int
    undecided: int
    margin: float | None  # the least, in `unit`, with a share delta of the seeds allowed to fail
    unit: str


@dataclass(frozen=True)
class ExperimentResult:
    """What an experiment gave."""

    experiment: str
    title: str
    caption: str
    files: tuple[Path, ...]
    decided: tuple[ClaimCounts, ...]
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self) | {"files": [file.name for file in self.files]}


def counted(
    claims: Sequence[str], points: int, evidence: Mapping[tuple[str, int], Mapping[str, Any]]
) -> tuple[ClaimCounts, ...]:
    """Evidence, by claim and point, counted by claim."""
    return tuple(
        _counts(name, points, [one for (claim, _), one in evidence.items() if claim == name])
        for name in claims
    )


def _counts(claim: str, points: int, evidence: Sequence[Mapping[str, Any]]) -> ClaimCounts:
    outcomes = [RegimeOutcome(one["outcome"]) for one in evidence]
    margins = [one["margin"] for one in evidence if one["margin"] is not None]
    return ClaimCounts(
        claim,
        points,
        len(evidence),
        outcomes.count(RegimeOutcome.STANDS),
        outcomes.count(RegimeOutcome.FALLS),
        outcomes.count(RegimeOutcome.UNDECIDED),
        min(margins, default=None),
        find(claim).unit,
    )


@cache
def _adapter() -> TypeAdapter[ExperimentResult]:
    return TypeAdapter(ExperimentResult)


def read_result(text: str, name: str) -> ExperimentResult:
    """A result as `ExperimentResult.to_dict` tells it. Raises ValueError."""
    try:
        record = read_json(text)
        for check in record["checks"]:
            if check["value"] is None:  # JSON has no number for "nothing was counted"
                check["value"] = math.nan
        result = _adapter().validate_json(json.dumps(record), strict=True)
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("is damaged, or another version's") from None
    if result.experiment != name:
        raise ValueError("is another experiment's")
    if not all(_adds_up(counts) for counts in result.decided) or any(
        check.count < 0 for check in result.checks
    ):
        raise ValueError("holds counts that do not add up")
    return result


def _adds_up(counts: ClaimCounts) -> bool:
    parts = (counts.stands, counts.falls, counts.undecided)
    return min(parts) >= 0 and sum(parts) == counts.inside <= counts.points
