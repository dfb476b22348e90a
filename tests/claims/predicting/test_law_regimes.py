"""The sharp law of whole regimes: its limits, and what it does not depend on."""

import math

import pytest
from examples import regime

from claims.predicting.law import (
    cascade,
    one_task,
    predict,
    scratch_error,
    stepwise,
)
from claims.predicting.law.cascade import _cascade
from model.scales import in_unit


def at(tau, **changes):
    """A regime near the law's limit with this tau_2; the tasks are alike, and half of the filters
    are inherited.
    """
    values = {
        "n1": 60,
        "n2": 60,
        "d": 10**6,
        "m": 20,
        "inherited": 10,
        "signal": math.sqrt(tau * 1e6 / 60),
        "sigma1": 1.0,
        "sigma2": 1.0,
        "zeta": 0.02,
    }
    return regime(**(values | {"steps": 80} | changes))


@pytest.mark.parametrize("p", [None, 0.8])
@pytest.mark.parametrize("tau", [0.3, 3.0])
def test_nothing_inherited(tau, p):
    """Transfer is scratch, and upstream does not matter to scratch."""
    none = predict(at(tau, inherited=0), p)
    assert (
        none.transfer
        == none.scratch
        == predict(at(tau), p).scratch
        == predict(at(tau, n1=30, sigma1=7.0), p).scratch
    )
    assert none.scratch == pytest.approx(
        scratch_error(tau, one_task(0.8, 40.0) if p else stepwise(0.5, 40.0, 0.02)), rel=1e-9
    )


@pytest.mark.parametrize("tau", [0.3, 1.0, 3.0])
def test_little_inherited(tau):
    """L2 continues from L1: with one filter of very many inherited it is within 5% of it."""
    found = predict(at(tau, m=10**6, inherited=1, h=0.5))
    assert found.transfer == pytest.approx(found.scratch, rel=0.05)


def test_share_given():
    """As a reading; else each task's own cascade."""
    assert predict(at(1.0), 0.7).p == pytest.approx(0.7)
    made = at(1.0, zeta=0.4)
    assert predict(made).p == pytest.approx(cascade(0.5, 40.0, 0.4).share)


def test_signal_and_noise_inherited():
    """As tau_D says: signal helps, more of it with less noise; noise without signal harms."""
    scratch = predict(at(1.0)).scratch
    assert predict(at(1.0, sigma1=0.2)).transfer < 0.9 * scratch
    helpful, harmful = at(1.0, universal=0.95), at(1.0, universal=1e-4, n1=600)
    assert predict(helpful).transfer < 0.9 * scratch
    assert predict(harmful).transfer > 1.1 * scratch


def test_scale_does_not_matter():
    """E3: (u, v, sigma) times 10, sigma_0 a tenth, eta a hundredth."""
    made = at(1.0)
    assert predict(in_unit(made, 10)).transfer == pytest.approx(predict(made).transfer, rel=1e-6)


def test_deterministic():
    """From empty caches."""
    made = at(1.0, zeta=0.03)
    first = predict(made)
    _cascade.cache_clear()
    predict.cache_clear()
    assert predict(made) == first
