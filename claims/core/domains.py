"""Domains that several statements share."""

from __future__ import annotations

from typing import Any

from claims.core.condition import PRACTICAL, Clause
from claims.core.criteria import SCRATCH_C_1, SCRATCH_C_3, SHARP, STATED
from claims.core.domain import Between, Construction, Domain, Scale
from claims.core.quantities import TAU_2, TAU_D, Y_OVER_X, Quantity, X, Y
from claims.core.ranges import (
    ANY,
    BALANCED,
    C_4,
    ENOUGH,
    ENOUGH_OF_BOTH,
    EVERY_Y,
    MAJORITY,
    MINORITY,
    ROOMY,
    SMALL,
    Scales,
)

ANY_REGIME = Domain(construction=Construction.SMALL)
INDEPENDENT = Domain(construction=Construction.INDEPENDENT)


def from_scratch(term: Quantity, between: Between, **rest: Any) -> Domain:
    """Condition 4.1 for the downstream task, and a range of one quantity."""
    where = {term: between}
    return Domain(construction=Construction.SCRATCH, solve_for=term, where=where, **rest)


def after_transfer(
    term: Quantity, between: Between, *, x: Between = ANY, y: Between = EVERY_Y, **rest: Any
) -> Domain:
    """Condition 4.1 for both tasks, and ranges of one quantity, of X and of Y."""
    where = {term: between, X: x, Y: y}
    return Domain(construction=Construction.TRANSFER, solve_for=term, where=where, **rest)


#: Condition 4.1 for both tasks, on either side of every threshold.
EVERYWHERE = after_transfer(TAU_D, Between(0.02, 40.0))


def inheriting(
    term: Quantity, between: Between, *, filters: Between, scales: Scales | None = None, **rest: Any
) -> Domain:
    """After transfer of these numbers of 18 to 24 filters, so that some are fresh; few samples."""
    usual: Scales = {**SMALL, Scale.M: Between(18, 24), Scale.INHERITED: filters}
    return after_transfer(term, between, scales={**usual, **(scales or {})}, tier=PRACTICAL, **rest)


#: From few filters to nearly all.
ANY_SHARE = Between(1, 17)


def scratch_above(term: Quantity, scales: Scales | None = None) -> Domain:
    """Condition 4.1 and term >= C_1."""
    return from_scratch(term, Between(low=SCRATCH_C_1), scales=scales or {})


def scratch_below(
    term: Quantity, bound: float | str = SCRATCH_C_3, scales: Scales | None = None
) -> Domain:
    """Condition 4.1 and term <= C_3."""
    return from_scratch(term, Between(high=bound), scales=scales or {})


def at_finite_size(low: float, high: float) -> Domain:
    """From scratch with tau_2 from `low` to `high` and 4 filters of each sign or more, fewer than
    Condition 4.1 asks for.
    """
    return from_scratch(
        TAU_2,
        Between(low, high),
        scales={Scale.M: Between(4, 64)},
        without={Clause.WIDTH, Clause.FRESH_WIDTH},
        tier=PRACTICAL,
    )


def stepping(tau: Between, h: Between, duration: float) -> Domain:
    """From scratch: steps h in both tasks, beyond Condition 4.1, and runs h T of this length."""
    return from_scratch(
        TAU_2,
        tau,
        without={Clause.STEP, Clause.STEP_DIMENSION},
        scales={
            **SMALL,
            Scale.H1: h,
            Scale.H2: h,
            Scale.DURATION: Between(duration, duration),
        },
        tier=PRACTICAL,
    )


#: Where the law of finite size foretells errors above 0.05, mostly.
LARGE_ERRORS = at_finite_size(0.1, 2.0)
#: Samples enough for every filter to start active on some of its class; with 20, one in ten
#: networks has a filter that does not.
SAMPLES = EVERYWHERE.but(scales=ENOUGH_OF_BOTH)
#: The same with runs of very different lengths: x_T from 2 to 6.
LONG = SAMPLES.but(scales={Scale.DURATION: Between(20.0, 1000.0)})
#: N q/d beyond 10: signal, not noise, fits the training set. (With many samples in so few
#: dimensions noise is shared, and signal does not get as far.)
SMALL_DIMENSION = after_transfer(
    TAU_D,
    Between(5e3, 2e4),
    x=Between(1.0, 10.0),
    y=Between(1.0, 2.0),
    without={Clause.DIMENSION_SIGNAL, Clause.DIMENSION_SAMPLES},
    scales={
        Scale.SLACK: Between(1e-5, 1e-4),
        Scale.N1: Between(40, 120),
        Scale.N2: Between(40, 120),
    },
)
#: Where transfer helps: scratch fails, transfer succeeds, little noise is inherited.
POSITIVE = Domain(
    construction=Construction.POSITIVE,
    where={
        TAU_2: Between(high=SCRATCH_C_3),
        STATED.criterion: Between(low=STATED.constant("C_1")),
        X: Between(high=C_4),
    },
)
#: The same, of sizes alike, with source samples enough.
POSITIVE_BALANCED = POSITIVE.but(scales={**ENOUGH, **BALANCED})
#: Where it hurts: scratch succeeds, transfer fails, much noise is inherited and little is shared.
NEGATIVE = Domain(
    construction=Construction.NEGATIVE,
    where={
        TAU_2: Between(low=SCRATCH_C_1),
        TAU_D: Between(high=SHARP.constant("C_3")),
        X: Between(C_4, 1e4),
        Y_OVER_X: Between(low=1.0),
    },
)
_SUCCEEDS = Between(1.0, 10.0)
#: Where Y < X + 2/alpha, by a factor: alpha is at most one half.
ALIGNED = after_transfer(
    TAU_D,
    _SUCCEEDS,
    x=Between(1.0, C_4),
    y=Between(2.3, 3.0),
    scales={**ROOMY, **MINORITY},
    tier=PRACTICAL,
)
#: The corner of what is stated at which the algebra expects it to fail: Y large, many filters
#: inherited.
LARGE_Y = after_transfer(
    TAU_D,
    _SUCCEEDS,
    x=Between(3.0, C_4),
    y=Between(30.0, 100.0),
    scales={**ROOMY, **MAJORITY},
    tier=PRACTICAL,
)
HELPFUL = after_transfer(
    TAU_D,
    _SUCCEEDS,
    x=Between(3.0, C_4),
    y=Between(1.0, 1.5),
    scales={**ROOMY, **MINORITY},
    tier=PRACTICAL,
)
#: ||u|| << ||v_2||, and ||v_1|| like it; enough inherited noise to be worse by.
FAR = after_transfer(
    TAU_D,
    _SUCCEEDS,
    x=Between(C_4, 30.0),
    y=Between(50.0, 100.0),
    scales={Scale.UPSTREAM_SHARE: Between(50.0, 100.0), **MAJORITY},
    tier=PRACTICAL,
)


def helpful(scales: Scales) -> Domain:
    """Where tau_D is several times tau_2."""
    return after_transfer(
        TAU_D,
        Between(2.0, 8.0),
        x=Between(3.0, C_4),
        y=Between(1.0, 1.5),
        scales=scales,
        tier=PRACTICAL,
    )


def harmful(scales: Scales) -> Domain:
    """Where tau_D is a fraction of tau_2."""
    return after_transfer(
        TAU_D,
        Between(0.5, 2.0),
        x=Between(20.0, 60.0),
        y=Between(100.0, 300.0),
        scales=scales,
        tier=PRACTICAL,
    )


def broken(
    *clauses: Clause,
    scales: Scales | None = None,
    tau: tuple[float, float] = (0.02, 40.0),
    noise: tuple[float, float] = (1e-2, 1e2),
) -> Domain:
    """Condition 4.1 at practical constants but for these clauses."""
    return after_transfer(
        TAU_D,
        Between(*tau),
        x=Between(*noise),
        scales=scales or {},
        without=frozenset(clauses),
        tier=PRACTICAL,
    )


#: Steps far too large.
FAST = broken(
    Clause.STEP,
    Clause.STEP_DIMENSION,
    scales={Scale.H1: Between(20.0, 200.0), Scale.H2: Between(20.0, 200.0)},
)
#: Condition 4.1 with practical constants, on either side of every threshold, where what is
#: inherited matters. (Literal ones ask for thousands of steps.)
SURVEY = after_transfer(
    TAU_D, Between(0.1, 20.0), x=Between(0.1, 100.0), y=Between(1.0, 30.0), tier=PRACTICAL
)
#: Where the choice matters: Y from 1 to 6, at least three times as much noise inherited as
#: memorised, up to half of the filters and more; samples as many as the fresh ones left allow.
SWEEP = after_transfer(
    TAU_D,
    Between(0.5, 3.0),
    x=Between(3.0, 30.0),
    y=Between(1.0, 6.0),
    scales={
        Scale.M: Between(24, 24),
        Scale.INHERITED: Between(15, 15),
        Scale.N1: Between(20, 90),
        Scale.N2: Between(20, 90),
    },
    tier=PRACTICAL,
)
#: Near the law's limit.
LIMIT = from_scratch(
    TAU_2,
    Between(0.3, 4.0),
    scales={
        Scale.M: Between(28, 32),
        Scale.N1: Between(20, 20),
        Scale.N2: Between(60, 1000),
        Scale.INITIALISATION: Between(0.01, 0.05),
        Scale.SLACK: Between(20.0, 30.0),
    },
    tier=PRACTICAL,
)
