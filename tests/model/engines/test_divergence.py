"""Divergence is told, by the step size that it comes from."""

import math
from dataclasses import replace

import pytest
import torch
from engine_runs import (
    every_engine,
    every_task,
    task,
)
from examples import KINDS, regime

from model.engines import tangent
from model.run import DivergenceError, Run
from model.sampling import Seeds
from model.transfer import run_trial

#: More samples than one filter of each sign can fit: elsewhere a first step however large may fit
#: them all, and training stops.
CROWDED = regime(n1=60, n2=60, d=10, m=1, inherited=1, signal=0.01, sigma1=10.0, sigma2=10.0)
HUGE = 1e307


@every_engine
@every_task
def test_divergence_names_the_step_size(engine, index):
    data, start, _, steps = task(CROWDED, index)
    with pytest.raises(DivergenceError, match=r"eta = 1e\+307: .*no longer finite.*smaller step"):
        engine(data, start, HUGE, steps)


@every_engine
@pytest.mark.parametrize("field", ["eta1", "eta2"])
def test_divergence_of_either_task(engine, field):
    with pytest.raises(DivergenceError, match=r"eta = 1e\+307"):
        run_trial(replace(CROWDED, **{field: HUGE}), Seeds(0, 2), engine=engine, level="explicit")


@every_engine
def test_no_run_is_returned_that_is_not_finite(engine):
    data, start, _, steps = task(KINDS["one-of-each"], 1, Seeds(6, 1))
    with pytest.raises(DivergenceError, match="eta"):
        engine(data, start, 1.7e308, steps)


@pytest.mark.parametrize(
    ("first", "last", "diverged"),
    [
        ((0.7, 0.7, 0.7), (0.1, 0.1, 0.1), False),
        ((0.7, 0.7, 0.7), (0.7, 0.7, 0.7), False),  # no higher than it began
        ((0.7, 0.7, 0.7), (0.1, 0.1, 9.0), False),  # one network of three
        ((0.7, 0.7, 0.7), (0.1, 9.0, 9.0), True),  # most
        ((0.7,), (math.nan,), True),
        ((0.7,), (math.inf,), True),
    ],
)
def test_require_descent(first, last, diverged):
    middle = torch.full((len(first),), 100.0)  # what happens on the way does not count
    run = Run(
        torch.stack([torch.tensor(first), middle, torch.tensor(last)], 1),
        torch.zeros(len(first), 2, 4),
    )
    if diverged:
        with pytest.raises(
            DivergenceError, match=r"eta2 = 0\.25: .*diverges.* h = .* = 31, .*below 8"
        ):
            run.require_descent("eta2", 0.25, 31.0)
    else:
        run.require_descent("eta2", 0.25, 31.0)


@pytest.mark.parametrize(("h", "diverges"), [(0.5, False), (2000.0, True)])
def test_require_descent_after_training(h, diverges):
    """F3: far beyond h = 8 the loss stays finite here, and ends above its first value."""
    made = replace(CROWDED, eta1=CROWDED.eta1 * h / 0.5)
    data, start, eta, steps = task(made, 1, Seeds(6, 9))
    run = tangent.descend(data, start, eta, steps)
    if diverges:
        with pytest.raises(DivergenceError, match=f"eta1 = {eta}"):
            run.require_descent("eta1", eta, h)
    else:
        run.require_descent("eta1", eta, h)
