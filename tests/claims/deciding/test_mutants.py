"""What became of mutants: one rule, whoever shows it."""

import pytest

from claims.core.claim import base_of, is_mutant, mutant_id, split_id
from claims.core.status import Status
from claims.deciding.mutants import Fate, fate, fates, with_fate

DECIDED = (Status.VERIFIED, Status.FALSIFIED, Status.BLOCKED, None)


@pytest.mark.parametrize("claim", [*Status, None])
def test_what_is_falsified_is_killed(claim):
    assert fate(Status.FALSIFIED, claim) is Fate.KILLED


@pytest.mark.parametrize("mutant", [Status.VERIFIED, Status.INCONCLUSIVE, Status.VACUOUS])
@pytest.mark.parametrize("claim", [*Status, None])
def test_a_mutant_is_judged_where_its_claim_is_decided(mutant, claim):
    """Where nothing is known of its claim it is judged as well."""
    wanted = Fate.SURVIVED if claim in DECIDED else Fate.NOT_JUDGED
    assert fate(mutant, claim) is wanted


def test_fates():
    found = fates(
        {
            "a": Status.INCONCLUSIVE,
            "a!x": Status.INCONCLUSIVE,
            "a!y": Status.FALSIFIED,
            "b": Status.VERIFIED,
            "b!x": Status.INCONCLUSIVE,
            "c!x": Status.VERIFIED,
        }
    )
    assert {one: with_fate(found, one) for one in Fate} == {
        Fate.KILLED: ["a!y"],
        Fate.SURVIVED: ["b!x", "c!x"],
        Fate.NOT_JUDGED: ["a!x"],
    }


@pytest.mark.parametrize(("claim", "mutant"), [("a", ""), ("a", "x"), ("m2.equal-steps", "far")])
def test_names(claim, mutant):
    name = mutant_id(claim, mutant) if mutant else claim
    assert (split_id(name), base_of(name), is_mutant(name)) == (
        (claim, mutant),
        claim,
        bool(mutant),
    )
