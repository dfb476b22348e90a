"""The algebra of tau_D, against the quantities as they are evaluated in regimes."""

import math
from dataclasses import replace

import numpy as np
import pytest

from claims.beyond.criterion_algebra import CLAIMS
from claims.core import quantities as q
from model.regime import Regime

NAMED = q.catalogue()
C_4 = 5.8


def regimes(count=2000):
    """Random ones: sizes from 20 to 600, X up to C_4, Y from 1 to 100, any share."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        n1 = int(rng.integers(20, 601))
        n2 = int(rng.integers(math.ceil(max(20, n1 / 30)), min(600, 30 * n1) + 1))
        m = int(rng.integers(8, 65))
        inherited = int(rng.integers(1, m + 1))
        sigma1 = math.sqrt(inherited / m * n1 / n2 / rng.uniform(0.01, C_4))
        v2 = math.sqrt(math.exp(rng.uniform(0, math.log(100))) - 1)
        yield Regime(
            u=1.0,
            v1=1.0,
            v2=v2,
            cos_v=0.0,
            sigma1=sigma1,
            sigma2=1.0,
            n1=n1,
            n2=n2,
            d=10**6,
            m=m,
            inherited=inherited,
            eta1=0.1,
            eta2=0.1,
            steps1=9,
            steps2=9,
            sigma0=0.01,
        )


def of(name, regime):
    return NAMED[name](regime)


def test_ratios():
    for regime in regimes(50):
        x, y, share = (of(name, regime) for name in ("X", "Y", "alpha"))
        tau_2 = of("tau_2", regime)
        stated = x**2 * regime.n2 / (regime.n1 * y**2)
        assert of("tau_D", regime) / tau_2 == pytest.approx((1 + x / y) ** 2 / (1 + share * x))
        assert of("tau_A", regime) / tau_2 == pytest.approx(stated)


def test_signs():
    """Where transfer gains, and where another source sample helps."""
    gaining = helped = 0
    for regime in regimes():
        x, y, share = (of(name, regime) for name in ("X", "Y", "alpha"))
        gains = of("tau_D", regime) > of("tau_2", regime)
        more = of("tau_D", replace(regime, n1=regime.n1 + 1)) > of("tau_D", regime)
        assert gains == (y < (1 + math.sqrt(1 + share * x)) / share)
        # A finite step of N_1 may cross the boundary.
        if not math.isclose(y, x + 2 / share, rel_tol=0.05):
            assert more == (y < x + 2 / share)
        assert more or not gains
        gaining, helped = gaining + gains, helped + (more and not gains)
    assert gaining > 100
    assert helped > 100  # transfer harms, and less so with more source data


def test_range():
    """Between the two ends, and near both somewhere."""
    low, high = (1 + C_4) / (1 + 30 * C_4**2), (1 + C_4) ** 2 / (1 + C_4**2 / 30)
    found = [of("tau_D", one) / of("tau_A+tau_2", one) for one in regimes()]
    assert low <= min(found) < 10 * low
    assert high / 10 < max(found) < high


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_proved_and_mutants_refuted(claim):
    """What is proved holds at the points tried; no mutant is proved."""
    assert claim.margin(claim.observe(), {}).possible_failures == 0
    for mutant in claim.mutations:
        margin = mutant.margin(mutant.observe(), {})
        assert (margin.certain_failures, margin.possible_failures) == (1, 1)
