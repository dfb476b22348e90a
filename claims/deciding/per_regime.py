"""The rule of a statement that holds in every regime, with probability at least 1 - delta.

Each regime of a search is tested until it is accepted or rejected (`claims.deciding.sequential`).
Where none is rejected, the worst is tried again on fresh seeds, which had no part in its choice:
they bound its failure probability, and reject it if they must.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims.core.case import Case
from claims.core.claim import Claim
from claims.core.evidence import Evidence, RegimeEvidence, RegimeOutcome, Retried
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.core.profile import Profile
from claims.deciding import sequential
from claims.deciding.arguments import check_number
from claims.deciding.budget import LEVEL, regime_level
from claims.deciding.observed import check_variants, observed
from claims.deciding.sequential import SequentialTest
from model.regime import Regime
from model.sampling import Seeds

METHOD = "tested on regimes"
#: Exact statements are cheap; they get this many times the regimes.
EXACT_SHARE = 2


@dataclass(frozen=True)
class PerRegime:
    """Each regime of a search is tested on its own; the first that falls is made smaller.

    Args:
        delta: the statement may fail in this share of networks; 0 for what holds in every one.
        effort: regimes taken, against the usual number.
    """

    delta: float = 0.0
    effort: float = 1.0
    needs_domain = True
    of_regimes = False
    of_all_seeds = False
    from_records = False
    own_level = 0.0
    detects = "a regime in which it fails with probability"

    def __post_init__(self) -> None:
        for name in ("delta", "effort"):
            check_number(name, getattr(self, name))
        if not 0 <= self.delta < 1 / sequential.INDIFFERENCE:
            raise ValueError(
                f"delta = {self.delta}: must be 0, or less than {1 / sequential.INDIFFERENCE:.3g}"
            )
        if not self.effort > 0:
            raise ValueError(f"effort = {self.effort}: must be greater than 0")

    def regimes(self, profile: Profile) -> int:
        """Regimes to try."""
        exact = EXACT_SHARE if self.delta == 0 else 1
        return max(1, round(profile.regimes * self.effort * exact))

    def seeds(self, profile: Profile) -> int:
        """Seeds that a regime is first tried with."""
        return sequential.least_seeds(self.delta) if self.delta > 0 else profile.exact_seeds

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Search for a regime in which the statement falls."""
        assert claim.domain is not None
        profile, count = inquiry.profile, self.regimes(inquiry.profile)
        alpha = regime_level(count + 1)  # one more for the worst, tried again
        evidence = Evidence(
            METHOD,
            level=LEVEL if self.delta > 0 else 0.0,
            detectable=sequential.smallest_detectable(self.delta, profile.exact_seeds),
        )

        margins: dict[Case, float] = {}

        def falls(case: Case) -> bool:
            # Once one has fallen, smaller ones are sought, and whether they stand is not asked.
            fallen = any(one.outcome is RegimeOutcome.FALLS for _, one in evidence.cases)
            judged = examined(claim, case, inquiry, alpha, evidence, to_fall=fallen)
            if judged is not None:
                margins[case] = judged.worst_margin
            if inquiry.tick:
                inquiry.tick(min(evidence.drawn, count), count)
            return judged is not None and judged.outcome is RegimeOutcome.FALLS

        smallest = inquiry.search.falling(
            claim.domain,
            inquiry.constants,
            falls,
            name=claim.family_id,
            entropy=profile.entropy,
            cases=count,
            shrinks=profile.shrinks,
            title=claim.id,
            margin=margins.get,
        )
        if smallest is not None:
            evidence.counterexample = smallest, dict(evidence.cases)[smallest]
        else:
            retry_worst(claim, inquiry, alpha, evidence)
        if evidence.counterexample is None:
            evidence.share_bound = sequential.share_bound(len(evidence.cases))
        return evidence

    def repeat(
        self, claim: Claim[Any], regime: Regime | None, root: int, inquiry: Inquiry
    ) -> Margin:
        """One regime on the seeds of `root`."""
        seeds = inquiry.seeds or self.seeds(inquiry.profile)
        return repeated(claim, regime, Seeds(root, seeds), inquiry)


def examined(
    claim: Claim[Any],
    case: Case,
    inquiry: Inquiry,
    alpha: float,
    evidence: Evidence,
    note: Callable[[Margin], None] | None = None,
    to_fall: bool = False,
) -> RegimeEvidence | None:
    """Decide one regime and add it to the evidence; None where it lies outside the hypotheses.

    `note` is called with every margin that is measured. Where it is only asked whether the regime
    falls, `to_fall`, one that does not is no evidence.
    """
    assert claim.domain is not None
    if claim.domain.violations(case.regime, inquiry.constants):
        evidence.drawn += 1
        return None
    check_variants(claim, case.regime)

    def measure(first: int, count: int) -> Margin:
        observation = observed(claim.observe, case.regime, Seeds(case.root, count, first))
        evidence.networks += observation.networks
        if claim.figure and first == 0:
            evidence.points[case] = claim.figure.point(case.regime, observation)
        margin = claim.margin(observation, inquiry.constants)
        if note:
            note(margin)
        return margin

    judged = sequential.examine(
        measure,
        delta=claim.rule.delta,
        alpha=alpha,
        exact_seeds=claim.rule.seeds(inquiry.profile),
        to_fall=to_fall,
    )
    if not to_fall or judged.outcome is RegimeOutcome.FALLS:
        evidence.drawn += 1
        evidence.cases.append((case, judged))
    return judged


def retry_worst(claim: Claim[Any], inquiry: Inquiry, alpha: float, evidence: Evidence) -> None:
    """Try the worst regime again, on seeds that had no part in its choice, and let it fall if these
    reject it.

    A bound of its failure probability comes from the fresh seeds alone.
    """
    delta, judged = claim.rule.delta, [pair for pair in evidence.cases if pair[0] is not None]
    if not (delta and judged and inquiry.profile.retry_seeds):
        return
    case, worst = min(judged, key=lambda pair: pair[1].worst_margin)
    assert case is not None
    count = retry_seeds(case.regime, inquiry.profile) - worst.seeds
    if count <= 0:
        return
    observation = observed(claim.observe, case.regime, Seeds(case.root, count, worst.seeds))
    evidence.networks += observation.networks
    margin = claim.margin(observation, inquiry.constants)
    evidence.retried = Retried(
        margin.possible_failures,
        count,
        sequential.failure_bound(margin.possible_failures, count),
    )
    again = SequentialTest(delta, alpha).add(margin.certain_failures, count)
    if again is RegimeOutcome.FALLS:
        fallen = case, sequential.summarised(again, margin, delta)
        evidence.cases[evidence.cases.index((case, worst))] = fallen
        evidence.counterexample = fallen


#: What trying a regime again may cost at most, in multiplications of one network's training.
_MOST_WORK = 2e11


def retry_seeds(regime: Regime, profile: Profile) -> int:
    """Networks that the worst regime gets, fewer where they are large: `profile.retry_seeds`, or
    what `_MOST_WORK` pays for.
    """
    per_seed = 2 * regime.m * (regime.n1**2 * regime.steps1 + 2 * regime.n2**2 * regime.steps2)
    return int(min(profile.retry_seeds, _MOST_WORK // per_seed))


def repeated(claim: Claim[Any], regime: Regime | None, seeds: Seeds, inquiry: Inquiry) -> Margin:
    """The margin of one regime, measured again."""
    assert regime is not None
    return claim.margin(claim.observe(regime, seeds), inquiry.constants)
