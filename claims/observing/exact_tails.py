"""Exact probabilities of tail events, as balls that certainly hold them (python-flint, Arb).

An inner product of two independent N(0, I_D) vectors is half the difference of two chi-squares, for
even D the difference of two Gamma(D/2) variables; that has a finite sum for its tail.
"""

from __future__ import annotations

import flint


def chi_square_above(level: flint.arb, D: int) -> flint.arb:
    """P(chi^2_D > level)."""
    return (level / 2).gamma_upper(flint.arb(D) / 2, regularized=1)


def chi_square_below(level: flint.arb, D: int) -> flint.arb:
    """P(chi^2_D < level)."""
    return (level / 2).gamma_lower(flint.arb(D) / 2, regularized=1)


def normal_above(level: flint.arb) -> flint.arb:
    """P(Z > level)."""
    return (level / flint.arb(2).sqrt()).erfc() / 2


def inner_product_outside(level: flint.arb, D: int) -> flint.arb:
    """P(|<a, b>| > level > 0) for independent a, b ~ N(0, I_D), D even.

    G and G' independent, each the time of event k = D/2 of a Poisson process: P(G > x + G') is the
    mean over G' of the probability of fewer than k events up to x + G', that is e^-x sum_{l<k} c_l
    sum_{i<k-l} x^i/i!, c_l = binom(k-1+l, l) 2^-(k+l).

    Raises:
        ValueError: for an odd D.
    """
    if D % 2:
        raise ValueError(f"D = {D}: must be even")
    k = D // 2
    partial, term = [flint.arb(1)], flint.arb(1)  # partial[i] = sum_{h<=i} x^h/h!
    for i in range(1, k):
        term = term * level / i
        partial.append(partial[-1] + term)
    total, weight = flint.arb(0), flint.arb(2) ** (-k)
    for start in range(k):
        total += weight * partial[k - 1 - start]
        weight = weight * (k + start) / (2 * (start + 1))
    return 2 * total * (-level).exp()


def binomial_below(count: int, trials: int, chance: flint.arb) -> flint.arb:
    """P(Bin(trials, chance) < count)."""
    q = 1 - chance
    total, term = flint.arb(0), q**trials
    for i in range(min(count, trials + 1)):
        total += term
        term = term * (trials - i) / (i + 1) * chance / q
    return total


def some_of(number: int, chance: flint.arb) -> flint.arb:
    """P(at least one of independent events, each of the same probability)."""
    return -((-chance).log1p() * number).expm1()
