"""Signals at which errors cross given ones."""

import pytest
from examples import regime

from claims.core import quantities
from claims.observing import class_sizes
from claims.observing.class_sizes import stratified
from claims.observing.thresholds import (
    COMMON,
    RARE,
    crossing,
    predict_crossing,
    predict_width,
    width,
)
from claims.predicting import law
from model.sampling import Seeds

MADE = regime(n1=1, n2=24, d=10**6, m=5, inherited=0, signal=700.0, sigma2=1.0, h=0.4, steps=100)


def test_a_threshold_is_where_the_mean_error_is_a_tenth(monkeypatch):
    found = crossing(MADE, Seeds(0, 6))
    foretold = predict_crossing(MADE)["tau_2"]
    assert found.foretold == foretold == law.finite_threshold(MADE)
    assert found.networks == 2 * 6 * class_sizes.TIMES
    at = law.with_signal(MADE, found.measured / quantities.catalogue()["tau_2"](MADE))
    assert stratified(at, Seeds(0, 6)).measured == pytest.approx(0.1, abs=1e-3)
    assert found.measured == pytest.approx(foretold, rel=0.1)
    # It is measured, and not what is foretold: a law that is wrong moves the one alone.
    monkeypatch.setattr(law, "finite_threshold", lambda *_: 1.08 * foretold)
    assert crossing(MADE, Seeds(0, 6)).measured == pytest.approx(found.measured, rel=0.02)


def test_a_width_is_the_ratio_of_two_thresholds(monkeypatch):
    found, seeds = width(MADE, Seeds(0, 6)), Seeds(0, 6)
    common, rare = predict_width(MADE).values()
    assert (common, rare) == tuple(law.finite_threshold(MADE, error) for error in (COMMON, RARE))
    assert found.foretold == rare / common
    assert found.networks == 4 * 6 * class_sizes.TIMES
    measured = [crossing(MADE, seeds, error).measured for error in (COMMON, RARE)]
    assert found.measured == measured[1] / measured[0] == pytest.approx(found.foretold, rel=0.15)
    monkeypatch.setattr(law, "finite_threshold", lambda _, error: {COMMON: 0.1, RARE: 4.0}[error])
    assert width(MADE, seeds).foretold == pytest.approx(40.0)
    assert width(MADE, seeds).measured < 20.0
