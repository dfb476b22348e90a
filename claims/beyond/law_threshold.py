"""Thresholds from the law, with nothing fitted [D].

The theorems say that there are constants C_1 and C_3: small errors where tau_2 is above the one,
large ones where it is below the other. The law of finite size says where an error of 0.1 is, in
each regime by itself: in those drawn so far at tau_2 from 0.7 to 1.5. It is the size of the initial
weights, zeta_2, that moves it most: near 0.85 with zeta_2 = 1/2, near 1.3 where they are small. Why
it does has not been looked into. So C_1 has to be larger than C_3; and larger still, for the
theorems speak of 19 networks in 20, whose errors scatter about the mean that the law foretells.

How wide the transition is from large errors to small ones, the law says too: from a mean error of
0.2 to one of 0.02 tau_2 grows ten- to fifteenfold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domains import LARGE_ERRORS
from claims.core.margin import Margin
from claims.deciding.estimates import Array, each
from claims.deciding.population import Population
from claims.deciding.shares import typical
from claims.observing.errors import MEASURED
from claims.observing.thresholds import (
    COMMON,
    RARE,
    Crossing,
    Width,
    crossing,
    predict_crossing,
    predict_width,
    width,
)

Crossings = Sequence[Crossing]
Widths = Sequence[Width]
#: The logarithm of tau_2 that the law may be off by; and of a ratio of two.
BOUND, RATIO_BOUND = 0.05, 0.1
#: Of the thresholds that the law foretells.
MIDDLE = 1.1


def gaps(crossings: Crossings, foretold: Callable[[Crossing], float]) -> Array:
    """ln of the measured threshold over what is foretold."""
    return each(crossings, lambda one: math.log(one.measured / foretold(one)))


def near(
    foretold: Callable[[Crossing], float], crossings: Crossings, constants: Constants
) -> Margin:
    """The margin of: off by at most `BOUND` in two regimes of three."""
    return typical(gaps(crossings, foretold)).at_most(BOUND)


def times(factor: float, one: Crossing) -> float:
    """The law's threshold, this many times as large."""
    return factor * one.foretold


def constant(one: Crossing) -> float:
    """One threshold for all regimes, in the middle of theirs."""
    return MIDDLE


def _record(crossings: Crossings) -> dict[str, Any]:
    foretold = each(crossings, lambda one: one.foretold)
    measured = each(crossings, lambda one: one.measured)
    initial = each(crossings, lambda one: one.zeta)
    off = gaps(crossings, partial(times, 1.0))
    return {
        "foretold": {"least": float(foretold.min()), "greatest": float(foretold.max())},
        "measured": {"least": float(measured.min()), "greatest": float(measured.max())},
        "ln(measured/foretold)": {"mean": float(off.mean()), "spread": float(off.std())},
        "correlation with zeta_2": float(np.corrcoef(np.log(measured), initial)[0, 1]),
    }


def broad(factor: float, widths: Widths, constants: Constants) -> Margin:
    """The margin of: the law's ratio, this many times as large, is off by at most `RATIO_BOUND` in
    two regimes of three.
    """
    off = each(widths, lambda one: math.log(one.measured / (factor * one.foretold)))
    return typical(off).at_most(RATIO_BOUND)


def _widths(widths: Widths) -> dict[str, Any]:
    foretold, measured = (
        each(widths, read) for read in (lambda one: one.foretold, lambda one: one.measured)
    )
    off = np.log(measured / foretold)
    return {
        "foretold": {"least": float(foretold.min()), "greatest": float(foretold.max())},
        "measured": {"least": float(measured.min()), "greatest": float(measured.max())},
        "ln(measured/foretold)": {"mean": float(off.mean()), "spread": float(off.std())},
    }


CLAIMS = (
    Claim(
        id="law.finite.threshold",
        title="Sharp law at finite size: where the error is 0.1",
        source="L1, finite N and m; C₁ and C₃ of Theorem 4.3",
        statement=(
            "The τ₂ at which the mean error from scratch is 0.1 is what the law of finitely many"
            " samples and filters says, to 5%, in two random regimes of three. They are drawn with"
            " τ₂ from 0.1 to 2 and 4 to 64 filters of each sign; then their signals are made longer"
            " or shorter. Nothing is fitted."
        ),
        latex=r"\mathrm{error}(\tau_2^*)=0.1,\quad\tau_2^*=\tau_2^*(N_2,m,h_2,h_2T_2,\zeta_2)",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=LARGE_ERRORS,
        observe=crossing,
        margin=partial(near, partial(times, 1.0)),
        rule=Population(64, _record, predict_crossing),
        unit=f"{BOUND} less what two regimes of three are off by in ln τ₂",
        uses=MEASURED,
        mutants=(
            Mutant(
                "above", "thresholds a tenth higher", {"margin": partial(near, partial(times, 1.1))}
            ),
            Mutant(
                "below", "thresholds a tenth lower", {"margin": partial(near, partial(times, 0.9))}
            ),
            Mutant(
                "constant", "one threshold for all regimes", {"margin": partial(near, constant)}
            ),
        ),
    ),
    Claim(
        id="law.finite.transition",
        title="Sharp law at finite size: how wide the transition is",
        source="L1, finite N and m; C₁ and C₃ of Theorem 4.3",
        statement=(
            f"The τ₂ at which the mean error from scratch is {RARE}, over that at which it is"
            f" {COMMON}, is what the law of finitely many samples and filters says, to"
            f" {RATIO_BOUND} in its logarithm, in two random regimes of three, drawn as for"
            " law.finite.threshold."
        ),
        latex=rf"\tau_2^*({RARE})/\tau_2^*({COMMON})",
        provenance=(Provenance.D,),
        kind=Kind.ORDERING,
        domain=LARGE_ERRORS,
        observe=width,
        margin=partial(broad, 1.0),
        rule=Population(32, _widths, predict_width),
        unit=f"{RATIO_BOUND} less what two regimes of three are off by in the ratio's logarithm",
        uses=MEASURED,
        mutants=(
            Mutant("wider", "a fifth wider", {"margin": partial(broad, 1.2)}),
            Mutant("narrower", "a sixth narrower", {"margin": partial(broad, 1 / 1.2)}),
        ),
    ),
)
