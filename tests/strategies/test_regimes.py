"""Regimes are constructed inside their domain: every draw lands there, none is thrown away, and
failures shrink to something small.

Constants are stand-ins, so that a new calibration changes nothing here.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context

from claims.core import quantities
from claims.core.catalogue import catalogue
from claims.core.condition import LITERAL, PRACTICAL, TIERS, slacks, violations
from claims.core.domain import Between, Construction, Domain, Scale
from claims.core.domains import (
    ANY_REGIME,
    INDEPENDENT,
    from_scratch,
    scratch_above,
    scratch_below,
)
from claims.core.quantities import TAU_2
from strategies.draws import PlacedDraws
from strategies.regimes import construct, regimes

VALUES = {
    "C_T": 3.0,
    "C_1": 4.0,
    "C_2": 10.0,
    "C_3": 1.0,
    "C_3-restricted": 1.0,
    "C_4": 6.0,
    "C_5": 0.4,
}
EVERY = [
    version
    for claim in catalogue().values()
    for version in (claim, *map(claim.mutated, claim.mutants))
]
CONSTANTS = {
    name: VALUES.get(name.rsplit(".", 1)[-1], 1.0)
    for version in EVERY
    for name in version.constants
}
CONSTANTS |= {"theorem-4.3.C_1": 3.0, "theorem-4.3.C_2": 8.0}
#: Every domain once, by the first claim or planted version that has it.
DOMAINS: dict[Domain, str] = {}
for version in EVERY:
    if version.domain is not None:
        DOMAINS.setdefault(version.domain, version.id)
SCRATCH = from_scratch(TAU_2, Between(0.02, 40.0))


def draws(domain, count, constants=CONSTANTS):
    """`count` regimes, in runs of ten so that Hypothesis does not turn to mutants; and how often a
    draw was begun.

    A run that throws draws away begins more than it ends.
    """
    begun, drawn = [], []

    @st.composite
    def counted(draw):
        begun.append(None)
        return draw(regimes(domain, constants))

    def keep(regime):
        assert (
            not current_build_context().data.has_discards
        )  # a filter that retried would leave some
        drawn.append(regime)

    few = settings(
        max_examples=10,
        database=None,
        derandomize=False,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    for run in range(count // 10):
        seed(run)(few(given(counted())(keep)))()
    return begun, drawn


@pytest.mark.parametrize("domain", DOMAINS, ids=DOMAINS.values())
def test_inside_and_nothing_discarded(domain):
    count = 20 if "!" in DOMAINS[domain] else 50
    begun, drawn = draws(domain, count)
    assert len(begun) == len(drawn) == count
    outside = [
        (domain.violations(regime, CONSTANTS), str(regime))
        for regime in drawn
        if domain.violations(regime, CONSTANTS)
    ]
    assert not outside, f"{len(outside)} of {count}, such as {outside[0]}"


def measured(scale, regime, domain):
    """Values of a scale.

    One for each tier where the tier is its unit; none of slack and duration, which a regime does
    not tell (over the least d, and before T is rounded up): tests/strategies/test_groups.py.
    """
    if scale is Scale.INITIALISATION:
        most = slacks(regime, domain.tasks)["initialisation"]
        return [tier.constants["C_0"] / most for tier in TIERS.values()]
    if scale in (Scale.SLACK, Scale.DURATION):
        return []
    derived = {
        Scale.H1: lambda: quantities.quantity("h_1")(regime),
        Scale.H2: lambda: quantities.quantity("h_2")(regime),
        Scale.UPSTREAM_SHARE: lambda: regime.v1**2 / regime.u**2,
        Scale.RATIO: lambda: regime.n1 / regime.n2,
    }
    return [derived[scale]() if scale in derived else getattr(regime, scale)]


def beyond(regime, domain, tier):
    """The scales whose value lies outside the domain's range at a tier's constants.

    Steps may be shorter than the range says, where the clause that involves d asks for less.
    """
    outside = []
    for scale, between in domain.ranges(tier).items():
        low, high = between.range({})
        if scale in (Scale.H1, Scale.H2):
            low = 0.0
        values = measured(scale, regime, domain)
        within = [low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high) for value in values]
        if values and not any(within):
            outside.append((scale, values))
    return outside


@pytest.mark.parametrize(
    "domain",
    [domain for domain in DOMAINS if domain.tasks],
    ids=[name for domain, name in DOMAINS.items() if domain.tasks],
)
def test_scales_of_the_domain(domain):
    """Every scale that is drawn is in the ranges that are printed with the statement."""
    _, drawn = draws(domain, 20)
    for regime in drawn:
        by_tier = [beyond(regime, domain, tier) for tier in domain.tiers]
        assert min(by_tier, key=len) == [], str(regime)


def test_discards_would_be_seen(monkeypatch):
    """Control: a construction that filters."""
    monkeypatch.setattr(
        "strategies.regimes._small",
        lambda source, *_: source.draw(st.integers(0, 9).filter(lambda k: k % 2 == 0)),
    )
    with pytest.raises(AssertionError):
        draws(ANY_REGIME, 50)


STATED = {domain: name for domain, name in DOMAINS.items() if "!" not in name}


@pytest.mark.parametrize("domain", STATED, ids=STATED.values())
def test_points_are_inside(domain):
    """As what Hypothesis draws is: corners, where ranges are extreme together, and anywhere."""
    middle = PlacedDraws({})
    construct(middle, domain, CONSTANTS)
    count, generator = len(middle.asked), np.random.default_rng(0)
    corners = np.zeros(count), np.ones(count), *generator.integers(0, 2, (6, count))
    for row in [*corners, *generator.random((4, count))]:
        point = dict(zip(middle.asked, map(float, row), strict=True))
        regime = construct(PlacedDraws(point), domain, CONSTANTS)
        assert domain.violations(regime, CONSTANTS) == [], (point, str(regime))


@pytest.mark.parametrize("construction", Construction)
def test_every_construction_is_used(construction):
    assert construction in {domain.construction for domain in DOMAINS}


# What is drawn -------------------------------------------------------------------------


def test_small_regimes_reach_the_corners():
    """Of the facts that hold everywhere: no signals, no inheritance, full inheritance, more samples
    than dimensions.
    """
    _, drawn = draws(ANY_REGIME, 200)
    corners = {
        "no u": lambda r: r.u == 0,
        "no v_2": lambda r: r.v2 == 0,
        "no signal": lambda r: r.u == r.v2 == 0,
        "nothing inherited": lambda r: r.inherited == 0,
        "all inherited": lambda r: r.inherited == r.m,
        "more samples than dimensions": lambda r: r.n2 > r.d,
        "one step": lambda r: r.steps2 == 1,
        "one sample": lambda r: r.n2 == 1,
        "aligned": lambda r: r.cos_v == 1,
    }
    assert [name for name, holds in corners.items() if not any(map(holds, drawn))] == []


def test_independent_regimes_have_room():
    _, drawn = draws(INDEPENDENT, 50)
    assert all(r.rest >= r.n1 + r.n2 + 4 * r.m for r in drawn)


@pytest.mark.parametrize(
    "domain",
    [scratch_below(TAU_2, 1.0), scratch_above(TAU_2)],
    ids=["below", "above"],
)
def test_thresholds_are_visited(domain):
    """The hardest value of a one-sided hypothesis is drawn, and values well inside."""
    _, drawn = draws(domain, 50)
    taus = [TAU_2(r) for r in drawn]
    below = domain.where[TAU_2].high == 1.0
    assert (max if below else min)(taus) == pytest.approx(1.0 if below else 3.0, rel=1e-9)
    assert max(taus) > 5 * min(taus)


def test_both_tiers_are_visited():
    _, drawn = draws(SCRATCH, 100)
    literal = [r for r in drawn if not violations(r, LITERAL, (2,))]
    practical = [r for r in drawn if not violations(r, PRACTICAL, (2,))]
    assert literal
    assert len(practical) > len(drawn) / 2
