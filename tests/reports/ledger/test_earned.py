"""What a verdict rests on, said with its own numbers."""

from dataclasses import replace

from toys import PROFILE, decided, formula, toy

from claims.core.margin import Margin
from reports.ledger.earned import sentences


def some_fail(one):
    """Two of every hundred seeds."""
    every = range(one.seeds.first, one.seeds.first + one.seeds.count)
    return Margin.exact([-0.25 if seed % 50 == 7 else 0.5 for seed in every])


def test_verified():
    """Failures of how many, both margins, and a bound each for regime and search."""
    verdict = decided(toy(some_fail, delta=0.05))
    assert verdict.retried is not None
    counted, margins, again, search = sentences(verdict)
    assert f"{verdict.failures} of {verdict.tried} networks fail" in counted
    assert "δ = 0.05" in counted
    assert "rather than 0.15" in counted
    assert "is 0.5 once" in margins
    assert "of any network in any regime is -0.25" in margins
    assert f"{verdict.retried.failures} of {verdict.retried.seeds}" in again
    assert f"at most {verdict.retried.bound:.2g} of networks" in again
    assert f"at most {verdict.share_bound:.2g} of the regimes" in search


def test_falsified():
    """Of a regime that was rejected nothing is bounded."""
    verdict = decided(toy(lambda one: -1.0, delta=0.05), replace(PROFILE, shrinks=0))
    counted, margins = sentences(verdict)
    assert f"{verdict.tried} of {verdict.tried} networks fail" in counted
    assert "-1" in margins


def test_without_bound():
    verdict = decided(toy(lambda one: float("nan"), delta=0.05), replace(PROFILE, shrinks=0))
    assert "without bound" in sentences(verdict)[1]


def test_of_exact_statements_and_formulas_nothing():
    assert sentences(decided(toy(lambda one: 1.0))) == []
    assert sentences(decided(formula(1.0))) == []
