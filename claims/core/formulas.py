"""Every formula of the theory, written once in sympy: evaluated and differentiated from here.

Section 2 of the theory. Symbols carry the names of the fields of `Regime`. Building them takes a
second, so statements write their own formulas in functions, which are called when one is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
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
#: The cosine of v_1 and v_2.
cos_v = sp.symbols("cos_v", real=True)
#: The probability in the logarithms of Condition 4.1.
delta = sp.symbols("delta", positive=True)

_PRINTED = {
    u: r"\lVert u\rVert",
    v1: r"\lVert v_1\rVert",
    v2: r"\lVert v_2\rVert",
    cos_v: r"\cos\angle(v_1,v_2)",
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
#: <s_1, s_2>: what inherited filters, which move along s_1, have learned of s_2. ||u||^2 where v_1
#: and v_2 are orthogonal, as the paper's own quantities (A, tau_A, Gamma, X, Y) have it; below 0
#: where the two signals point against each other.
shared = u**2 + cos_v * v1 * v2
sigma = {1: sigma1, 2: sigma2}
samples = {1: n1, 2: n2}
eta = {1: eta1, 2: eta2}
steps = {1: steps1, 2: steps2}

#: ||s_k||^2/sigma_k^2, signal-to-noise, squared.
snr = {k: signal_square[k] / sigma[k] ** 2 for k in (1, 2)}
#: The step as one memorised sample sees it.
h = {k: eta[k] * sigma[k] ** 2 * d / (samples[k] * m) for k in (1, 2)}
#: The initialisation scale of Condition 4.1.
zeta = {k: sigma0 * sigma[k] * d / sp.sqrt(samples[k]) for k in (1, 2)}
#: Decides task k trained alone.
tau = {k: samples[k] * signal_square[k] ** 2 / (sigma[k] ** 4 * d) for k in (1, 2)}
A = n1 * u**2 / sigma1**2
B = n2 * signal_square[2] / sigma2**2
tau_2 = tau[2]
tau_A = alpha**2 * n1 * u**4 / (sigma1**4 * d)
Gamma = alpha**2 * n1 * u**4 / (sigma1**2 * sigma2**2 * d)
Gamma_printed = alpha**2 * n1 * u**2 / (sigma1**2 * sigma2**2 * d)
#: alpha A + B with <s_1, s_2> for ||u||^2: the signal after transfer.
_transferred = alpha * n1 * shared / sigma1**2 + B
#: Of the sign of the signal: below 0 more than half of the examples are wrong.
tau_D = sp.sign(_transferred) * _transferred**2 / ((alpha**2 * n1 * sigma2**2 / sigma1**2 + n2) * d)
noise_ratio = alpha * n1 * sigma2**2 / (n2 * sigma1**2)
signal_ratio = signal_square[2] / u**2
alpha_star = sp.Min(1, sp.Max(0, shared / signal_square[2]))


def orthogonal(formula: sp.Expr) -> sp.Expr:
    """The formula where v_1 and v_2 are orthogonal, the default of the setting."""
    return formula.subs(cos_v, 0)


def printed(formula: sp.Expr) -> str:
    """In LaTeX, with the paper's symbols."""
    return str(sp.latex(formula, symbol_names=_PRINTED))


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
