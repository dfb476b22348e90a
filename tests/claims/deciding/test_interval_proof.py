"""Interval proofs: what is certain is certain, what is false is refuted, and what cannot be told is
not claimed.
"""

import math

import pytest
import sympy as sp
import toys

from claims.core.status import Status
from claims.deciding import interval_proof as proof
from claims.deciding.interval_proof import IntervalProof, prove

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
    assert verdict.evidence == certain.evidence
    assert (verdict.worst_margin, verdict.regimes, verdict.networks) == (certain.low, 1, 0)
    assert (verdict.counterexample is None) is (status is not Status.FALSIFIED)
