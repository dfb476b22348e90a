"""Proof by interval arithmetic: a formula is positive on a box, or is not, or cannot be told.

Every number is a ball (python-flint, Arb) that certainly holds the true value, so a positive lower
end is a proof. Boxes are split where the bound is weakest until every cell is positive. A single
point with a certainly negative value is a refutation.

A `Chain` is a proof in steps: formulas that are positive on their boxes, and expressions that
algebra shows to vanish. What is proved can be written down as a certificate
(`claims.deciding.certificates`), which a short program without this library checks again.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import flint
import sympy as sp

from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.evidence import Evidence
from claims.core.inquiry import Inquiry
from claims.core.margin import Margin
from claims.deciding import certificates
from claims.deciding.expressions import Tree, evaluate, tree
from claims.deciding.formula import Formula, judged

MOST_CELLS = 200_000
#: Of each symbol, by name, its range. Ends that are fractions are rounded outwards.
Box = Mapping[str, tuple[float | Fraction, float | Fraction]]
Cell = tuple[tuple[float, float], ...]


@dataclass
class _Node:
    """A part of the box: a cell with a bound, or split in two."""

    bound: float
    cell: Cell
    axis: int = -1
    parts: tuple[_Node, ...] = ()

    def written(self) -> list[dict[str, Any]]:
        """Itself, then all of its lower part, then all of its upper one."""
        waiting, listed = [self], []
        while waiting:
            node = waiting.pop()
            if node.parts:
                listed.append({"split": node.axis, "at": node.parts[0].cell[node.axis][1]})
                waiting.extend(reversed(node.parts))
            else:
                listed.append({"bound": node.bound})
        return listed


@dataclass(frozen=True)
class Proof:
    """What is certain about the least value of a formula on a box: it lies in [low, high]."""

    formula: str
    expression: Tree
    box: dict[str, tuple[float, float]]
    splits: tuple[dict[str, Any], ...]  # how the box was cut, in depth-first order
    low: float
    high: float
    where: dict[str, float]  # the point that gave `high`
    networks: int = 0
    method: str = "interval arithmetic"
    algebra: Mapping[str, sp.Expr] = field(default_factory=dict)

    @property
    def cells(self) -> int:
        """Parts of the box, each with a bound of its own."""
        return sum("bound" in part for part in self.splits)

    @property
    def proofs(self) -> dict[str, Proof]:
        """Itself, the only step."""
        return {"positive": self}

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
class Witness:
    """A point at which the statement's own gap is certainly no more than this."""

    gap: float
    where: Mapping[str, float]


@dataclass(frozen=True)
class Chain:
    """A proof in steps: each formula is positive on its box, each residual of algebra is 0.

    Steps that are sufficient only, and false where the statement may still be true, go with a
    `witness`: then it, and no step, refutes the statement.
    """

    proofs: Mapping[str, Proof] = field(default_factory=dict)
    algebra: Mapping[str, sp.Expr] = field(default_factory=dict)
    witness: Witness | None = None
    networks: int = 0

    @property
    def method(self) -> str:
        """What was used."""
        if not self.proofs:
            return "algebra"
        return "interval arithmetic and algebra" if self.algebra else "interval arithmetic"

    @property
    def left(self) -> dict[str, sp.Expr]:
        """What algebra does not show to vanish."""
        return {name: residual for name, residual in self.algebra.items() if residual != 0}

    @property
    def low(self) -> float:
        """A lower bound of every formula, or minus the number of residuals that are left; with a
        witness 0 for what is proved, and no bound for what is not.
        """
        if self.witness:
            return 0.0 if self.proved else -math.inf
        if self.left:
            return -float(len(self.left))
        return min((proof.low for proof in self.proofs.values()), default=0.0)

    @property
    def high(self) -> float:
        """The least value that is certain to be taken."""
        if self.witness:
            return self.witness.gap
        if self.left:
            return -float(len(self.left))
        return min((proof.high for proof in self.proofs.values()), default=0.0)

    @property
    def proved(self) -> bool:
        """Whether every step is."""
        return not self.left and all(proof.low > 0 for proof in self.proofs.values())

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        steps: dict[str, Any] = {
            name: {"positive": proof.formula, "box": proof.box, "cells": proof.cells}
            | {"smallest_margin": proof.low, "where": proof.where}
            for name, proof in self.proofs.items()
        }
        left = {name: str(residual) for name, residual in self.left.items()}
        record: dict[str, Any] = {
            "steps": steps,
            "identities": len(self.algebra),
            "left over": left,
        }
        if self.witness:
            record["least gap known"] = {"gap": self.witness.gap, "where": dict(self.witness.where)}
        return record


@dataclass(frozen=True)
class IntervalProof(Formula):
    """The rule of a statement about real numbers, whose `observe` returns a `Proof` or a `Chain`,
    or anything that holds `proofs` and `algebra` as those do.

    What is proved is written down as a certificate, where the run has a workspace.
    """

    def decide(self, claim: Claim[Any], inquiry: Inquiry) -> Evidence:
        """Observe, judge, and write the certificate of what is proved."""
        observation = claim.observe()
        evidence = judged(claim, observation, inquiry)
        record = certificates.record(claim, observation)
        if record is not None:
            kept = certificates.keep(record, inquiry.workspace, claim.id)
            evidence.record = evidence.record | {"certificate": kept}
        return evidence


def margin(proof: Proof | Chain, constants: Constants) -> Margin:
    """The least value of the formula, as an interval."""
    return Margin.between([proof.low], [proof.high])


def prove(formula: sp.Expr, box: Box, most_cells: int = MOST_CELLS) -> Proof:
    """Bound the least value of `formula` on `box` until it is certainly positive or certainly
    negative somewhere.

    Sides of the box with a positive lower end are split in ratio, the others in the middle. An
    empty box is for a formula without variables.

    Raises:
        ValueError: for a formula that holds a floating-point number, which would not be exact.
    """
    expression = tree(formula)
    names = tuple(box)
    search = _Search(expression, names)
    sides = tuple((_down(low), _up(high)) for low, high in box.values())
    root = search.bounded(sides)
    heap = [(root.bound, 0, root)]
    made = 1
    while heap[0][0] <= 0 and search.least > 0 and made < most_cells and names:
        _, _, node = heapq.heappop(heap)
        node.axis, halves = _halves(node.cell)
        node.parts = tuple(map(search.bounded, halves))
        for part in node.parts:
            heapq.heappush(heap, (part.bound, made, part))
            made += 1
    return Proof(
        str(formula),
        expression,
        dict(zip(names, sides, strict=True)),
        tuple(root.written()),
        heap[0][0],
        search.least,
        search.where,
    )


class _Search:
    """Bounds of a formula on cells, and the least value that was met at a point."""

    def __init__(self, expression: Tree, names: tuple[str, ...]) -> None:
        self.expression, self.names = expression, names
        self.least, self.where = math.inf, dict.fromkeys(names, math.nan)

    def bounded(self, cell: Cell) -> _Node:
        """The cell with its bound; the formula is evaluated at its middle and two corners too."""
        corners = zip(*((low, _middle((low, high)), high) for low, high in cell), strict=True)
        for point in corners if cell else ((),):
            self._visit(point)
        over = self._value(tuple(flint.arb(low).union(flint.arb(high)) for low, high in cell))
        return _Node(_below(over.lower()) if over.is_finite() else -math.inf, cell)

    def _visit(self, point: tuple[float, ...]) -> None:
        value = self._value(tuple(map(flint.arb, point)))
        if value.is_finite() and (above := -_below(-value.upper())) < self.least:
            self.least = above
            self.where = dict(zip(self.names, point, strict=True))

    def _value(self, balls: tuple[flint.arb, ...]) -> flint.arb:
        return evaluate(self.expression, dict(zip(self.names, balls, strict=True)))


def _below(number: flint.arb) -> float:
    """The nearest floating-point number that is not above."""
    nearest = float(number)
    return nearest if flint.arb(nearest) <= number else math.nextafter(nearest, -math.inf)


def _down(end: float | Fraction) -> float:
    nearest = float(end)
    return nearest if Fraction(nearest) <= end else math.nextafter(nearest, -math.inf)


def _up(end: float | Fraction) -> float:
    nearest = float(end)
    return nearest if Fraction(nearest) >= end else math.nextafter(nearest, math.inf)


def _middle(side: tuple[float, float]) -> float:
    low, high = side
    middle = math.sqrt(low * high) if low > 0 else (low + high) / 2
    return min(max(middle, low), high)


def _halves(cell: Cell) -> tuple[int, tuple[Cell, Cell]]:
    """Split the widest side; which side it is, and the two parts."""
    widths = [math.log(high / low) if low > 0 else high - low for low, high in cell]
    widest = widths.index(max(widths))
    low, high = cell[widest]
    middle = _middle(cell[widest])
    lower, upper = (
        (*cell[:widest], part, *cell[widest + 1 :]) for part in ((low, middle), (middle, high))
    )
    return widest, (lower, upper)
