"""Where 0.1 comes from [R]: the chain behind the lower bounds on test error, link by link.

Write G for the noise output of a trained network on fresh noise and S for the larger of its two
signal outputs.

1. *Shift.* Some fixed v with ||v|| <= 0.06 sigma has sum_{±} [G(±xi + v) - G(±xi)] >= 4 S for every
   xi.
2. *Cover.* Then at xi, -xi, xi + v or -xi + v the noise output is at least S in size: the four
   translates of the event Omega = {|G| >= S} cover the space. A shift by v costs at most 0.03 in
   total variation, so 4 P(Omega) + 2 * 0.03 >= 1 and P(Omega) >= 0.235.
3. *Total variation.* TV(N(0, sigma^2), N(v, sigma^2)) = 2 Phi(||v||/2 sigma) - 1 <= ||v||/2 sigma.
4. *Halving.* The label is independent of the noise: error = P(G < -S_+)/2 + P(G > S_-)/2 >=
   P(Omega)/2 >= 0.11.

*Link 1, bounded [D].* Write c_r = <w_r, v>. By convexity relu(a + c) + relu(c - a) - |a| lies
between min(c, 0) and max(2c, 0), and is at least c, whatever a; so the sum is at least B(v) = (1/m)
[sum_{j=+1} c_r - 2 sum_{j=-1} max(c_r, 0)] for every xi; and no more, for patches on which filters
with j = +1 are far from 0 and those with j = -1 near it, which linearly independent filters allow.
With v along the sum of the noise patches with y = +1, a filter with j = +1 has c ~ 0.06 m_1
sqrt(N/2d)... and S ~ (q N/2d) m_1, m_1 the mean coefficient: B >= 4 S asks for tau = N q^2/d <=
(0.06/(2 sqrt 2))^2 = 4.5e-4. The paper's proof therefore works for tau below about 1/2000, outside
[10^-2, 10^2], while the event itself (link 2's conclusion) occurs up to tau near 1: `origin.shift`
is falsified at 10^-2, `origin.shift.small` holds below 5 * 10^-5, and `origin.event` up to 1/4. (At
C_3 = 0.59 it already fails in some narrow networks, whose errors are then just above 0.1 and not
above 0.11: the chain is not tight.)
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import DELTA
from claims.core.constants import LEAST, Constants
from claims.core.criteria import misread
from claims.core.domain import Between
from claims.core.domains import ANY_REGIME, from_scratch, scratch_below
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Chain, IntervalProof, prove
from claims.deciding.per_regime import PerRegime
from claims.observing.errors import MEASURED
from claims.observing.overruns import event, half_at_least, halves, overrun, shifts

#: SHIFT, exactly.
_SHIFT = Fraction(6, 100)


def total_variation(most: Fraction, slope: Fraction) -> Chain:
    """TV <= slope x on (0, most], TV = 2 Phi(x/2) - 1 = erf(x/(2 sqrt 2)): both vanish at 0, and
    slope - TV'(x), with TV'(x) = e^{-x^2/8}/sqrt(2 pi), is positive.
    """
    x = sp.symbols("x", real=True)
    density = sp.exp(-(x**2) / 8) / sp.sqrt(2 * sp.pi)
    distance = sp.erf(x / (2 * sp.sqrt(2)))
    return Chain(
        {"slope - TV'(x)": prove(slope - density, {"x": (0.0, most)})},
        {"TV(0)": distance.subs(x, 0), "TV'": sp.simplify(sp.diff(distance, x) - density)},
    )


def covered(cost: Fraction, translates: int) -> Chain:
    """(1 - 2 cost)/translates - 0.22, and half of it - 0.11."""
    probability = sp.sympify((1 - 2 * cost) / translates)
    return Chain(
        {
            "P - 0.22": prove(probability - sp.Rational(22, 100), {}),
            "P/2 - 0.11": prove(probability / 2 - sp.Rational(11, 100), {}),
        }
    )


@dataclass(frozen=True)
class Pieces:
    """The least of a piecewise linear function over the rays of its pieces; it is positively
    homogeneous, so that these decide everywhere.
    """

    least: float
    networks: int = 0
    method: str = "extreme rays, exact"

    @property
    def evidence(self) -> dict[str, Any]:
        """For the ledger."""
        return {"least over extreme rays": self.least}


def convexity(lower: float, upper: float) -> Pieces:
    """Least of f - lower' and upper' - f, f = relu(a + c) + relu(c - a) - |a|, on the rays where a
    piece ends.

    f is linear between the lines a = 0, c = a, c = -a, c = 0: a homogeneous function is
    non-negative if it is on each ray of those lines. `lower` c bounds f below for all c, `upper`
    max(c, 0) bounds it above.
    """
    rays = [(i, k) for i in (-1, 0, 1) for k in (-1, 0, 1) if (i, k) != (0, 0)]

    def f(ray: tuple[int, int]) -> int:
        i, k = ray
        return max(i + k, 0) + max(k - i, 0) - abs(i)

    return Pieces(
        min(min(f(ray) - lower * ray[1], upper * max(ray[1], 0) - f(ray)) for ray in rays)
    )


def none_negative(observation: Pieces, constants: Constants) -> Margin:
    """The least."""
    return Margin.exact(observation.least)


_R: dict[str, Any] = {"source": "Where 0.1 comes from", "provenance": (Provenance.R,)}
_PROVED: dict[str, Any] = _R | {"kind": Kind.EXACT, "domain": None, "rule": IntervalProof()}
_TRAINED: dict[str, Any] = _R | {
    "kind": Kind.PROBABILITY,
    "rule": PerRegime(DELTA, effort=0.5),
    "observe": overrun,
    "uses": MEASURED,
}
_BOUNDED: dict[str, Any] = {
    "uses": MEASURED | {"origin.convexity": "B(v) bounds the sum for every ξ"}
}
CLAIMS = (
    Claim(
        id="origin.total-variation",
        title="A small shift of Gaussian noise costs little",
        statement=(
            "The total variation between N(0, σ²P) and its shift by v in the range of P is at most"
            " ‖v‖/2σ: at most 0.03 for ‖v‖ ≤ 0.06σ."
        ),
        latex=(
            r"\mathrm{TV}\big(\mathcal N(0,\sigma^2P),\mathcal N(v,\sigma^2P)\big)\le\frac{\lVert"
            r" v\rVert}{2\sigma}"
        ),
        observe=lambda: total_variation(_SHIFT, Fraction(1, 2)),
        margin=proof.margin,
        unit="least of ½ − dTV/dx over x = ‖v‖/σ in (0, 0.06]",
        mutants=(
            Mutant(
                "third",
                "a third of ‖v‖/σ",
                {"observe": lambda: total_variation(_SHIFT, Fraction(1, 3))},
            ),
            Mutant(
                "quarter",
                "a quarter of ‖v‖/σ",
                {"observe": lambda: total_variation(_SHIFT, Fraction(1, 4))},
            ),
        ),
        **_PROVED,
    ),
    Claim(
        id="origin.cover",
        title="Four translates that cover leave one with probability 0.22",
        statement=(
            "If Ω, −Ω, Ω − v and v − Ω cover the space and a shift costs at most 0.03, then P(Ω) ≥"
            " 0.22, and half of it is at least 0.11."
        ),
        latex=(
            r"4\,\mathbb P(\Omega)+2\cdot 0.03\ge 1\;\Rightarrow\;\tfrac12\mathbb P(\Omega)\ge 0.11"
        ),
        observe=lambda: covered(Fraction(3, 100), 4),
        margin=proof.margin,
        unit="least of P(Ω) − 0.22 and P(Ω)/2 − 0.11",
        uses={"origin.total-variation": "the cost of a shift"},
        mutants=(
            Mutant(
                "cost",
                "a shift costs 0.07",
                {"observe": lambda: covered(Fraction(7, 100), 4)},
            ),
            Mutant(
                "translates",
                "five translates",
                {"observe": lambda: covered(Fraction(3, 100), 5)},
            ),
        ),
        **_PROVED,
    ),
    Claim(
        id="origin.halving",
        title="The test error is at least half the probability that noise outweighs the signal",
        statement=(
            "The label is independent of the noise, so that the test error is at least ½ P(|G| ≥"
            " S), S the larger signal output: in any network."
        ),
        latex=(
            r"\mathbb P(yf<0)=\tfrac12\mathbb P(G<-S_+)+\tfrac12\mathbb P(G>S_-)\ge\tfrac12\mathbb"
            r" P(|G|\ge S)"
        ),
        kind=Kind.EXACT,
        domain=ANY_REGIME,
        observe=halves,
        rule=PerRegime(),
        margin=half_at_least,
        unit="test error less half the probability, rounding forgiven",
        uses={
            "e7.covariance": (
                "both are integrals over the law of fresh pre-activations, on the same lines"
            )
        },
        mutants=(
            Mutant(
                "whole",
                "at least the whole of it",
                {
                    "margin": lambda observation, constants: half_at_least(
                        observation, constants, share=1.0
                    )
                },
            ),
            Mutant(
                "flipped",
                "at most half of it",
                {
                    "margin": lambda observation, constants: half_at_least(
                        observation, constants, sense=-1.0
                    )
                },
            ),
        ),
        **_R,
    ),
    Claim(
        id="origin.convexity",
        title="What a shift adds to a pair of ReLUs",
        statement=(
            "relu(a + c) + relu(c − a) − |a| is at least c and at most 2 max(c, 0), for all real a"
            " and c."
        ),
        latex=r"c\le \mathrm{relu}(a+c)+\mathrm{relu}(c-a)-|a|\le 2\max(c,0)",
        observe=lambda: convexity(1.0, 2.0),
        margin=none_negative,
        unit="least over the extreme rays",
        mutants=(
            Mutant("lower", "at least 3c/2", {"observe": lambda: convexity(1.5, 2.0)}),
            Mutant("upper", "at most max(c, 0)", {"observe": lambda: convexity(1.0, 1.0)}),
        ),
        **(_PROVED | {"provenance": (Provenance.D,), "rule": Formula()}),
    ),
    Claim(
        id="origin.shift",
        title="A shift of 0.06σ outweighs four times the signal, at the least constant allowed",
        statement=(
            "Under Condition 4.1 and τ₂ ≤ 0.01, v along Σ ξ_i over y_i = +1, ‖v‖ = 0.06σ, has Σ±"
            " [G(±ξ + v) − G(±ξ)] ≥ 4S for every ξ."
        ),
        latex=r"\tau_2\le 10^{-2}\;\Rightarrow\;\sum_\pm\big[G(\pm\xi+v)-G(\pm\xi)\big]\ge 4S",
        domain=scratch_below(TAU_2, LEAST),
        margin=shifts,
        unit="ln of B(v)/4S",
        mutants=(
            Mutant(
                "threshold",
                "τ₂ up to 0.6",
                {"domain": from_scratch(TAU_2, Between(0.1, 0.6))},
            ),
            Mutant(
                "sixteen",
                "16 S for 4 S",
                {
                    "margin": lambda observation, constants: shifts(
                        observation, constants, times=16.0
                    )
                },
            ),
        ),
        **(_TRAINED | _BOUNDED),
    ),
    Claim(
        id="origin.shift.small",
        title="A shift of 0.06σ outweighs four times the signal, where there is little signal",
        statement=(
            "Under Condition 4.1 and τ₂ ≤ 5·10⁻⁵, v along Σ ξ_i over y_i = +1, ‖v‖ = 0.06σ, has Σ±"
            " [G(±ξ + v) − G(±ξ)] ≥ 4S for every ξ."
        ),
        latex=(
            r"\tau_2\le 5\cdot10^{-5}\;\Rightarrow\;\sum_\pm\big[G(\pm\xi+v)-G(\pm\xi)\big]\ge 4S"
        ),
        domain=scratch_below(TAU_2, 5e-5),
        margin=shifts,
        unit="ln of B(v)/4S",
        mutants=(
            Mutant(
                "threshold",
                "τ₂ up to 0.6",
                {"domain": from_scratch(TAU_2, Between(0.1, 0.6))},
            ),
            Mutant(
                "hundred",
                "100 S for 4 S",
                {
                    "margin": lambda observation, constants: shifts(
                        observation, constants, times=100.0
                    )
                },
            ),
        ),
        **(_TRAINED | _BOUNDED | {"provenance": (Provenance.R, Provenance.D)}),
    ),
    Claim(
        id="origin.event",
        title="Noise outweighs the signal with probability 0.22",
        statement=(
            "Under Condition 4.1 and τ₂ ≤ ¼, the noise output exceeds the larger signal output in"
            " size with probability at least 0.22."
        ),
        latex=r"\tau_2\le\tfrac14\;\Rightarrow\;\mathbb P(|G|\ge S)\ge 0.22",
        domain=scratch_below(TAU_2, 0.25),
        margin=event,
        unit="nats between the probability and 0.22",
        family="origin.event",
        mutants=(
            Mutant("threshold", "τ₂ ≤ 10 instead of ¼", {"domain": scratch_below(TAU_2, 10.0)}),
            Mutant(
                "sigma-exponent",
                "σ₂² for σ₂⁴ in τ₂",
                {
                    "domain": scratch_below(
                        misread("sigma_2^2 for sigma_2^4", lambda: f.tau_2 * f.sigma2**2), 0.25
                    )
                },
            ),
            Mutant(
                "flipped",
                "at most 0.22",
                {"margin": lambda observation, constants: event(observation, constants).negated},
            ),
        ),
        **_TRAINED,
    ),
)
