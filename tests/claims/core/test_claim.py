"""A claim refuses, when it is made, what cannot be decided."""

import pytest
from toys import bare

from claims.core.claim import ClaimError, Mutant
from claims.core.domain import Between
from claims.core.domains import ANY_REGIME, from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.paired_seeds import PairedSeeds
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.deciding.worst_case import WorstCase

NAMED = from_scratch(TAU_2, Between(low="a.C_1"))
WITH_DOMAIN = (PerRegime(), Population(9), WorstCase(9))
WITHOUT = (Formula(), IntervalProof(), PairedSeeds(0.05, 5))


def name(rule):
    return type(rule).__name__


def wrong(**changes):
    return Mutant("wrong", "all of it", changes)


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"rule": 0.05}, "rule", "PerRegime"),
        ({"rule": PerRegime}, "rule", "PerRegime"),
        ({"rule": None}, "rule", "PerRegime"),
        ({"domain": "small"}, "domain", "must be a Domain"),
        ({"domain": NAMED}, "constants", "a.C_1"),
        ({"domain": NAMED, "constants": ("a.C_2",)}, "constants", "a.C_1"),
        ({"mutants": (wrong(), wrong())}, "mutants", "one name"),
        ({"mutants": (wrong(margins=None),)}, "mutants[wrong]", "no such field"),
        ({"mutants": (wrong(unit="v", rules=1),)}, "mutants[wrong]", "no such field"),
    ],
    ids=str,
)
def test_refused(changes, field, rule):
    """One line with the claim, the field, the value and the rule."""
    with pytest.raises(ClaimError) as refused:
        bare(**changes)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"claim 'toy': {field} = ")
    assert rule in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("rule", WITH_DOMAIN, ids=name)
def test_a_rule_that_needs_a_domain(rule):
    assert bare(rule=rule).rule is rule
    with pytest.raises(ClaimError, match="needs a domain"):
        bare(rule=rule, domain=None)


@pytest.mark.parametrize("rule", WITHOUT, ids=name)
def test_a_rule_that_takes_none(rule):
    assert bare(rule=rule, domain=None).rule is rule
    with pytest.raises(ClaimError, match="takes no domain"):
        bare(rule=rule)


def test_constants_that_the_domain_names():
    assert bare(domain=NAMED, constants=("a.C_1", "a.C_2")).domain is NAMED


def test_mutated():
    """The planted version under a name of its own, on the same networks unless it says others."""
    margin, observe = (lambda one, constants: Margin.exact(-1.0)), (lambda regime, seeds: None)
    mutants = wrong(margin=margin), Mutant("elsewhere", "observes nothing", {"observe": observe})
    claim = bare(family="together", mutants=mutants)
    first, second = map(claim.mutated, mutants)
    assert (first.id, first.family_id, first.mutants) == ("toy!wrong", "together", ())
    assert (second.id, second.family_id) == ("toy!elsewhere", "toy!elsewhere")
    assert (first.margin, first.observe) == (margin, claim.observe)
    assert second.observe is observe


def test_a_mutant_must_be_a_claim_as_well():
    """It is refused by the same rules, and with the claim."""
    with pytest.raises(ClaimError, match=r"a\.C_1"):
        bare(mutants=(wrong(domain=NAMED),))


def test_family():
    assert bare().family_id == "toy"
    assert bare(domain=ANY_REGIME, family="f").family_id == "f"
