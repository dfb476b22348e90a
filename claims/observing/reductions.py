"""Scalar dynamics reduced to inequalities in one or two real variables, in sympy.

What is reduced, and why it suffices, is written in `claims.paper.scalar_dynamics`, and in
`claims.paper.scalar_recursion` for the recursion beside the curve.
"""

from __future__ import annotations

import sympy as sp

b, c, s, w, v, y, q = sp.symbols("b c s w v y q", positive=True)
x = sp.symbols("x", real=True)
#: The three gaps F(y) against s + b, as the statements have them, and the reduced forms.
LOWER = w - sp.log(1 + w)
UPPER = sp.log(1 + v)
HALF = b * (y - sp.Rational(1, 3)) - sp.log(y)
HALF_LEAST = 1 - b / 3 + sp.log(b)
SHIFT = sp.Rational(2, 3)


def identities(rate: int = 1, shift: sp.Rational = SHIFT) -> tuple[sp.Expr, ...]:
    """Expressions that are 0 if the reductions are right; another `rate` of e^x, or `shift` in the
    bound, plants an error.
    """

    def curve(at: sp.Expr) -> sp.Expr:
        return at + b * sp.exp(rate * at)

    lower = (s + b - curve(sp.log(1 + s / (1 + b)))) - LOWER.subs(w, s / (1 + b))
    upper = (curve(sp.log(1 + s / b)) - s - b) - UPPER.subs(v, s / b)
    half = (s + b - curve(sp.log(y))).subs(s, 2 * b * (y - shift)) - HALF
    least = HALF.subs(y, 1 / b) - HALF_LEAST
    stationary = sp.diff(HALF, y).subs(y, 1 / b)
    return tuple(sp.simplify(sp.expand(e)) for e in (lower, upper, half, least, stationary))
