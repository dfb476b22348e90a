"""Advice from data alone: how good it is [D].

From data (`claims.predicting.estimation`), the law of finite size decides on the regime that they
make believe: transfer if it predicts the lesser error. (tau_D > tau_2 is right in 95% of regimes
even where all is known; the law in all of them.) The claim asks for three in four, which so many
regimes can decide; how large a target set must be for nine in ten is in its evidence, and how often
it would be right to transfer always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from claims.core.claim import Claim, Mutant
from claims.deciding.shares import Share
from claims.observing.signs import sign_given, sign_power, signs_right
from claims.observing.survey import SIZES, SURVEYED, Surveyed, Surveys, surveyed

#: The share of data sets whose advice must be right, and the number of target examples it takes.
RIGHT, ENOUGH = 0.75, 80
#: The share that a practitioner wants, for which the evidence gives the number of target examples.
WANTED = 0.9


def _promised(size: int, sense: float = 1.0) -> Callable[[Surveyed], float]:
    """Transfer less scratch, as one data set with so many target examples promises."""
    return lambda s: -sense * s.gains[size]


def right_from(surveys: Surveys, size: int, sense: float = 1.0) -> Share:
    """Of regimes where the errors differ beyond doubt, whether that has the measured sign."""
    return signs_right(surveys, _promised(size, sense))


def _by_size(surveys: Surveys) -> dict[str, Any]:
    """What each size of target set comes to, and the least that is right as often as wanted."""
    shares = {size: right_from(surveys, size).record() for size in SIZES}
    enough = [size for size, share in shares.items() if share["value"] >= WANTED]
    return {
        "share right, by target examples": {str(size): share for size, share in shares.items()},
        "nine in ten from": enough[0] if enough else None,
        "always transfer": signs_right(surveys, lambda s: -1.0).record(),
    }


CLAIMS = (
    Claim(
        id="advice.from-data",
        title="Whether to transfer can be told from a small target set",
        source="Advice",
        statement=(
            f"With norms and noise levels estimated from the source set and {ENOUGH} target"
            " examples, the advice of the law of finite size, to transfer or not, is right in"
            f" {RIGHT:.0%} of regimes or more, where the errors of transfer and scratch differ"
            " beyond doubt."
        ),
        latex=r"\mathrm{sign}(\widehat{\mathrm{scratch}}-\widehat{\mathrm{transfer}})=\mathrm{sign}(\mathrm{scratch}-\mathrm{transfer})",
        margin=sign_given(_promised(ENOUGH), RIGHT),
        rule=surveyed(_by_size, lambda surveys: sign_power(surveys, RIGHT)),
        unit=f"share right beyond {RIGHT}",
        mutants=(
            Mutant(
                "never", "never to transfer is right", {"margin": sign_given(lambda s: 1.0, RIGHT)}
            ),
            Mutant(
                "flipped",
                "the opposite advice is right",
                {"margin": sign_given(_promised(ENOUGH, -1.0), RIGHT)},
            ),
        ),
        **SURVEYED,
    ),
)
