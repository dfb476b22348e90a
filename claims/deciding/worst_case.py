"""The rule of a statement that is judged where a search finds its margin least."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from claims.core.case import Case
from claims.core.claim import Claim
from claims.core.evidence import Evidence, RegimeEvidence, RegimeOutcome
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.deciding import estimates, predictions
from claims.deciding.arguments import check_whole
from claims.deciding.budget import LEVEL, MOST_WORST, REFUTATIONS
from claims.deciding.observed import observed
from claims.deciding.per_regime import METHOD, examined, repeated
from claims.deciding.predictions import Predict
from model.regime import Regime
from model.sampling import Seeds


@dataclass(frozen=True)
class WorstCase:
    """Regimes are sought where the margin is least, each judged by one margin of all its seeds.

    A claim's margin is an interval that misses with probability `PART_LEVEL` on either side. A
    regime falls where it, and then `REFUTATIONS` - 1 more batches of fresh seeds, refute.

    Args:
        count: regimes tried, in the `ci` profile.
        predict: what is preregistered of a regime before it is trained.
    """

    count: int
    predict: Predict | None = None
    needs_domain = True
    of_regimes = False
    of_all_seeds = True
    from_records = False
    own_level = 0.0
    detects = "a violation, as a whole, by"
    delta = 0.0

    def __post_init__(self) -> None:
        check_whole("count", self.count)
        if not 0 < self.count <= MOST_WORST:
            raise ValueError(f"count = {self.count}: must be from 1 to {MOST_WORST}")

    def regimes(self, profile: Profile) -> int:
        """Regimes to try."""
        return min(max(1, round(profile.scaled(self.count))), MOST_WORST)

    def seeds(self, profile: Profile) -> int:
        """Seeds of a regime."""
        return profile.seeds

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Climb towards the worst regime, and judge each on the way."""
        assert claim.domain is not None
        count, entropy = self.regimes(inquiry.profile), inquiry.profile.entropy
        evidence = Evidence(METHOD)
        lines: list[str] = []

        def note(margin: Margin) -> None:
            smallest = estimates.smallest_detectable(margin)
            evidence.detectable = max(evidence.detectable, smallest)

        def score(case: Case) -> float:
            if self.predict:
                lines.append(predictions.line(self.predict, case))
                # Where a climb goes is the margin's doing, which planted versions do not share, and
                # how far is the profile's: a file of its own.
                evidence.record["predicted beforehand"] = predictions.preregistered(
                    lines, inquiry.workspace, f"{claim.id}-{entropy}-{count}", 1
                )
            judged = examined(claim, case, inquiry, 0.0, evidence, note)
            if judged and judged.outcome is RegimeOutcome.FALLS:
                judged = self._refuted_again(claim, case, inquiry, evidence)
            if inquiry.tick:
                inquiry.tick(min(evidence.drawn, count), count)
            return -math.inf if judged is None else -judged.worst_margin

        inquiry.search.worst(
            claim.domain,
            inquiry.constants,
            score,
            name=claim.family_id,
            entropy=entropy,
            cases=count,
            title=claim.id,
        )
        fallen = [pair for pair in evidence.cases if pair[1].outcome is RegimeOutcome.FALLS]
        if fallen:
            evidence.counterexample = min(fallen, key=lambda pair: pair[1].worst_margin)
        evidence.level = LEVEL * evidence.drawn / MOST_WORST
        return evidence

    def _refuted_again(
        self, claim: Claim[Any], case: Case, inquiry: Inquiry, evidence: Evidence
    ) -> RegimeEvidence:
        """The regime's evidence once fresh seeds have refuted it as often as its level asks; it
        stays undecided where one batch of them does not.
        """
        first, judged = evidence.cases.pop()
        count = self.seeds(inquiry.profile)
        for batch in range(1, REFUTATIONS):
            seeds = Seeds(case.root, count, batch * count)
            observation = observed(claim.observe, case.regime, seeds)
            evidence.networks += observation.networks
            if not claim.margin(observation, inquiry.constants).certain_failures:
                judged = replace(judged, outcome=RegimeOutcome.UNDECIDED)
                break
        evidence.cases.append((first, judged))
        return judged

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """One regime on the seeds of `root`."""
        seeds = inquiry.seeds or self.seeds(inquiry.profile)
        return repeated(claim, regime, Seeds(root, seeds), inquiry)
