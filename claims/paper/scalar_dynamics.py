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
from fractions import Fraction
from typing import Any

import sympy as sp

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Box, Chain, IntervalProof, Proof, prove
from claims.observing import reductions as r
from claims.observing.identities import Identity, none_left


def _on(build: Callable[[], sp.Expr], box: Box) -> Callable[[], Proof]:
    return lambda: prove(build(), box)


def _bracket(low: Fraction, high: Fraction) -> Chain:
    """The least gap is negative at `low` and positive at `high`."""
    return Chain(
        {
            "minus the least gap at the lower end": prove(-r.HALF_LEAST.subs(r.b, low), {}),
            "the least gap at the upper end": prove(r.HALF_LEAST.subs(r.b, high), {}),
        }
    )


#: Wide enough for h from 0.02 to 50 and T to 10^6 steps: c = h/2 or 3h/2, b from 5/6 to 6/5.
WIDE = (1e-2, 1e6)
HALF_BOX: Box = {"b": (Fraction(424, 1000), 100.0), "y": (Fraction(2, 3), 1e4)}
_SOURCE: dict[str, Any] = {
    "source": "Lemma B.5",
    "provenance": (Provenance.R,),
    "kind": Kind.EXACT,
    "domain": None,
    "margin": proof.margin,
    "rule": IntervalProof(),
}


def _version(name: str, error: str, build: Callable[[], sp.Expr], box: Box) -> Mutant:
    return Mutant(name, error, {"observe": _on(build, box)})


CLAIMS = (
    Claim(
        id="b5.reductions",
        title="Scalar dynamics: the reductions",
        statement=("The bounds on x_t are inequalities in one or two real variables."),
        latex=r"x_t+b\,e^{x_t}=ct+b",
        observe=lambda: Identity(r.identities()),
        unit="minus the number of identities that fail",
        mutants=(
            Mutant(
                "rate",
                "b e²ˣ for b eˣ",
                {"observe": lambda: Identity(r.identities(rate=2))},
            ),
            Mutant(
                "shift",
                "½ for ⅔ in the bound",
                {"observe": lambda: Identity(r.identities(shift=Fraction(1, 2)))},
            ),
        ),
        **(_SOURCE | {"margin": none_left, "rule": Formula()}),
    ),
    Claim(
        id="b5.lower",
        title="Scalar dynamics: lower bound",
        statement="x_t ≥ log(1 + ct/(1 + b)) for all b, c, t > 0.",
        latex=r"x_t\ge\log\Big(1+\frac{ct}{1+b}\Big)",
        observe=_on(lambda: r.LOWER, {"w": WIDE}),
        unit="least of w − log(1 + w) on the box",
        uses={"b5.reductions": "w = ct/(1 + b)"},
        mutants=(
            _version(
                "denominator",
                "x_t ≥ log(1 + ct/(1 + 0.8b))",
                lambda: r.w * (1 - r.b / 5) - sp.log(1 + r.w),
                {"b": (0.5, 2.0), "w": WIDE},
            ),
            _version("flipped", "at most for at least", lambda: -r.LOWER, {"w": WIDE}),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.upper",
        title="Scalar dynamics: upper bound",
        statement="x_t ≤ log(1 + ct/b) for all b, c, t > 0.",
        latex=r"x_t\le\log\Big(1+\frac{ct}{b}\Big)",
        observe=_on(lambda: r.UPPER, {"v": WIDE}),
        unit="least of log(1 + v) on the box",
        uses={"b5.reductions": "v = ct/b"},
        mutants=(
            _version(
                "denominator",
                "x_t ≤ log(1 + ct/(1.25b))",
                lambda: sp.log(1 + r.v) - r.b * r.v / 4,
                {"b": (0.5, 2.0), "v": WIDE},
            ),
            _version("flipped", "at least for at most", lambda: -r.UPPER, {"v": WIDE}),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.half",
        title="Scalar dynamics: the bound with ⅔",
        statement="x_t ≥ log(ct/(2b) + ⅔) for all c, t > 0 and b ≥ 0.424.",
        latex=r"x_t\ge\log\Big(\frac{ct}{2b}+\frac23\Big),\quad b\ge 0.424",
        observe=_on(lambda: r.HALF, HALF_BOX),
        unit="least of b(y − 1/3) − log y on the box",
        uses={"b5.reductions": "y = ct/(2b) + 2/3"},
        mutants=(
            _version(
                "below-root",
                "b from 0.41 on",
                lambda: r.HALF,
                {"b": (Fraction(41, 100), 100.0), "y": (Fraction(2, 3), 1e4)},
            ),
            _version(
                "three-quarters",
                "¾ for ⅔",
                lambda: r.b * (r.y - sp.Rational(1, 2)) - sp.log(r.y),
                HALF_BOX,
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
        observe=lambda: _bracket(Fraction(42368, 10**5), Fraction(42369, 10**5)),
        unit="the lesser of −g(0.42368) and g(0.42369), g the least gap",
        uses={"b5.reductions": "the least gap over t is 1 − b/3 + log b for b ≤ 3/2"},
        mutants=(
            Mutant(
                "higher",
                "b* between 0.4237 and 0.4238",
                {"observe": lambda: _bracket(Fraction(4237, 10**4), Fraction(4238, 10**4))},
            ),
            Mutant(
                "lower",
                "b* between 0.4235 and 0.4236",
                {"observe": lambda: _bracket(Fraction(4235, 10**4), Fraction(4236, 10**4))},
            ),
        ),
        **_SOURCE,
    ),
)
