"""What grows by 1/(1 + e^u): its equation, and small steps of it."""

import math

import numpy as np
import pytest

from claims.predicting.law.rising import risen


@pytest.mark.parametrize("scale", [1e-6, 0.1, 1.0, 30.0, 1e200])
@pytest.mark.parametrize("total", [0.0, 1e-12, 0.3, 2.5, 40.0, 1e9])
def test_the_equation(scale, total):
    y = float(risen(scale, total))
    assert y + scale * math.expm1(y) == pytest.approx(total, rel=1e-9)
    assert y >= 0


@pytest.mark.parametrize("start", [-3.0, 0.0, 2.0])
def test_in_small_steps(start):
    u, time, steps = start, 5.0, 10**5
    for _ in range(steps):
        u += time / steps / (1 + math.exp(u))
    found = risen(np.exp(np.array([start])), time)
    assert found[0] == pytest.approx(u - start, rel=1e-4)
