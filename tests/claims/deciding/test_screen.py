"""The coarse look, against the binomial tail term by term."""

import math

import numpy as np
import pytest

from claims.core.evidence import RegimeOutcome
from claims.core.margin import Margin
from claims.deciding.screen import SUSPICION, screened, suspicious


def tail(failures, seeds, p):
    """P(at least so many failures), term by term."""
    return math.fsum(
        math.comb(seeds, k) * p**k * (1 - p) ** (seeds - k) for k in range(failures, seeds + 1)
    )


@pytest.mark.parametrize("seeds", [1, 2, 24, 100])
@pytest.mark.parametrize("delta", [0.01, 0.05, 0.3])
def test_suspicious_is_the_exact_tail(seeds, delta):
    assert [suspicious(k, seeds, delta) for k in range(seeds + 1)] == [
        tail(k, seeds, delta) < SUSPICION for k in range(seeds + 1)
    ]


def test_exact_statements_allow_no_failure():
    assert [suspicious(k, 24, 0.0) for k in (0, 1, 24)] == [False, True, True]


@pytest.mark.parametrize(
    ("failures", "outcome"), [(4, RegimeOutcome.STANDS), (5, RegimeOutcome.UNDECIDED)]
)
def test_screened(failures, outcome):
    """What is suspicious is left undecided, however clear."""
    values = np.where(np.arange(24) < failures, -1.0, 1.0)
    judged = screened(Margin.exact(values), 0.05)
    assert (judged.outcome, judged.seeds, judged.possible_failures) == (outcome, 24, failures)
    assert judged.least_margin == -1.0
