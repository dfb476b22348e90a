"""Attacks that come with the project: what an adversary found of each statement, a line an attack.

The journal of an attack holds each regime that was looked at, and serves only the code that wrote
it. Of that the line here keeps what a reader wants: how long and how far was searched, the worst
regime, and how often the statement failed there on fresh seeds. It names the root of those seeds,
so that anybody can count again.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, NonNegativeInt, PositiveInt, TypeAdapter

from claims.core import constants as constant_table
from claims.core.catalogue import catalogue
from claims.core.claim import Claim
from claims.core.limits import limits
from claims.core.records import validated
from claims.deciding.binomial import interval_of
from reports.ledger import journal
from reports.ledger.files import LARGE, once_a_state, read_json, read_text
from reports.ledger.journal import Journal

#: The record that comes with the project.
FILE = Path(__file__).with_name("attacks.jsonl")
HEADER: Mapping[str, Any] = {"format": "transfer-claims-attacks", "version": 1}
#: What adds to it: each statement that is verified, until it was attacked for ten minutes.
COMMAND = f"transfer-claims attack '*' --until 10 --record {Path(*FILE.parts[-3:])}"
_CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class RecordedAttack:
    """An attack as it ended. Of several lines of one claim, text and entropy the one counts that
    fell, else the one that looked at the most regimes: the others are parts of it.

    Raises:
        ValueError: more failures than trials, or more regimes unmeasured than looked at.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    claim: str
    text: str  # the digest of what was attacked: `digest_of`
    entropy: NonNegativeInt
    regimes: PositiveInt  # looked at
    unmeasured: NonNegativeInt  # of them
    networks: NonNegativeInt  # trained by the search
    seconds: float  # of the search
    regime: dict[str, int | float]  # the worst
    root: NonNegativeInt  # of the fresh seeds that it was decided on
    seeds: PositiveInt
    trials: PositiveInt  # margins: one a seed, or one of all
    failures: NonNegativeInt  # certain ones
    possible_failures: NonNegativeInt
    margin: float | None  # at the quantile that the rule tolerates; none: without bound
    delta: float
    falls: bool

    def __post_init__(self) -> None:
        for less, more in (
            ("failures", "possible_failures"),
            ("possible_failures", "trials"),
            ("unmeasured", "regimes"),
        ):
            if getattr(self, less) > getattr(self, more):
                raise ValueError(f"{less} = {getattr(self, less)}: must be at most {more}")

    @property
    def interval(self) -> tuple[float, float]:
        """Of the probability of failure in the worst regime, with confidence 95%; exact."""
        return interval_of(self.failures, self.trials)

    @property
    def nearness(self) -> tuple[float, float]:
        """How near it came to a statement's fall: the share of failures against the share that
        may fail, then the margin.
        """
        share, margin = (
            self.failures / self.trials,
            -math.inf if self.margin is None else self.margin,
        )
        return (share / self.delta if self.delta else math.inf if share else 0.0), -margin


_RECORD = TypeAdapter(RecordedAttack)


def read_record(values: Any) -> RecordedAttack:
    """From JSON values; raises ValueError, which names the field."""
    return validated(_RECORD, values, "attack")


@once_a_state
def read(file: Path) -> tuple[RecordedAttack, ...]:
    """Every attack of a record, each as it ended last. Raises ValueError, OSError."""
    first, *lines = read_text(file, LARGE).splitlines() or [""]
    if read_json(first) != HEADER:
        raise ValueError("does not begin as such records do")
    return latest(read_record(read_json(line)) for line in lines)


def latest(attacks: Iterable[RecordedAttack]) -> tuple[RecordedAttack, ...]:
    """Each attack once: as it fell, or went furthest."""
    known: dict[tuple[str, str, int], RecordedAttack] = {}
    for one in attacks:
        key = one.claim, one.text, one.entropy
        before = known.get(key)
        if before is None or (one.falls, one.regimes) >= (before.falls, before.regimes):
            known[key] = one
    return tuple(known.values())


def opened(file: Path) -> AbstractContextManager[Journal]:
    """A record, to be added to; begun if there is none. Raises JournalError, OSError."""
    return journal.opened(file, HEADER, lambda values: asdict(read_record(values)))


def digest_of(claim: Claim[Any]) -> str:
    """Of all that an attack is on: the statement, what it ranges over, its constants and delta."""
    domain = claim.domain
    said = {
        "statement": claim.statement,
        "latex": claim.latex,
        "hypotheses": [str(one) for one in domain.hypotheses] if domain else [],
        "ranges over": limits(domain) if domain else [],
        "constants": constant_table.select(claim.constants),
        "delta": claim.rule.delta,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Attacked:
    """All attacks on one statement, as it is today."""

    claim: str
    attacks: tuple[RecordedAttack, ...]

    @property
    def worst(self) -> RecordedAttack:
        """The one that came nearest to its fall."""
        return max(self.attacks, key=lambda one: one.nearness)

    @property
    def seconds(self) -> float:
        """Of searching."""
        return sum(one.seconds for one in self.attacks)

    @property
    def regimes(self) -> int:
        """Looked at."""
        return sum(one.regimes for one in self.attacks)

    @property
    def networks(self) -> int:
        """Trained, fresh ones not counted."""
        return sum(one.networks for one in self.attacks)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        return (
            f"An adversary looked at {self.regimes:,} regimes of all that it ranges over, in"
            f" {self.seconds / 60:.2g} minutes and on {self.networks:,} networks."
            f" {_found(self.worst)}{' It falls.' if self.worst.falls else ''}"
        )


def _found(worst: RecordedAttack) -> str:
    if worst.trials == 1:  # one margin of all seeds
        return f"In the worst of them it {'fails' if worst.failures else 'holds'}."
    low, high = worst.interval
    return (
        f"In the worst of them {worst.failures:,} of {worst.trials:,} networks fail that had no"
        f" part in the search: {low:.2%} to {high:.2%}, with {_CONFIDENCE:.0%} confidence, where"
        f" {100 * worst.delta:.3g}% may."
    )


@dataclass(frozen=True)
class AttackSection:
    """What there is to show."""

    rows: tuple[Attacked, ...]  # verified statements, the nearest to their fall first
    left: tuple[str, ...] = ()  # verified, attackable, and not attacked as they are today
    trouble: str = ""  # why there is none

    @property
    def minutes(self) -> float:
        """Of searching, in all."""
        return sum(row.seconds for row in self.rows) / 60

    @property
    def regimes(self) -> int:
        """Looked at, in all."""
        return sum(row.regimes for row in self.rows)

    @property
    def networks(self) -> int:
        """Trained by all searches."""
        return sum(row.networks for row in self.rows)


def of(claim: Claim[Any], file: Path = FILE) -> Attacked | None:
    """Attacks on a statement as it is today; none where there were none, or no readable record."""
    try:
        return attacked(claim, read(file))
    except (OSError, ValueError):
        return None


def attacked(claim: Claim[Any], attacks: Iterable[RecordedAttack]) -> Attacked | None:
    """Those of some attacks that are on a statement as it is today; none where none is."""
    own = [one for one in attacks if one.claim == claim.id]
    if not own:
        return None
    text = digest_of(claim)
    known = tuple(one for one in own if one.text == text)
    return Attacked(claim.id, known) if known else None


def to_attack() -> list[Claim[Any]]:
    """The statements that an adversary can attack, and that are recorded as verified."""
    from claims.core.status import Status
    from claims.deciding.decide import expected

    return [
        claim
        for claim in catalogue().values()
        if claim.domain is not None and attackable(claim) and expected(claim) is Status.VERIFIED
    ]


def attackable(claim: Claim[Any]) -> bool:
    """Whether an attack can serve its rule."""
    from claims.deciding.attacked import AttackError, check_attackable

    try:
        check_attackable(claim)
    except AttackError:
        return False
    return True


def section(file: Path = FILE) -> AttackSection:
    """The record that comes with the project, or why there is none."""
    try:
        attacks = read(file)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return AttackSection((), trouble=f"{file.name}: {why}")
    known = {claim.id: attacked(claim, attacks) for claim in to_attack()}
    rows = sorted(
        (one for one in known.values() if one), key=lambda one: one.worst.nearness, reverse=True
    )
    return AttackSection(tuple(rows), tuple(name for name, one in known.items() if one is None))
