"""M6: width does not move the threshold, and shrinks the spread over seeds [S]."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from scipy import special

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import PRACTICAL, Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Scale
from claims.core.domains import from_scratch
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.core.ranges import SMALL
from claims.deciding.population import Population
from claims.deciding.shares import Quantile, median
from claims.observing.errors import MEASURED
from claims.observing.paired import PairedErrors, dimension, paired, width
from claims.predicting.law import contour_slope

#: Near the contour, with 4 filters of each sign, fewer than Condition 4.1 asks for, and with 48.
CONTOUR = from_scratch(
    TAU_2,
    Between(0.6, 3.0),
    without={Clause.WIDTH, Clause.FRESH_WIDTH},
    scales={Scale.M: Between(4, 4), **SMALL},
    tier=PRACTICAL,
)
WIDER = paired(width(12), transfer=False)
#: By how much, in ln tau, the threshold may move; and what may be left of the spread over seeds.
#: (Some of it is the training set's and stays.)
MOVED, LEFT = 0.25, 1.0


def _probits(errors: PairedErrors, variant: int) -> Any:
    return special.ndtri(errors.scratch(variant).value.numpy())


def shift(pairs: Sequence[PairedErrors]) -> Quantile:
    """The median shift of the threshold, in ln tau."""
    return median(
        [(_probits(s, 1).mean() - _probits(s, 0).mean()) / contour_slope() for s in pairs]
    )


def still(bound: float, pairs: Sequence[PairedErrors], constants: Constants) -> Margin:
    """The margin of: the median shift is at most so much, either way."""
    return shift(pairs).at_most(bound, 2).both(shift(pairs).at_least(-bound, 2))


def spread_left(pairs: Sequence[PairedErrors]) -> Quantile:
    """The median ratio of standard deviations over seeds of the probit of the error."""
    return median([_probits(s, 1).std() / _probits(s, 0).std() for s in pairs])


_M6: dict[str, Any] = {
    "source": "M6",
    "provenance": (Provenance.S,),
    "kind": Kind.ORDERING,
    "domain": CONTOUR,
    "observe": WIDER,
    "family": "m6",
    "rule": Population(
        120,
        lambda pairs: {
            "threshold moved, ln τ": shift(pairs).record(),
            "spread left": spread_left(pairs).record(),
        },
    ),
    "uses": MEASURED,
}
CLAIMS = (
    Claim(
        id="m6.threshold",
        title="Width does not move the threshold",
        statement=(
            "With twelve times as many filters the τ at which error has a given value near 0.1"
            f" moves by at most {MOVED:.0%}, in the median regime."
        ),
        latex=r"m\to 12m\;\Rightarrow\;\Delta\ln\tau_{0.1}\approx0",
        margin=partial(still, MOVED),
        unit=f"{MOVED} less the shift in ln τ",
        mutants=(
            Mutant(
                "halved",
                "it halves",
                {"margin": lambda pairs, constants: shift(pairs).at_most(-math.log(2))},
            ),
            Mutant(
                "dimension",
                "ten times the dimension does not move it either",
                {"observe": paired(dimension(10), transfer=False)},
            ),
        ),
        **_M6,
    ),
    Claim(
        id="m6.spread",
        title="Width shrinks the spread over seeds",
        statement=(
            "With twelve times as many filters the standard deviation over seeds of the error's"
            " probit is smaller, in half of the regimes or more."
        ),
        latex=r"m\to 12m\;\Rightarrow\;\mathrm{sd}\downarrow",
        margin=lambda pairs, constants: spread_left(pairs).at_most(LEFT),
        unit=f"{LEFT} less the ratio",
        mutants=(
            Mutant(
                "grows",
                "it grows",
                {"margin": lambda pairs, constants: spread_left(pairs).at_least(1.0)},
            ),
            Mutant(
                "tenth",
                "at most a tenth is left",
                {"margin": lambda pairs, constants: spread_left(pairs).at_most(0.1)},
            ),
        ),
        **_M6,
    ),
)
