"""How much evidence a run gathers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

ProfileName = Literal["quick", "ci", "nightly"]
CI_ENTROPY = 2509_22056  # the paper's number


@dataclass(frozen=True)
class Profile:
    """How much evidence to gather."""

    name: str
    regimes: int  # regimes per claim
    entropy: int  # fixes every draw
    seeds: int = 24  # seeds of a regime in a search for the worst
    exact_seeds: int = 2  # the same, for statements that hold for every seed
    retry_seeds: int = 500  # networks that the worst regime of a claim gets; none if 0
    shrinks: int = 24  # further regimes decided to make a counterexample smaller

    def scaled(self, regimes: float) -> float:
        """A number of regimes at the `ci` profile, as this profile takes it."""
        return regimes * self.regimes / PROFILES["ci"].regimes


PROFILES: dict[ProfileName, Profile] = {
    "quick": Profile("quick", regimes=5, entropy=CI_ENTROPY, retry_seeds=0, shrinks=0),
    "ci": Profile("ci", regimes=20, entropy=CI_ENTROPY),
    "nightly": Profile(
        "nightly", regimes=40, entropy=CI_ENTROPY, retry_seeds=2000
    ),  # `fresh` gives it entropy
}


def fresh(profile: Profile) -> Profile:
    """The profile with entropy from the operating system."""
    entropy = np.random.SeedSequence().entropy
    assert isinstance(entropy, int)
    return replace(profile, entropy=entropy % 2**64)
