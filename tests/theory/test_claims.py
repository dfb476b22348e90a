"""Decide every statement of the catalogue: one test each."""

import pytest

from claims.core.catalogue import catalogue
from claims.core.claim import Kind

CLAIMS = [
    pytest.param(
        claim, id=name, marks=[pytest.mark.conjecture] if claim.kind is Kind.CONJECTURE else []
    )
    for name, claim in catalogue().items()
]


@pytest.mark.theory
@pytest.mark.parametrize("claim", CLAIMS)
def test_verdict(claim, matches_finding):
    matches_finding(claim)
