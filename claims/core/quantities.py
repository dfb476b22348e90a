"""Every formula of the theory, written once in sympy: evaluated, differentiated, printed from here.

Section 2 of the theory. Symbols carry the names of the fields of `Regime`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import sympy as sp

from model.regime import Regime

u, v1, v2 = sp.symbols("u v1 v2", positive=True)
sigma1, sigma2, sigma0 = sp.symbols("sigma1 sigma2 sigma0", positive=True)
eta1, eta2 = sp.symbols("eta1 eta2", positive=True)
n1, n2, d, m, inherited, steps1, steps2 = sp.symbols(
    "n1 n2 d m inherited steps1 steps2", positive=True
)

_PRINTED = {
    u: r"\lVert u\rVert",
    v1: r"\lVert v_1\rVert",
    v2: r"\lVert v_2\rVert",
    sigma1: r"\sigma_1",
    sigma2: r"\sigma_2",
    sigma0: r"\sigma_0",
    eta1: r"\eta_1",
    eta2: r"\eta_2",
    n1: "N_1",
    n2: "N_2",
    steps1: "T_1",
    steps2: "T_2",
    inherited: r"(\alpha m)",
}

alpha = inherited / m
#: ||s_k||^2, by orthogonality of u and v_k.
signal_square = {1: u**2 + v1**2, 2: u**2 + v2**2}
sigma = {1: sigma1, 2: sigma2}
samples = {1: n1, 2: n2}
eta = {1: eta1, 2: eta2}
steps = {1: steps1, 2: steps2}


@dataclass(frozen=True)
class Quantity:
    """A named formula of a regime's fields."""

    name: str
    latex: str
    formula: sp.Expr
    meaning: str

    def __call__(self, regime: Regime) -> float:
        """Its value; inf or nan where a denominator vanishes (u = 0, say)."""
        return evaluate(self.formula, regime)

    @property
    def formula_latex(self) -> str:
        """The formula in the paper's symbols."""
        return str(sp.latex(self.formula, symbol_names=_PRINTED))

    @property
    def scale_degree(self) -> sp.Expr:
        """The power of lambda it gains under the symmetry E3; 0 for a quantity that can decide an
        outcome.
        """
        return scale_degree(self.formula)


def scale_degree(formula: sp.Expr) -> sp.Expr:
    """k with formula -> lambda^k formula under (u, v, sigma, sigma_0, eta) -> (λu, λv, λσ, σ_0/λ,
    η/λ²).

    Raises ValueError for a formula that is not homogeneous.
    """
    scale = sp.symbols("lambda", positive=True)
    moved = {x: scale * x for x in (u, v1, v2, sigma1, sigma2)} | {
        sigma0: sigma0 / scale,
        eta1: eta1 / scale**2,
        eta2: eta2 / scale**2,
    }
    ratio = sp.simplify(formula.subs(moved, simultaneous=True) / formula)
    degree = sp.simplify(scale * sp.diff(ratio, scale) / ratio)
    if degree.free_symbols:
        raise ValueError(f"{formula} is not homogeneous under E3")
    return degree


@lru_cache(maxsize=256)
def _compiled(formula: sp.Expr) -> tuple[tuple[str, ...], Callable[..., Any]]:
    names = tuple(sorted(symbol.name for symbol in formula.free_symbols))
    return names, sp.lambdify(names, formula, modules="numpy")


def evaluate(formula: sp.Expr, regime: Regime, **extra: float) -> float:
    """The formula's value in a regime; `extra` gives symbols that are not fields (delta, say)."""
    names, function = _compiled(formula)
    with np.errstate(all="ignore"):
        return float(
            function(
                *(
                    np.float64(extra[name] if name in extra else getattr(regime, name))
                    for name in names
                )
            )
        )


def _tau(index: int) -> sp.Expr:
    return samples[index] * signal_square[index] ** 2 / (sigma[index] ** 4 * d)


A = n1 * u**2 / sigma1**2
B = n2 * signal_square[2] / sigma2**2
tau_2 = _tau(2)
tau_A = alpha**2 * n1 * u**4 / (sigma1**4 * d)
Gamma = alpha**2 * n1 * u**4 / (sigma1**2 * sigma2**2 * d)
Gamma_printed = alpha**2 * n1 * u**2 / (sigma1**2 * sigma2**2 * d)
tau_D = (alpha * A + B) ** 2 / ((alpha**2 * n1 * sigma2**2 / sigma1**2 + n2) * d)
noise_ratio = alpha * n1 * sigma2**2 / (n2 * sigma1**2)
signal_ratio = signal_square[2] / u**2


@cache
def catalogue() -> dict[str, Quantity]:
    """Every quantity by name."""
    listed = []
    for k in (1, 2):
        listed += [
            Quantity(
                f"q_{k}", f"q_{k}", signal_square[k] / sigma[k] ** 2, "signal-to-noise, squared"
            ),
            Quantity(
                f"h_{k}",
                f"h_{k}",
                eta[k] * sigma[k] ** 2 * d / (samples[k] * m),
                "the step as one memorised sample sees it",
            ),
            Quantity(
                f"zeta_{k}",
                rf"\zeta_{k}",
                sigma0 * sigma[k] * d / sp.sqrt(samples[k]),
                "the initialisation scale of Condition 4.1",
            ),
            Quantity(f"tau_{k}", rf"\tau_{k}", _tau(k), f"decides task {k} trained alone"),
        ]
    listed += [
        Quantity("alpha", r"\alpha", alpha, "inherited share"),
        Quantity("A", "A", A, "universal signal learned upstream per unit of x_t, times d"),
        Quantity("B", "B", B, "signal learned downstream per unit of x_t, times d"),
        Quantity("tau_A", r"\tau_A", tau_A, "Theorem 4.2's transfer term"),
        Quantity("Gamma", r"\Gamma", Gamma, "the phase-transition quantity, exponent corrected"),
        Quantity(
            "Gamma_printed",
            r"\Gamma_{\mathrm{printed}}",
            Gamma_printed,
            "the phase-transition quantity as printed",
        ),
        Quantity("tau_D", r"\tau_D", tau_D, "signal squared over noise variance after transfer"),
        Quantity("tau_A+tau_2", r"\tau_A+\tau_2", tau_A + tau_2, "Theorem 4.2's criterion"),
        Quantity(
            "Gamma+tau_2",
            r"\Gamma+\tau_2",
            Gamma + tau_2,
            "Theorem 4.2 read with the corrected Gamma",
        ),
        Quantity(
            "Gamma_printed+tau_2",
            r"\Gamma_{\mathrm{printed}}+\tau_2",
            Gamma_printed + tau_2,
            "Theorem 4.2 read with the printed Gamma",
        ),
        Quantity("X", "X", noise_ratio, "noise inherited, against noise memorised downstream"),
        Quantity("Y", "Y", signal_ratio, "signal of the target, against the universal signal"),
        Quantity(
            "alpha_star",
            r"\alpha^*",
            sp.Min(1, u**2 / signal_square[2]),
            "the share that maximises tau_D",
        ),
    ]
    return {quantity.name: quantity for quantity in listed}


def evaluate_all(regime: Regime) -> dict[str, float]:
    """Every quantity of the catalogue in a regime."""
    return {name: quantity(regime) for name, quantity in catalogue().items()}


def quantity(name: str) -> Quantity:
    """The quantity of the catalogue with this name. Raises ValueError, which names near ones."""
    known = catalogue()
    if name not in known:
        near = ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.0))
        raise ValueError(f"quantity = {name!r}: no such name; did you mean one of {near}?")
    return known[name]


TAU_1, TAU_2 = quantity("tau_1"), quantity("tau_2")
TAU_A, TAU_D = quantity("tau_A"), quantity("tau_D")
#: Theorem 4.2's criterion, as stated.
CRITERION = quantity("tau_A+tau_2")
#: Noise inherited against noise memorised, and the target's signal against the universal one.
X, Y = quantity("X"), quantity("Y")
#: At least 1 where little signal is inherited.
Y_OVER_X = Quantity(
    "Y/X", "Y/X", signal_ratio / noise_ratio, "at least 1: little signal is inherited"
)
