"""Decide every statement of `claims/proposition_4_4.py`."""

import pytest

from claims import proposition_4_4


@pytest.mark.theory
@pytest.mark.parametrize("claim", proposition_4_4.CLAIMS, ids=lambda claim: claim.id)
def test_verdict(claim, matches_finding):
    matches_finding(claim)
