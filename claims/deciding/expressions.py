"""Formulas as plain trees, which can be written to JSON and evaluated without sympy.

A tree is a list: a name, then what it is applied to. `["number", "2/3"]`, `["variable", "x"]`,
`["pi"]`, `["add", a, b, ..]`, `["multiply", a, b, ..]`, `["power", a, 3]` (an integer exponent),
`["sqrt", a]`, `["log", a]`, `["exp", a]`. `claims/check_certificate.py` reads the same trees with
another library, in the same order of operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add, mul
from typing import Any

import flint
import sympy as sp

Tree = list[Any]


def tree(formula: sp.Expr) -> Tree:
    """The tree of a formula.

    Raises:
        ValueError: for a floating-point number, which is not exact, or for a function that is not
            among those above.
    """
    if formula.is_Rational:
        return ["number", f"{formula.p}/{formula.q}"]
    if formula.is_Symbol:
        return ["variable", formula.name]
    if formula is sp.pi:
        return ["pi"]
    if formula is sp.E:
        return ["exp", tree(sp.Integer(1))]
    if formula.is_Add or formula.is_Mul:
        return ["add" if formula.is_Add else "multiply", *map(tree, formula.args)]
    if formula.func in (sp.log, sp.exp):
        return ["log" if formula.func is sp.log else "exp", tree(formula.args[0])]
    if formula.is_Pow:
        return _power(*formula.args)
    if formula.atoms(sp.Float):
        raise ValueError(f"formula = {formula}: holds floating-point numbers, which are not exact")
    raise ValueError(f"formula = {formula}: only + * / integer powers, sqrt, log and exp are known")


def _power(base: sp.Expr, exponent: sp.Expr) -> Tree:
    if exponent.is_Integer:
        return ["power", tree(base), int(exponent)]
    if (2 * exponent).is_Integer:
        root = ["sqrt", tree(base)]
        return root if exponent == sp.Rational(1, 2) else ["power", root, int(2 * exponent)]
    raise ValueError(f"exponent = {exponent}: must be an integer or half of one")


def evaluate(expression: Tree, values: Mapping[str, flint.arb]) -> flint.arb:
    """A ball that certainly holds the value, wherever in their balls the variables are."""
    name, *rest = expression
    match name:
        case "number":
            numerator, denominator = rest[0].split("/")
            return flint.arb(int(numerator)) / int(denominator)
        case "variable":
            return values[rest[0]]
        case "pi":
            return flint.arb.pi()
        case "power":
            return _raised(evaluate(rest[0], values), rest[1])
        case "add" | "multiply":
            parts = [evaluate(part, values) for part in rest]
            return reduce(add if name == "add" else mul, parts)
    inner = evaluate(rest[0], values)
    return {"sqrt": flint.arb.sqrt, "log": flint.arb.log, "exp": flint.arb.exp}[name](inner)


def _raised(base: flint.arb, exponent: int) -> flint.arb:
    """By multiplication: `arb ** int` is not finite on a ball around 0."""
    if exponent < 0:
        return 1 / _raised(base, -exponent)
    if exponent % 2 == 0:  # of the size alone, which is never negative
        least, most = base.abs_lower(), base.abs_upper()
        return _product(least, exponent).union(_product(most, exponent))
    return _product(base, exponent)


def _product(base: flint.arb, exponent: int) -> flint.arb:
    return reduce(mul, [base] * exponent, flint.arb(1))
