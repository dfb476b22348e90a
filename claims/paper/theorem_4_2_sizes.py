r"""Theorem 4.2 and the sizes of the two tasks: no constants serve for all N_1/N_2 [D].

From the definitions

    tau_A/tau_2 = X^2 N_2/(N_1 Y^2),    tau_D/tau_2 = (1 + X/Y)^2/(1 + alpha X),

so tau_A + tau_2, which the paper states, is tau_D times a factor in which N_2/N_1 stands free. Let
tau_D decide the error (`theorem-4.2.error-upper.tau-D`, `error-lower.tau-D`). Then, at Y = 1,

* at any fixed X the criterion exceeds tau_D by as much as one likes as N_2/N_1 grows: "criterion >=
  C_1 and X <= C_4 imply error <= exp(-criterion/C_2)" has tau_D small, and so errors near 1/2, far
  above any C_1; no C_2 mends it.
* at X = sqrt(N_1/N_2) tau_D exceeds the criterion by as much as one likes as N_1/N_2 grows:
  "criterion <= C_3 implies error >= 0.1" has tau_D large, and so small errors, far below any C_3.
  (With X <= C_4 tau_D is at most (1 + C_4)^2 times the criterion: there a small enough C_3 serves.)

Condition 4.1 asks for each task's samples by themselves, and forbids no ratio. Of sizes within a
factor of three of each other the stated reading is as good as its constants
(`theorem-4.2.error-upper-balanced.tau-A`, `error-lower-balanced.tau-A`).
"""

from __future__ import annotations

import sympy as sp

from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.deciding.formula import Formula
from claims.observing.identities import Identity, none_left


def over(transfer_term: sp.Expr, alpha: sp.Expr, x: sp.Expr, y: sp.Expr) -> sp.Expr:
    """tau_D over tau_2 (1 + `transfer_term`)."""
    return (1 + x / y) ** 2 / ((1 + alpha * x) * (1 + transfer_term))


def stated(x: sp.Expr, y: sp.Expr, n1: sp.Expr, n2: sp.Expr) -> sp.Expr:
    """tau_A/tau_2."""
    return x**2 * n2 / (n1 * y**2)


def unbounded(criterion: sp.Expr, power: int = 2) -> Identity:
    """What is left of: the formula for tau_D over a criterion, and its two limits."""
    x, y = f.noise_ratio, f.signal_ratio
    term = stated(x, y, f.n1, f.n2) * x ** (power - 2)
    identity = sp.simplify(f.orthogonal(f.tau_D) / criterion / over(term, f.alpha, x, y) - 1)
    alpha, fixed_x, sizes = sp.symbols("alpha X s", positive=True)
    one = sp.Integer(1)
    few = over(stated(fixed_x, one, one, sizes), alpha, fixed_x, one)
    many = over(stated(sizes, one, sizes**2, one), alpha, sizes, one)
    return Identity((identity, sp.limit(few, sizes, sp.oo), sp.limit(1 / many, sizes, sp.oo)))


CLAIMS = (
    Claim(
        id="theorem-4.2.sizes",
        title="Over all sizes of the tasks τ_A + τ₂ is no bounded multiple of τ_D",
        source="Theorem 4.2",
        statement=(
            "τ_D/(τ_A + τ₂) = (1 + X/Y)²/((1 + αX)(1 + X²N₂/(N₁Y²))): at Y = 1 it falls to 0 as"
            " N₂/N₁ grows at fixed X, and grows without bound with N₁/N₂ at X = √(N₁/N₂)."
        ),
        latex=(
            r"\frac{\tau_D}{\tau_A+\tau_2}="
            r"\frac{(1+X/Y)^2}{(1+\alpha X)\big(1+X^2N_2/(N_1Y^2)\big)}"
        ),
        provenance=(Provenance.D,),
        kind=Kind.EXACT,
        domain=None,
        observe=lambda: unbounded(f.tau_A + f.tau_2),
        rule=Formula(),
        margin=none_left,
        unit="minus the number of identities that fail",
        mutants=(
            Mutant(
                "corrected",
                "so is it with Γ for τ_A",
                {"observe": lambda: unbounded(f.Gamma + f.tau_2)},
            ),
            Mutant(
                "exponent",
                "X³ for X²",
                {"observe": lambda: unbounded(f.tau_A + f.tau_2, power=3)},
            ),
        ),
    ),
)
