"""Theorem 4.3 by the sizes of the classes, on errors made by hand; and what its delta is."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.condition import DELTA
from claims.core.quantities import TAU_2
from claims.observing.by_class import ByClass
from claims.paper import unequal_classes as by_class
from model.scales import Scales
from model.test_error import ErrorEstimate

SIZES = {"n1": 30, "n2": 30, "m": 32, "inherited": 0, "d": 10**9}
REST = {"upstream_share": 1.0, "cos_v": 0.0, "X": 1.0, "Y": 1.0, "h_1": 0.5, "h_2": 0.5}
REGIME = Scales(**SIZES, **REST, tau_2=5.0, steps1=80, steps2=80, zeta_2=0.01).regime()
CONSTANTS = {"theorem-4.3.C_1": 2.0, by_class.C_8: 4.0, by_class.C_9: 1.0}


def seen(fewer, errors, regime=REGIME):
    exact = torch.tensor(errors, dtype=torch.float64)
    return ByClass(regime, 0, np.array(fewer), ErrorEstimate(exact, exact, exact))


def test_bounds():
    """Nats between an error and exp(-tau_c/C_8), and 0.1 exp(-tau_c/C_9)."""
    found = seen([15, 6], [0.2, 0.02])
    tau = TAU_2(REGIME) * np.array([1.0, 2 * 36 / (30 * 24)])
    nats = np.log([0.2, 0.02])
    upper = find("theorem-4.3.by-class.upper").margin(found, CONSTANTS)
    assert upper.low == pytest.approx(-tau / 4.0 - nats)
    lower = find("theorem-4.3.by-class.lower").margin(found, CONSTANTS)
    assert lower.low == pytest.approx(nats - math.log(0.1) + tau)


def test_what_each_network_needs():
    upper, lower = (
        next(one for one in find(f"theorem-4.3.by-class.{side}").fits if one.name == name)
        for side, name in (("upper", by_class.C_8), ("lower", by_class.C_9))
    )
    found = seen([15, 15, 15], [math.exp(-2.0), 1.0, 0.1 * math.exp(-2.0)])
    tau = TAU_2(REGIME)
    assert upper.needed(found) == pytest.approx([tau / 2, math.inf, tau / (2 + math.log(10))])
    assert lower.needed(found)[2] == pytest.approx(tau / 2)
    assert lower.needed(found)[:2].tolist() == [lower.unmet] * 2


#: tau_c over the exponent of the error, in most networks.
USUAL = 2.6


@pytest.mark.parametrize("n2", range(20, 61))
def test_what_delta_pays_for(n2):
    """However large tau_2 is, C_2 serves all but a share delta of the draws of the classes."""
    ratio = USUAL / constant_table.load()["theorem-4.3.C_2"]
    assert beyond(n2, ratio) < DELTA


def test_fewer_samples_need_another_constant():
    """Of 16 the smaller class has 4 or fewer too often."""
    assert beyond(16, USUAL / constant_table.load()["theorem-4.3.C_2"]) > DELTA


def beyond(n, ratio):
    """The probability that 2 N_c²/(N (N - N_c)) of the smaller class is below `ratio`."""
    fewer = np.arange(n // 2 + 1)
    chance = stats.binom.pmf(fewer, n, 0.5) * np.where(2 * fewer == n, 1, 2)
    return float(chance[2 * fewer**2 / (n * (n - fewer)) < ratio].sum())


def test_a_planted_criterion_is_that_of_equal_classes():
    found = seen([15, 6], [0.2, 0.02])
    assert by_class.tau_2(found).tolist() == [TAU_2(REGIME)] * 2
    assert by_class.linear(found) == pytest.approx([TAU_2(REGIME), TAU_2(REGIME) * 0.4])
