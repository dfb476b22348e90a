"""What a rule promises, and what it is handed. The rules themselves are in `claims.deciding`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from claims.core.case import Search
from claims.core.constants import Constants
from claims.core.evidence import Evidence
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.core.workspace import Workspace
from model.regime import Regime

if TYPE_CHECKING:
    from claims.core.claim import Claim

Tick = Callable[[int, int], None]  # regimes done, of how many


@dataclass(frozen=True)
class ImageRecords:
    """What networks trained on real images left behind."""

    accuracies: Mapping[Any, Mapping[int, float]]  # of each cell, the test accuracy by seed
    description: str  # networks, seeds, device, versions
    networks: int  # trained
    seconds: float
    tier: str


@dataclass(frozen=True)
class Inquiry:
    """What a rule is handed beside the claim."""

    profile: Profile
    constants: Constants
    search: Search
    statements: int  # of the catalogue, which share the run's budget
    workspace: Workspace | None = None  # for what a rule writes; nothing is written without
    tick: Tick | None = None  # called after each regime
    images: ImageRecords | None = None
    regimes: int | None = None  # of a population, where a file says how many


@runtime_checkable
class Rule(Protocol):
    """How a claim is decided. Frozen, and without a state of its own."""

    @property
    def needs_domain(self) -> bool:
        """Whether it looks for regimes in a claim's domain."""

    @property
    def delta(self) -> float:
        """The probability with which the statement may fail; 0 for what holds every time."""

    def regimes(self, profile: Profile) -> int:
        """How many regimes it takes."""

    def seeds(self, profile: Profile) -> int:
        """How many seeds it tries a regime with."""

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Gather the evidence from which a verdict is derived."""

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """The margin of a kept counterexample, measured again."""
