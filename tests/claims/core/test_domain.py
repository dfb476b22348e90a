"""A domain refuses, when it is made, whatever its construction cannot honour."""

import math
import pickle
import re
from dataclasses import replace

import pytest

from claims.core import quantities
from claims.core.condition import PRACTICAL, Clause
from claims.core.domain import Between, Construction, Domain, DomainError, Scale
from claims.core.quantities import CRITERION, TAU_2, TAU_D, Y_OVER_X, Quantity, X, Y
from model.regime import Regime
from strategies.search import SEARCH

SCRATCH = {
    "construction": Construction.SCRATCH,
    "solve_for": TAU_2,
    "where": {TAU_2: Between(1, 9)},
}
TRANSFER = {
    "construction": Construction.TRANSFER,
    "solve_for": TAU_D,
    "where": {TAU_D: Between(1, 9), X: Between(0.1, 10), Y: Between(1, 3)},
}
NEGATIVE = {
    "construction": Construction.NEGATIVE,
    "where": {
        TAU_2: Between(low=2),
        TAU_D: Between(high=1),
        X: Between(10, 1e4),
        Y_OVER_X: Between(low=1),
    },
}
POSITIVE = {
    "construction": Construction.POSITIVE,
    "where": {TAU_2: Between(high=0.5), CRITERION: Between(low=3), X: Between(high=9)},
}
SMALL = {"construction": Construction.SMALL}


def scaled(base, scale, low, high, **more):
    return base | {"scales": {scale: Between(low, high)}} | more


def without(values, quantity):
    where = {key: between for key, between in values["where"].items() if key != quantity}
    return values | {"where": where}


REFUSED = {
    # what it does not know
    "a misspelt construction": (SCRATCH | {"construction": "scrach"}, "construction", "SCRATCH?"),
    "a string for a construction": (
        SCRATCH | {"construction": "scratch"},
        "construction",
        "SCRATCH?",
    ),
    "a misspelt scale": (TRANSFER | {"scales": {"romo": Between(10, 30)}}, "scales", "Scale.M?"),
    "a scale by its letters": (TRANSFER | {"scales": {"m": Between(20, 24)}}, "scales", "Scale.M?"),
    "a misspelt clause": (TRANSFER | {"without": {"sgnal"}}, "without", "Clause.SIGNAL?"),
    "one clause, not in a set": (TRANSFER | {"without": "signal"}, "without", "a set of Clause"),
    "a quantity by its name": (SCRATCH | {"where": {"tau_2": Between(1, 9)}}, "where", "TAU_2"),
    "a tier by its name": (SCRATCH | {"tier": "practical"}, "tier", "condition.TIERS"),
    "a pair for a range": (SCRATCH | {"where": {TAU_2: (1, 9)}}, "where[tau_2]", "Between"),
    "a pair for a scale": (TRANSFER | {"scales": {Scale.M: (2, 4)}}, "scales[m]", "Between"),
    "ranges that are no mapping": (SCRATCH | {"where": (TAU_2,)}, "where", "a mapping"),
    # what it names twice
    "two quantities of one name": (
        SCRATCH
        | {"where": {TAU_2: Between(1, 9), Quantity("tau_2", "", TAU_D.build, ""): Between(1, 2)}},
        "where",
        "twice",
    ),
    # what the construction cannot honour
    "a second hypothesis on scratch": (
        SCRATCH | {"where": {TAU_2: Between(1, 9), Y: Between(1, 2)}},
        "where",
        "takes one",
    ),
    "a third on scratch": (
        SCRATCH | {"where": {TAU_2: Between(1, 9), X: Between(1, 2), Y: Between(1, 2)}},
        "where",
        "takes one",
    ),
    "a fourth on transfer": (
        TRANSFER | {"where": TRANSFER["where"] | {TAU_2: Between(1, 9)}},
        "where",
        "takes those of solve_for, X and Y",
    ),
    "none of X on transfer": (without(TRANSFER, X), "where", "takes those of solve_for, X and Y"),
    "nothing to solve for": (SCRATCH | {"solve_for": None}, "solve_for", "must be the quantity"),
    "another to solve for": (SCRATCH | {"solve_for": TAU_D}, "where", "takes one"),
    "solving where there is nothing": (SMALL | {"solve_for": TAU_2}, "solve_for", "no meaning"),
    "a hypothesis on small": (SMALL | {"where": {TAU_2: Between(1, 9)}}, "where", "takes no"),
    "a scale of small": (scaled(SMALL, Scale.N1, 2, 4), "scales[n1]", "draws its scales itself"),
    "a clause that small lacks": (SMALL | {"without": {Clause.STEP}}, "without", "does not ask"),
    "no Y/X on negative": (without(NEGATIVE, Y_OVER_X), "where", "Y/X"),
    "no criterion on positive": (without(POSITIVE, CRITERION), "where", "tau_A+tau_2"),
    "inheritance from scratch": (
        scaled(SCRATCH, Scale.INHERITED, 1, 2),
        "scales[inherited]",
        "inherits nothing",
    ),
    "a ratio without equal sizes": (
        scaled(TRANSFER, Scale.RATIO, 2, 3),
        "scales[n1/n2]",
        "1 between",
    ),
    "no range to draw X from": (
        TRANSFER | {"where": TRANSFER["where"] | {X: Between(high=10)}},
        "where[X]",
        "two ends",
    ),
    "no end of what is solved for": (
        SCRATCH | {"where": {TAU_2: Between()}},
        "where[tau_2]",
        "end",
    ),
    "a range that begins at 0": (
        SCRATCH | {"where": {TAU_2: Between(0, 9)}},
        "where[tau_2]",
        "above",
    ),
    "a range below 0": (SCRATCH | {"where": {TAU_2: Between(high=-1)}}, "where[tau_2]", "above 0"),
    # what Condition 4.1 forbids
    "steps too large": (scaled(TRANSFER, Scale.H1, 20, 200), "scales[h1]", "Clause.STEP"),
    "a start too large": (
        scaled(TRANSFER, Scale.INITIALISATION, 1e3, 1e4),
        "scales[initialisation]",
        "Clause.INITIALISATION",
    ),
    "too few dimensions": (
        scaled(TRANSFER, Scale.SLACK, 0.1, 1),
        "scales[slack]",
        "Clause.DIMENSION",
    ),
    "too few samples": (scaled(SCRATCH, Scale.N2, 2, 4), "scales[n2]", "Clause.SAMPLES"),
    "too few filters": (scaled(SCRATCH, Scale.M, 1, 2), "scales[m]", "Clause.WIDTH"),
    "another clause dropped": (
        scaled(TRANSFER, Scale.H1, 20, 200, without={Clause.SIGNAL}),
        "scales[h1]",
        "Clause.STEP",
    ),
    # what no scale can be
    "half a filter": (scaled(TRANSFER, Scale.M, 20.5, 24), "scales[m]", "whole numbers"),
    "no samples": (scaled(TRANSFER, Scale.N1, 0, 4), "scales[n1]", "at least 1"),
    "a cosine of 2": (scaled(TRANSFER, Scale.COS_V, -1, 2), "scales[cos_v]", "at most 1"),
    "no length": (scaled(TRANSFER, Scale.DURATION, 0, 9), "scales[duration]", "greater than 0"),
    "no end": (scaled(TRANSFER, Scale.DURATION, 1, math.inf), "scales[duration]", "finite"),
    "a constant for a scale": (scaled(TRANSFER, Scale.M, "a.C", 9), "scales[m]", "finite numbers"),
}


@pytest.mark.parametrize(("values", "field", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(values, field, rule):
    """One line with field, value and rule, when the domain is made."""
    with pytest.raises(DomainError, match=re.escape(rule)) as refused:
        Domain(**values)
    assert str(refused.value).startswith(f"{field} = ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("low", "high", "field"),
    [(3, 1, "high"), (math.nan, 1, "low"), (True, 2, "low"), (1, "C_1", "high"), (None, 1, "low")],
)
def test_ranges_refused(low, high, field):
    with pytest.raises(DomainError, match=rf"^{field} = "):
        Between(low, high)


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError):
        Domain(Construction.SMALL)


@pytest.mark.parametrize("values", [SCRATCH, TRANSFER, NEGATIVE, POSITIVE, SMALL])
def test_what_is_right_is_taken(values):
    """And survives being copied, hashed and sent to another process."""
    domain = Domain(**values)
    assert pickle.loads(pickle.dumps(domain)) == domain == replace(domain)
    assert (
        len({domain, replace(domain), replace(domain, tier=PRACTICAL)} if domain.tasks else "12")
        == 2
    )


def cases(domain):
    drawn = []
    SEARCH.falling(
        domain, {}, lambda case: drawn.append(case) is not None, name="order", entropy=1, cases=12
    )
    return drawn


@pytest.mark.parametrize(
    "values", [TRANSFER, POSITIVE, NEGATIVE], ids=["transfer", "positive", "negative"]
)
def test_order_has_no_meaning(values):
    """Hypotheses the other way round are the same domain, and draw the same regimes."""
    turned = values | {"where": dict(reversed(values["where"].items()))}
    assert Domain(**values) == Domain(**turned)
    assert cases(Domain(**values)) == cases(Domain(**turned))


@pytest.mark.parametrize("values", [SCRATCH, TRANSFER, POSITIVE, NEGATIVE])
def test_regimes_lie_inside(values):
    """What is drawn meets every hypothesis: nothing is filtered."""
    domain = Domain(**values)
    assert [domain.violations(case.regime, {}) for case in cases(domain)] == [[]] * 12


def test_names_of_constants():
    where = {TAU_2: Between("b.C_1", "a.C_2")}
    domain = Domain(construction=Construction.SCRATCH, solve_for=TAU_2, where=where)
    assert domain.constants == ("a.C_2", "b.C_1")


def test_violations_are_named():
    """A hypothesis that a regime does not meet, and a clause that it breaks."""
    (case, *_) = cases(Domain(**SCRATCH))
    outside = Domain(**SCRATCH | {"where": {TAU_2: Between(100, 200)}})
    assert outside.violations(case.regime, {}) == ["100 ≤ tau_2 ≤ 200"]
    stepping = Regime.from_dict(case.regime.to_dict() | {"eta2": 1e3 * case.regime.eta2})
    assert str(Clause.STEP) in Domain(**SCRATCH).violations(stepping, {})


def test_every_quantity_has_a_name_to_write():
    """A misspelt name of a quantity is refused with near ones."""
    with pytest.raises(ValueError, match="tau_2"):
        quantities.quantity("tua_2")
