"""Proof by interval arithmetic: a formula is positive on a box, or is not, or cannot be told.

Every number is a ball (python-flint, Arb) that certainly holds the true value, so a positive lower
end is a proof. Boxes are split where the bound is weakest until every cell is positive. A single
point with a certainly negative value is a refutation.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flint
import sympy as sp

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding.formula import Formula

MOST_CELLS = 200_000
#: Of each symbol, by name, its range.
Box = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Proof:
    """What is certain about the least value of a formula on a box: it lies in [low, high]."""

    box: dict[str, tuple[float, float]]
    cells: int
    low: float
    high: float
    where: dict[str, float]  # the point that gave `high`
    networks: int = 0
    method: str = "interval arithmetic"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "box": self.box,
            "cells": self.cells,
            "smallest_margin": self.low,
            "where": self.where,
        }


@dataclass(frozen=True)
class IntervalProof(Formula):
    """The rule of a statement about real numbers, whose `observe` returns a `Proof`."""


def margin(proof: Proof, constants: Constants) -> Margin:
    """The least value of the formula, as an interval."""
    return Margin.between([proof.low], [proof.high])


def prove(formula: sp.Expr, box: Box, most_cells: int = MOST_CELLS) -> Proof:
    """Bound the least value of `formula` on `box` until it is certainly positive or certainly
    negative somewhere.

    Sides of the box with a positive lower end are split in ratio, the others in the middle. The
    formula must hold no floating-point number, which would not be exact.
    """
    if formula.atoms(sp.Float):
        raise ValueError(f"{formula}: holds floating-point numbers")
    names = tuple(box)
    value = _compiled(formula, names)
    sides = tuple((float(low), float(high)) for low, high in box.values())
    least, where = math.inf, tuple(low for low, _ in sides)

    def bound(cell: tuple[tuple[float, float], ...]) -> float:
        nonlocal least, where
        for point in (
            tuple(map(_middle, cell)),
            tuple(low for low, _ in cell),
            tuple(high for _, high in cell),
        ):
            at = float((upper := value(*map(flint.arb, point))).upper()) if point else 0.0
            if upper.is_finite() and at < least:
                least, where = at, point
        over = value(*(_ball(low, high) for low, high in cell))
        return float(over.lower()) if over.is_finite() else -math.inf

    heap = [(bound(sides), 0, sides)]
    done = 1
    while heap[0][0] <= 0 and least > 0 and done < most_cells:
        _, _, cell = heapq.heappop(heap)
        for part in _halves(cell):
            heapq.heappush(heap, (bound(part), done, part))
            done += 1
    return Proof(
        dict(zip(names, sides, strict=True)),
        len(heap),
        heap[0][0],
        least,
        dict(zip(names, where, strict=True)),
    )


def _ball(low: float, high: float) -> flint.arb:
    return flint.arb(low).union(flint.arb(high))


def _middle(side: tuple[float, float]) -> float:
    low, high = side
    return math.sqrt(low * high) if low > 0 else (low + high) / 2


def _halves(cell: tuple[tuple[float, float], ...]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Split the widest side."""
    widths = [math.log(high / low) if low > 0 else high - low for low, high in cell]
    widest = widths.index(max(widths))
    low, high = cell[widest]
    middle = _middle(cell[widest])
    return tuple(
        (*cell[:widest], part, *cell[widest + 1 :]) for part in ((low, middle), (middle, high))
    )


def _compiled(formula: sp.Expr, names: tuple[str, ...]) -> Callable[..., flint.arb]:
    # The mpmath printer writes 2/3 as mpf(2)/mpf(3), which is exact when mpf makes a ball.
    functions = {
        "mpf": flint.arb,
        "log": flint.arb.log,
        "exp": flint.arb.exp,
        "sqrt": flint.arb.sqrt,
    }
    function: Callable[..., flint.arb] = sp.lambdify(names, formula, modules=[functions, "mpmath"])
    return lambda *point: flint.arb(0) + function(*point)
