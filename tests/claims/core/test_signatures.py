"""What a rule calls with, an `observe` takes: a statement about formulas nothing, others a regime
and seeds.
"""

import inspect

import pytest

from claims.core.catalogue import catalogue
from claims.deciding.formula import Formula
from claims.deciding.paired_seeds import PairedSeeds

EVERY = [one for claim in catalogue().values() for one in (claim, *claim.mutations)]


@pytest.mark.parametrize("claim", EVERY, ids=lambda claim: claim.id)
def test_observe_takes_what_its_rule_hands_it(claim):
    given = ("regime", "seeds")
    if isinstance(claim.rule, Formula):
        given = ()
    elif isinstance(claim.rule, PairedSeeds):
        given = ("records",)
    inspect.signature(claim.observe).bind(*given)
