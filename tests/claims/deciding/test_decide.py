"""A verdict: put together from the evidence of any rule, kept as JSON, paid from one budget."""

import json
import math
from dataclasses import fields, replace

import pytest
from toys import PROFILE, decided, falls_from_five, formula, population, toy, worst_case

from claims.core import constants as constant_table
from claims.core import findings
from claims.core.catalogue import catalogue
from claims.core.claim import Mutant, Rule
from claims.core.constants import ConstantsError
from claims.core.margin import Margin
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.deciding.budget import LEVEL, MOST_WORST, RUN_BUDGET, regime_level
from claims.deciding.decide import decide, expected
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import IntervalProof
from claims.deciding.paired_seeds import PairedSeeds
from claims.deciding.per_regime import PerRegime
from claims.deciding.population import Population
from claims.deciding.verdict import Verdict
from claims.deciding.worst_case import WorstCase
from strategies.search import SEARCH

RULES = (
    PerRegime(0.05),
    Population(9),
    WorstCase(9),
    Formula(),
    IntervalProof(),
    PairedSeeds(0.05, 5),
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
def test_every_rule_is_one(rule):
    """Frozen, comparable, and with all that a rule promises."""
    assert isinstance(rule, Rule)
    assert len({rule, replace(rule)}) == 1
    for profile in PROFILES.values():
        assert min(rule.regimes(profile), rule.seeds(profile)) >= 1
    assert 0 <= rule.delta < 1


def test_what_names_it():
    verdict = decided(toy(lambda one: 1.0, id="a", family="b", delta=0.05))
    assert (verdict.claim, verdict.family, verdict.unit, verdict.delta) == ("a", "b", "u", 0.05)
    assert (verdict.profile, verdict.entropy) == ("toy", 1)
    assert verdict.seconds >= 0


def test_mutants_share_a_family_unless_they_train_otherwise():
    wrong = Mutant("wrong", "all of it", {"margin": lambda one, constants: Margin.exact(-1.0)})
    other = Mutant("other", "and others", {"observe": lambda regime, seeds: None})
    claim = toy(lambda one: 1.0, mutants=(wrong, other))
    verdict = decided(claim.mutated(wrong), replace(PROFILE, shrinks=0))
    assert (verdict.claim, verdict.family) == ("toy!wrong", "toy")
    assert verdict.status is Status.FALSIFIED
    assert claim.mutated(other).family_id == "toy!other"


def test_constants_are_kept():
    """Those that the claim names, and no others."""
    claim = toy(lambda one: 1.0, constants=("a.C_1",))
    assert decided(claim, PROFILE, {"a.C_1": 3.0, "a.C_2": 4.0}).constants == {"a.C_1": 3.0}


def test_a_constant_that_is_not_there():
    with pytest.raises(ConstantsError, match=r"a\.C_1: no such constant"):
        decided(toy(lambda one: 1.0, constants=("a.C_1",)))


def test_constants_of_the_project_unless_others_are_given():
    name = next(iter(constant_table.load()))
    verdict = decide(formula(1.0, constants=(name,)), PROFILE, search=SEARCH)
    assert verdict.constants == {name: constant_table.load()[name]}


CLAIMS = {
    "verified": toy(lambda one: 1.0),
    "falsified": toy(falls_from_five),
    "infinite": toy(lambda one: math.inf),
    "a formula": formula(-1.0),
    "a population": population(),
    "a worst case": worst_case(lambda regime: 3.5 - regime.n2, count=8),
}


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
def test_json_round_trip(claim):
    """Whole, but for numbers that JSON has not."""
    verdict = decided(claim)
    back = Verdict.from_dict(json.loads(json.dumps(verdict.to_dict(), allow_nan=False)))
    without = replace(
        verdict,
        worst_margin=None,
        least_margin=None,
        points=[{"margin": None}] * len(verdict.points),
    )
    assert back == (without if verdict.worst_margin == math.inf else verdict)
    assert set(verdict.to_dict()) == {one.name for one in fields(Verdict)}


@pytest.mark.parametrize("change", [{"regimes": "9"}, {"status": "true"}, {"more": 1}], ids=str)
def test_other_records_are_refused(change):
    """By the name of the field."""
    record = decided(CLAIMS["verified"]).to_dict() | change
    with pytest.raises(ValueError, match=next(iter(change))):
        Verdict.from_dict(record)


# The budget ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_whole_run_keeps_to_its_budget(profile):
    """All claims, decided once, falsify a true one with probability `RUN_BUDGET` at most; real
    images have a level of their own.
    """
    spent = 0.0
    for claim in catalogue().values():
        count = claim.rule.regimes(profile)
        match claim.rule:
            case PerRegime(delta=delta) if delta > 0:
                spent += (count + 1) * regime_level(count + 1)
            case Population():
                spent += LEVEL
            case WorstCase():
                spent += LEVEL * count / MOST_WORST
    assert 0 < spent <= RUN_BUDGET


def test_another_claim_changes_no_level(monkeypatch):
    """What a statement may spend is its own, whatever the catalogue's length."""
    claim = toy(lambda one: 1.0, delta=0.05)
    alone = decided(claim)
    monkeypatch.setattr("claims.core.catalogue.catalogue", lambda: {})
    assert decided(claim).level == alone.level == LEVEL


# Findings -----------------------------------------------------------------------------------------


def test_expected(tmp_path, monkeypatch):
    """A kept counterexample is what records a statement as refuted."""
    monkeypatch.setattr(findings, "FOLDER", tmp_path)
    assert expected(toy(lambda one: 1.0)) is Status.VERIFIED
    findings.path("toy").write_text("{}")
    assert expected(toy(lambda one: 1.0)) is Status.FALSIFIED


def test_every_kept_counterexample_is_of_a_claim():
    assert {file.stem for file in findings.FOLDER.glob("*")} <= set(catalogue())
