"""What the law says is learned and memorised after transfer, against networks and its limits."""

import math

import numpy as np
import pytest
from examples import partly_inherited as made

from claims.observing.dynamics import after_transfer
from claims.predicting.law import IncomputableError, learned
from claims.predicting.law.counted import counted
from claims.predicting.scalar import solve
from model.sampling import Seeds
from model.scales import in_unit


@pytest.mark.parametrize(
    "changes",
    [{"inherited": 0}, {}, {"inherited": 16}, {"n1": 600, "inherited": 16}],
    ids=["scratch", "few", "most", "much noise"],
)
def test_networks(changes):
    """No constant is fitted; with the share that is active from scratch it would be off by more."""
    one = made(**changes)
    run = after_transfer(one, Seeds(5, 24))
    last = run.at(len(run.steps) - 1)
    law = learned.after_transfer(one)
    assert law.noise == pytest.approx(last.own_mean.mean(), rel=0.02)
    assert law.signal == pytest.approx(last.signal.mean(), rel=0.06)
    if one.alpha < 1 / 2:  # else samples differ too much in how many filters are active on them
        curve = float(solve(1.0, law.share * 0.4 * 100))
        assert law.noise == pytest.approx(curve, rel=0.05)


def test_nothing_inherited():
    """What one task has by itself, less what a signal of q N/d = 0.0024 fits."""
    law, alone = learned.after_transfer(made(inherited=0)), counted(0.4, 40.0, 0.02, 20)
    assert law.noise == pytest.approx(alone.output, rel=0.01)
    assert law.noise < alone.output


def test_more_inherited_noise_leaves_fewer_active():
    shares = [learned.after_transfer(made(n1=n, inherited=20)).share for n in (20, 60, 600, 60_000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(0.5, abs=0.03)
    assert shares[0] > 0.6


def test_an_inherited_signal_leaves_less_to_memorise():
    weak, strong = (learned.after_transfer(made(signal=s)) for s in (200.0, 20_000.0))
    assert strong.noise < 0.9 * weak.noise


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_any_unit_of_length(unit):
    one = made()
    here, there = learned.after_transfer(one), learned.after_transfer(in_unit(one, unit))
    assert np.allclose([here.noise, here.signal], [there.noise, there.signal], rtol=1e-9)


def test_numbers_beyond_all_bounds():
    with pytest.raises(IncomputableError, match="cannot be computed"):
        learned.after_transfer(made(signal=1e300))
    assert math.isfinite(learned.after_transfer(made(signal=1e30)).signal)
