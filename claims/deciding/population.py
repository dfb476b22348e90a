"""The rule of a statement about many regimes at once: a ranking, an accuracy, an exponent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims.core.claim import Claim
from claims.core.evidence import Evidence
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.deciding import estimates, predictions
from claims.deciding.arguments import check_whole
from claims.deciding.at_once import judged_at_once
from claims.deciding.budget import LEVEL
from claims.deciding.observed import check_variants, observations, population_cases
from claims.deciding.per_regime import METHOD as TESTED
from claims.deciding.predictions import Predict
from model.regime import Regime

METHOD = f"{TESTED}, judged together"
#: Seeds per regime.
SEEDS = 6


@dataclass(frozen=True)
class Population:
    """A population of regimes is observed, and one call of the claim's margin judges the list.

    Args:
        count: regimes, in the `ci` profile and below it: with fewer nothing would be decided.
        summary: of the observations, as JSON values for the ledger.
        predict: what is preregistered of each regime before it is trained.
        detectable: of the observations, the smallest violation that is detected with probability
            0.99; where it is not given, the margin's interval tells.
    """

    count: int
    summary: Callable[[Any], dict[str, Any]] | None = None
    predict: Predict | None = None
    detectable: Callable[[Any], float] | None = None
    needs_domain = True
    of_regimes = True
    of_all_seeds = True
    from_records = False
    own_level = 0.0
    detects = "a violation, as a whole, by"
    delta = 0.0

    def __post_init__(self) -> None:
        check_whole("count", self.count)
        if self.count < estimates.LEAST:
            raise ValueError(f"count = {self.count}: must be at least {estimates.LEAST}")

    def regimes(self, profile: Profile) -> int:
        """Regimes of the population."""
        return round(max(float(self.count), profile.scaled(self.count)))

    def seeds(self, profile: Profile) -> int:
        """Seeds of a regime."""
        return SEEDS

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Predict, observe, judge."""
        cases = population_cases(claim, inquiry)
        for case in cases:
            check_variants(claim, case.regime)
        record: dict[str, Any] = {}
        if self.predict:
            lines = predictions.lines(self.predict, cases)
            name = f"{claim.family_id}-{inquiry.profile.entropy}"
            record["predicted beforehand"] = predictions.preregistered(
                lines, inquiry.workspace, name, len(lines)
            )
        observed = observations(claim.observe, cases, SEEDS, inquiry.tick)
        if self.summary:
            record |= self.summary(observed)
        margin = claim.margin(observed, inquiry.constants)
        evidence = judged_at_once(margin, METHOD, len(observed), SEEDS * len(observed))
        evidence.networks = sum(one.networks for one in observed)
        evidence.level, evidence.record = LEVEL, record
        evidence.detectable = (
            self.detectable(observed) if self.detectable else estimates.smallest_detectable(margin)
        )
        return evidence

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """The whole population again."""
        cases = population_cases(claim, inquiry)
        return claim.margin(
            observations(claim.observe, cases, SEEDS, inquiry.tick), inquiry.constants
        )
