"""The search that climbs: towards larger scores, as deterministically as the plain one, within its
number of cases, and leaving Hypothesis as it was.
"""

import math
import subprocess
import sys

import pytest
from hypothesis.internal.conjecture.providers import HypothesisProvider

from claims.core.domain import Between
from claims.core.domains import ANY_REGIME, from_scratch
from claims.core.quantities import TAU_2
from strategies.provider import PlainProvider
from strategies.search import ROOTS, SEARCH

SCRATCH = from_scratch(TAU_2, Between(0.02, 40.0))
PEAK = {"sigma1": 1.3, "sigma2": 0.6, "n1": 6, "n2": 7, "steps1": 13, "steps2": 22}


def distance(case):
    """Minus the distance, in logarithms, from a regime inside the range of all six: smooth, with
    one peak and no plateau.
    """
    return -sum(abs(math.log(getattr(case.regime, name) / value)) for name, value in PEAK.items())


def worst(score=distance, *, domain=ANY_REGIME, name="a", entropy=0, cases=30):
    """Every case that is scored, in order."""
    drawn = []
    SEARCH.worst(
        domain,
        {},
        lambda case: drawn.append(case) or score(case),
        name=name,
        entropy=entropy,
        cases=cases,
    )
    return drawn


def plain(*, name="a", entropy=0, cases=30):
    """The same of a search that does not climb."""
    drawn = []
    SEARCH.falling(
        ANY_REGIME,
        {},
        lambda case: drawn.append(case) or False,
        name=name,
        entropy=entropy,
        cases=cases,
    )
    return drawn


# Higher -------------------------------------------------------------------------------------------


def test_finds_more_than_a_plain_search():
    """Of as many cases each: what it is for. (Of a hundred cases, it hardly does yet.)"""
    best = {
        find: [max(map(distance, find(entropy=entropy, cases=400))) for entropy in range(2)]
        for find in (worst, plain)
    }
    assert sum(best[worst]) > sum(best[plain]), best


def test_the_score_steers():
    """Another score, other cases; and of a score that is all the same, nothing is expected but that
    it ends.
    """
    towards = [worst(score) for score in (distance, lambda case: -distance(case), lambda case: 0.0)]
    assert towards[0] != towards[1]
    assert all(len(drawn) > 15 for drawn in towards)


# Within bounds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("cases", [1, 2, 7, 40])
def test_no_more_calls_than_cases(cases):
    """And no case twice: a network once trained is not trained again."""
    drawn = worst(cases=cases)
    assert len(drawn) == len(set(drawn)) <= cases
    assert len(drawn) > cases / 2


@pytest.mark.parametrize("domain", [ANY_REGIME, SCRATCH], ids=lambda domain: domain.construction)
def test_inside_the_domain(domain):
    """What it climbs to is a regime of the domain, on a root of verification's, not of
    calibration's.
    """
    for case in worst(lambda case: case.regime.n2 / case.regime.m, domain=domain):
        assert domain.violations(case.regime, {}) == []
        assert 0 <= case.root < ROOTS


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_any_finite_score(scale):
    assert len(worst(lambda case: scale * math.tanh(distance(case)))) > 15


# Deterministic ------------------------------------------------------------------------------------


def test_same_name_and_entropy_same_cases():
    first = worst()
    worst(name="something else in between")
    plain()
    assert worst() == first


@pytest.mark.parametrize("change", [{"name": "b"}, {"entropy": 1}], ids=str)
def test_other_name_or_entropy_other_cases(change):
    """But for the simplest case, which every search begins with, and what little lies around it."""
    assert len(set(worst()) & set(worst(**change))) <= 3


STRANGER = """
from claims.core.domains import ANY_REGIME
from strategies.search import SEARCH

def cases():
    drawn = []
    SEARCH.worst(
        ANY_REGIME,
        {},
        lambda case: drawn.append(case) or -case.regime.n1 * case.regime.sigma1,
        name="a",
        entropy=2,
        cases=30,
    )
    return drawn

before = cases()
import stranger
assert cases() == before
print(hash(tuple((case.root, *case.regime.to_dict().values()) for case in before)))
"""


def test_same_cases_whatever_else_is_imported(tmp_path):
    """In a process of its own, before and after a module full of constants; and the same in this
    one.
    """
    (tmp_path / "stranger.py").write_text(f"NUMBERS = {list(range(1000, 2000))}")
    done = subprocess.run(
        [sys.executable, "-c", STRANGER], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    here = worst(lambda case: -case.regime.n1 * case.regime.sigma1, entropy=2)
    assert int(done.stdout) == hash(
        tuple((case.root, *case.regime.to_dict().values()) for case in here)
    )


# Hypothesis is left as it was ---------------------------------------------------------------------


def constants():
    return HypothesisProvider._maybe_draw_constant


def test_no_constants_for_as_long_as_it_lasts():
    """Neither Hypothesis's own nor those that it finds in modules; as in the plain search."""
    before, during = constants(), []
    worst(lambda case: during.append(constants()) or 0.0, cases=3)
    assert constants() is before
    assert set(during) == {PlainProvider._maybe_draw_constant} != {before}


@pytest.mark.parametrize(
    "error", [RuntimeError("out of memory"), KeyboardInterrupt()], ids=["error", "Ctrl-C"]
)
@pytest.mark.parametrize("when", [1, 5])
def test_an_error_is_passed_on(error, when):
    """As it is; and constants are drawn again."""
    before, calls = constants(), []

    def breaks(case):
        calls.append(case)
        if len(calls) >= when:
            raise error
        return distance(case)

    with pytest.raises(type(error)) as left:
        SEARCH.worst(ANY_REGIME, {}, breaks, name="a", entropy=0, cases=20)
    assert left.value is error
    assert constants() is before
    assert len(worst(cases=10)) > 5  # and the next search runs
