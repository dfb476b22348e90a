"""Advice on alpha: what each inherited share is predicted to cost; and how good advice from data
alone is [D].

From data (`claims.predicting.estimation`), the law decides on the regime that they make believe:
transfer if it predicts the lesser error. (tau_D > tau_2 is right in 95% of regimes even where all
is known; the law in all of them.) The claim asks for three in four, which so many regimes can
decide; how large a target set must be for nine in ten is in its evidence, and how often it would be
right to transfer always.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from claims.beyond.sharp_law import (
    SURVEYED,
    Seen,
    share_record,
    sign_given,
    sign_power,
    signs_right,
)
from claims.core import quantities
from claims.core.claim import Claim, WrongVersion
from claims.deciding.estimates import Array
from claims.observing.survey import SIZES, Surveyed
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


# Advice from data, measured -----------------------------------------------------------------------

#: The share of data sets whose advice must be right, and the number of target examples it takes.
RIGHT, ENOUGH = 0.75, 80
#: The share that a practitioner wants, for which the evidence gives the number of target examples.
WANTED = 0.9


def _promised(size: int, sense: float = 1.0) -> Callable[[Surveyed], float]:
    """Transfer less scratch, as one data set with so many target examples promises."""
    return lambda s: -sense * s.gains[size]


def right_from(seen: Seen, size: int, sense: float = 1.0) -> Array:
    """Of regimes where the errors differ beyond doubt, whether that has the measured sign."""
    return signs_right(seen, _promised(size, sense))


def _by_size(seen: Seen) -> dict[str, Any]:
    """What each size of target set comes to, and the least that is right as often as wanted."""
    shares = {size: share_record(right_from(seen, size)) for size in SIZES}
    enough = [size for size, share in shares.items() if share["value"] >= WANTED]
    return {
        "share right, by target examples": {str(size): share for size, share in shares.items()},
        "nine in ten from": enough[0] if enough else None,
        "always transfer": share_record(signs_right(seen, lambda s: -1.0)),
    }


CLAIMS = (
    Claim(
        id="advice.from-data",
        title="Whether to transfer can be told from a small target set",
        source="Advice",
        statement=(
            f"With norms and noise levels estimated from the source set and {ENOUGH} target"
            f" examples, the law's advice to transfer or not is right in {RIGHT:.0%} of regimes or"
            " more, where the errors of transfer and scratch differ beyond doubt."
        ),
        latex=r"\mathrm{sign}(\widehat{\mathrm{scratch}}-\widehat{\mathrm{transfer}})=\mathrm{sign}(\mathrm{scratch}-\mathrm{transfer})",
        margin=sign_given(_promised(ENOUGH), RIGHT),
        summary=_by_size,
        unit=f"share right beyond {RIGHT}",
        power=lambda seen: sign_power(seen, RIGHT),
        wrong_versions=(
            WrongVersion(
                "never", "never to transfer is right", {"margin": sign_given(lambda s: 1.0, RIGHT)}
            ),
            WrongVersion(
                "flipped",
                "the opposite advice is right",
                {"margin": sign_given(_promised(ENOUGH, -1.0), RIGHT)},
            ),
        ),
        **SURVEYED,
    ),
)
