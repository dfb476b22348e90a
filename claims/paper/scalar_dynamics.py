"""B5: the scalar recursion that memorisation follows [R], proved.

For b, c > 0 let x_t solve x + b e^x = s + b, s = ct. F(x) = x + b e^x increases, so "x_t >= y" is
F(y) <= s + b and "x_t <= y" is F(y) >= s + b:

* lower: with w = s/(1+b) and y = log(1+w), s + b - F(y) = w - log(1+w) >= 0.
* upper: with y = log(1+s/b), F(y) - s - b = log(1+s/b) >= 0.
* half: with y = s/(2b) + 2/3 and log y for the bound, s + b - F(log y) = b(y - 1/3) - log y. Over y
  >= 2/3 its least value is 1 - b/3 + log b, at y = 1/b, for b <= 3/2, and b/3 - log(2/3) > 0
  beyond. The former increases for b < 3, so the bound holds exactly from its root b* on.

The recursion beside the curve is in `scalar_recursion`.

The identities are checked by sympy; each inequality in one or two real variables is proved by
interval arithmetic on a box. Outside: w - log(1+w) increases, from 0 at w = 0, so that the box's
lower end covers all beyond it, and near 0 it is w^2/2 - w^3/3 + .. >= 0 (alternating, decreasing
terms); log(1+v) increases from 0; b(y - 1/3) - log y increases in b, and in y beyond 1/b.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Box, Chain, IntervalProof, Proof, prove
from claims.observing.identities import Identity, none_left

b, s, w, v, y = sp.symbols("b s w v y", positive=True)
#: The three gaps F(y) against s + b, as the statements have them, and the reduced forms.
LOWER = w - sp.log(1 + w)
UPPER = sp.log(1 + v)
HALF = b * (y - sp.Rational(1, 3)) - sp.log(y)
HALF_LEAST = 1 - b / 3 + sp.log(b)
_SHIFT = sp.Rational(2, 3)


def _curve(x: sp.Expr) -> sp.Expr:
    return x + b * sp.exp(x)


def identities(rate: int = 1, shift: sp.Rational = _SHIFT) -> tuple[sp.Expr, ...]:
    """Expressions that are 0 if the reductions in this file's docstring are right; another `rate`
    of e^x, or `shift` in the bound, plants an error.
    """

    def curve(at: sp.Expr) -> sp.Expr:
        return at + b * sp.exp(rate * at)

    lower = (s + b - curve(sp.log(1 + s / (1 + b)))) - LOWER.subs(w, s / (1 + b))
    upper = (curve(sp.log(1 + s / b)) - s - b) - UPPER.subs(v, s / b)
    half = (s + b - curve(sp.log(y))).subs(s, 2 * b * (y - shift)) - HALF
    least = HALF.subs(y, 1 / b) - HALF_LEAST
    stationary = sp.diff(HALF, y).subs(y, 1 / b)
    return tuple(sp.simplify(sp.expand(e)) for e in (lower, upper, half, least, stationary))


def _on(formula: sp.Expr, box: Box) -> Callable[[], Proof]:
    return lambda: proof.prove(formula, box)


def _bracket(low: sp.Rational, high: sp.Rational) -> Chain:
    """The least gap is negative at `low` and positive at `high`."""
    return Chain(
        {
            "minus the least gap at the lower end": prove(-HALF_LEAST.subs(b, low), {}),
            "the least gap at the upper end": prove(HALF_LEAST.subs(b, high), {}),
        }
    )


#: Wide enough for h from 0.02 to 50 and T to 10^6 steps: c = h/2 or 3h/2, b from 5/6 to 6/5.
WIDE = (1e-2, 1e6)
HALF_BOX: Box = {b: (sp.Rational(424, 1000), 100.0), y: (sp.Rational(2, 3), 1e4)}
_SOURCE: dict[str, Any] = {
    "source": "Lemma B.5",
    "provenance": (Provenance.R,),
    "kind": Kind.EXACT,
    "domain": None,
    "margin": proof.margin,
    "rule": IntervalProof(),
}


def _version(name: str, error: str, formula: sp.Expr, box: Box) -> Mutant:
    return Mutant(name, error, {"observe": _on(formula, box)})


CLAIMS = (
    Claim(
        id="b5.reductions",
        title="Scalar dynamics: the reductions",
        statement=("The bounds on x_t are inequalities in one or two real variables."),
        latex=r"x_t+b\,e^{x_t}=ct+b",
        observe=lambda: Identity(identities()),
        unit="minus the number of identities that fail",
        mutants=(
            Mutant(
                "rate",
                "b e²ˣ for b eˣ",
                {"observe": lambda: Identity(identities(rate=2))},
            ),
            Mutant(
                "shift",
                "½ for ⅔ in the bound",
                {"observe": lambda: Identity(identities(shift=sp.Rational(1, 2)))},
            ),
        ),
        **(_SOURCE | {"margin": none_left, "rule": Formula()}),
    ),
    Claim(
        id="b5.lower",
        title="Scalar dynamics: lower bound",
        statement="x_t ≥ log(1 + ct/(1 + b)) for all b, c, t > 0.",
        latex=r"x_t\ge\log\Big(1+\frac{ct}{1+b}\Big)",
        observe=_on(LOWER, {w: WIDE}),
        unit="least of w − log(1 + w) on the box",
        uses={"b5.reductions": "w = ct/(1 + b)"},
        mutants=(
            _version(
                "denominator",
                "x_t ≥ log(1 + ct/(1 + 0.8b))",
                w * (1 - b / 5) - sp.log(1 + w),
                {b: (0.5, 2.0), w: WIDE},
            ),
            _version("flipped", "at most for at least", -LOWER, {w: WIDE}),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.upper",
        title="Scalar dynamics: upper bound",
        statement="x_t ≤ log(1 + ct/b) for all b, c, t > 0.",
        latex=r"x_t\le\log\Big(1+\frac{ct}{b}\Big)",
        observe=_on(UPPER, {v: WIDE}),
        unit="least of log(1 + v) on the box",
        uses={"b5.reductions": "v = ct/b"},
        mutants=(
            _version(
                "denominator",
                "x_t ≤ log(1 + ct/(1.25b))",
                sp.log(1 + v) - b * v / 4,
                {b: (0.5, 2.0), v: WIDE},
            ),
            _version("flipped", "at least for at most", -UPPER, {v: WIDE}),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.half",
        title="Scalar dynamics: the bound with ⅔",
        statement="x_t ≥ log(ct/(2b) + ⅔) for all c, t > 0 and b ≥ 0.424.",
        latex=r"x_t\ge\log\Big(\frac{ct}{2b}+\frac23\Big),\quad b\ge 0.424",
        observe=_on(HALF, HALF_BOX),
        unit="least of b(y − 1/3) − log y on the box",
        uses={"b5.reductions": "y = ct/(2b) + 2/3"},
        mutants=(
            _version(
                "below-root",
                "b from 0.41 on",
                HALF,
                {b: (sp.Rational(41, 100), 100.0), y: (sp.Rational(2, 3), 1e4)},
            ),
            _version(
                "three-quarters", "¾ for ⅔", b * (y - sp.Rational(1, 2)) - sp.log(y), HALF_BOX
            ),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.half.sharp",
        title="Scalar dynamics: where the bound with ⅔ begins to hold",
        statement=(
            "The bound x_t ≥ log(ct/(2b) + ⅔) fails for some t at b = 0.42368 and for no t at b ="
            " 0.42369: its threshold b*, the root of 1 − b/3 + ln b, lies between."
        ),
        latex=r"1-\frac{b^*}{3}+\ln b^*=0,\qquad 0.42368<b^*<0.42369",
        observe=lambda: _bracket(sp.Rational(42368, 10**5), sp.Rational(42369, 10**5)),
        unit="the lesser of −g(0.42368) and g(0.42369), g the least gap",
        uses={"b5.reductions": "the least gap over t is 1 − b/3 + log b for b ≤ 3/2"},
        mutants=(
            Mutant(
                "higher",
                "b* between 0.4237 and 0.4238",
                {"observe": lambda: _bracket(sp.Rational(4237, 10**4), sp.Rational(4238, 10**4))},
            ),
            Mutant(
                "lower",
                "b* between 0.4235 and 0.4236",
                {"observe": lambda: _bracket(sp.Rational(4235, 10**4), sp.Rational(4236, 10**4))},
            ),
        ),
        **_SOURCE,
    ),
)
