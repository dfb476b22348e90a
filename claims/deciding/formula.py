"""The rule of a statement about formulas alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from claims.core.claim import Claim
from claims.core.evidence import Evidence
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.deciding.at_once import judged_at_once
from model.regime import Regime


@dataclass(frozen=True)
class Formula:
    """A statement about formulas is observed once, without a regime.

    What the claim's `observe` returns says by what `method` it was decided and on what `evidence`,
    as JSON values.
    """

    needs_domain = False
    of_regimes = False
    of_all_seeds = False
    from_records = False
    own_level = 0.0
    detects = "a regime in which it fails with probability"
    delta = 0.0

    def regimes(self, profile: Profile) -> int:
        """One judgement."""
        return 1

    def seeds(self, profile: Profile) -> int:
        """None that is random."""
        return 1

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Observe, and judge."""
        return judged(claim, claim.observe(), inquiry)

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """The same once more."""
        return claim.margin(claim.observe(), inquiry.constants)


def judged(claim: Claim[Any], observation: Any, inquiry: Inquiry) -> Evidence:
    """The evidence of what was observed, once."""
    margin = claim.margin(observation, inquiry.constants)
    evidence = judged_at_once(margin, observation.method, 1, 1)
    evidence.networks, evidence.record = observation.networks, observation.evidence
    return evidence
