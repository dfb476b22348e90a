"""One step of gradient descent and the loss, as algebra: two-layer networks on symbols.

The activation, its slope, the loss and its slope are names without a meaning, so what vanishes
vanishes for any of them: ReLU with relu'(0) = 0 and the logistic loss among them. Arguments are
expanded, so that equal pre-activations and margins look alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from claims.observing.identities import Identity

Vector = Any  # a sympy column
Tidy = Callable[[Any], Any]  # of expressions


def activation(at: sp.Expr) -> sp.Expr:
    """Of a pre-activation."""
    return sp.Function("relu")(at)


def slope(at: sp.Expr) -> sp.Expr:
    """The activation's."""
    return sp.Function("slope")(at)


def loss(margin: sp.Expr) -> sp.Expr:
    """Of an example."""
    return sp.Function("loss")(margin)


def pull(margin: sp.Expr) -> sp.Expr:
    """Minus the loss's slope."""
    return sp.Function("pull")(margin)


def expanded(expression: sp.Expr) -> sp.Expr:
    """Multiplied out."""
    return sp.expand(expression)


@dataclass(frozen=True)
class Example:
    """A label and two patches."""

    label: sp.Expr
    patches: tuple[Vector, Vector]


@dataclass(frozen=True)
class Filter:
    """A sign j, and weights."""

    sign: int
    weights: Vector


@dataclass(frozen=True)
class Setting:
    """What a step needs: filters, as many of each sign, examples, the step eta, and how arguments
    are brought to one form.
    """

    filters: tuple[Filter, ...]
    examples: tuple[Example, ...]
    eta: sp.Expr
    tidy: Tidy = expanded

    def product(self, one: Vector, other: Vector) -> sp.Expr:
        """<one, other>."""
        return self.tidy((one.T * other)[0, 0])

    def margin(self, example: Example) -> sp.Expr:
        """y f(x)."""
        output = sum(
            one.sign * activation(self.product(one.weights, patch))
            for one in self.filters
            for patch in example.patches
        )
        return sp.expand(2 * example.label * output / len(self.filters))

    @property
    def mean_loss(self) -> sp.Expr:
        """Of the examples."""
        total = sum(loss(self.margin(example)) for example in self.examples)
        return total / len(self.examples)

    @property
    def stepped(self) -> tuple[Filter, ...]:
        """The filters after one step; pull is minus the slope of the loss."""
        return tuple(replace(one, weights=one.weights + self._move(one)) for one in self.filters)

    def _move(self, one: Filter) -> Vector:
        scale = 2 * self.eta / (len(self.examples) * len(self.filters))
        move = sp.zeros(*one.weights.shape)
        for example in self.examples:
            strength = pull(self.margin(example)) * example.label * one.sign
            for patch in example.patches:
                move += strength * slope(self.product(one.weights, patch)) * patch
        return scale * move


def same(
    now: Setting, was: Setting, expected: Callable[[tuple[Filter, ...]], list[Vector]]
) -> Identity:
    """That losses are equal, and that the weights after a step are those `expected` of the filters
    after the other's.
    """
    weights = [one.weights for one in now.stepped]
    gaps = [
        entry
        for got, wanted in zip(weights, expected(was.stepped), strict=True)
        for entry in got - wanted
    ]
    differences = (now.mean_loss - was.mean_loss, *gaps)
    return Identity(tuple(sp.expand(was.tidy(sp.expand(one))) for one in differences))


def vector(name: str) -> Vector:
    """A vector of R^2 with symbols for entries."""
    return sp.Matrix(sp.symbols(f"{name}_1 {name}_2", real=True))


def generic(filters_of_a_sign: int = 2, examples: int = 2) -> Setting:
    """Everything a symbol of its own."""
    labels = sp.symbols(f"y_1:{examples + 1}", real=True)
    return Setting(
        tuple(
            Filter(sign, vector(f"w{'p' if sign > 0 else 'm'}{r}"))
            for sign in (1, -1)
            for r in range(filters_of_a_sign)
        ),
        tuple(Example(label, (vector(f"a{i}"), vector(f"b{i}"))) for i, label in enumerate(labels)),
        sp.symbols("eta", positive=True),
    )


def plain(filters: tuple[Filter, ...]) -> list[Vector]:
    """Their weights."""
    return [one.weights for one in filters]
