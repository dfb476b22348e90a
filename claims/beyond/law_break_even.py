"""Where transfer begins to hurt, and how fast, by the sharp law at finite size [D].

Proposition 4.4 says that transfer helps where the tasks share much and hurts where they share
little. The border is a number: the Y at which it does neither. tau_D has one in closed form, where
(1 + X/Y)^2 = 1 + alpha X; it is right in its order of size, and off by a fifth in the regimes that
decide this. The law of finite size has it to 4%, and to 3% how fast gain turns into loss beside
it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.constants import Constants
from claims.core.domain import Between
from claims.core.domains import ANY_SHARE, inheriting
from claims.core.margin import Margin
from claims.core.quantities import TAU_2
from claims.deciding.estimates import Array, each
from claims.deciding.population import Population
from claims.deciding.shares import typical
from claims.observing.break_even import BreakEven, observed_break_even, predict_break_even
from claims.observing.errors import MEASURED

Found = Sequence[BreakEven]
#: That the law may be off by, of ln Y and of the logarithm of the slope.
BOUND = 0.1
#: Enough noise is inherited for gain and loss to be told from each other.
BESIDE = inheriting(
    TAU_2, Between(0.5, 6.0), x=Between(3.0, 30.0), y=Between(1.0, 20.0), filters=ANY_SHARE
)


def gaps(found: Found, foretold: Callable[[BreakEven], float]) -> Array:
    """ln of the measured Y over what is foretold."""
    return each(found, lambda one: math.log(one.measured / foretold(one)))


def near(foretold: Callable[[BreakEven], float], found: Found, constants: Constants) -> Margin:
    """The margin of: off by at most `BOUND` in two regimes of three."""
    return typical(gaps(found, foretold)).at_most(BOUND)


def times(factor: float, one: BreakEven) -> float:
    """The law's Y, this many times as large."""
    return factor * one.foretold


def by_tau_d(one: BreakEven) -> float:
    """The Y at which tau_D is tau_2."""
    return one.by_tau_d


def slopes(found: Found, factor: float) -> Array:
    """ln of the measured slope over the law's, this many times as large."""
    return each(
        found,
        lambda one: (
            math.log(one.measured_slope / (factor * one.slope))
            if one.measured_slope > 0
            else math.inf
        ),
    )


def as_steep(factor: float, found: Found, constants: Constants) -> Margin:
    """The margin of: the slope is off by at most `BOUND` in two regimes of three."""
    return typical(slopes(found, factor)).at_most(BOUND)


def _record(found: Found) -> dict[str, Any]:
    return {
        "foretold Y": {
            "least": min(one.foretold for one in found),
            "greatest": max(one.foretold for one in found),
        },
        "Y, law": typical(gaps(found, partial(times, 1.0))).record(),
        "Y, tau_D": typical(gaps(found, by_tau_d)).record(),
        "slope": typical(slopes(found, 1.0)).record(),
    }


_SHARED: dict[str, Any] = {
    "source": "L3, finite N and m",
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": BESIDE,
    "observe": observed_break_even,
    "family": "law.break-even",
    "rule": Population(64, _record, predict_break_even),
    "uses": MEASURED,
}
_WHERE = (
    "with τ₂ from 0.5 to 6, X from 3 to 30, N₁ and N₂ from 20 to 240, and 1 to 17 of 18 to 24"
    " filters inherited"
)
CLAIMS = (
    Claim(
        id="law.finite.break-even",
        title="Sharp law at finite size: where transfer begins to hurt",
        statement=(
            "The Y at which the mean errors of transfer and scratch are equal is what the law of"
            f" finitely many samples and filters says, to {BOUND} in its logarithm, in two random"
            f" regimes of three, {_WHERE}."
        ),
        latex=r"\mathrm{error}_{\mathrm{transfer}}(Y^*)=\mathrm{error}_{\mathrm{scratch}}",
        margin=partial(near, partial(times, 1.0)),
        unit=f"{BOUND} less what two regimes of three are off by in ln Y",
        mutants=(
            Mutant("above", "a quarter higher", {"margin": partial(near, partial(times, 1.25))}),
            Mutant("below", "a fifth lower", {"margin": partial(near, partial(times, 0.8))}),
        ),
        **_SHARED,
    ),
    Claim(
        id="law.finite.break-even.slope",
        title="Sharp law at finite size: how fast gain turns into loss",
        statement=(
            "Beside the Y at which transfer neither helps nor hurts, by 0.2 in ln Y on either side,"
            " the logarithm of the ratio of mean errors grows as fast with ln Y as the law of"
            f" finitely many samples and filters says, to {BOUND} in the logarithm of the slope, in"
            f" two random regimes of three, {_WHERE}."
        ),
        latex=(
            r"\frac{d}{d\ln Y}\ln\frac{\mathrm{error}_{\mathrm{transfer}}}"
            r"{\mathrm{error}_{\mathrm{scratch}}}"
        ),
        margin=partial(as_steep, 1.0),
        unit=f"{BOUND} less what two regimes of three are off by in the logarithm of the slope",
        mutants=(
            Mutant("steeper", "a fifth steeper", {"margin": partial(as_steep, 1.2)}),
            Mutant("flatter", "a sixth flatter", {"margin": partial(as_steep, 1 / 1.2)}),
        ),
        **_SHARED,
    ),
)
