"""The algebra of tau_D [D]: where transfer gains, where more source data helps, and how far tau_D
is from the stated criterion.

With X = alpha N_1 sigma_2^2/(N_2 sigma_1^2) and Y = ||s_2||^2/||u||^2:

    tau_D/tau_2 = (1 + X/Y)^2/(1 + alpha X),    tau_A/tau_2 = X^2 N_2/(N_1 Y^2).

* *Gain.* tau_D > tau_2 <=> X (2Y + X - alpha Y^2) > 0 <=> alpha Y^2 < 2Y + X <=> Y < (1 + sqrt(1 +
  alpha X))/alpha.
* *More data.* d tau_D/d N_1 > 0 <=> 2 + alpha X > alpha Y <=> Y < X + 2/alpha. This is another
  condition: sqrt(1 + alpha X) <= 1 + alpha X, so that where transfer gains, more source data helps,
  and between the two transfer harms, the less the more source data there is.
* *Share.* d tau_D/d alpha > 0 <=> alpha < 1/Y: tau_D grows up to alpha* and falls beyond it.
* *Range.* rho = tau_D/(tau_A + tau_2) = (1 + w)^2/((1 + alpha X)(1 + k w^2)), w = X/Y <= X, k =
  N_2/N_1 in [1/30, 30]. It falls in alpha and in k. At alpha = 0 and k = 1/30 it grows in w up to
  30, so that rho < (1 + C)^2/(1 + C^2/30) for X <= C <= 29. At alpha = 1 and k = 30 its slope in w
  has the sign of 1 - 30 w: it is least at an end, w = 0 or w = X. There it is 1/(1+X) >= 1/(1+C),
  and g(X) = (1 + X)/(1 + 30 X^2), whose slope has the sign of 1 - 60 X - 30 X^2, which falls: g is
  least at an end, 1 or g(C). For C >= 1 the least of all is g(C), attained at Y = 1, alpha = 1.

So the two criteria differ by a factor of up to 22 one way and 149 the other at C_4 = 5.8:
why tau_A + tau_2 cannot order errors when sizes differ.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from claims.core import formulas as f
from claims.core.claim import Claim, Kind, Provenance
from claims.core.versions import replanted
from claims.deciding import interval_proof as proof
from claims.deciding.formula import Formula
from claims.deciding.interval_proof import Chain, IntervalProof, Witness, prove
from claims.observing import scale_symbols as r
from claims.observing.identities import Identity, none_left

_ONE, _TWO = Fraction(1), Fraction(2)
#: Of the values whose signs are compared.
ROUNDING = 1e-9
#: N_1/N_2 and N_2/N_1 are at most this.
MOST = 30
#: Values of C_4 for which the ends are checked: on both sides of its fitted value.
_SOME_C = (Fraction(1), Fraction(3, 2), Fraction(58, 10), Fraction(29))


def _in_scales(formula: sp.Expr) -> sp.Expr:
    """A formula of a regime, in X, Y, alpha and N_2/N_1 = k, with tau_2 = 1 for unit."""
    shares = {f.inherited: r.alpha * f.m, f.n2: r.k * f.n1, f.v2: f.u * sp.sqrt(r.Y - 1)}
    in_scales = (formula / f.tau_2).subs(shares)
    return sp.simplify(in_scales.subs(f.sigma1, f.sigma2 * sp.sqrt(r.alpha / (r.k * r.X))))


def ratios(power: int = 2, size_power: Fraction = _ONE, share: Fraction = _ONE) -> Identity:
    """The two ratios, as in this file's docstring; arguments plant errors."""
    sharp = (1 + r.X / r.Y) ** 2 / (1 + share * r.alpha * r.X)
    stated = r.X**power * r.k**size_power / r.Y**2
    differences = (_in_scales(f.orthogonal(f.tau_D)) - sharp, _in_scales(f.tau_A) - stated)
    return Identity(tuple(sp.simplify(one) for one in differences))


_GRID = [
    axis.ravel()
    for axis in np.meshgrid(
        np.geomspace(0.01, 100, 21), np.geomspace(1, 100, 201), np.linspace(1 / 32, 1, 32)
    )
]


def _sign(effect: sp.Expr, shown: sp.Expr, factor: sp.Expr) -> Chain:
    """effect > 0 <=> shown > 0: effect = factor shown, and factor > 0 for all X, Y and alpha.

    The witness is a point of a grid at which one is certainly positive and the other negative: -1.
    """
    left = sp.simplify(effect - factor * shown)
    values = [sp.lambdify((r.X, r.Y, r.alpha), one, "numpy")(*_GRID) for one in (effect, shown)]
    clear = np.minimum(*np.abs(values)) > ROUNDING
    signs = np.where(clear, np.sign(values[0]) * np.sign(values[1]), 1.0)
    worst = int(signs.argmin())
    where = {
        name: float(axis[worst]) for name, axis in zip(("X", "Y", "alpha"), _GRID, strict=True)
    }
    return Chain(
        {}, {"effect = factor times what decides": left}, Witness(float(signs[worst]), where)
    )


def gains(root: Fraction = _ONE, boundary: bool = False) -> Chain:
    """tau_D > tau_2 <=> Y < (1 + sqrt(1 + root alpha X))/alpha; or Y < X + 2/alpha, an error."""
    X, Y, alpha = r.X, r.Y, r.alpha
    square = sp.sqrt(1 + root * alpha * X)
    shown = X + 2 / alpha - Y if boundary else (1 + square) / alpha - Y
    # 2Y + X - alpha Y^2 = alpha ((1 + s)/alpha - Y)(Y - (1 - s)/alpha), s = sqrt(1 + alpha X) > 1.
    factor = X / (Y**2 * (1 + alpha * X)) * (alpha * Y + sp.sqrt(1 + alpha * X) - 1)
    return _sign(r.RATIO - 1, shown, factor)


def more_data(twice: Fraction = _TWO) -> Chain:
    """d log tau_D/d log N_1 > 0 <=> Y < X + 2/alpha: X is proportional to N_1, and nothing else in
    tau_D/tau_2 depends on it.
    """
    X, Y, alpha = r.X, r.Y, r.alpha
    effect = X * sp.diff(sp.log(r.RATIO), X)
    return _sign(effect, X + twice / alpha - Y, alpha * X / ((X + Y) * (1 + alpha * X)))


def share(power: Fraction = _ONE) -> Chain:
    """d log tau_D/d alpha > 0 <=> alpha < 1/Y^power, with X = alpha R: R is fixed."""
    X, Y, alpha = r.X, r.Y, r.alpha
    R = sp.symbols("R", positive=True)
    in_alpha = sp.log(r.RATIO.subs(X, alpha * R))
    effect = sp.simplify(sp.diff(in_alpha, alpha).subs(R, X / alpha))
    return _sign(effect, Y**-power - alpha, 2 * X * Y / (alpha * (X + Y) * (1 + alpha * X)))


def between(upper: Fraction = _ONE, lower: Fraction = _ONE) -> Chain:
    """lower g(C) <= rho < (1 + C)^2/(1 + C^2/30)/upper, for X <= C in [1, 29]: both are 1."""
    X, alpha, C, w, k, rho = r.X, r.alpha, r.C, r.w, r.k, r.RHO
    top, end = rho.subs({alpha: 0, k: Fraction(1, MOST)}), rho.subs({alpha: 1, k: MOST, w: X})
    inner = rho.subs({alpha: 1, k: MOST})
    algebra = {
        "rho falls in alpha": sp.diff(sp.log(rho), alpha) + X / (1 + alpha * X),
        "rho falls in k": sp.diff(sp.log(rho), k) + w**2 / (1 + k * w**2),
        "top grows": sp.diff(sp.log(top), w) - 2 * (1 - w / MOST) / ((1 + w) * (1 + w**2 / MOST)),
        "inner": sp.diff(sp.log(inner), w) - 2 * (1 - MOST * w) / ((1 + w) * (1 + MOST * w**2)),
        "end": sp.diff(sp.log(end), X)
        - (1 - 2 * MOST * X - MOST * X**2) / ((1 + X) * (1 + MOST * X**2)),
        "the upper end that is stated": upper - 1,
        "the lower end that is stated": lower - 1,
        "w = 0": inner.subs(w, 0) - 1 / (1 + X),
        "1/(1 + C) - g(C)": 1 / (1 + C)
        - end.subs(X, C)
        - (29 * C**2 - 2 * C) / ((1 + C) * (1 + MOST * C**2)),
        "1 - g(C)": 1 - end.subs(X, C) - (MOST * C**2 - C) / (1 + MOST * C**2),
    }
    proofs = {
        "30 - w": prove(MOST - w, {"w": (0.0, 29.0)}),
        "29 C - 2": prove(29 * C - 2, {"C": (1.0, 29.0)}),
        "30 C - 1": prove(30 * C - 1, {"C": (1.0, 29.0)}),
        "minus the slope of 1 - 60 X - 30 X^2": prove(60 + 60 * X, {"X": (0.0, 29.0)}),
    }
    return Chain(
        proofs,
        {name: sp.simplify(residual) for name, residual in algebra.items()},
        _corner(upper, lower),
    )


def _corner(upper: Fraction, lower: Fraction) -> Witness:
    """The least distance to the two bounds where they are attained, or nearly: exact."""
    gaps: dict[Fraction, sp.Rational] = {}
    for c in _SOME_C:
        high = r.RHO.subs({r.X: c, r.w: c, r.alpha: Fraction(1, 10**6), r.k: Fraction(1, MOST)})
        low = r.RHO.subs({r.X: c, r.w: c, r.alpha: 1, r.k: MOST})
        above = (1 + c) ** 2 / (1 + c**2 / MOST) / upper - high
        gaps[c] = min(above, low - lower * (1 + c) / (1 + MOST * c**2))
    worst = min(gaps, key=gaps.__getitem__)
    return Witness(float(gaps[worst]), {"C": float(worst)})


_D: dict[str, Any] = {
    "source": "Theorem 4.2-D",
    "provenance": (Provenance.D,),
    "kind": Kind.EXACT,
    "domain": None,
}
_PROVED: dict[str, Any] = _D | {
    "margin": proof.margin,
    "rule": IntervalProof(),
    "uses": {"tau-D.ratios": "the ratio in X, Y and α"},
}
_SIGN = "1 where the two signs agree on a grid, -1 where not; 0 is proved"
CLAIMS = (
    Claim(
        id="tau-D.ratios",
        title="What τ_D and τ_A are in units of τ₂",
        statement="τ_D/τ₂ = (1 + X/Y)²/(1 + αX), and τ_A/τ₂ = X²N₂/(N₁Y²).",
        latex=(
            r"\frac{\tau_D}{\tau_2}=\frac{(1+X/Y)^2}{1+\alpha X},\quad"
            r"\frac{\tau_A}{\tau_2}=\frac{X^2N_2}{N_1Y^2}"
        ),
        observe=ratios,
        margin=none_left,
        rule=Formula(),
        unit="minus the number of identities that fail",
        mutants=(
            replanted("sizes", "(N₂/N₁)^{3/4} for N₂/N₁", ratios, size_power=Fraction(3, 4)),
            replanted("X", "X for X²", ratios, power=1),
            replanted("share", "4αX/5 for αX", ratios, share=Fraction(4, 5)),
        ),
        **_D,
    ),
    Claim(
        id="tau-D.gains",
        title="Where transfer gains, by τ_D",
        statement="τ_D > τ₂ just where Y < (1 + √(1 + αX))/α.",
        latex=r"\tau_D>\tau_2\iff Y<\frac{1+\sqrt{1+\alpha X}}{\alpha}",
        observe=gains,
        unit=_SIGN,
        mutants=(
            replanted("more-data", "Y < X + 2/α, where more data helps", gains, boundary=True),
            replanted("root", "√(1 + 1.25αX)", gains, root=Fraction(5, 4)),
        ),
        **_PROVED,
    ),
    Claim(
        id="tau-D.more-data",
        title="Where more source data helps, by τ_D",
        statement="τ_D grows with N₁ just where Y < X + 2/α.",
        latex=r"\frac{\partial\tau_D}{\partial N_1}>0\iff Y<X+\frac2\alpha",
        observe=more_data,
        unit=_SIGN,
        mutants=(
            replanted("five-halves", "Y < X + 2.5/α", more_data, twice=Fraction(5, 2)),
            replanted("eight-fifths", "Y < X + 1.6/α", more_data, twice=Fraction(8, 5)),
        ),
        **_PROVED,
    ),
    Claim(
        id="tau-D.share",
        title="τ_D grows up to α* and falls beyond",
        statement="τ_D grows with α just where α < 1/Y = ‖u‖²/‖s₂‖².",
        latex=(
            r"\frac{\partial\tau_D}{\partial\alpha}>0\iff\alpha<\frac{\lVert"
            r" u\rVert^2}{\lVert s_2\rVert^2}"
        ),
        observe=share,
        unit=_SIGN,
        mutants=(
            replanted("slower", "α < Y^{-3/4}", share, power=Fraction(3, 4)),
            replanted("faster", "α < Y^{-5/4}", share, power=Fraction(5, 4)),
        ),
        **_PROVED,
    ),
    Claim(
        id="tau-D.range",
        title="How far τ_D is from the stated criterion",
        statement=(
            "For X ≤ C, C from 1 to 29 (C₄ is among them), Y ≥ 1, α ≤ 1 and N₁/N₂ from 1/30 to 30,"
            " τ_D/(τ_A + τ₂) is at least (1 + C)/(1 + 30C²) and below (1 + C)²/(1 + C²/30)."
        ),
        latex=(r"\frac{1+C}{1+30C^2}\le\frac{\tau_D}{\tau_A+\tau_2}<\frac{(1+C)^2}{1+C^2/30}"),
        observe=between,
        unit="least distance to a bound at the corners; 0 is proved",
        mutants=(
            replanted("upper", "an upper end 1.25 times lower", between, upper=Fraction(5, 4)),
            replanted("lower", "a lower end 1.25 times higher", between, lower=Fraction(5, 4)),
        ),
        **_PROVED,
    ),
)
