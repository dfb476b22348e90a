"""What a rule is handed beside the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from claims.core.case import Search
from claims.core.constants import Constants
from claims.core.profile import Profile
from claims.core.workspace import Workspace

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
    workspace: Workspace | None = None  # for what a rule writes; nothing is written without
    tick: Tick | None = None  # called after each regime
    images: ImageRecords | None = None
    regimes: int | None = None  # of a population, where a file says how many
    seeds: int | None = None  # of one regime, where a file says how many
