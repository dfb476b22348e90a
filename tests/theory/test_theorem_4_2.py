"""Decide every statement of `claims/theorem_4_2.py`."""

import pytest

from claims import theorem_4_2


@pytest.mark.theory
@pytest.mark.parametrize("claim", theorem_4_2.CLAIMS, ids=lambda claim: claim.id)
def test_verdict(claim, matches_finding):
    matches_finding(claim)
