"""Interval proofs: what is certain is certain, what is false is refuted, and what cannot be told is
not claimed.
"""

import math
from fractions import Fraction

import pytest
import sympy as sp
import toys

from claims.core.status import Status
from claims.deciding import interval_proof as proof
from claims.deciding.interval_proof import Chain, IntervalProof, Witness, prove

x, y = sp.symbols("x y", positive=True)


@pytest.mark.parametrize(
    ("formula", "box", "least"),
    [
        (x, {"x": (1.0, 2.0)}, 1.0),
        (x - sp.log(1 + x), {"x": (0.01, 1e6)}, 0.01 - math.log1p(0.01)),
        ((x - y) ** 2 + sp.Rational(1, 100), {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 0.01),
        (sp.exp(x) - 1 - x, {"x": (0.1, 3.0)}, math.expm1(0.1) - 0.1),
        (1 - x / 4, {"x": (0.0, 1.0)}, 0.75),
    ],
    ids=str,
)
def test_positive(formula, box, least):
    """The least value lies between the two ends of what is claimed of it."""
    proven = prove(formula, box)
    assert 0 < proven.low <= least * (1 + 1e-12)
    assert proven.high >= least * (1 - 1e-12)
    assert proof.margin(proven, {}).possible_failures == 0


@pytest.mark.parametrize(
    ("formula", "box"),
    [
        (x - 1, {"x": (0.5, 2.0)}),
        (sp.sqrt(x) - y, {"x": (1.0, 4.0), "y": (0.5, 3.0)}),
        (-x, {"x": (1.0, 2.0)}),
    ],
    ids=str,
)
def test_refuted(formula, box):
    """By a point, which is named and where the formula is negative."""
    proven = prove(formula, box)
    assert proven.high < 0
    assert formula.subs({symbol: proven.where[symbol.name] for symbol in formula.free_symbols}) < 0
    assert proof.margin(proven, {}).certain_failures == 1


def test_a_needle():
    """Negative on a width of 2e-4 of the box only."""
    needle = (x - sp.Rational(7, 10)) ** 2 - sp.Rational(1, 10**8)
    proven = prove(needle, {"x": (0.0, 1.0)})
    assert proven.high < 0
    assert proven.where["x"] == pytest.approx(0.7, abs=2e-4)


def test_what_cannot_be_told():
    """A least value of exactly 0 is neither; nor is one that the budget does not reach."""
    for formula, box, cells in [
        ((x - 1) ** 2, {"x": (0.1, 3.0)}, 2000),
        ((x - y) ** 2 + sp.Rational(1, 10**9), {"x": (0.0, 1.0), "y": (0.0, 1.0)}, 10),
    ]:
        proven = prove(formula, box, most_cells=cells)
        assert proven.low <= 0 <= proven.high
        told = proof.margin(proven, {})
        assert (told.possible_failures, told.certain_failures) == (1, 0)


def test_division_by_a_cell_around_zero():
    assert prove(1 / x, {"x": (0.0, 1.0)}, most_cells=50).low == -math.inf


def test_inexact_numbers_are_refused():
    """0.1 in a formula is not a tenth."""
    with pytest.raises(ValueError, match="floating-point"):
        prove(x - 0.1, {"x": (1.0, 2.0)})


def test_evidence():
    proven = prove(x - y, {"x": (2.0, 3.0), "y": (0.5, 1.0)})
    assert proven.evidence == {
        "box": {"x": (2.0, 3.0), "y": (0.5, 1.0)},
        "cells": proven.cells,
        "smallest_margin": proven.low,
        "where": proven.where,
    }
    assert proven.method == "interval arithmetic"


def test_ends_are_rounded_outwards():
    """1/10 is no floating-point number: the box holds it."""
    low, high = prove(x, {"x": (Fraction(1, 10), Fraction(7, 10))}).box["x"]
    assert Fraction(low) <= Fraction(1, 10)
    assert Fraction(high) >= Fraction(7, 10)
    assert (low, high) == (pytest.approx(0.1, rel=1e-15), pytest.approx(0.7, rel=1e-15))


def test_even_powers_are_never_negative():
    """A ball around 0, squared."""
    assert prove(x**2 + sp.Rational(1, 10), {"x": (-1.0, 1.0)}).cells == 1


def test_without_variables():
    assert prove(sp.log(2) - sp.Rational(69, 100), {}).low == pytest.approx(math.log(2) - 0.69)
    assert prove(sp.log(2) - sp.Rational(70, 100), {}).high < 0


# Chains -------------------------------------------------------------------------------------------

HOLDS, FAILS = prove(x, {"x": (1.0, 2.0)}), prove(x - 3, {"x": (1.0, 2.0)})


@pytest.mark.parametrize(
    ("chain", "ends", "proved"),
    [
        (Chain({"one": HOLDS}), (HOLDS.low, HOLDS.high), True),
        (Chain({"one": HOLDS, "two": FAILS}), (FAILS.low, FAILS.high), False),
        (Chain({}, {"one": sp.Integer(0)}), (0.0, 0.0), True),
        (Chain({"one": HOLDS}, {"two": x - y, "three": sp.Integer(0)}), (-1.0, -1.0), False),
        (Chain({"one": HOLDS}, {}, Witness(0.5, {})), (0.0, 0.5), True),
        (Chain({"one": FAILS}, {}, Witness(0.5, {})), (-math.inf, 0.5), False),
        (Chain({"one": FAILS}, {}, Witness(-0.5, {})), (-math.inf, -0.5), False),
        (Chain({"one": HOLDS}, {"two": x}, Witness(0.5, {})), (-math.inf, 0.5), False),
    ],
    ids=[
        "a step",
        "the weakest step",
        "algebra",
        "an identity that fails",
        "with a witness",
        "a step that fails refutes nothing beside a witness",
        "the witness refutes",
        "an identity that fails proves nothing",
    ],
)
def test_chain(chain, ends, proved):
    """The least of its steps; a witness alone speaks against the statement, where there is one."""
    found = proof.margin(chain, {})
    assert (found.low.item(), found.high.item(), chain.proved) == (*ends, proved)


def test_evidence_of_a_chain():
    chain = Chain({"one": HOLDS}, {"two": x, "three": sp.Integer(0)}, Witness(0.5, {"b": 1.0}))
    evidence = chain.evidence
    assert evidence["steps"]["one"]["smallest_margin"] == HOLDS.low
    assert (evidence["identities"], evidence["left over"]) == (2, {"two": "x"})
    assert evidence["least gap known"] == {"gap": 0.5, "where": {"b": 1.0}}


# The rule -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "cells", "status"),
    [
        (x - sp.Rational(1, 2), 100, Status.VERIFIED),
        (x - 3, 100, Status.FALSIFIED),
        ((x - 1) ** 2, 100, Status.INCONCLUSIVE),
    ],
    ids=str,
)
def test_verdict(formula, cells, status):
    """Of a proof, of a point that refutes, and of what cannot be told."""
    claim = toys.formula(
        rule=IntervalProof(),
        observe=lambda: prove(formula, {"x": (0.9, 2.0)}, most_cells=cells),
        margin=proof.margin,
    )
    verdict = toys.decided(claim)
    certain = prove(formula, {"x": (0.9, 2.0)}, most_cells=cells)
    assert (verdict.status, verdict.method) == (status, "interval arithmetic")
    certificate = verdict.evidence.pop("certificate", None)
    assert verdict.evidence == certain.evidence
    assert (certificate is not None) is (status is Status.VERIFIED)
    assert (verdict.worst_margin, verdict.regimes, verdict.networks) == (certain.low, 1, 0)
    assert (verdict.counterexample is None) is (status is not Status.FALSIFIED)
