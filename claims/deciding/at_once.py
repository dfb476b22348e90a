"""One judgement of all that was observed."""

from __future__ import annotations

from claims.core.evidence import Evidence, RegimeEvidence, RegimeOutcome
from claims.core.margin import Margin


def outcome(margin: Margin) -> RegimeOutcome:
    """It falls where even its upper end does, and is undecided between the two."""
    if margin.certain_failures:
        return RegimeOutcome.FALLS
    return RegimeOutcome.UNDECIDED if margin.possible_failures else RegimeOutcome.STANDS


def judged_at_once(margin: Margin, method: str, regimes: int, seeds: int) -> Evidence:
    """The evidence of one margin."""
    judged = RegimeEvidence(
        outcome(margin),
        seeds,
        margin.certain_failures,
        margin.possible_failures,
        float(margin.low.min()),
        least_margin=margin.least,
    )
    falls = judged.outcome is RegimeOutcome.FALLS
    return Evidence(
        method,
        drawn=regimes,
        at_once=True,
        cases=[(None, judged)],
        counterexample=(None, judged) if falls else None,
    )
