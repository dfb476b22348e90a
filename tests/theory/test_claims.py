"""Decide every statement of the catalogue: one test each."""

import pytest

from claims.catalogue import catalogue


@pytest.mark.theory
@pytest.mark.parametrize("claim", [pytest.param(claim, id=name, marks=pytest.mark.xdist_group(claim.looks)) for name, claim in catalogue().items()])
def test_verdict(claim, matches_finding):
    matches_finding(claim)
