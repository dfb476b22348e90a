"""Strata of a calibration set: what each is drawn from, how many regimes it gets, and the fit that
is made in each by itself.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product

import pytest

from claims.core.condition import LITERAL, PRACTICAL, TIERS, Clause, slacks, violations
from claims.core.domain import Between, Scale
from claims.core.domains import after_transfer, from_scratch
from claims.core.quantities import TAU_2, TAU_D
from reports.studies.calibration.strata import LITERAL_SHARE, MOST_SAMPLES, by_stratum, strata
from strategies.search import SEARCH

SCRATCH = from_scratch(TAU_2, Between(0.5, 5.0))
TRANSFER = after_transfer(
    TAU_D,
    Between(0.5, 5.0),
    x=Between(0.1, 10.0),
    y=Between(1.0, 10.0),
    without=frozenset({Clause.SIGNAL}),
    scales={
        Scale.M: Between(20, 24),
        Scale.SLACK: Between(4.0, 9.0),
        Scale.N1: Between(30, 32),
    },
)
#: The scales that strata are made of.
STRATIFIED = {Scale.M, Scale.SLACK, Scale.N1, Scale.N2}
TAGS = set(
    product(("practical", "literal"), ("narrow", "wide"), ("least d", "middle d", "largest d"))
)
domains = pytest.mark.parametrize(
    "domain", [SCRATCH, TRANSFER], ids=lambda domain: domain.construction
)


def drawn(stratum, cases):
    """Regimes of a stratum."""
    regimes = []
    SEARCH.falling(
        stratum.domain,
        {},
        lambda case: regimes.append(case.regime) or False,
        name="strata",
        entropy=0,
        cases=cases,
    )
    return regimes


@domains
def test_every_combination_once(domain):
    """Two tiers, two widths, three dimensions."""
    assert Counter(stratum.tags for stratum in strata(domain, 60)) == Counter(TAGS)


@pytest.mark.parametrize("tier", TIERS)
def test_domain_of_one_tier(tier):
    """Stays there, with all of the regimes."""
    parts = strata(replace(TRANSFER, tier=TIERS[tier]), 60)
    assert Counter(stratum.tags for stratum in parts) == Counter(
        tags for tags in TAGS if tags[0] == tier
    )
    assert {stratum.domain.tier for stratum in parts} == {TIERS[tier]}
    assert [stratum.regimes for stratum in parts] == [10] * 6


@domains
def test_all_else_is_the_domain_s(domain):
    """Construction, hypotheses, clauses left out, and the scales that are not stratified."""
    for stratum in strata(domain, 60):
        part = stratum.domain
        assert (part.construction, part.where, part.solve_for, part.without) == (
            domain.construction,
            domain.where,
            domain.solve_for,
            domain.without,
        )
        assert part.tier is TIERS[stratum.tags[0]]
        assert others(part) == others(domain)
        assert part.scales.keys() == domain.scales.keys() | STRATIFIED


def others(domain):
    """Scales that are not stratified."""
    return {scale: one for scale, one in domain.scales.items() if scale not in STRATIFIED}


def test_few_samples():
    """Of the domain's own or usual range the part up to a number that verification goes beyond."""
    for stratum in strata(SCRATCH, 60):
        for scale in (Scale.N1, Scale.N2):
            assert stratum.domain.scales[scale] == Between(20, MOST_SAMPLES[stratum.tags[0]])
    for stratum in strata(TRANSFER, 60):
        assert stratum.domain.scales[Scale.N1] == Between(30, 32)
    many = SCRATCH.but(scales={Scale.N2: Between(200, 400)})
    assert {s.domain.scales[Scale.N2] for s in strata(many, 60)} == {Between(200, 200)}


@pytest.mark.parametrize("regimes", [1, 12, 60, 400, 1000])
def test_how_many(regimes):
    """The literal tier gets its share to within rounding, and no stratum is empty."""
    parts = strata(SCRATCH, regimes)
    assert min(stratum.regimes for stratum in parts) >= 1
    for tier, share in (("literal", LITERAL_SHARE), ("practical", 1 - LITERAL_SHARE)):
        counts = [stratum.regimes for stratum in parts if stratum.tags[0] == tier]
        assert len(set(counts)) == 1
        assert abs(counts[0] - max(1, regimes * share / 6)) <= 0.5


def test_widths_and_slacks():
    """The ends of the domain's own range of m; three dimensions evenly spaced in logarithm."""
    widths = {(s.tags[1], s.domain.scales[Scale.M]) for s in strata(TRANSFER, 60)}
    assert widths == {("narrow", Between(20.0, 20.0)), ("wide", Between(24.0, 24.0))}
    slack = {s.tags[2]: s.domain.scales[Scale.SLACK].range({}) for s in strata(TRANSFER, 60)}
    assert slack == {
        "least d": (4.0, 4.0),
        "middle d": (pytest.approx(6.0),) * 2,
        "largest d": (pytest.approx(9.0),) * 2,
    }


@pytest.mark.parametrize("tier", [PRACTICAL, LITERAL], ids=lambda tier: tier.name)
def test_widths_do_not_overlap(tier):
    """Where the domain leaves them open."""
    m = {
        s.tags[1]: s.domain.scales[Scale.M].range({})
        for s in strata(SCRATCH, 60)
        if s.tags[0] == tier.name
    }
    assert m["narrow"][1] < m["wide"][0]


@domains
def test_regimes_lie_in_their_stratum(domain):
    """Inside Condition 4.1 at the tier's constants, as wide as it says."""
    for stratum in strata(domain, 60):
        tier = TIERS[stratum.tags[0]]
        low, high = stratum.domain.scales[Scale.M].range({})
        for made in drawn(stratum, 3):
            assert violations(made, tier, domain.tasks, domain.without) == []
            assert low <= made.m <= high


@pytest.mark.parametrize("tier", TIERS)
def test_dimension(tier):
    """The same draws but for d, which is 10 and 100 times the least; that is allowed, with no more
    than a factor of 5 to spare.
    """
    by_place = {
        s.tags[2]: drawn(s, 3) for s in strata(SCRATCH, 60) if s.tags[:2] == (tier, "narrow")
    }
    for least, middle, largest in zip(*by_place.values(), strict=True):
        assert (middle.d / least.d, largest.d / least.d) == (
            pytest.approx(10, rel=1e-4),
            pytest.approx(100, rel=1e-4),
        )
        spare = (
            min(slacks(least, (2,))[clause] for clause in ("dimension.samples", "dimension.signal"))
            / TIERS[tier].constants["C_d"]
        )
        assert 1 - 1e-6 <= spare < 5


@dataclass(frozen=True)
class Point:
    """A value in some strata."""

    value: float
    tags: tuple[str, ...]


def test_by_stratum():
    """Every point counts in each of its strata, and nowhere else; in the order the strata are first
    met.
    """
    points = [
        Point(1.0, ("practical", "wide")),
        Point(5.0, ("practical", "narrow")),
        Point(3.0, ("literal", "narrow")),
    ]
    parts = by_stratum(points, lambda some: max(point.value for point in some))
    assert list(parts.items()) == [
        ("practical", 5.0),
        ("wide", 1.0),
        ("narrow", 5.0),
        ("literal", 3.0),
    ]


def test_by_stratum_of_nothing():
    assert by_stratum([], lambda some: 1 / 0) == {}
