"""B5: the recursion that memorisation follows stays beside its curve [R], proved.

For b, c > 0: F(x) = x + b e^x, F(x_t) = ct + b; a_0 = 0, a_{t+1} = a_t + c/(1 + b e^{a_t}). Then
x_t <= a_t <= x_t + c/(1+b) for every t; the paper's line of work asks for c <= 1, which is not
needed. F increases. Write x = x_t, x+ = x_{t+1}, so that F(x+) = F(x) + c, B = b e^{x+}, and E(q) =
e^q - 1 - q. By induction, in one step each:

* lower: if a >= x then a + c/(1 + b e^a) >= x+. It is clear for a >= x+. Else y = x+ - a > 0 has y
  + B(1 - e^-y) = F(x+) - F(a) <= c, and c - y(1 + B e^-y) >= B e^-y E(y) >= 0, so that c/(1 + b
  e^a) >= y.
* pace: x+ - x >= q = c/(1 + B), since F(x+ - q) - F(x) = B E(-q) >= 0.
* upper: a_{t+1} <= x_t + c/(1+b), more than is stated. a_1 = c/(1+b). Then a_{t+1} = a_t + c/(1 + b
  e^{a_t}) <= x_{t-1} + c/(1+b) + c/(1 + b e^{x_t}) by `lower`, and x_{t-1} + c/(1 + b e^{x_t}) <=
  x_t by `pace`.

E >= 0: E(0) = E'(0) = 0 and E'' = e^q > 0, proved on [-1, 1], which is all that c <= 1 needs.
Beyond 1 E' = e^q - 1 > 0, since e^q grows; below -1 E > -1 - q >= 0.

The constant 1 in c/(1+b) is the least for all c: at t = 1 the gap tends to it as c grows. For c <=
1 it is a fifth of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.core.versions import replanted
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Chain, IntervalProof, Witness, prove
from claims.observing import reductions as r
from claims.predicting.scalar import solve

_ONE = Fraction(1)
_B_GRID = (0.01, 0.1, 1.0, 10.0)
_C_GRID = (0.01, 1.0, 10.0, 100.0, 1000.0)


def _curve(at: sp.Expr) -> sp.Expr:
    return at + r.b * sp.exp(at)


def _excess(at: sp.Expr) -> sp.Expr:
    return sp.exp(at) - 1 - at


def steps() -> dict[str, sp.Expr]:
    """What the induction's identities leave over."""
    x, y, q = r.x, r.y, r.q
    size = r.b * sp.exp(x)  # B, with x for x+
    least_c = _curve(x) - _curve(x - y)
    pull = r.c / (1 + size)
    identities = {
        "c - y(1 + B e^-y), at its least c": (
            least_c - y * (1 + size * sp.exp(-y)) - size * sp.exp(-y) * _excess(y)
        ),
        "F(x+ - q) - F(x) = B E(-q)": (
            _curve(x - pull) - (_curve(x) - r.c) - size * _excess(-pull)
        ),
        "E(0)": _excess(q).subs(q, 0),
        "E'(0)": sp.diff(_excess(q), q).subs(q, 0),
        "E''": sp.diff(_excess(q), q, 2) - sp.exp(q),
    }
    return {name: sp.simplify(sp.expand(residual)) for name, residual in identities.items()}


def sandwich(allowance: Fraction = _ONE, slope: Fraction = _ONE, delay: float = 0.0) -> Chain:
    """x_{t + delay} <= a_t <= x_t + allowance c/(1 + slope b), for all b, c > 0.

    The proof is one for allowance = slope = 1 and no delay. The witness is the least of (ct + b -
    F(.))/c over a grid of b and c at t = 1 from above, and at t = 0 from below.
    """
    changed = allowance < 1 or slope > 1 or delay > 0
    proofs = {"E''(q) = e^q": prove(sp.exp(r.x), {"x": (-1.0, 1.0)})}
    if changed:  # the induction does not begin: a_1 = c/(1+b) and x_0 = 0
        proofs["base"] = prove(sp.Integer(-1), {})
    gaps = {
        (at_b, at_c): _above(at_b, at_c, allowance, slope) for at_b in _B_GRID for at_c in _C_GRID
    }
    if delay:  # at t = 0: (F(0) - c delay - b)/c
        gaps[_B_GRID[0], _C_GRID[0]] = -delay
    worst = min(gaps, key=gaps.__getitem__)
    return Chain(proofs, steps(), Witness(gaps[worst], {"b": worst[0], "c": worst[1]}))


def _above(at_b: float, at_c: float, allowance: Fraction, slope: Fraction) -> float:
    """(c + b - F(a_1 - allowance c/(1 + slope b)))/c, at most: negative where a_1 is too large."""
    ball_b, ball_c = flint.arb(at_b), flint.arb(at_c)
    most = flint.arb(allowance.numerator) / allowance.denominator * ball_c
    bound = most / (1 + flint.arb(slope.numerator) / slope.denominator * ball_b)
    reached = ball_c / (1 + ball_b) - bound
    gap = (ball_c + ball_b - reached - ball_b * reached.exp()) / ball_c
    return float(gap.upper())


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


_SOURCE: dict[str, Any] = {
    "source": "Lemma B.5",
    "provenance": (Provenance.R,),
    "kind": Kind.EXACT,
    "domain": None,
    "margin": proof.margin,
    "rule": IntervalProof(),
}
CLAIMS = (
    Claim(
        id="b5.sandwich",
        title="Scalar dynamics: the recursion stays beside the curve",
        statement=(
            "a₀ = 0, a_{t+1} = a_t + c/(1 + b e^{a_t}) obeys x_t ≤ a_t ≤ x_t + c/(1 + b), for all"
            " b, c > 0 and t ≥ 0."
        ),
        latex=r"x_t\le a_t\le x_t+\frac{c}{1+b}",
        observe=sandwich,
        unit="least gap known, as a share of c; 0 is proved",
        mutants=(
            replanted(
                "allowance", "0.8 c/(1 + b) for c/(1 + b)", sandwich, allowance=Fraction(4, 5)
            ),
            replanted("denominator", "c/(1 + 1.25b) for c/(1 + b)", sandwich, slope=Fraction(5, 4)),
            replanted("ahead", "x_{t+1/4} ≤ a_t", sandwich, delay=0.25),
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
