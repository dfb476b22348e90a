"""E3, E4 and E5 in one step, on symbols: what the transformed setting gives, less what it should.

Keyword arguments plant errors.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from claims.observing.identities import Identity
from claims.observing.symbolic_step import Example, Filter, Setting, generic, plain, same, vector

_ONE = Fraction(1)


def scale(
    eta_power: Fraction = -2 * _ONE,
    start_power: Fraction = -_ONE,
    noise_power: Fraction = _ONE,
) -> Identity:
    """(u, v, sigma, sigma_0, eta) -> (lambda u, lambda v, lambda sigma, sigma_0/lambda,
    eta/lambda^2): weights turn into 1/lambda of what they are.
    """
    factor, sigma, start, eta = sp.symbols("lambda sigma sigma_0 eta", positive=True)

    def setting(power: sp.Expr) -> Setting:
        signal = power * (vector("u") + vector("v"))
        labels = sp.symbols("y_1 y_2", real=True)
        return Setting(
            tuple(
                Filter(sign, start * power**start_power * vector(f"omega{r}{sign + 1}"))
                for sign in (1, -1)
                for r in range(2)
            ),
            tuple(
                Example(y, (y * signal, sigma * power**noise_power * vector(f"zeta{i}")))
                for i, y in enumerate(labels)
            ),
            eta * power**eta_power,
        )

    return same(
        setting(factor),
        setting(sp.Integer(1)),
        lambda filters: [one.weights / factor for one in filters],
    )


def rotation(contraction: Fraction = _ONE) -> Identity:
    """Every vector rotated: so are the weights. The rotation is ((1-t^2, -2t), (2t, 1-t^2))/(1 +
    t^2), which is any but the half turn; `contraction` shortens one axis.
    """
    t = sp.symbols("t", real=True)
    rotate = sp.Matrix([[1 - t**2, -2 * t], [2 * t, 1 - t**2]]) / (1 + t**2)
    rotate = rotate * sp.diag(contraction, 1)
    was = replace(generic(1), tidy=lambda product: sp.expand(sp.cancel(product)))
    now = replace(
        was,
        filters=tuple(replace(one, weights=rotate * one.weights) for one in was.filters),
        examples=tuple(
            Example(one.label, (rotate * one.patches[0], rotate * one.patches[1]))
            for one in was.examples
        ),
    )
    return same(now, was, lambda filters: [rotate * one.weights for one in filters])


def sample_order(labels_too: bool = True, all_kept: bool = True) -> Identity:
    """Three samples in another order: the same weights."""
    was = generic(1, 3)
    moved = [was.examples[i] for i in (1, 2, 0 if all_kept else 1)]
    if not labels_too:
        moved = [
            replace(one, label=kept.label) for one, kept in zip(moved, was.examples, strict=True)
        ]
    return same(replace(was, examples=tuple(moved)), was, plain)


def filter_order(within_sign: bool = True, weights_too: bool = True) -> Identity:
    """The two filters of each sign exchanged: so are the trained ones. Across signs weights move,
    and signs stay.
    """
    was = generic()
    order = (1, 0, 3, 2) if within_sign else (2, 1, 0, 3)
    now = replace(
        was,
        filters=tuple(
            replace(one, weights=was.filters[r].weights)
            for one, r in zip(was.filters, order, strict=True)
        ),
    )
    followed = order if weights_too else range(4)
    return same(now, was, lambda filters: [filters[r].weights for r in followed])


def patch_order(both_swapped: bool = True, label_kept: bool = True) -> Identity:
    """The two patches of the first example exchanged: the same weights."""
    was = generic()
    first, *rest = was.examples
    one, other = first.patches
    swapped = Example(
        first.label if label_kept else -first.label, (other, one if both_swapped else other)
    )
    return same(replace(was, examples=(swapped, *rest)), was, plain)


def label_flip(signs_too: bool = True, every_label: bool = True) -> Identity:
    """Every label and every j flipped: the same weights."""
    was = generic()
    now = replace(
        was,
        filters=tuple(replace(one, sign=-one.sign) for one in was.filters)
        if signs_too
        else was.filters,
        examples=tuple(
            replace(one, label=-one.label) if every_label or i else one
            for i, one in enumerate(was.examples)
        ),
    )
    return same(now, was, plain)


def nothing_inherited(inherited: int = 0) -> Identity:
    """With `inherited` filters of each sign from upstream, the rest fresh: scratch at none."""
    fresh = generic()
    upstream = {sign: [vector(f"t{r}{sign + 1}") for r in range(2)] for sign in (1, -1)}
    of_sign = {sign: [one for one in fresh.filters if one.sign == sign] for sign in (1, -1)}
    start = tuple(
        replace(one, weights=upstream[sign][r]) if r < inherited else one
        for sign in (1, -1)
        for r, one in enumerate(of_sign[sign])
    )
    return same(replace(fresh, filters=start), fresh, plain)
