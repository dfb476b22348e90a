"""What was decided of one claim, and on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from claims.core.evidence import RegimeEvidence, RegimeOutcome, Retried
from claims.core.records import finite, plain, validated
from claims.core.status import Status


@dataclass(frozen=True)
class Verdict:
    """What was decided of one claim, and on what evidence."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    claim: str
    family: str  # verdicts with the same value were reached on the same networks
    status: Status
    regimes: int
    drawn: int
    seeds: int
    networks: int
    # Of the worst regime, at the share of networks that may fail; and the least of all networks.
    worst_margin: float | None
    least_margin: float | None
    failures: int  # networks of the worst regime that are not certain to hold,
    tried: int  # of so many
    retried: Retried | None  # the worst regime, tried again
    share_bound: float | None  # at 95%, of the share of the search's regimes that are worse
    # One a regime: its margin, and what the claim's figure shows of it.
    points: list[dict[str, float | None]]
    worst_case: dict[str, Any] | None
    counterexample: dict[str, Any] | None
    method: str  # how it was reached
    evidence: dict[str, Any]  # beside margins: the box of a proof, the table of an ordering
    unit: str
    delta: float
    level: float  # the probability spent on falsifying a true statement
    detectable: float  # the smallest violation that is detected with probability 0.99
    constants: dict[str, float]
    profile: str
    entropy: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        changed = {"status": self.status.value, "worst_margin": finite(self.worst_margin)}
        changed["least_margin"] = finite(self.least_margin)
        bounded = {name: plain(getattr(self, name)) for name in ("evidence", "points")}
        return asdict(self) | changed | bounded

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Verdict:
        """From `to_dict`'s values; raises ValueError, which names the field, on anything else."""
        return validated(_reader(), record, "verdict")


@cache
def _reader() -> TypeAdapter[Verdict]:
    return TypeAdapter(Verdict)


def derive(judged: Iterable[RegimeEvidence], drawn: int) -> Status:
    """The status of a claim; `drawn` counts regimes outside its hypotheses too."""
    outcomes = [one.outcome for one in judged]
    if RegimeOutcome.FALLS in outcomes:
        return Status.FALSIFIED
    if not outcomes or len(outcomes) < drawn / 2:
        return Status.VACUOUS
    return Status.INCONCLUSIVE if RegimeOutcome.UNDECIDED in outcomes else Status.VERIFIED
