"""A coarse look at one regime: what its seeds at hand do not speak against.

It decides nothing. A regime that passes may fail in far more networks than a statement allows; one
that does not is left undecided.
"""

from __future__ import annotations

from scipy import stats

from claims.core.evidence import RegimeEvidence, RegimeOutcome
from claims.core.margin import Margin
from claims.deciding.sequential import summarised

#: So many failures are suspicious where a count as high is less probable than this.
SUSPICION = 0.01


def suspicious(failures: int, seeds: int, delta: float) -> bool:
    """Whether so many failures are improbable when each has probability at most delta. Exact."""
    if delta == 0:
        return failures > 0
    return float(stats.binom.sf(failures - 1, seeds, delta)) < SUSPICION


def screened(margin: Margin, delta: float) -> RegimeEvidence:
    """What the seeds at hand say."""
    doubtful = suspicious(margin.possible_failures, len(margin.low), delta)
    outcome = RegimeOutcome.UNDECIDED if doubtful else RegimeOutcome.STANDS
    return summarised(outcome, margin, delta)
