"""Dynamics along a run: the coefficients that rebuild the weights, reduced as the lemmas speak of
them, at every recorded step.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from examples import regime

from claims.core.constants import load
from claims.observing import dynamics, growth
from claims.paper.scalar_recursion import trajectories
from claims.predicting.scalar import solve
from model.run import signs
from model.sampling import Seeds, sample
from model.transfer import inherit, train_task

REGIME = regime(n1=9, n2=7, d=300, m=3, inherited=1, steps1=40, steps2=30)
SEEDS = Seeds(4, 3)


@pytest.mark.parametrize(
    ("observe", "index"),
    [(dynamics.upstream, 1), (dynamics.scratch, 2), (dynamics.after_transfer, 2)],
    ids=["upstream", "scratch", "transfer"],
)
def test_coefficients_rebuild_the_weights(observe, index):
    """At the last step, from gamma and rho alone: projections of w^T - w^0 on the signal and on the
    noise.
    """
    seen = observe(REGIME, SEEDS)
    draw = sample(REGIME, SEEDS)
    data = draw.upstream if index == 1 else draw.downstream
    start = {"upstream": draw.start, "scratch": draw.fresh}.get(observe.__name__)
    if start is None:
        start = inherit(
            train_task(REGIME, 1, draw.upstream, draw.start).weights, draw.fresh, REGIME.inherited
        )
    moved = train_task(REGIME, index, data, start).weights - start
    j = signs(REGIME.m)
    assert seen.steps[-1] == REGIME.task(index).steps
    np.testing.assert_allclose(
        seen.signal[-1], (j * (moved @ data.signal)).numpy(), rtol=1e-9, atol=1e-12
    )
    coefficients = torch.linalg.lstsq(
        data.noise.transpose(1, 2),
        (
            moved
            - (
                j * torch.from_numpy(seen.signal[-1]) / torch.dot(data.signal, data.signal)
            ).unsqueeze(2)
            * data.signal
        ).transpose(1, 2),
    ).solution
    rho = coefficients.transpose(1, 2) * data.noise.square().sum(2).unsqueeze(1)  # (seeds, 2m, N)
    own = j.unsqueeze(1) == data.labels.unsqueeze(1)
    np.testing.assert_allclose(
        seen.own_mean[-1],
        (torch.where(own, rho, 0.0).sum(1) / REGIME.m).numpy(),
        rtol=1e-7,
        atol=1e-9,
    )
    np.testing.assert_allclose(
        seen.own_sum[-1], torch.where(own, rho, 0.0).sum(2).numpy(), rtol=1e-7, atol=1e-9
    )
    assert np.array_equal(
        seen.own_least, np.zeros_like(seen.own_least)
    )  # each sample is of one class, whose other filters' rho-bar is 0
    np.testing.assert_allclose(
        seen.own_most[-1], torch.where(own, rho, 0.0).amax((1, 2)).numpy(), rtol=1e-7
    )
    np.testing.assert_allclose(
        seen.other_least[-1], torch.where(own, 0.0, rho).amin((1, 2)).numpy(), rtol=1e-7
    )
    assert seen.displacement == pytest.approx(
        (moved.flatten(1).norm(dim=1) / start.flatten(1).norm(dim=1)).numpy()
    )


def test_steps_are_log_spaced():
    seen = dynamics.upstream(regime(steps1=500, n1=5, d=200, m=2), Seeds(0, 1))
    assert (seen.steps[0], seen.steps[-1], len(seen.steps)) == (1, 500, dynamics.RECORDS)
    assert np.all(np.diff(np.diff(np.log(seen.steps.astype(float)))) < 0.4)


def test_which_filters_are_fresh():
    seen = dynamics.after_transfer(REGIME, SEEDS)
    assert seen.fresh.tolist() == [False, True, True] * 2
    assert dynamics.upstream(REGIME, SEEDS).fresh.all()
    assert (dynamics.upstream(REGIME, SEEDS).networks, seen.networks) == (3, 6)


def test_the_worst_step_is_told():
    """A statement about a whole run names the step at which it comes closest to failing."""
    seen = dynamics.upstream(REGIME, SEEDS)
    margin = growth.below_envelope(seen, load())
    values = np.stack(
        [growth.below_envelope(_only(seen, k), load()).low for k in range(len(seen.steps))]
    )
    np.testing.assert_array_equal(margin.low, values.min(0))
    np.testing.assert_array_equal(margin.step, seen.steps[values.argmin(0)])


def _only(seen, k):
    """The observation of one recorded step."""
    along = (
        "steps",
        "signal",
        "own_mean",
        "own_sum",
        "own_most",
        "own_least",
        "other_least",
        "imbalance",
    )
    return replace(seen, **{name: getattr(seen, name)[k : k + 1] for name in along})


# The curve x_t ------------------------------------------------------------------------------------


@pytest.mark.parametrize("b", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("reach", [1e-6, 1.0, 1e3, 1e6])
def test_curve(b, reach):
    """x + b e^x = reach + b."""
    x = float(solve(b, reach))
    assert x + b * np.exp(x) == pytest.approx(reach + b, rel=1e-12)


def test_recursion_is_followed():
    seen = trajectories(steps=50)
    assert seen.above.shape == (50, 625)
    assert seen.above[0] == pytest.approx(0.0, abs=1e-12)
