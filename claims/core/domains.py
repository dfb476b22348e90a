"""Domains that several statements share."""

from __future__ import annotations

from dataclasses import replace

from claims.core.claim import Domain, Hypothesis, hypothesis
from claims.core.criteria import SCRATCH_C_1, SCRATCH_C_3, TAU_D, Y_OVER_X
from claims.core.quantities import Quantity
from claims.core.ranges import ANY, C_4, EVERY_Y, MAJORITY, MINORITY, ROOMY, Groups

ANY_REGIME = Domain("small")
INDEPENDENT = Domain("independent")
#: Condition 4.1 for both tasks, on either side of every threshold.
EVERYWHERE = Domain("transfer", (hypothesis("tau_D", 0.02, 40.0), ANY, EVERY_Y))


def scratch_above(term: Quantity) -> Domain:
    """Condition 4.1 and term >= C_1."""
    return Domain("scratch", (Hypothesis(term, low=SCRATCH_C_1),))


def scratch_below(term: Quantity, bound: float | str = SCRATCH_C_3) -> Domain:
    """Condition 4.1 and term <= C_3."""
    return Domain("scratch", (Hypothesis(term, high=bound),))


#: Samples enough for every filter to start active on some of its class; with 20, one in ten
#: networks has a filter that does not.
SAMPLES = replace(EVERYWHERE, groups=(("n1", 40, 120), ("n2", 40, 120)))
#: N q/d beyond 10: signal, not noise, fits the training set.
SMALL_DIMENSION = Domain(
    "transfer",
    (hypothesis("tau_D", 5e3, 2e4), hypothesis("X", 1.0, 10.0), hypothesis("Y", 1.0, 2.0)),
    frozenset({"dimension.signal", "dimension.samples"}),
    (("room", 1e-5, 1e-4),),
)
NEGATIVE = Domain(
    "negative",
    (
        hypothesis("tau_2", low=SCRATCH_C_1),
        hypothesis("tau_D", high=TAU_D.constant("C_3")),
        hypothesis("X", C_4, 1e4),
        Hypothesis(Y_OVER_X, low=1.0),
    ),
)
_TAU_D = hypothesis("tau_D", 1.0, 10.0)
#: Where Y < X + 2/alpha, by a factor: alpha is at most one half.
ALIGNED = Domain(
    "transfer",
    (_TAU_D, hypothesis("X", 1.0, C_4), hypothesis("Y", 2.3, 3.0)),
    groups=(ROOMY, *MINORITY),
    tier="practical",
)
#: The corner of what is stated at which the algebra expects it to fail: Y large, many filters
#: inherited.
LARGE_Y = Domain(
    "transfer",
    (_TAU_D, hypothesis("X", 3.0, C_4), hypothesis("Y", 30.0, 100.0)),
    groups=(ROOMY, *MAJORITY),
    tier="practical",
)
HELPFUL = Domain(
    "transfer",
    (_TAU_D, hypothesis("X", 3.0, C_4), hypothesis("Y", 1.0, 1.5)),
    groups=(ROOMY, *MINORITY),
    tier="practical",
)
#: ||u|| << ||v_2||, and ||v_1|| like it; enough inherited noise to be worse by.
FAR = Domain(
    "transfer",
    (_TAU_D, hypothesis("X", C_4, 30.0), hypothesis("Y", 50.0, 100.0)),
    groups=(("upstream_share", 50.0, 100.0), *MAJORITY),
    tier="practical",
)


def helpful(groups: Groups) -> Domain:
    """Where tau_D is several times tau_2."""
    return Domain(
        "transfer",
        (hypothesis("tau_D", 2.0, 8.0), hypothesis("X", 3.0, C_4), hypothesis("Y", 1.0, 1.5)),
        groups=groups,
        tier="practical",
    )


def harmful(groups: Groups) -> Domain:
    """Where tau_D is a fraction of tau_2."""
    return Domain(
        "transfer",
        (hypothesis("tau_D", 0.5, 2.0), hypothesis("X", 20.0, 60.0), hypothesis("Y", 100.0, 300.0)),
        groups=groups,
        tier="practical",
    )


def broken(
    *clauses: str,
    groups: Groups = (),
    tau: tuple[float, float] = (0.02, 40.0),
    noise: tuple[float, float] = (1e-2, 1e2),
) -> Domain:
    """Condition 4.1 at practical constants but for these clauses."""
    around = (hypothesis("tau_D", *tau), hypothesis("X", *noise), hypothesis("Y", 1.0, 100.0))
    return Domain("transfer", around, frozenset(clauses), groups, tier="practical")


#: Steps far too large.
FAST = broken("step", "step.dimension", groups=(("h1", 20.0, 200.0), ("h2", 20.0, 200.0)))
#: Condition 4.1 with practical constants, on either side of every threshold, where what is
#: inherited matters. (Literal ones ask for thousands of steps.)
SURVEY = Domain(
    "transfer",
    (hypothesis("tau_D", 0.1, 20.0), hypothesis("X", 0.1, 100.0), hypothesis("Y", 1.0, 30.0)),
    tier="practical",
)
#: Where the choice matters: Y from 1 to 6, at least three times as much noise inherited as
#: memorised, up to half of the filters and more.
SWEEP = Domain(
    "transfer",
    (hypothesis("tau_D", 0.5, 3.0), hypothesis("X", 3.0, 30.0), hypothesis("Y", 1.0, 6.0)),
    groups=(("m", 24.0, 24.0), ("inherited", 15.0, 15.0), ("n1", 40.0, 60.0), ("n2", 40.0, 60.0)),
    tier="practical",
)
#: Near the law's limit.
LIMIT = Domain(
    "scratch",
    (hypothesis("tau_2", 0.3, 4.0),),
    groups=(
        ("m", 28.0, 32.0),
        ("n1", 20.0, 20.0),
        ("n2", 60.0, 120.0),
        ("initialisation", 0.01, 0.05),
        ("room", 20.0, 30.0),
    ),
    tier="practical",
)
