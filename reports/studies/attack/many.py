"""Many claims attacked, each by a process: those that were attacked least come first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from claims.core.catalogue import find
from claims.core.claim import Claim, split_id
from claims.deciding.attacked import AttackError
from reports.ledger import attacks
from reports.ledger.attacks import RecordedAttack
from reports.ledger.journal import Journal
from reports.studies.attack.attack import Limits, recorded, run
from reports.studies.executors import in_process, processes


@dataclass(frozen=True)
class Ended:
    """One of many attacks: what it found, as JSON values, or why it could not go on."""

    claim: str
    told: dict[str, Any] | None
    record: RecordedAttack | None
    trouble: str = ""

    @property
    def falls(self) -> bool:
        """Whether the statement does."""
        return self.told is not None and bool(self.told["falls"])

    @property
    def outcome(self) -> str:
        """In a word or two."""
        if self.told is not None and self.told["confirmation"] is None:
            return "nothing measured"
        return "falls" if self.falls else "stands"


@dataclass(frozen=True)
class Campaign:
    """What attacks on many claims have in common.

    Args:
        journals, failures: folders.
    """

    entropy: int
    limits: Limits
    journals: Path
    failures: Path

    def attack(self, claim_id: str) -> Ended:
        """One claim. What ends one attack ends no other."""
        try:
            done = run(
                find(claim_id),
                entropy=self.entropy,
                limits=self.limits,
                path=journal_of(claim_id, self.journals),
                failures=self.failures,
            )
        except AttackError as error:
            return Ended(claim_id, None, None, str(error))
        return Ended(claim_id, done.to_dict(), recorded(done))


def journal_of(claim_id: str, folder: Path) -> Path:
    """Where the regimes of a claim's attack are kept."""
    return folder / f"{'-'.join(filter(None, split_id(claim_id)))}.jsonl"


def in_turn(
    claims: Iterable[Claim[Any]], known: Iterable[RecordedAttack], enough: float
) -> list[str]:
    """Claims by the seconds that records tell of, the fewest first, and without those that have
    enough.
    """
    known = tuple(known)
    seconds = {}
    for claim in claims:
        found = attacks.attacked(claim, known)
        seconds[claim.id] = found.seconds if found else 0.0
    return sorted((name for name in seconds if seconds[name] < enough), key=seconds.__getitem__)


def attack_all(campaign: Campaign, claim_ids: list[str], workers: int) -> Iterator[Ended]:
    """Attacks, as they end. Whatever stops them, journals keep what was finished."""
    several = min(workers, len(claim_ids))
    executor = processes(several) if several > 1 else in_process
    yield from executor(campaign.attack, claim_ids)


def keep(record: Journal | None, ended: RecordedAttack | None) -> None:
    """Add an attack to a record, if both are there. Raises OSError."""
    if record is not None and ended is not None:
        record.append([asdict(ended)])
