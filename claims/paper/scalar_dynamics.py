"""B5: the scalar recursion that memorisation follows [R], proved.

For b, c > 0 let x_t solve x + b e^x = s + b, s = ct. F(x) = x + b e^x increases, so "x_t >= y" is
F(y) <= s + b and "x_t <= y" is F(y) >= s + b:

* lower: with w = s/(1+b) and y = log(1+w), s + b - F(y) = w - log(1+w) >= 0.
* upper: with y = log(1+s/b), F(y) - s - b = log(1+s/b) >= 0.
* half: with y = s/(2b) + 2/3 and log y for the bound, s + b - F(log y) = b(y - 1/3) - log y. Over y
  >= 2/3 its least value is 1 - b/3 + log b, at y = 1/b, for b <= 3/2, and b/3 - log(2/3) > 0
  beyond. The former increases for b < 3, so the bound holds exactly from its root b* on.
* sandwich: a_{t+1} = phi(a_t), phi(a) = a + c/(1 + b e^a), a_0 = 0. x' = c/(1 + b e^x) falls as x
  grows, so x_{t+1} <= phi(x_t); phi increases (phi' = 1 - c p(1-p), p = b e^a/(1+b e^a)), so x_t <=
  a_t by induction. Then a_{t+1} = sum_{s<=t} c/(1+b e^{a_s}) <= c/(1+b) + sum_{1<=s<=t} c/(1+b
  e^{x_s}) <= c/(1+b) + integral_0^t x' = c/(1+b) + x_t.

The identities are checked by sympy; each inequality in one or two real variables is proved by
interval arithmetic on a box. Outside: w - log(1+w) increases, from 0 at w = 0, so that the box's
lower end covers all beyond it, and near 0 it is w^2/2 - w^3/3 + .. >= 0 (alternating, decreasing
terms); log(1+v) increases from 0; b(y - 1/3) - log y increases in b, and in y beyond 1/b; phi' >= 1
- c/4 for all p.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Box, IntervalProof, Proof
from claims.observing import reductions as r
from claims.observing.identities import Identity, none_left
from claims.predicting.scalar import solve


def _on(build: Callable[[], sp.Expr], box: Box) -> Callable[[], Proof]:
    return lambda: proof.prove(build(), box)


def _bracket(low: sp.Rational, high: sp.Rational) -> Proof:
    """The least gap is negative at `low` and positive at `high`: the lesser of minus the one and
    the other.
    """
    ends = [flint.arb(x.p) / x.q for x in (low, high)]
    gaps = [1 - x / 3 + x.log() for x in ends]
    worst = min(-gaps[0], gaps[1], key=lambda gap: float(gap.mid()))
    return Proof(
        {"b": (float(low), float(high))},
        2,
        float(worst.lower()),
        float(worst.upper()),
        {"b": float(low)},
    )


@dataclass(frozen=True)
class Trajectories:
    """Gaps a_t - x_t and x_t + c/(1+b) - a_t over a grid of b, c and all t, in float64."""

    above: NDArray[np.float64]
    below: NDArray[np.float64]
    networks: int = 0
    method: str = "float64 arithmetic on a grid"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {
            "steps": int(self.above.shape[0]),
            "pairs of b and c": int(self.above.shape[1]),
            "smallest_margin": float(min(self.above.min(), self.below.min())),
        }


def trajectories(most_c: float = 1.0, allowance: float = 1.0, steps: int = 500) -> Trajectories:
    """Run the recursion and solve the equation beside it; `most_c` and `allowance` plant errors."""
    b_grid, c_grid = (
        grid.ravel()
        for grid in np.meshgrid(np.geomspace(0.01, 100, 25), np.geomspace(1e-3, most_c, 25))
    )
    a, above, below = np.zeros_like(b_grid), [], []
    for t in range(steps):
        x = solve(b_grid, c_grid * t)
        above.append(a - x)
        below.append(x + allowance * c_grid / (1 + b_grid) - a)
        a = a + c_grid / (1 + b_grid * np.exp(a))
    return Trajectories(np.stack(above), np.stack(below))


def no_gap(observation: Trajectories, constants: Constants) -> Margin:
    """The least gap; 1e-10 is left to rounding."""
    return Margin.exact(min(observation.above.min(), observation.below.min()) + 1e-10)


#: Wide enough for h from 0.02 to 50 and T to 10^6 steps: c = h/2 or 3h/2, b from 5/6 to 6/5.
WIDE = (1e-2, 1e6)
HALF_BOX = {"b": (0.424, 100.0), "y": (2 / 3, 1e4)}
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
        statement=(
            "The bounds on x_t are inequalities in one or two real variables, and x ↦ x + c/(1 + b"
            " eˣ) has slope 1 − c p(1 − p)."
        ),
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
                {"observe": lambda: Identity(r.identities(shift=sp.Rational(1, 2)))},
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
                "x_t ≥ log(1 + ct): the denominator is left out",
                lambda: r.s * (1 - r.b) - sp.log(1 + r.s),
                {"b": (0.5, 2.0), "s": WIDE},
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
                "1 + b for b: the lower bound as an upper one",
                lambda: -r.LOWER,
                {"w": WIDE},
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
                "b from 0.40 on",
                lambda: r.HALF,
                {"b": (0.40, 100.0), "y": (2 / 3, 1e4)},
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
    Claim(
        id="b5.sandwich",
        title="Scalar dynamics: the recursion stays beside the curve",
        statement=(
            "a₀ = 0, a_{t+1} = a_t + c/(1 + b e^{a_t}) obeys x_t ≤ a_t ≤ x_t + c/(1 + b) for c ≤ 1."
        ),
        latex=r"x_t\le a_t\le x_t+\frac{c}{1+b}",
        observe=_on(lambda: r.MONOTONE, {"p": (0.0, 1.0), "c": (0.0, 1.0)}),
        unit="least slope of a ↦ a + c/(1 + b eᵃ)",
        uses={"b5.reductions": "the slope is 1 − c p(1 − p)"},
        mutants=(
            _version(
                "large-c", "c up to 5", lambda: r.MONOTONE, {"p": (0.0, 1.0), "c": (0.0, 5.0)}
            ),
            _version(
                "slope",
                "1 − 5cp(1 − p) for the slope",
                lambda: 1 - 5 * r.c * r.p * (1 - r.p),
                {"p": (0.0, 1.0), "c": (0.0, 1.0)},
            ),
        ),
        **_SOURCE,
    ),
    Claim(
        id="b5.sandwich.trajectory",
        title="Scalar dynamics: the recursion beside the curve, run",
        statement="On a grid of b and c ≤ 1, for 500 steps, x_t ≤ a_t ≤ x_t + c/(1 + b).",
        latex=r"x_t\le a_t\le x_t+\frac{c}{1+b}",
        observe=lambda: trajectories(),
        unit="least gap, plus 1e-10 for rounding",
        uses={"b5.sandwich": "the statement that is proved"},
        mutants=(
            Mutant(
                "no-allowance",
                "a_t ≤ x_t",
                {"observe": lambda: trajectories(allowance=0.0)},
            ),
            Mutant(
                "allowance",
                "half the allowance, and c up to 50",
                {"observe": lambda: trajectories(most_c=50.0, allowance=0.5)},
            ),
        ),
        **(_SOURCE | {"margin": no_gap, "rule": Formula()}),
    ),
)
