"""A verdict is derived from what each regime says."""

import pytest

from claims.core.evidence import RegimeEvidence, RegimeOutcome
from claims.core.status import Status
from claims.deciding.verdict import derive

S, F, U = RegimeOutcome.STANDS, RegimeOutcome.FALLS, RegimeOutcome.UNDECIDED


@pytest.mark.parametrize(
    ("outcomes", "drawn", "status"),
    [
        ([S, S], 2, Status.VERIFIED),
        ([S, S], 4, Status.VERIFIED),
        ([S, S], 5, Status.VACUOUS),
        ([], 0, Status.VACUOUS),
        ([], 9, Status.VACUOUS),
        ([S, U], 2, Status.INCONCLUSIVE),
        ([U], 9, Status.VACUOUS),
        ([S, U, F], 3, Status.FALSIFIED),
        ([F], 99, Status.FALSIFIED),  # rarely met, but refuted where it is
    ],
)
def test_derive(outcomes, drawn, status):
    assert derive([RegimeEvidence(outcome, 24, 0, 0, 0.0) for outcome in outcomes], drawn) is status
