"""Exponents over a population of runs: made ones are found, and a network's end is what is read."""

import math

import numpy as np
import pytest

from claims.core.catalogue import find
from claims.observing import dynamics
from claims.observing.orders import (
    LAW_SHARE,
    STATED_SHARE,
    Grown,
    Growth,
    exponents,
)
from claims.predicting.scalar import solve
from model.regime import Regime
from model.sampling import Seeds

REGIME = Regime(
    u=8.0,
    v1=4.0,
    v2=4.0,
    cos_v=0.0,
    sigma1=1.0,
    sigma2=1.0,
    n1=20,
    n2=24,
    d=100_000,
    m=10,
    inherited=3,
    eta1=0.001,
    eta2=0.001,
    steps1=30,
    steps2=40,
    sigma0=1e-5,
)


def made(off, count=240, seed=0, spread=0.05):
    """Growths whose signal has these exponents beyond the declared ones, with c = 0.8 h."""
    rng = np.random.default_rng(seed)
    growths = []
    for _ in range(count):
        logs = rng.normal(0.0, 1.0, 6)
        law = logs[3] + 0.1 * rng.standard_normal()
        seen = [*logs[:3], law, *logs[4:]]
        signal = law - logs[3] + np.dot(off, seen) + spread * rng.standard_normal()
        growths.append(Growth(REGIME, 6, tuple(logs), law, float(signal), 0.0))
    return growths


def signal(one):
    return one.signal


@pytest.mark.parametrize("place", range(6))
def test_an_exponent_that_is_off_is_seen(place):
    """With c = 0.8 h, by which it was made."""
    off = np.zeros(6)
    found = exponents(signal, LAW_SHARE)
    right = found.within(0.05)
    assert right(made(off), {}).low[0] > 0
    off[place] = 0.12
    assert right(made(off), {}).high[0] < 0
    left = found.left(made(off))["beyond the declared exponent"]
    low, value, high = list(left.values())[place]
    assert low < 0.12 < high
    assert value == pytest.approx(0.12, abs=0.02)


def test_planted_exponents_are_declared_ones():
    wrong = exponents(signal, LAW_SHARE).within(0.05, N=0.25)
    assert wrong(made(np.zeros(6)), {}).high[0] < 0
    assert wrong(made(np.array([0.25, 0, 0, 0, 0, 0])), {}).low[0] > 0


@pytest.mark.parametrize("index", [1, 2])
def test_what_is_read_of_a_run(index):
    """The last step's means, in the lemma's units; sizes of the task that is trained."""
    run = dynamics.upstream if index == 1 else dynamics.after_transfer
    grown, whole = Grown(run)(REGIME, Seeds(3, 2)), run(REGIME, Seeds(3, 2))
    task = REGIME.task(index)
    h = task.eta * task.sigma**2 * REGIME.d / (task.samples * REGIME.m)
    x, law = (solve(1.0, np.array([share * h * task.steps]))[0] for share in (0.5, 0.8))
    q = (task.signal_norm / task.sigma) ** 2
    sizes = (task.samples, q, REGIME.d, x, h, REGIME.m)
    np.testing.assert_allclose(grown.logs, np.log(sizes), rtol=1e-9)
    assert grown.law_log == pytest.approx(math.log(law))
    unit = task.samples * q / REGIME.d * x
    assert grown.signal == pytest.approx(math.log(whole.signal[-1].mean() / unit))
    assert grown.noise == pytest.approx(math.log(whole.own_sum[-1].mean() / (task.samples * x)))
    assert grown.networks == whole.networks


def test_the_curve_changes_the_unit():
    (one,) = made(np.zeros(6), count=1)
    assert one.seen_with(STATED_SHARE) == (0.0, one.logs)
    unit, logs = one.seen_with(LAW_SHARE)
    assert unit == one.logs[3] - one.law_log
    assert logs == (*one.logs[:3], one.law_log, *one.logs[4:])


@pytest.mark.parametrize("name", ["signal", "noise"])
def test_both_curves_are_decided_on_the_same_runs(name):
    stated, law = (find(f"lemma-a1.b.{name}.exponents{end}") for end in ("", ".share"))
    assert (stated.domain, stated.observe, stated.family_id) == (
        law.domain,
        law.observe,
        law.family_id,
    )
