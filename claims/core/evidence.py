"""What was observed of a claim, as it gathers, and what it says of one regime."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from claims.core.case import Case


class RegimeOutcome(Enum):
    """What the evidence says of one regime."""

    STANDS = "stands"
    FALLS = "falls"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class RegimeEvidence:
    """What was measured in one regime, and what it says."""

    outcome: RegimeOutcome
    seeds: int
    certain_failures: int
    possible_failures: int
    worst_margin: float  # once the share of seeds that may fail is left out
    worst_step: int | None = None
    least_margin: float = -math.inf  # of all seeds


@dataclass(frozen=True)
class Retried:
    """The worst regime of a search, tried again on fresh seeds."""

    failures: int  # possible ones
    seeds: int
    bound: float  # an upper bound of its failure probability, at 95%


#: A case with its evidence; no case where many regimes are judged at once.
Judged = tuple[Case | None, RegimeEvidence]


@dataclass
class Evidence:
    """What a rule gathers of one claim."""

    method: str  # how the claim is decided, in words
    drawn: int = 0  # regimes, those outside the hypotheses included
    at_once: bool = False  # one judgement of all that was drawn
    networks: int = 0  # trained
    level: float = 0.0  # the probability spent on falsifying a true statement
    # The smallest violation that is detected with probability 0.99: a probability of failure in a
    # regime, or an amount in the claim's unit.
    detectable: float = 0.0
    retried: Retried | None = None  # the worst regime, on seeds that had no part in its choice
    share_bound: float | None = None  # upper, of the share of the search's regimes that are worse
    cases: list[Judged] = field(default_factory=list)
    points: dict[Case, dict[str, float]] = field(default_factory=dict)  # of the claim's figure
    record: dict[str, Any] = field(default_factory=dict)  # beside margins, as JSON values
    counterexample: Judged | None = None  # the case to show, where the statement falls
    repeatable: bool = True  # whether its cases can be trained again from a file
    tier: str = ""  # of what was trained beforehand, in place of a profile
    seconds: float | None = None  # that training took, where it was done beforehand
