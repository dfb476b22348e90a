"""What an attack leaves in its journal: the regimes that it looked at, and those it decided."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, NonNegativeInt, PositiveInt, TypeAdapter

from claims.core import constants as constant_table
from claims.core.case import Case
from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.records import finite, validated
from claims.deciding.attacked import Confirmation
from model.regime import Regime
from reports.ledger.files import read_json
from reports.ledger.ledger import versions
from reports.studies.stability import sources

FORMAT, VERSION = "transfer-claims-attack", 1
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One regime that the search looked at. Its margin is none where it could not be measured."""

    __pydantic_config__ = _STRICT

    number: NonNegativeInt  # in the order of the search
    phase: str  # what it was looked at for
    point: dict[str, float]  # its coordinates in the domain, each in [0, 1]
    root: NonNegativeInt  # of its seeds
    regime: dict[str, int | float] | None = None  # none where there is no regime at that point
    seeds: NonNegativeInt = 0
    networks: NonNegativeInt = 0
    margin: float | None = None  # at the quantile that the rule tolerates
    failures: NonNegativeInt = 0
    why: str | None = None  # why it could not be measured
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Finalist:
    """One of the worst regimes, looked at on more seeds before one of them is decided."""

    __pydantic_config__ = _STRICT

    finalist: NonNegativeInt  # the number of its evaluation
    root: NonNegativeInt
    seeds: PositiveInt
    networks: NonNegativeInt
    failures: NonNegativeInt  # certain ones
    margin: float | None
    why: str | None = None  # why it could not be measured on so many
    seconds: float = 0.0

    @property
    def badness(self) -> tuple[float, float]:
        """What the worst has the most of: the share of failures, then the lack of margin."""
        if self.why is not None:
            return -1.0, -math.inf
        return self.failures / self.seeds, math.inf if self.margin is None else -self.margin


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The worst regime so far, decided on fresh seeds."""

    __pydantic_config__ = _STRICT

    decided: NonNegativeInt  # the number of its evaluation
    root: NonNegativeInt
    seeds: PositiveInt
    networks: NonNegativeInt
    trials: PositiveInt
    failures: NonNegativeInt
    possible_failures: NonNegativeInt
    margin: float | None
    least_margin: float | None
    level: float
    seconds: float = 0.0

    @classmethod
    def of(cls, number: int, confirmation: Confirmation, seconds: float) -> Decided:
        """The record of a confirmation."""
        return cls(
            decided=number,
            root=confirmation.case.root,
            seeds=confirmation.seeds,
            networks=confirmation.networks,
            trials=confirmation.trials,
            failures=confirmation.failures,
            possible_failures=confirmation.possible_failures,
            margin=finite(confirmation.margin),
            least_margin=finite(confirmation.least_margin),
            level=confirmation.level,
            seconds=seconds,
        )

    def confirmation(self, claim: Claim[Any], regime: Regime) -> Confirmation:
        """What it is the record of."""
        return Confirmation(
            Case(regime, self.root),
            self.seeds,
            self.networks,
            self.trials,
            self.failures,
            self.possible_failures,
            -math.inf if self.margin is None else self.margin,
            -math.inf if self.least_margin is None else self.least_margin,
            claim.rule.delta,
            self.level,
        )


AttackRecord = Evaluation | Finalist | Decided


@cache
def _reader() -> TypeAdapter[AttackRecord]:
    return TypeAdapter(AttackRecord)


def check(values: Any) -> dict[str, Any]:
    """JSON values that are a record of an attack. Raises ValueError, which names the field."""
    return asdict(read(values))


def read(values: Any) -> AttackRecord:
    """The record that JSON values are. Raises ValueError, which names the field."""
    return validated(_reader(), values, "record")


@dataclass
class Regimes:
    """The regimes that were measured; one that was looked at again has the mean of its margins."""

    # By point: the sum of its margins, and how many, beside what is told of it.
    _by_point: dict[tuple[tuple[str, float], ...], tuple[float, int, Evaluation]] = field(
        default_factory=dict
    )

    def add(self, one: Evaluation) -> None:
        """One look more; at what could not be measured, none."""
        if one.margin is None:
            return
        key = tuple(one.point.items())
        if key not in self._by_point:
            self._by_point[key] = one.margin, 1, one
            return
        total, times, first = self._by_point[key]
        total, times = total + one.margin, times + 1
        both = replace(
            first,
            seeds=first.seeds + one.seeds,
            networks=first.networks + one.networks,
            margin=total / times,
            failures=first.failures + one.failures,
            seconds=first.seconds + one.seconds,
        )
        self._by_point[key] = total, times, both

    @property
    def worst(self) -> Evaluation | None:
        """The one with the least margin, by the number of the first look; none of none."""
        return next(iter(self.lowest(1)), None)

    def lowest(self, most: int) -> list[Evaluation]:
        """Those with the least margins, the least first."""
        known = [one for _, _, one in self._by_point.values()]
        return sorted(known, key=lambda one: one.margin or 0.0)[:most]


def header(claim: Claim[Any], entropy: int, constants: Constants) -> dict[str, Any]:
    """Whose records a journal holds: those of another claim, entropy or code are no use."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": claim.id,
        "entropy": entropy,
        "constants": constant_table.select(claim.constants, constants),
        "sources": sources(),
        "versions": versions() | {"cmaes": version("cmaes")},
    }


def difference(path: Path, wanted: Mapping[str, Any]) -> str:
    """In which respects a journal is another attack's; empty where it is not."""
    try:
        with path.open(encoding="utf-8") as file:
            first = read_json(file.readline())
    except (OSError, ValueError):
        return ""
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        return "holds something else than an attack; name another file with --journal"
    names = [name for name, value in wanted.items() if first.get(name) != value]
    if not names:
        return ""
    return (
        f"is of an attack with another {', '.join(names)}; name another file with --journal, or"
        " move it away"
    )
