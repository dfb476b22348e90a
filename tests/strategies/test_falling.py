"""The search for a case that falls: deterministic, on its own roots, shrunk within bounds."""

import subprocess
import sys

import pytest

from claims.core.domain import Between
from claims.core.domains import ANY_REGIME, from_scratch
from claims.core.quantities import TAU_2
from model.regime import Regime
from strategies.search import ROOTS, SEARCH, HypothesisSearch

SCRATCH = from_scratch(TAU_2, Between(0.02, 40.0))


def every(domain=ANY_REGIME, *, name="a", entropy=0, cases=20, calibration=False):
    """Every case of a search in which nothing falls."""
    drawn = []
    smallest = HypothesisSearch(calibration).falling(
        domain,
        {},
        lambda case: drawn.append(case) or False,
        name=name,
        entropy=entropy,
        cases=cases,
    )
    assert smallest is None
    return drawn


@pytest.mark.parametrize("domain", [ANY_REGIME, SCRATCH], ids=lambda domain: domain.construction)
def test_same_name_and_entropy_same_cases(domain):
    first = every(domain)
    assert len(first) == len(set(first)) == 20
    every(domain, name="something else in between")
    assert every(domain) == first


STRANGER = """
from claims.core.domains import ANY_REGIME
from strategies.search import SEARCH

def cases():
    drawn = []
    for entropy in range(6):
        SEARCH.falling(
            ANY_REGIME,
            {},
            lambda case: drawn.append(case) or False,
            name="a",
            entropy=entropy,
            cases=30,
        )
    return drawn

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
    assert len(set(every()) & set(every(**change))) <= 1


@pytest.mark.parametrize("calibration", [False, True])
def test_roots_of_calibration_and_verification_are_disjoint(calibration):
    roots = [case.root for case in every(cases=100, calibration=calibration)]
    assert all((root >= ROOTS) is calibration for root in roots)
    assert min(roots) >= 0
    assert max(roots) < 2 * ROOTS


def test_first_that_falls_ends_the_search():
    met = []

    def falls(case):
        met.append(case)
        return len(met) == 7

    smallest = SEARCH.falling(ANY_REGIME, {}, falls, name="a", entropy=0, cases=20)
    assert smallest == met[-1]
    assert len(met) == 7  # with no shrinks allowed, none is made


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
    smallest = SEARCH.falling(ANY_REGIME, {}, falls, name="a", entropy=3, cases=100, shrinks=2000)
    assert smallest.root == 0
    free = {
        name for name in SMALLEST.to_dict() if name not in {"eta1", "eta2", "sigma0", "d", *minimal}
    }
    small = smallest.regime.to_dict()
    assert {name: small[name] for name in minimal} == minimal
    assert {name: small[name] for name in free} == {name: SMALLEST.to_dict()[name] for name in free}


def test_smallest_of_all():
    smallest = SEARCH.falling(
        ANY_REGIME, {}, lambda case: True, name="b", entropy=0, cases=100, shrinks=2000
    )
    assert smallest.regime.to_dict() == pytest.approx(SMALLEST.to_dict(), rel=1e-12)


@pytest.mark.parametrize("shrinks", [0, 1, 24])
def test_shrinking_keeps_to_its_allowance(shrinks):
    """Each case is decided once; after the first that falls, so many more at most. What is returned
    did fall.
    """
    met = []

    def falls(case):
        met.append(case)
        return case.regime.n1 >= 3

    smallest = SEARCH.falling(ANY_REGIME, {}, falls, name="a", entropy=0, cases=40, shrinks=shrinks)
    first = next(k for k, case in enumerate(met) if case.regime.n1 >= 3)
    assert len(met) == len(set(met))
    assert len(met) - first - 1 <= shrinks
    assert smallest in met
    assert smallest.regime.n1 >= 3


def test_an_error_is_not_a_case_that_falls():
    """A predicate that breaks says so; it is not mistaken for a case that falls."""

    def breaks(case):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        SEARCH.falling(ANY_REGIME, {}, breaks, name="a", entropy=0, cases=5)
