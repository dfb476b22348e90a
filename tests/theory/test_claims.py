"""Decide every statement of the catalogue: one test each."""

import pytest

from claims.catalogue import catalogue


@pytest.mark.theory
@pytest.mark.parametrize("claim", catalogue().values(), ids=catalogue())
def test_verdict(claim, matches_finding):
    matches_finding(claim)
