"""Bounds beside those of the paper, on errors made by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from claims.core.catalogue import find
from claims.core.quantities import TAU_2, TAU_D
from claims.observing.errors import Learned, Observation
from claims.paper import proposition_4_4_compared as compared
from model.scales import Scales
from model.test_error import ErrorEstimate

REGIME = Scales(
    n1=60,
    n2=30,
    d=10**9,
    m=32,
    inherited=12,
    tau_2=5.0,
    X=80.0,
    Y=400.0,
    upstream_share=1.0,
    cos_v=0.0,
    h_1=0.5,
    h_2=0.5,
    steps1=80,
    steps2=80,
    zeta_2=0.01,
).regime()


def learned(*errors):
    exact = torch.tensor(errors, dtype=torch.float64)
    return Learned(0.5, np.zeros((len(errors), 2)), ErrorEstimate(exact, exact, exact))


def observation(scratch, transfer):
    return Observation(REGIME, 0, learned(*scratch), learned(*transfer))


@pytest.mark.parametrize(
    ("claim_id", "tau", "which"),
    [
        ("theorem-4.3.error-upper", TAU_2, "scratch"),
        ("theorem-4.2.error-upper.tau-D", TAU_D, "transfer"),
    ],
)
def test_sharper_bounds(claim_id, tau, which):
    """Nats between an error and 0.1 exp(-(tau - C_1)/C_2), and 0.1 exp(-tau/c)."""
    seen = observation((0.2, 0.02), (0.2, 0.02))
    base = claim_id.removesuffix(".error-upper").replace(".error-upper.", ".")
    constants = {f"{base}.C_1": 2.0, f"{base}.C_2": 4.0, f"{base}.c": 3.0}
    nats = np.log([0.2, 0.02])
    upper = math.log(0.1) - (tau(REGIME) - 2.0) / 4.0 - nats
    lower = nats - (math.log(0.1) - tau(REGIME) / 3.0)
    for suffix, wanted in (("sharp", upper), ("from-below", lower)):
        margin = find(f"{claim_id}.{suffix}").margin(seen, constants)
        assert margin.low == pytest.approx(wanted)
        assert margin.high == pytest.approx(wanted)


def test_compared_in_the_same_draw():
    """ln(scratch/transfer), draw by draw, less what it is to grow like."""
    seen = observation((0.4, 0.1), (0.1, 0.2))
    helps = find("proposition-4.4.1.compared").margin(seen, {compared.C_6: 10.0})
    expected = compared.STATED.criterion(REGIME) / 10.0
    assert helps.low == pytest.approx(np.log([4.0, 0.5]) - expected)
    hurts = find("proposition-4.4.2.compared").margin(seen, {compared.C_7: 5.0})
    expected = (TAU_2(REGIME) - TAU_D(REGIME)) / 5.0
    assert hurts.low == pytest.approx(np.log([0.25, 2.0]) - expected)


@pytest.mark.parametrize("until", [1.0, 4.0, 40.0])
def test_as_many_samples_as_it_takes(until):
    larger = compared.enlarged(until)(REGIME)
    assert TAU_D(larger) >= until
    fewer = compared.vary(larger, n2=larger.n2 - 1, hold="h")
    assert TAU_D(fewer) < until
    assert (larger.d, larger.m, larger.sigma1) == (REGIME.d, REGIME.m, REGIME.sigma1)


def test_a_target_that_is_large_enough_stays():
    assert compared.enlarged(TAU_D(REGIME) / 2)(REGIME) == REGIME


@pytest.mark.parametrize(
    ("scratch", "before", "after", "holds"),
    [(0.05, 0.3, 0.01, True), (0.2, 0.3, 0.01, False), (0.05, 0.05, 0.01, False)],
)
def test_what_ends_negative_transfer(scratch, before, after, holds):
    """All three: scratch succeeds, transfer fails, and no longer with the larger target."""
    errors = SimpleNamespace(
        scratch=lambda variant: learned(scratch).error,
        transfer=lambda variant: learned((before, after)[variant]).error,
    )
    assert (compared.ends(errors, {}).low[0] >= 0) == holds
