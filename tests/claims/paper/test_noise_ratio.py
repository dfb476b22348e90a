"""The inherited noise of one regime, and what its statements see."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import regime

from claims.core.catalogue import find
from claims.observing.errors import both_ways
from model.sampling import Seeds

REGIME = regime(n1=60, n2=24, d=10**6, m=10, inherited=4, sigma2=3.0, h=0.3, zeta=0.02, steps=100)
EXPONENTS = find("proposition-4.4.2.mechanism.exponents")
FACTOR = find("proposition-4.4.2.mechanism.factor")


@pytest.fixture(scope="module")
def seen():
    return EXPONENTS.observe(REGIME, Seeds(1, 4))


def test_what_is_measured(seen):
    whole = both_ways(REGIME, Seeds(1, 4))
    x_over_alpha = 60 / 24 * (3 / 1.0) ** 2
    assert seen.networks == whole.networks
    assert seen.ratio == pytest.approx(math.log(whole.noise_ratio.mean() / x_over_alpha))
    assert np.allclose(np.exp(seen.logs), (60, 24, 3.0, 0.4, 10**6, 10))
    assert abs(seen.ratio) < 0.15


def made(seen, off, level=0.0):
    """Regimes whose noise has these exponents beyond X/alpha."""
    rng = np.random.default_rng(0)
    return [
        replace(
            seen,
            logs=tuple(logs),
            ratio=float(level + np.dot(off, logs) + 0.04 * rng.standard_normal()),
        )
        for logs in rng.normal(0.0, 0.7, (320, 6))
    ]


@pytest.mark.parametrize("place", range(6))
def test_an_exponent_that_is_off_is_seen(seen, place):
    assert EXPONENTS.margin(made(seen, np.zeros(6)), {}).low > 0
    assert EXPONENTS.margin(made(seen, 0.12 * np.eye(6)[place]), {}).high < 0


@pytest.mark.parametrize(("level", "stands"), [(0.0, True), (-0.1, True), (0.25, False)])
def test_a_factor_that_is_off_is_seen(seen, level, stands):
    margin = FACTOR.margin(made(seen, np.zeros(6), level), {})
    assert (margin.low > 0, margin.high < 0) == (stands, not stands)
