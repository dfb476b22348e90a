"""A statement about formulas alone: observed once, without a regime."""

import json
import math

import pytest
from toys import Observation, bare, decided, formula

from claims.core.status import Status
from claims.deciding.decide import repeat
from claims.deciding.formula import Formula
from strategies.search import SEARCH


@pytest.mark.parametrize(
    ("margin", "status"),
    [(0.0, Status.VERIFIED), (-1.0, Status.FALSIFIED), (math.nan, Status.FALSIFIED)],
)
def test_verdict(margin, status):
    verdict = decided(formula(margin))
    assert (verdict.status, verdict.regimes, verdict.drawn) == (status, 1, 1)
    assert (verdict.networks, verdict.level) == (0, 0.0)
    assert (verdict.counterexample or {"regime": None})["regime"] is None
    assert (verdict.counterexample is None) == (status is Status.VERIFIED)
    assert json.dumps(verdict.to_dict(), allow_nan=False)


def test_says_how_and_on_what():
    """By what is observed: method, evidence, networks trained for it."""
    observation = Observation(None, None, 4, "by hand", {"box": [0, 1]})
    verdict = decided(formula(1.0, observe=lambda: observation))
    assert (verdict.method, verdict.evidence, verdict.networks) == ("by hand", {"box": [0, 1]}, 4)


def test_repeat():
    claim = formula(-0.5)
    assert repeat(claim, None, 0, entropy=1, regimes=1, search=SEARCH).low.tolist() == [-0.5]


def test_a_domain_is_refused():
    with pytest.raises(ValueError, match="takes no domain"):
        bare(rule=Formula())
