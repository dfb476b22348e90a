"""Decide every statement of `claims/exact.py`."""

import pytest

from claims import exact


@pytest.mark.theory
@pytest.mark.parametrize("claim", exact.CLAIMS, ids=lambda claim: claim.id)
def test_verdict(claim, matches_finding):
    matches_finding(claim)
