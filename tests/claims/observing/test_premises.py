"""Who uses a lemma meets what it asks of sizes, wherever a search looks in its domain."""

import re

import pytest

from claims.core import constants
from claims.core.catalogue import catalogue
from claims.observing.premises import PREMISES, met
from claims.paper import concentration
from model.regime import Regime
from strategies.search import SEARCH

REGIME = Regime(
    u=1.0,
    v1=1.0,
    v2=1.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=60,
    n2=20,
    d=10_000,
    m=12,
    inherited=2,
    eta1=0.1,
    eta2=0.1,
    steps1=9,
    steps2=9,
    sigma0=0.01,
)
USERS = [
    pytest.param(claim, used, id=f"{claim.id} uses {used}")
    for claim in catalogue().values()
    for used in sorted(set(claim.uses) & set(PREMISES))
]


def unmet(claim, used, domain):
    """A regime of a domain in which the premise is not met, if the search finds one."""
    return SEARCH.falling(
        domain,
        constants.load(),
        lambda case: any(met(used, case.regime, k) < 1 for k in domain.construction.tasks),
        name=claim.id,
        entropy=0,
        cases=60,
    )


def test_lemmas_with_conditions_on_sizes_are_all_here():
    """Of B1 to B4 every one whose statement begins with a condition."""
    conditional = {
        claim.id for claim in concentration.CLAIMS if re.search(r"^For |≥.* give ", claim.statement)
    }
    assert conditional == set(PREMISES)


def test_there_are_users():
    assert {param.values[1] for param in USERS} == {
        "b1.inner-products",
        "b3.noise",
        "b3.noise.condition",
    }


@pytest.mark.parametrize(("claim", "used"), USERS)
def test_premise_is_met(claim, used):
    assert claim.domain is not None
    assert claim.domain.construction.tasks
    assert unmet(claim, used, claim.domain) is None


@pytest.mark.parametrize("used", ["b4.filters", "b4.samples"])
@pytest.mark.parametrize("user", ["lemma-a1.a.lower", "lemma-a2.b.noise"])
def test_what_no_trained_regime_meets(user, used):
    """B4's constants, in the domains that the same mechanism is at work in: no edge leads there."""
    claim = catalogue()[user]
    assert used not in claim.uses
    assert unmet(claim, used, claim.domain) is not None


@pytest.mark.parametrize(
    ("used", "value"),
    [
        ("b1.inner-products", 9_998 / 10.373491),
        ("b3.noise", 10_000 / 10.555813),
        ("b4.filters", 12 / (50 * 6.684612)),
        ("b4.samples", 20 / (32 * 6.866933)),
    ],
)
def test_by_how_much(used, value):
    """n = 20, m = 12, d = 10^4, delta = 0.05."""
    assert met(used, REGIME, 2) == pytest.approx(value, rel=1e-6)
