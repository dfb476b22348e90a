"""Tail bounds proved for every size, step by step: what Lemmas B.1, B.3 and B.4 rest on.

Each function returns a `Chain`: expressions that algebra shows to vanish, and formulas in one
variable that are positive on a box. All is exact in the sizes: n, m, D and delta are not set to
numbers. Write L for the statement's logarithm and r = sqrt(L/D).

*Moments.* E e^{sZ^2} = (1 - 2s)^{-1/2} for Z ~ N(0, 1) and s < 1/2, since E e^{-pZ^2} integrates;
E e^{sZ} = e^{s^2/2}; and for independent Z, Z', E e^{sZZ'} = E e^{s^2 Z^2/2} = (1 - s^2)^{-1/2}.
Markov's inequality for e^{s(.)} is a bound e^{-E} on the tail, E its exponent at the s that is
named.

*Compactness.* A function that is 0 at 0 is positive beyond if its slope is; r > 0 is written z/(1 -
z), z in (0, 1).
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from claims.deciding.interval_proof import Chain, prove

D, s, t, y, r, v, z, g = sp.symbols("D s t y r v z g", positive=True)
p, n, m = sp.symbols("p n m", positive=True)
_HALF = sp.Rational(1, 2)
#: Far more than any of these takes.
MOST_CELLS = 2000


def _moments() -> dict[str, sp.Expr]:
    """The moment generating functions of Z^2 and of ZZ', less what they should be."""
    x = sp.symbols("x", real=True)
    density = sp.exp(-(x**2) / 2) / sp.sqrt(2 * sp.pi)
    square = sp.integrate(sp.exp(-p * x**2) / sp.sqrt(2 * sp.pi), (x, -sp.oo, sp.oo))
    linear = sp.integrate(sp.exp(s * x) * density, (x, -sp.oo, sp.oo))
    return {
        "E exp(sZ^2) = (1 - 2s)^(-1/2), with p = 1/2 - s": sp.simplify(square - (2 * p) ** -_HALF),
        "E exp(sZ) = exp(s^2/2)": sp.simplify(linear - sp.exp(s**2 / 2)),
    }


def norms(root: Fraction, linear: Fraction) -> Chain:
    """P(chi^2_D >= D + root sqrt(D L) + linear L) <= e^-L, and the same below D [Laurent-Massart].

    * Above. With t = D y, y = root r + linear r^2, s = y/(2(1+y)): the exponent is D (y -
      log(1+y))/2, and it is at least L = D r^2 if G(r) = y - log(1+y) - 2 r^2 >= 0 for all r > 0.
      G(0) = 0 and G'(r) (1+y)/r^2 is positive: it is 4 at root = linear = 2.
    * Below. With y = root r < 1 (else the event is empty) and s = -y/(2(1-y)): the exponent is D
      (-y - log(1-y))/2, and H(r) = -y - log(1-y) - 2 r^2 has H(0) = 0 and H'(r) (1-y)/r^2
      positive: it is 8. The term linear L only makes the event smaller.
    """
    above, below = root * r + linear * r**2, root * r
    # y = g/(1+g) below, so that sympy sees that 1 - y is positive.
    less = g / (1 + g)
    up_exponent = (s * (D + t) + D / 2 * sp.log(1 - 2 * s)).subs({s: y / (2 * (1 + y)), t: D * y})
    down_exponent = (-s * (D - t) + D / 2 * sp.log(1 + 2 * s)).subs(
        {s: less / (2 * (1 - less)), t: D * less}
    )
    up = above - sp.log(1 + above) - 2 * r**2
    down = -below - sp.log(1 - below) - 2 * r**2
    up_slope = sp.cancel(sp.together(sp.diff(up, r) * (1 + above) / r**2))
    down_slope = sp.cancel(sp.together(sp.diff(down, r) * (1 - below) / r**2))
    return Chain(
        {
            "G'(r) (1 + y)/r^2, in z": prove(_on_unit(up_slope), {"z": (0.0, 1.0)}, MOST_CELLS),
            "H'(r) (1 - y)/r^2": prove(down_slope, {"r": (0.0, 1 / root)}, MOST_CELLS),
        },
        _moments()
        | {
            "exponent above": _vanishes(up_exponent - D / 2 * (y - sp.log(1 + y))),
            "exponent below": _vanishes(down_exponent - D / 2 * (-less - sp.log(1 - less))),
            "G(0) = 0": up.subs(r, 0),
            "H(0) = 0": down.subs(r, 0),
        },
    )


def _on_unit(slope: sp.Expr) -> sp.Expr:
    """A function of r > 0 as one of z = r/(1 + r), kept finite at z = 1; signs stay."""
    grows = not sp.limit(slope, r, sp.oo).is_finite
    return sp.cancel(slope.subs(r, z / (1 - z)) * (1 - z if grows else 1))


def _vanishes(residual: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.expand_log(sp.factor(residual, deep=True)))


def inner_products(factor: Fraction, least_dimension: Fraction) -> Chain:
    """P(<a, b> > factor sqrt(D L)) <= e^-L, a and b ~ N(0, I_D), for D >= least_dimension L.

    With s = 3 r/4 the exponent is at least L = D v, v = r^2 = L/D <= 1/least_dimension, if F(v) =
    3/4 factor v + log(1 - 9v/16)/2 - v >= 0. F(0) = 0 and F is concave, so that F > 0 at the end is
    enough. At factor 2, F'(0) = 7/32 and F(1) = 0.086. Without a least dimension (0) there is no
    proof: the exponent falls below L.
    """
    if not least_dimension:
        return Chain({"gain": prove(sp.Integer(-1), {})})
    share = sp.Rational(3, 4)
    exponent = (s * t + D / 2 * sp.log(1 - s**2)).subs({s: share * r, t: D * factor * r})
    concave = (share * factor - 1) * v + sp.log(1 - share**2 * v) / 2
    end = 1 / least_dimension
    curvature = sp.cancel(-sp.diff(concave, v, 2))
    return Chain(
        {
            "-F''(v)": prove(curvature, {"v": (0.0, end)}),
            "F(v) at the largest v": prove(concave.subs(v, end), {}),
        },
        _moments()
        | {
            "exponent - L = D F(v)": _vanishes(
                (exponent - D * r**2 - D * concave.subs(v, r**2)) / D
            ),
            "F(0) = 0": concave.subs(v, 0),
        },
    )


def normal(square: Fraction) -> Chain:
    """P(Z > sqrt(square L)) <= e^-L: at s = z the exponent is z^2/2, at least L for square = 2."""
    exponent = (s * z - s**2 / 2).subs(s, z)
    gain = sp.sympify(square / 2 - 1)
    return Chain(
        {} if gain == 0 else {"gain": prove(gain, {})},
        _moments() | {"exponent": sp.expand(exponent - z**2 / 2)},
    )


def binomial(chance: Fraction, share: Fraction, rate: Fraction) -> Chain:
    """P(Bin(N, chance) <= share N) <= e^-(N/rate) for all N, share < chance.

    With e^-s = share (1-chance)/(chance (1-share)) the exponent is N kl(share, chance): positive
    beyond N/rate if kl > 1/rate.
    """
    q = 1 - chance
    tilt = share * q / (chance * (1 - share))
    divergence = share * sp.log(share / chance) + (1 - share) * sp.log((1 - share) / q)
    exponent = share * sp.log(tilt) - sp.log(q + chance * tilt)
    return Chain(
        {"kl(share, chance) - 1/rate": prove(divergence - 1 / rate, {})},
        {"exponent": _vanishes(exponent - divergence)},
    )


def samples_give_dimension(least: Fraction) -> Chain:
    """n >= least log(m/delta) and d >= n^2 log(4n^2/delta) give d >= log(8mn/delta), for n >= 2.

    d - log(8mn/delta) >= n^2 log(4n^2/delta) - log(8n) - n/least >= K(n) = n^2 log(4n^2) -
    log(8n) - n/least, as delta < 1. K'(n) = 2n log(4n^2) + 2n - 1/n - 1/least, and log(4n^2) >= log
    16: K'/n is at least a polynomial in w = 1/n, on (0, 1/2]; and K(2) > 0.
    """
    w = sp.symbols("w", positive=True)
    gap = n**2 * sp.log(4 * n**2) - sp.log(8 * n) - n / least
    slope = 2 * n * sp.log(4 * n**2) + 2 * n - 1 / n - 1 / least
    bounded = 2 * sp.log(16) + 2 - w**2 - w / least
    return Chain(
        {
            "K(2)": prove(gap.subs(n, 2), {}),
            "K'(n)/n with log 16 for log(4n^2), w = 1/n": prove(bounded, {"w": (0.0, 0.5)}),
        },
        {
            "K'": sp.simplify(sp.diff(gap, n) - slope),
            "K'/n in w": sp.simplify(
                (slope / n).subs(sp.log(4 * n**2), sp.log(16)).subs(n, 1 / w) - bounded
            ),
        },
    )
