"""Regimes are constructed inside their domain: every draw lands there, none is thrown away, and
failures shrink to something small.

Constants are stand-ins, so that a new calibration changes nothing here.
"""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.control import current_build_context

from claims.core import quantities
from claims.core.catalogue import catalogue
from claims.core.claim import Domain, hypothesis
from claims.core.condition import LITERAL, PRACTICAL, TIERS, slacks, violations
from claims.core.criteria import TAU_2
from claims.core.domains import ANY_REGIME, INDEPENDENT, scratch_above, scratch_below
from model.regime import Regime
from strategies.regimes import regimes
from strategies.search import ROOTS, search

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
    for version in (claim, *map(claim.wrong, claim.mutants))
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
SCRATCH = Domain("scratch", (hypothesis("tau_2", 0.02, 40.0),))


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


def measured(name, regime, domain):
    """Values of a group that a domain may draw from a range of its own; one for each tier where the
    tier is its unit.
    """
    if name == "initialisation":
        return [
            tier.constants["C_0"] / slacks(regime, domain.tasks)["initialisation"]
            for tier in TIERS.values()
        ]
    if name in ("room", "duration"):
        # over the least d, and before T is rounded up, which a regime does not tell:
        # tests/strategies/test_groups.py
        return []
    derived = {
        "h1": lambda: quantities.catalogue()["h_1"](regime),
        "h2": lambda: quantities.catalogue()["h_2"](regime),
        "upstream_share": lambda: regime.v1**2 / regime.u**2,
    }
    return [derived[name]() if name in derived else getattr(regime, name)]


@pytest.mark.parametrize(
    "domain",
    [domain for domain in DOMAINS if domain.groups],
    ids=[name for domain, name in DOMAINS.items() if domain.groups],
)
def test_groups_of_the_domain(domain):
    _, drawn = draws(domain, 20)
    for name, low, high in domain.groups:
        values = [measured(name, regime, domain) for regime in drawn]
        assert all(
            any(low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high) for value in row)
            for row in values
            if row
        ), (name, values)


def test_discards_would_be_seen(monkeypatch):
    """Control: a construction that filters."""
    monkeypatch.setattr(
        "strategies.regimes._small",
        lambda domain, constants: st.integers(0, 9).filter(lambda k: k % 2 == 0).map(lambda k: k),
    )
    with pytest.raises(AssertionError):
        draws(ANY_REGIME, 50)


@pytest.mark.parametrize(
    "construction", ["small", "independent", "scratch", "transfer", "positive", "negative"]
)
def test_every_construction_is_used(construction):
    assert construction in {domain.construction for domain in DOMAINS}


# What the search looks at -------------------------------------------------------------------------


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
    edge = max(taus) if domain.hypotheses[0].high == 1.0 else min(taus)
    assert edge == pytest.approx(1.0 if domain.hypotheses[0].high == 1.0 else 3.0, rel=1e-9)
    assert max(taus) > 5 * min(taus)


def test_both_tiers_are_visited():
    _, drawn = draws(SCRATCH, 100)
    literal = [r for r in drawn if not violations(r, LITERAL, (2,))]
    practical = [r for r in drawn if not violations(r, PRACTICAL, (2,))]
    assert literal
    assert len(practical) > len(drawn) / 2


# The search ---------------------------------------------------------------------------------------


def seen(domain=ANY_REGIME, *, name="a", entropy=0, cases=20, calibration=False):
    """Every case a search that finds nothing looks at."""
    looked = []
    assert (
        search(
            domain,
            CONSTANTS,
            lambda case: looked.append(case) or False,
            name=name,
            entropy=entropy,
            cases=cases,
            calibration=calibration,
        )
        is None
    )
    return looked


@pytest.mark.parametrize("domain", [ANY_REGIME, SCRATCH], ids=lambda domain: domain.construction)
def test_same_name_and_entropy_same_cases(domain):
    first = seen(domain)
    assert len(first) == len(set(first)) == 20
    seen(domain, name="something else in between")
    assert seen(domain) == first


STRANGER = """
from claims.core.domains import ANY_REGIME
from strategies.search import search

def cases():
    seen = []
    for entropy in range(6):
        search(ANY_REGIME, {}, lambda case: seen.append(case) or False, name="a", entropy=entropy, cases=30)
    return seen

before = cases()
import stranger
assert cases() == before
"""


def test_same_cases_whatever_else_is_imported(tmp_path):
    """Under pytest, on the command line, beside a user's own code. (Hypothesis draws constants that
    it finds in the modules around.)
    """
    (tmp_path / "stranger.py").write_text(f"NUMBERS = {list(range(1000, 2000))}")
    done = subprocess.run(
        [sys.executable, "-c", STRANGER], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("change", [{"name": "b"}, {"entropy": 1}, {"calibration": True}], ids=str)
def test_other_name_or_entropy_other_cases(change):
    """But for the simplest case, which every search begins with."""
    assert len(set(seen()) & set(seen(**change))) <= 1


@pytest.mark.parametrize("calibration", [False, True])
def test_roots_of_calibration_and_verification_are_disjoint(calibration):
    roots = [case.root for case in seen(cases=100, calibration=calibration)]
    assert all((root >= ROOTS) is calibration for root in roots)
    assert min(roots) >= 0
    assert max(roots) < 2 * ROOTS


def test_first_that_falls_ends_the_search():
    looked = []

    def falls(case):
        looked.append(case)
        return len(looked) == 7

    found = search(ANY_REGIME, {}, falls, name="a", entropy=0, cases=20)
    assert found == looked[-1]
    assert len(looked) == 7  # with no shrinks allowed, none is made


SMALLEST = Regime(
    u=1.0,
    v1=1.0,
    v2=1.0,
    cos_v=0.0,
    sigma1=0.1,
    sigma2=0.1,
    n1=1,
    n2=1,
    d=4,
    m=1,
    inherited=0,
    eta1=0.01 / 0.04,
    eta2=0.01 / 0.04,
    steps1=1,
    steps2=1,
    sigma0=1e-3 / 0.4,
)


@pytest.mark.parametrize(
    ("falls", "minimal"),
    [
        (lambda case: True, {}),
        (lambda case: case.regime.n2 >= 5, {"n2": 5}),
        (lambda case: case.regime.m >= 2 and case.regime.inherited >= 1, {"m": 2, "inherited": 1}),
        (lambda case: case.regime.u == 0, {"u": 0.0}),
        (lambda case: case.regime.steps2 > 10 and case.regime.n1 > 3, {"n1": 4, "steps2": 11}),
    ],
    ids=["always", "n2", "inherited", "u", "two of them"],
)
def test_shrinks_to_a_small_regime(falls, minimal):
    """What the failure does not need is at its simplest; step sizes and sigma_0 follow from the
    sizes.
    """
    found = search(ANY_REGIME, {}, falls, name="a", entropy=3, cases=100, shrinks=2000)
    assert found.root == 0
    free = {
        name for name in SMALLEST.to_dict() if name not in {"eta1", "eta2", "sigma0", "d", *minimal}
    }
    small = found.regime.to_dict()
    assert {name: small[name] for name in minimal} == minimal
    assert {name: small[name] for name in free} == {name: SMALLEST.to_dict()[name] for name in free}


def test_smallest_of_all():
    found = search(ANY_REGIME, {}, lambda case: True, name="b", entropy=0, cases=100, shrinks=2000)
    assert found.regime.to_dict() == pytest.approx(SMALLEST.to_dict(), rel=1e-12)


@pytest.mark.parametrize("shrinks", [0, 1, 24])
def test_shrinking_keeps_to_its_allowance(shrinks):
    """Each case is decided once; after the first that falls, so many more at most. What is returned
    did fall.
    """
    looked = []

    def falls(case):
        looked.append(case)
        return case.regime.n1 >= 3

    found = search(ANY_REGIME, {}, falls, name="a", entropy=0, cases=40, shrinks=shrinks)
    first = next(k for k, case in enumerate(looked) if case.regime.n1 >= 3)
    assert len(looked) == len(set(looked))
    assert len(looked) - first - 1 <= shrinks
    assert found in looked
    assert found.regime.n1 >= 3


def test_an_error_is_not_a_finding():
    """A predicate that breaks says so; it is not mistaken for a case that falls."""

    def breaks(case):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        search(ANY_REGIME, {}, breaks, name="a", entropy=0, cases=5)
