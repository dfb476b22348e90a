"""The sharp law at finite size where steps are large [D].

In the limit's form the law ends before h = 10 (`law.ends.steps`), and in nats it drifts from h = 2
on. What it lacks is what a first step leaves behind on the other class: half of a filter's
coefficients there stay at -h/2. They set the two signs' noise against each other, which the limit's
law counts; but they are noise too, of variance h^2/8 beside the v of what is memorised, and where
one class has few samples its filters hold little else. With both
(`claims.predicting.law.imbalance`) the law goes on, thirty times beyond the largest step of
Condition 4.1, and ends between h = 15 and h = 30. After transfer it goes as far.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from claims.core.claim import Claim, Kind, Mutant, Provenance
from claims.core.condition import Clause
from claims.core.constants import Constants
from claims.core.domain import Between, Scale
from claims.core.domains import ANY_SHARE, inheriting, stepping
from claims.core.margin import Margin
from claims.core.quantities import TAU_D
from claims.deciding.population import Population
from claims.deciding.shares import median
from claims.observing import in_nats
from claims.observing.class_sizes import (
    Foretold,
    nats,
    predict_finite,
    predict_transfer,
    stratified,
    transferred,
)
from claims.observing.errors import MEASURED

#: Nats that the law may be off by, where it foretells an error in this range.
BOUND, LEAST, LARGEST = 0.2, 1e-6, 0.1


#: Twenty steps or more, four to thirty times as large as Condition 4.1 allows; and larger.
_TAU = Between(1.0, 20.0)
LARGE = stepping(_TAU, Between(2.0, 15.0), 300.0)
LARGER = stepping(_TAU, Between(30.0, 100.0), 2000.0)
#: Steps as large in both tasks, each its own.
BOTH = inheriting(
    TAU_D,
    Between(0.5, 15.0),
    x=Between(0.1, 20.0),
    y=Between(1.0, 20.0),
    filters=ANY_SHARE,
    without={Clause.STEP, Clause.STEP_DIMENSION},
    scales={
        Scale.H1: Between(2.0, 15.0),
        Scale.H2: Between(2.0, 15.0),
        Scale.DURATION: Between(300.0, 300.0),
    },
)


near = partial(in_nats.near, LEAST, LARGEST, BOUND)


def beyond(bound: float, regimes: Sequence[Foretold], constants: Constants) -> Margin:
    """The margin of: off by at least so much in half of the regimes."""
    return median(np.abs(nats(regimes, "law", 0.0, 1.0))).at_least(bound)


def _record(regimes: Sequence[Foretold]) -> dict[str, Any]:
    return in_nats.spread_of(nats(regimes, "law", LEAST, LARGEST))


_SHARED: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "uses": MEASURED,
}
_SCRATCH: dict[str, Any] = _SHARED | {
    "source": "L1, finite N and m",
    "observe": stratified,
    "rule": Population(96, _record, predict_finite),
}
CLAIMS = (
    Claim(
        id="law.finite.steps",
        title="Sharp law at finite size: steps far beyond Condition 4.1",
        statement=(
            "With h from 2 to 15, four to thirty times what Condition 4.1 allows, N₂ from 20 to 240"
            f" and τ₂ from 1 to 20, where the law of finite size foretells an error from {LEAST:g}"
            f" to {LARGEST:g} from scratch it is off by at most {BOUND} nats in two regimes of"
            " three."
        ),
        latex=(
            r"2\le h\le15\;\Rightarrow\;|\ln(\mathrm{error}/\mathrm{law})|\le"
            rf" {BOUND}"
        ),
        domain=LARGE,
        margin=partial(near, "law"),
        unit=f"{BOUND} nats less what two regimes of three are off by",
        mutants=(
            Mutant(
                "left",
                "nothing is left behind on the other class",
                {"margin": partial(near, "nothing left behind")},
            ),
            Mutant(
                "limit",
                "the limit of many samples and filters",
                {"margin": partial(near, "limit")},
            ),
            Mutant("fifth", "τ a fifth larger", {"margin": partial(near, "a fifth more signal")}),
            Mutant("larger", "with h from 30 to 100 as well", {"domain": LARGER}),
        ),
        **_SCRATCH,
    ),
    Claim(
        id="law.finite.ends.steps",
        title="Sharp law at finite size: it ends where steps are far too large",
        statement=(
            "With h from 30 to 100 the law of finite size is off from scratch by"
            f" {BOUND} nats or more in half of the regimes, with N₂ from 20 to 240 and τ₂ from 1 to"
            " 20."
        ),
        latex=(
            r"h\ge30\;\Rightarrow\;|\ln(\mathrm{error}/\mathrm{law})|\ge"
            rf" {BOUND}"
        ),
        domain=LARGER,
        margin=partial(beyond, BOUND),
        unit=f"nats that half of the regimes are off by, beyond {BOUND}",
        mutants=(
            Mutant("within", "with h from 2 to 15 as well", {"domain": LARGE}),
            Mutant("more", "off by four nats", {"margin": partial(beyond, 20 * BOUND)}),
        ),
        **_SCRATCH,
    ),
    Claim(
        id="law.finite.transfer.steps",
        title="Sharp law at finite size: after transfer with steps far beyond Condition 4.1",
        source="L2, finite N and m",
        statement=(
            "With h₁ and h₂ from 2 to 15 and hT = 300 in both tasks, 1 to 17 of 18 to 24 filters"
            " inherited, N₁ and N₂ from 20"
            " to 240, τ_D from 0.5 to 15, X from 0.1 to 20 and Y up to 20, where the law of finite"
            f" size foretells an error from {LEAST:g} to {LARGEST:g} after transfer it is off by at"
            f" most {BOUND} nats in two regimes of three."
        ),
        latex=(
            r"2\le h_1,h_2\le15\;\Rightarrow\;|\ln(\mathrm{error}/\mathrm{law})|\le"
            rf" {BOUND}"
        ),
        domain=BOTH,
        observe=transferred,
        margin=partial(near, "law"),
        rule=Population(96, _record, predict_transfer),
        unit=f"{BOUND} nats less what two regimes of three are off by",
        mutants=(
            Mutant("limit", "the limit of many samples", {"margin": partial(near, "limit")}),
            Mutant("fifth", "τ a fifth larger", {"margin": partial(near, "a fifth more signal")}),
        ),
        **_SHARED,
    ),
)
