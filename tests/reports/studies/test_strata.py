"""Strata of a calibration set: what each is drawn from, how many regimes it gets, and the fit that
is made in each by itself.
"""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product

import pytest

from claims.core.claim import Domain, hypothesis
from claims.core.condition import LITERAL, PRACTICAL, TIERS, slacks, violations
from reports.studies.calibration.strata import LITERAL_SHARE, by_stratum, strata
from strategies.search import search

SCRATCH = Domain("scratch", (hypothesis("tau_2", 0.5, 5.0),))
TRANSFER = Domain(
    "transfer",
    (hypothesis("tau_D", 0.5, 5.0), hypothesis("X", 0.1, 10.0), hypothesis("Y", 1.0, 10.0)),
    dropped=frozenset({"signal"}),
    groups=(("m", 20.0, 24.0), ("room", 4.0, 9.0), ("n1", 30.0, 32.0)),
)
TAGS = set(
    product(("practical", "literal"), ("narrow", "wide"), ("least d", "middle d", "largest d"))
)
domains = pytest.mark.parametrize(
    "domain", [SCRATCH, TRANSFER], ids=lambda domain: domain.construction
)


def drawn(stratum, cases):
    """Regimes of a stratum."""
    found = []
    search(
        stratum.domain,
        {},
        lambda case: found.append(case.regime) or False,
        name="strata",
        entropy=0,
        cases=cases,
    )
    return found


@domains
def test_every_combination_once(domain):
    """Two tiers, two widths, three dimensions."""
    assert Counter(stratum.tags for stratum in strata(domain, 60)) == Counter(TAGS)


@pytest.mark.parametrize("tier", TIERS)
def test_domain_of_one_tier(tier):
    """Stays there, with all of the regimes."""
    found = strata(replace(TRANSFER, tier=tier), 60)
    assert Counter(stratum.tags for stratum in found) == Counter(
        tags for tags in TAGS if tags[0] == tier
    )
    assert {stratum.domain.tier for stratum in found} == {tier}
    assert [stratum.regimes for stratum in found] == [10] * 6


@domains
def test_all_else_is_the_domain_s(domain):
    """Construction, hypotheses, clauses dropped, and the groups that are not stratified."""
    for stratum in strata(domain, 60):
        part = stratum.domain
        assert (part.construction, part.hypotheses, part.dropped) == (
            domain.construction,
            domain.hypotheses,
            domain.dropped,
        )
        assert part.tier == stratum.tags[0]
        assert {g for g in part.groups if g[0] not in ("m", "room")} == {
            g for g in domain.groups if g[0] not in ("m", "room")
        }
        assert len({name for name, _, _ in part.groups}) == len(part.groups)


@pytest.mark.parametrize("regimes", [1, 12, 60, 400, 1000])
def test_how_many(regimes):
    """The literal tier gets its share to within rounding, and no stratum is empty."""
    found = strata(SCRATCH, regimes)
    assert min(stratum.regimes for stratum in found) >= 1
    for tier, share in (("literal", LITERAL_SHARE), ("practical", 1 - LITERAL_SHARE)):
        counts = [stratum.regimes for stratum in found if stratum.tags[0] == tier]
        assert len(set(counts)) == 1
        assert abs(counts[0] - max(1, regimes * share / 6)) <= 0.5


def test_widths_and_rooms():
    """The ends of the domain's own range of m; three dimensions evenly spaced in their
    logarithm.
    """
    assert {
        (s.tags[1], g) for s in strata(TRANSFER, 60) for g in s.domain.groups if g[0] == "m"
    } == {
        ("narrow", ("m", 20.0, 20.0)),
        ("wide", ("m", 24.0, 24.0)),
    }
    rooms = {
        s.tags[2]: (low, high)
        for s in strata(TRANSFER, 60)
        for name, low, high in s.domain.groups
        if name == "room"
    }
    assert rooms == {
        "least d": (4.0, 4.0),
        "middle d": (pytest.approx(6.0),) * 2,
        "largest d": (pytest.approx(9.0),) * 2,
    }


@pytest.mark.parametrize("tier", [PRACTICAL, LITERAL], ids=lambda tier: tier.name)
def test_widths_do_not_overlap(tier):
    """Where the domain leaves them open."""
    m = {
        s.tags[1]: (low, high)
        for s in strata(SCRATCH, 60)
        for name, low, high in s.domain.groups
        if name == "m" and s.tags[0] == tier.name
    }
    assert m["narrow"][1] < m["wide"][0]


@domains
def test_regimes_lie_in_their_stratum(domain):
    """Inside Condition 4.1 at the tier's constants, as wide as it says."""
    for stratum in strata(domain, 60):
        tier = TIERS[stratum.tags[0]]
        low, high = next((low, high) for name, low, high in stratum.domain.groups if name == "m")
        for made in drawn(stratum, 3):
            assert violations(made, tier, domain.tasks, domain.dropped) == []
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
    found = by_stratum(points, lambda some: max(point.value for point in some))
    assert list(found.items()) == [
        ("practical", 5.0),
        ("wide", 1.0),
        ("narrow", 5.0),
        ("literal", 3.0),
    ]


def test_by_stratum_of_nothing():
    assert by_stratum([], lambda some: 1 / 0) == {}
