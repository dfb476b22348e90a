"""What more source steps change, foretold and measured."""

import math
from dataclasses import replace

import pytest
from examples import regime

from claims.beyond import longer_source as beyond
from claims.observing import longer_source as observing
from claims.observing.errors import trial_errors
from claims.observing.longer_source import Longer, longer, longer_source, predict_longer
from claims.predicting import law
from model.sampling import Seeds
from model.transfer import run_trial

MADE = regime(
    n1=40, n2=24, d=10**6, m=6, inherited=3, signal=400.0, sigma1=1.0, sigma2=1.0, steps=40
)


def test_more_source_steps_are_all_that_differs():
    assert longer(MADE) == replace(MADE, steps1=30 * MADE.steps1)


def test_both_are_measured_on_the_same_draws():
    found, many = longer_source(MADE, Seeds(3, 2)), Seeds(3, 2 * observing.TIMES)
    trials = [run_trial(one, many) for one in (MADE, longer(MADE))]
    before, after = (trial_errors(one, one.transfer.weights).mean() for one in trials)
    assert found.measured == pytest.approx(math.log(after / before), rel=1e-9)
    assert found.networks == 4 * many.count
    errors = [law.finite_transfer(one) for one in (MADE, longer(MADE))]
    assert list(predict_longer(MADE).values()) == errors
    assert (found.error, found.foretold) == (errors[0], math.log(errors[1] / errors[0]))
    assert found.measured != found.foretold


def test_the_margins():
    """Rare errors do not count."""

    def found(measured, error=0.1):
        return Longer(1, error, 0.5, measured)

    near, harms = (claim.margin for claim in beyond.CLAIMS)
    right = [found(0.52)] * 60 + [found(-3.0, error=1e-4)] * 60
    assert near(right, {}).least > 0
    assert harms(right, {}).least > 0
    assert near([found(0.6)] * 60, {}).certain_failures
    assert harms([found(0.09)] * 60, {}).certain_failures
