"""T4.2-D: the share to inherit, from tau_D [D].

tau_D = (alpha A + B)^2/((alpha^2 N_1 sigma_2^2/sigma_1^2 + N_2) d) as a function of alpha has d
tau_D/d alpha = 0 at one positive alpha:

    d ln tau_D/d alpha = 2A/(alpha A + B) - 2 alpha R/(alpha^2 R + N_2) = 0,  R = N_1
    sigma_2^2/sigma_1^2 <=>  A (alpha^2 R + N_2) = alpha R (alpha A + B)  <=>  A N_2 = alpha R B
    <=>  alpha = ||u||^2/||s_2||^2.

Noise levels and sample sizes cancel: inherit the share that the universal signal has in the
target's. It never exceeds 1. The upper and lower statements with tau_D are
`theorem-4.2.error-*.tau-D`; how good the advice is, is measured here.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.declared import REGRET_STAR
from claims.deciding.formula import Formula
from claims.observing.identities import Identity, none_left
from claims.observing.shares import (
    SWEPT,
    follows,
    inherit_nothing,
    lies_near,
    nearest_star,
    worst_by_law,
)

#: Distance of alpha* from the best of the shares tried, which are an eighth apart.
NEAR = 0.2


def stationary(formula: sp.Expr, at: sp.Expr) -> Identity:
    """d formula/d alpha at alpha = `at`, and the sign of the second derivative there (0 left if it
    is a maximum).
    """
    share = sp.symbols("alpha", positive=True)
    in_alpha = formula.subs(f.inherited, share * f.m)
    slope = sp.simplify(sp.diff(sp.log(in_alpha), share).subs(share, at))
    second = sp.factor(sp.simplify(sp.diff(in_alpha, share, 2).subs(share, at)))
    return Identity((slope, sp.Integer(0) if second.is_negative else sp.Integer(1)))


def star() -> sp.Expr:
    """||u||^2/||s_2||^2."""
    return f.u**2 / f.signal_square[2]


_D: dict[str, Any] = {"source": "Theorem 4.2-D"}
_MEASURED: dict[str, Any] = (
    SWEPT | _D | {"uses": SWEPT["uses"] | {"theorem-4.2-d.alpha-star": "what α* is"}}
)
CLAIMS = (
    Claim(
        id="theorem-4.2-d.alpha-star",
        title="τ_D is largest at α* = ‖u‖²/‖s₂‖²",
        statement="dτ_D/dα = 0 at α* = ‖u‖²/‖s₂‖², and τ_D has a maximum there.",
        latex=r"\frac{d\tau_D}{d\alpha}\Big|_{\alpha=\lVert u\rVert^2/\lVert s_2\rVert^2}=0",
        provenance=(Provenance.D,),
        kind=Kind.EXACT,
        domain=None,
        observe=lambda: stationary(f.orthogonal(f.tau_D), star()),
        rule=Formula(),
        margin=none_left,
        unit="minus the number of identities that fail",
        mutants=(
            Mutant(
                "root",
                "at ‖u‖/‖s₂‖",
                {"observe": lambda: stationary(f.orthogonal(f.tau_D), sp.sqrt(star()))},
            ),
            Mutant(
                "stated",
                "τ_A + τ₂ is largest there",
                {"observe": lambda: stationary(f.tau_A + f.tau_2, star())},
            ),
        ),
        **_D,
    ),
    Claim(
        id="theorem-4.2-d.advice",
        title="Inheriting the share α* costs little",
        statement=(
            f"Inheriting the share nearest α* costs at most {REGRET_STAR} of test error against the"
            " best share measured, in two regimes of three."
        ),
        latex=r"\mathrm{error}(\alpha^*)-\min_\alpha\mathrm{error}(\alpha)",
        margin=follows(REGRET_STAR, nearest_star),
        unit=f"{REGRET_STAR} less the regret of two regimes of three",
        mutants=(
            Mutant(
                "none", "inheriting nothing does", {"margin": follows(REGRET_STAR, inherit_nothing)}
            ),
            Mutant(
                "worst",
                "the share that the law calls worst does",
                {"margin": follows(REGRET_STAR, worst_by_law)},
            ),
        ),
        **_MEASURED,
    ),
    Claim(
        id="theorem-4.2-d.distance",
        title="The share α* is near the best one",
        statement=(
            f"The share nearest α* is at most {NEAR} from the best share measured, in two regimes"
            " of three; shares tried are an eighth apart."
        ),
        latex=rf"|\alpha^*-\mathrm{{arg}}\min_\alpha\mathrm{{error}}(\alpha)|\le{NEAR}",
        margin=lies_near(NEAR, nearest_star),
        unit=f"{NEAR} less the distance of two regimes of three",
        mutants=(
            Mutant("none", "inheriting nothing is", {"margin": lies_near(NEAR, inherit_nothing)}),
            Mutant(
                "worst",
                "the share that the law calls worst is",
                {"margin": lies_near(NEAR, worst_by_law)},
            ),
        ),
        **_MEASURED,
    ),
)
