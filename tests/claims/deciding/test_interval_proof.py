"""Interval proofs: what is certain is certain, what is false is refuted, and what cannot be told is
not claimed.
"""

import math

import pytest
import sympy as sp

from claims.deciding import interval_proof as proof
from claims.deciding.interval_proof import prove

x, y = sp.symbols("x y", positive=True)


@pytest.mark.parametrize(
    ("formula", "box", "least"),
    [
        (x, {x: (1.0, 2.0)}, 1.0),
        (x - sp.log(1 + x), {x: (0.01, 1e6)}, 0.01 - math.log1p(0.01)),
        ((x - y) ** 2 + sp.Rational(1, 100), {x: (0.0, 1.0), y: (0.0, 1.0)}, 0.01),
        (sp.exp(x) - 1 - x, {x: (0.1, 3.0)}, math.expm1(0.1) - 0.1),
        (1 - x / 4, {x: (0.0, 1.0)}, 0.75),
    ],
    ids=str,
)
def test_positive(formula, box, least):
    """The least value lies between the two ends of what is claimed of it."""
    found = prove(formula, box)
    assert 0 < found.low <= least * (1 + 1e-12)
    assert found.high >= least * (1 - 1e-12)
    assert proof.margin(found, {}).possible_failures == 0


@pytest.mark.parametrize(
    ("formula", "box"),
    [
        (x - 1, {x: (0.5, 2.0)}),
        (sp.sqrt(x) - y, {x: (1.0, 4.0), y: (0.5, 3.0)}),
        (-x, {x: (1.0, 2.0)}),
    ],
    ids=str,
)
def test_refuted(formula, box):
    """By a point, which is named and where the formula is negative."""
    found = prove(formula, box)
    assert found.high < 0
    assert formula.subs({symbol: found.where[symbol.name] for symbol in box}) < 0
    assert proof.margin(found, {}).certain_failures == 1


def test_a_needle():
    """Negative on a width of 2e-4 of the box only."""
    needle = (x - sp.Rational(7, 10)) ** 2 - sp.Rational(1, 10**8)
    found = prove(needle, {x: (0.0, 1.0)})
    assert found.high < 0
    assert found.where["x"] == pytest.approx(0.7, abs=2e-4)


def test_what_cannot_be_told():
    """A least value of exactly 0 is neither; nor is one that the budget does not reach."""
    for formula, box, cells in [
        ((x - 1) ** 2, {x: (0.1, 3.0)}, 2000),
        ((x - y) ** 2 + sp.Rational(1, 10**9), {x: (0.0, 1.0), y: (0.0, 1.0)}, 10),
    ]:
        found = prove(formula, box, most_cells=cells)
        assert found.low <= 0 <= found.high
        seen = proof.margin(found, {})
        assert (seen.possible_failures, seen.certain_failures) == (1, 0)


def test_division_by_a_cell_around_zero():
    assert prove(1 / x, {x: (0.0, 1.0)}, most_cells=50).low == -math.inf


def test_inexact_numbers_are_refused():
    """0.1 in a formula is not a tenth."""
    with pytest.raises(ValueError, match="floating-point"):
        prove(x - 0.1, {x: (1.0, 2.0)})


def test_evidence():
    found = prove(x - y, {x: (2.0, 3.0), y: (0.5, 1.0)})
    assert found.evidence == {
        "box": {"x": (2.0, 3.0), "y": (0.5, 1.0)},
        "cells": found.cells,
        "smallest_margin": found.low,
        "where": found.where,
    }
    assert found.method == "interval arithmetic"
