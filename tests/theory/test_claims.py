"""Decide every statement of the catalogue: one test each."""

import pytest

from claims.catalogue import catalogue
from claims.claim import Kind


def marks(claim):
    together = pytest.mark.xdist_group(claim.looks)
    return (together, pytest.mark.conjecture) if claim.kind is Kind.CONJECTURE else (together,)


@pytest.mark.theory
@pytest.mark.parametrize("claim", [pytest.param(claim, id=name, marks=marks(claim)) for name, claim in catalogue().items()])
def test_verdict(claim, matches_finding):
    matches_finding(claim)
