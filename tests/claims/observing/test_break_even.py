"""Where transfer and scratch err alike, measured beside what the law says."""

import math

import pytest
from examples import regime

from claims.beyond import law_break_even
from claims.core import quantities
from claims.observing import break_even as observing
from claims.observing.break_even import (
    BESIDE,
    BreakEven,
    by_tau_d,
    observed_break_even,
    predict_break_even,
)
from claims.predicting.law import break_even, gain, sharing
from model.regime import RegimeError
from model.sampling import Seeds

#: Much noise is inherited, with half of the filters.
MADE = regime(
    n1=200, n2=40, d=10**7, m=8, inherited=4, signal=2000.0, sigma1=1.0, sigma2=1.0, steps=60
)


def named(name, made):
    return quantities.catalogue()[name](made)


@pytest.mark.parametrize("y", [1.0, 2.5, 400.0])
def test_sharing_changes_y_alone(y):
    made = sharing(MADE, y)
    assert named("Y", made) == pytest.approx(y)
    for name in ("tau_2", "h_2", "zeta_2", "X"):
        assert named(name, made) == pytest.approx(named(name, MADE))
    assert made.v1 == MADE.v1


def test_y_is_at_least_1():
    with pytest.raises(RegimeError, match=r"Y = 0\.9: must be at least 1"):
        sharing(MADE, 0.9)


def test_at_break_even_the_law_foretells_no_gain():
    y = break_even(MADE)
    assert gain(sharing(MADE, y)) == pytest.approx(0, abs=2e-3)
    assert gain(sharing(MADE, y / 1.3)) < -0.01
    assert gain(sharing(MADE, y * 1.3)) > 0.01
    assert predict_break_even(MADE) == {"Y": y}


def test_where_nothing_parts_gain_from_loss():
    """A filter of a source that has learned nothing: transfer changes nothing that a Y could."""
    with pytest.raises(RegimeError, match="no Y from 1 to 1000 parts gain from loss"):
        break_even(regime(n1=1, n2=40, d=10**7, m=8, inherited=0, signal=2000.0, sigma2=1.0))


def test_by_tau_d_tau_d_is_tau_2():
    made = sharing(MADE, by_tau_d(MADE))
    assert named("tau_D", made) == pytest.approx(named("tau_2", made))


def test_it_is_measured(monkeypatch):
    """What is measured does not follow what is foretold."""
    seeds = Seeds(0, 6)
    found = observed_break_even(MADE, seeds)
    assert found.networks == 2 * 3 * 6 * observing.TIMES
    assert found.foretold == break_even(MADE)
    assert found.by_tau_d == by_tau_d(MADE)
    assert found.measured == pytest.approx(found.foretold, rel=0.3)
    sides = [sharing(MADE, found.foretold * math.exp(side)) for side in (-BESIDE, BESIDE)]
    assert found.slope == pytest.approx((gain(sides[1]) - gain(sides[0])) / (2 * BESIDE))
    assert found.measured_slope == pytest.approx(found.slope, rel=0.4)
    monkeypatch.setattr(observing, "break_even", lambda _: 1.3 * found.foretold)
    moved = observed_break_even(MADE, seeds)
    assert moved.foretold == 1.3 * found.foretold
    assert moved.measured == pytest.approx(found.measured, rel=0.15)


def test_what_does_not_grow_has_no_break_even(monkeypatch):
    monkeypatch.setattr(observing, "_gain", lambda *_: 0.3)
    found = observed_break_even(MADE, Seeds(0, 2))
    assert found.measured == math.inf
    assert found.measured_slope == 0
    assert law_break_even.gaps([found], lambda one: one.foretold)[0] == math.inf
    assert law_break_even.slopes([found], 1.0)[0] == math.inf


def test_what_hardly_grows_has_none(monkeypatch):
    gains = iter([0.1, 0.1001])
    monkeypatch.setattr(observing, "_gain", lambda *_: next(gains))
    assert observed_break_even(MADE, Seeds(0, 2)).measured == math.inf


def test_both_margins_judge_what_is_measured():
    def found(y, slope):
        return BreakEven(1, 10.0, 10.0 * y, 20.0, 0.5, 0.5 * slope)

    right, wrong = [found(1.05, 1.05)] * 64, [found(1.3, 1.3)] * 64
    near, steep = (claim.margin for claim in law_break_even.CLAIMS)
    for margin in (near, steep):
        assert margin(right, {}).least > 0
        assert margin(wrong, {}).certain_failures
