"""What each inherited share is predicted to cost, and which one is best."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from claims.core import quantities
from claims.predicting import law
from model.regime import Regime, RegimeError


@dataclass(frozen=True)
class Choice:
    """One share, and what it is predicted to cost."""

    inherited: int
    alpha: float
    error: float  # the sharp law's
    tau_d: float


@dataclass(frozen=True)
class Advice:
    """What to inherit in a regime."""

    choices: tuple[Choice, ...]  # from none up, by inherited number
    alpha_star: float

    @property
    def scratch(self) -> Choice:
        """Inherit nothing."""
        return self.choices[0]

    @property
    def best(self) -> Choice:
        """The share with the least predicted error; the largest tau_D where errors are too small to
        tell apart.
        """
        return min(self.choices, key=lambda choice: (choice.error, -choice.tau_d))

    @property
    def transfer(self) -> bool:
        """Whether to transfer at all."""
        return self.best.inherited > 0

    @property
    def nearest_star(self) -> Choice:
        """The share nearest to alpha*."""
        return min(self.choices, key=lambda choice: abs(choice.alpha - self.alpha_star))


def advise(regime: Regime) -> Advice:
    """Predict every share; the regime's own inherited number does not matter.

    Raises RegimeError where the target has no signal, so that no share has a meaning.
    """
    named = quantities.catalogue()
    choices = []
    for k in range(regime.m + 1):
        variant = replace(regime, inherited=k)
        choices.append(
            Choice(k, variant.alpha, law.predict(variant).transfer, named["tau_D"](variant))
        )
    alpha_star = named["alpha_star"](regime)
    if not math.isfinite(alpha_star) or not all(
        math.isfinite(choice.error) and math.isfinite(choice.tau_d) for choice in choices
    ):
        raise RegimeError(
            "v2", regime.v2, "must leave the target a signal: ||u||^2 + ||v_2||^2 > 0"
        )
    return Advice(tuple(choices), alpha_star)
