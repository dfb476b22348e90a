"""From groups to a regime: every group asked for is hit, and the dimension is the least that
Condition 4.1 allows.
"""

import math
from dataclasses import fields, replace

import pytest

from claims.core import formulas
from claims.core import quantities as q
from claims.core.condition import LITERAL, PRACTICAL, slacks, violations
from claims.core.domain import DomainError
from claims.core.quantities import Quantity, catalogue
from claims.core.usual import MOST_WORK
from claims.paper import theorem_4_2_lower, theorem_4_2_upper, theorem_4_3
from strategies import groups as groups_module
from strategies.groups import MOST_STEPS, Groups, build, solve

GROUPS = Groups(
    tier=PRACTICAL,
    n1=60,
    n2=30,
    m=18,
    inherited=4,
    tau_2=2.0,
    x=3.0,
    y=5.0,
    upstream_share=0.7,
    cos_v=-0.5,
    h1=0.2,
    h2=0.3,
    duration=25.0,
    initialisation=0.1,
    slack=2.0,
    unit=1.0,
)
#: One change at a time, and corners.
CASES = {
    "plain": {},
    "literal": {"tier": LITERAL, "h1": 0.008, "h2": 0.009, "n1": 25},
    "tiny tau": {"tau_2": 1e-3},
    "large tau": {"tau_2": 60.0},
    "tiny X": {"x": 1e-2},
    "huge X": {"x": 1e4, "y": 1e4},
    "Y of 1": {"y": 1.0},
    "huge Y": {"y": 1e4},
    "no v_1": {"upstream_share": 0.0},
    "one inherited": {"inherited": 1},
    "unequal samples": {"n1": 20, "n2": 160},
    "unequal samples, other way": {"n1": 120, "n2": 20},
    "least slack": {"slack": 1.0},
    "much slack": {"slack": 30.0},
    "small unit": {"unit": 1e-3},
    "large unit": {"unit": 1e3},
}
every_case = pytest.mark.parametrize(
    "groups", [replace(GROUPS, **change) for change in CASES.values()], ids=CASES
)


@every_case
def test_groups_are_hit(groups):
    made = build(groups)
    named = q.evaluate_all(made)
    assert (made.n1, made.n2, made.m, made.inherited, made.cos_v, made.sigma2) == (
        groups.n1,
        groups.n2,
        groups.m,
        groups.inherited,
        groups.cos_v,
        groups.unit,
    )
    hit = {
        "tau_2": named["tau_2"],
        "X": named["X"],
        "Y": named["Y"],
        "v_1": made.v1**2 / made.u**2,
        "h_1": named["h_1"],
        "h_2": named["h_2"],
    }
    assert hit == pytest.approx(
        {
            "tau_2": groups.tau_2,
            "X": groups.x,
            "Y": groups.y,
            "v_1": groups.upstream_share,
            "h_1": groups.h1,
            "h_2": groups.h2,
        },
        rel=1e-9,
        abs=1e-15,
    )
    assert slacks(made)["initialisation"] == pytest.approx(
        groups.tier.constants["C_0"] / groups.initialisation, rel=1e-9
    )
    assert (made.steps1, made.steps2) == (
        math.ceil(groups.duration / groups.h1),
        math.ceil(groups.duration / groups.h2),
    )


@every_case
def test_inside_condition_4_1(groups):
    assert violations(build(groups), groups.tier) == []


@every_case
def test_least_dimension(groups):
    """With no slack, a hundredth fewer dimensions break a clause that asks for them."""
    tight = build(replace(groups, slack=1.0))
    short = replace(tight, d=int(tight.d * 0.99), steps1=MOST_STEPS, steps2=MOST_STEPS)
    scale = (short.d / tight.d) ** 0.25  # keeps tau_2
    short = replace(short, u=short.u * scale, v1=short.v1 * scale, v2=short.v2 * scale)
    assert set(violations(short, groups.tier)) & {"dimension.signal", "dimension.samples", "signal"}
    assert build(groups).d == pytest.approx(groups.slack * tight.d, rel=1e-2)


@pytest.mark.parametrize("tau_2", [1e-300, 1e-9, 0.3, 1e9, 1e250])
@pytest.mark.parametrize("without", [frozenset(), {"signal", "dimension.signal"}], ids=len)
@every_case
def test_least_dimension_is_that_of_plain_bisection(groups, without, tau_2, monkeypatch):
    """To the bit, where slacks are no powers of d that numbers hold, too."""
    groups, setting = replace(groups, tau_2=tau_2), {"signal", *groups_module._DIMENSION} - without
    found = groups_module._least_log_d(groups, setting, (1, 2))
    monkeypatch.setattr(groups_module, "_crossing", lambda *of: math.nan)
    assert found == groups_module._least_log_d(groups, setting, (1, 2))


def test_downstream_only():
    """Scratch needs no upstream clause, so its dimension may be less."""
    groups = replace(GROUPS, n1=120, inherited=0)
    both, one = build(groups), build(groups, tasks=(2,))
    assert one.d < both.d
    assert violations(one, PRACTICAL, (2,)) == []
    assert catalogue()["tau_2"](one) == pytest.approx(groups.tau_2, rel=1e-9)


def test_nothing_inherited():
    """X is 0 there, whatever was asked; sigma_1 must still be a number."""
    made = build(replace(GROUPS, inherited=0))
    assert catalogue()["X"](made) == 0
    assert made.sigma1 > 0


def test_step_clause():
    """Steps are cut to the clause that involves d, unless the groups are without it; runs are never
    longer than allowed.
    """
    groups = replace(GROUPS, h1=50.0, h2=50.0)
    within, beyond = build(groups), build(replace(groups, without=frozenset({"step.dimension"})))
    assert slacks(within)["step.dimension"] >= PRACTICAL.constants["C'_eta"] * (1 - 1e-9)
    assert [catalogue()[name](beyond) for name in ("h_1", "h_2")] == pytest.approx(
        [50.0, 50.0], rel=1e-9
    )
    assert build(replace(GROUPS, h1=1e-6)).steps1 == MOST_STEPS


def test_nothing_else_moves_with_the_unit():
    """All lengths scale together: E3, so every dimensionless quantity and every slack stays."""
    small, large = (build(replace(GROUPS, unit=unit)) for unit in (1e-3, 1e3))
    named = [name for name in catalogue() if "printed" not in name]
    assert [catalogue()[name](large) for name in named] == pytest.approx(
        [catalogue()[name](small) for name in named], rel=1e-9
    )
    assert slacks(large) == pytest.approx(slacks(small), rel=1e-9)


# Solving for a criterion --------------------------------------------------------------------------

CRITERIA = [
    catalogue()[name]
    for name in ("tau_2", "tau_A+tau_2", "Gamma+tau_2", "tau_D", "Gamma_printed+tau_2")
]
MISREADINGS = [
    theorem_4_3.SQUARED_SAMPLES,
    theorem_4_3.OTHER_SAMPLES,
    theorem_4_3.SQUARED_NORM,
    theorem_4_3.SIGMA_SQUARED,
]
MISREADINGS += [
    mutant.changes["domain"].solve_for
    for claim in (*theorem_4_2_upper.CLAIMS, *theorem_4_2_lower.CLAIMS)
    for mutant in claim.mutants
    if "domain" in mutant.changes and mutant.changes["domain"].solve_for not in CRITERIA
]


@pytest.mark.parametrize("term", CRITERIA + MISREADINGS, ids=lambda term: term.name)
@pytest.mark.parametrize("value", [0.05, 4.0, 50.0])
def test_criterion_is_hit(term, value):
    """Whatever its scale degree; and the ratios stay as asked."""
    made = solve(GROUPS, term, value, share=0.3)
    assert term(made) == pytest.approx(value, rel=1e-9)
    hit = [catalogue()["X"](made), catalogue()["Y"](made), made.v1**2 / made.u**2]
    assert hit == pytest.approx([GROUPS.x, GROUPS.y, GROUPS.upstream_share], rel=1e-9)


def test_a_term_without_a_signal_is_refused():
    term = Quantity("N_2/d", "", lambda: formulas.n2 / formulas.d, "")
    with pytest.raises(DomainError, match=r"solve_for = N_2/d: must depend on .* a signal"):
        solve(GROUPS, term, 1.0)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_share(share):
    """Of a sum of parts of different degrees, tau_2 gets this share and the unit of length does the
    rest.
    """
    made = solve(GROUPS, catalogue()["Gamma_printed+tau_2"], 4.0, share=share)
    assert catalogue()["tau_2"](made) == pytest.approx(4.0 * share, rel=1e-9)
    assert catalogue()["Gamma_printed"](made) == pytest.approx(4.0 * (1 - share), rel=1e-9)
    assert violations(made, PRACTICAL) == []


def test_groups_are_all_used():
    """Each of them moves the regime: none is left in the signature for show."""
    groups = replace(GROUPS, h2=40.0)  # beyond the step clause
    changes = {
        f.name: getattr(groups, f.name) * 2
        for f in fields(Groups)
        if f.name not in ("tier", "without")
    } | {
        "tier": LITERAL,
        "without": frozenset({"step.dimension"}),
        "h2": 0.1,
    }
    assert [
        name
        for name, value in changes.items()
        if build(replace(groups, **{name: value})) == build(groups)
    ] == []


def test_long_runs_of_large_networks_are_cut():
    """At the work they take; runs of few samples at their number of steps alone."""
    large = build(replace(GROUPS, n1=1000, n2=20, m=38, h1=1e-6, h2=1e-6, slack=1.0))
    assert large.steps1 == int(MOST_WORK / (38 * 1000**2))
    assert large.steps2 == MOST_STEPS
