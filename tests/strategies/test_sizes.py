"""Numbers of samples and filters: independent, the rarer the more they cost, in corners where the
tasks differ most, and inside what Condition 4.1 allows.
"""

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from scipy import stats

from claims.core.allowed import Allowed
from claims.core.case import Case
from claims.core.catalogue import find
from claims.core.condition import LITERAL, PRACTICAL, Clause, violations
from claims.core.constants import load
from claims.core.domain import Between, Scale
from claims.core.domains import EVERYWHERE
from claims.core.profile import PROFILES
from strategies import sizes
from strategies.draws import HypothesisDraws
from strategies.groups import Groups, build
from strategies.search import SEARCH
from strategies.sizes import Corner, corners

WIDE = EVERYWHERE.ranges(PRACTICAL)
GROUPS = Groups(
    tier=PRACTICAL,
    n1=60,
    n2=60,
    m=18,
    inherited=4,
    tau_2=2.0,
    x=3.0,
    y=5.0,
    upstream_share=0.7,
    cos_v=0.0,
    h1=0.01,
    h2=0.01,
    duration=25.0,
    initialisation=0.1,
    slack=2.0,
    unit=1.0,
)
BALANCED = {**WIDE, Scale.RATIO: Between(1 / 3, 3.0)}


def drawn(function, count=300):
    """What `function(draws)` gives, drawn afresh each time."""
    values = []

    @seed(1)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        backend="transfer-claims",
    )
    @given(st.composite(lambda draw: function(HypothesisDraws(draw)))())
    def run(value):
        values.append(value)

    run()
    return values


def pairs(ranges=WIDE, corner=None, count=300):
    return drawn(lambda draws: sizes.samples(draws, ranges, corner), count)


def test_sizes_are_independent_and_reach_both_ends():
    """Spearman's test of independence at 10^-3; more than 10 times as many either way."""
    n1, n2 = zip(*pairs(), strict=True)
    assert stats.spearmanr(n1, n2).pvalue > 1e-3
    assert min(n1) == min(n2) == 20
    assert max(n1) > 500
    assert max(n2) > 500
    ratios = [a / b for a, b in zip(n1, n2, strict=True)]
    assert max(ratios) > 10
    assert min(ratios) < 1 / 10


def test_large_sizes_are_rare():
    """A mean cost near that of 60 samples: a few times less than were all sizes as likely."""
    n1, _ = zip(*pairs(), strict=True)
    share = sum(size >= 300 for size in n1) / len(n1)
    assert 0.01 < share < 0.12


@pytest.mark.parametrize("corner", Corner)
def test_corners(corner):
    """Thirty times as many, or fifteen where the smaller task has twice the least; but for what may
    shrink to any size.
    """
    ratios = sorted(
        n1 / n2 if corner is Corner.SOURCE else n2 / n1 for n1, n2 in pairs(corner=corner)
    )
    assert ratios[len(ratios) // 50] >= 600 / 40


def test_no_corner_of_one_size():
    assert corners(WIDE) == tuple(Corner)
    assert corners(WIDE | {Scale.N1: Between(40, 40), Scale.N2: Between(120, 120)}) == ()


def test_a_ratio_is_kept():
    """And its ends are approached in its corners."""
    inside = [n1 / n2 for n1, n2 in pairs(BALANCED)]
    large = [n1 / n2 for n1, n2 in pairs(BALANCED, Corner.SOURCE, 50)]
    small = [n1 / n2 for n1, n2 in pairs(BALANCED, Corner.TARGET, 50)]
    assert all(1 / 3 <= ratio <= 3 for ratio in (*inside, *large, *small))
    assert max(large) > 2
    assert min(small) < 1 / 2


@pytest.mark.parametrize("without", [(), (Clause.WIDTH, Clause.FRESH_WIDTH), (Clause.SAMPLES,)])
@pytest.mark.parametrize("tier", [PRACTICAL, LITERAL], ids=lambda tier: tier.name)
@pytest.mark.parametrize("samples", [(20, 20), (20, 1000), (300, 60)])
def test_what_condition_4_1_allows(samples, tier, without):
    """Every width and every number of inherited filters that is drawn."""
    allowed = Allowed(tier, without)
    domain = EVERYWHERE.but(without=without)

    def filters(draw):
        m = sizes.width(draw, domain.ranges(tier), allowed, samples)
        return m, sizes.inherited(draw, domain.ranges(tier), allowed, m, samples)

    found = drawn(filters, 60)
    clauses = {Clause.WIDTH, Clause.FRESH_WIDTH, Clause.SAMPLES} - set(without)
    for m, inherited in found:
        n1, n2 = samples
        made = build(replace(GROUPS, tier=tier, n1=n1, n2=n2, m=m, inherited=inherited))
        assert not clauses & set(violations(made, tier)), (m, inherited)
    assert len({m for m, _ in found}) > 3


@pytest.mark.parametrize("tier", [PRACTICAL, LITERAL], ids=lambda tier: tier.name)
@pytest.mark.parametrize("samples", [20, 57, 120, 1000])
def test_most_is_most(samples, tier):
    """One filter, or sample, more or less would break the clause."""
    allowed = Allowed(tier)
    m = allowed.fewest_filters(samples, inherited=3)
    assert allowed.most_inherited(m, samples) == 3
    assert allowed.most_inherited(m - 1, samples) == 2
    assert allowed.most_samples(m, 3) >= samples > allowed.most_samples(m - 1, 3)
    widest = min(int(allowed.most_filters(samples)), 10**9)
    assert allowed.fewest_samples(widest) <= samples
    assert widest == 10**9 or allowed.fewest_samples(widest + 1) > samples


def test_nothing_is_asked_of_what_is_dropped():
    allowed = Allowed(PRACTICAL, (Clause.WIDTH, Clause.FRESH_WIDTH, Clause.SAMPLES))
    assert allowed.fewest_filters(1000) == 1
    assert allowed.most_inherited(4, 1000) == 4
    assert allowed.most_samples(1) == math.inf
    assert allowed.most_filters(2) == math.inf
    assert allowed.fewest_samples(64) == 1


#: A claim of each construction, with the usual sizes.
CONSTRUCTED = (
    "theorem-4.3.convergence",
    "theorem-4.2.convergence",
    "theorem-4.2.error-lower.tau-D",
    "lemma-a1.b.signal",
    "proposition-4.4.2",
    "m7.lazy",
)


def regimes_of(claim_id):
    """Those that the `ci` profile decides it on."""
    claim, profile = find(claim_id), PROFILES["ci"]
    met: list[Case] = []
    SEARCH.falling(
        claim.domain,
        load(),
        lambda case: met.append(case) or False,
        name=claim.family_id,
        entropy=profile.entropy,
        cases=claim.rule.regimes(profile),
    )
    return [case.regime for case in met]


@pytest.mark.parametrize("claim_id", CONSTRUCTED)
def test_every_claim_meets_both_ratios(claim_id):
    """Fifteen times as many samples, and more, either way: once each at least."""
    made = regimes_of(claim_id)
    ratios = [regime.n1 / regime.n2 for regime in made]
    assert max(ratios) >= 15
    assert min(ratios) <= 1 / 15
    assert len(made) == find(claim_id).rule.regimes(PROFILES["ci"])


def test_failures_shrink_to_few_samples():
    """Down the ladder, in a corner as well."""
    smallest = SEARCH.falling(
        EVERYWHERE,
        {},
        lambda case: case.regime.n1 >= 200,
        name="a",
        entropy=0,
        cases=20,
        shrinks=400,
    )
    assert 200 <= smallest.regime.n1 <= 240
    assert smallest.regime.n2 == 20
