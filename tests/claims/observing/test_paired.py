"""Paired comparisons: every variant is a trial of its own, and margins read the right one."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from examples import regime
from scipy.optimize import brentq

from claims.core.margin import Margin
from claims.observing import paired as ladders
from claims.observing.errors import LINES
from claims.observing.paired import (
    exceeds,
    head_start,
    paired,
    upstream_noise,
    upstream_samples,
    width,
)
from model.run import signs
from model.sampling import Seeds
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import inherit, run_trial

SMALL = regime(n1=9, n2=7, d=200, m=4, inherited=2, sigma1=1.2, steps1=14, steps2=11)
SEEDS = Seeds(3, 4)


def errors(*intervals):
    """Estimates, one seed each, from (low, high)."""
    low, high = (torch.tensor(end, dtype=torch.float64) for end in zip(*intervals, strict=True))
    return ErrorEstimate((low + high) / 2, low, high)


FIRST, SECOND = (
    errors((0.2, 0.3), (0.01, 0.02), (0.1, 0.1)),
    errors((0.1, 0.12), (0.01, 0.05), (0.1, 0.1)),
)


@pytest.mark.parametrize("nats", [0.0, 0.5, -2.0])
def test_exceeds(nats):
    """The worst and the best that the two intervals allow."""
    margin = exceeds(FIRST, SECOND, nats)
    assert margin.low == pytest.approx(
        [math.log(0.2 / 0.12) - nats, math.log(0.01 / 0.05) - nats, -nats]
    )
    assert margin.high == pytest.approx(
        [math.log(0.3 / 0.1) - nats, math.log(0.02 / 0.01) - nats, -nats]
    )


def test_exceeds_nothing():
    """An error that may be 0 is exceeded for certain only by what it may not reach."""
    margin = exceeds(errors((0.0, 0.1), (0.2, 0.3)), errors((0.01, 0.02), (0.0, 0.1)))
    assert margin.low.tolist() == [-math.inf, math.log(0.2) - math.log(0.1)]
    assert margin.high.tolist() == [math.log(0.1) - math.log(0.01), math.inf]


@pytest.mark.parametrize("nats", [0.0, 0.7])
def test_the_opposite_of_exceeds(nats):
    """first > e^nats second is not second > e^-nats first."""
    one, other = exceeds(FIRST, SECOND, nats), exceeds(SECOND, FIRST, -nats).negated
    np.testing.assert_allclose(one.low, other.low, atol=1e-15)
    np.testing.assert_allclose(one.high, other.high, atol=1e-15)


def test_negated():
    """Certain where the statement certainly fails, open where it is open; twice is the statement
    itself.
    """
    margin = Margin.between([-2.0, -1.0, 1.0], [-1.5, 1.0, 3.0])
    opposite = margin.negated
    assert (opposite.low.tolist(), opposite.high.tolist()) == ([1.5, -1.0, -3.0], [2.0, 1.0, -1.0])
    assert [(opposite.low >= 0).tolist(), (opposite.high < 0).tolist()] == [
        (margin.high < 0).tolist(),
        (margin.low >= 0).tolist(),
    ]
    again = opposite.negated
    assert (again.low.tolist(), again.high.tolist()) == (margin.low.tolist(), margin.high.tolist())


def of_trial(made, lines=LINES):
    """Test errors from scratch and after transfer, as a trial trains them."""
    trial = run_trial(made, SEEDS)
    return [
        estimate_error(run.weights, trial.draw.downstream.signal, made, 2, SEEDS, lines)
        for run in (trial.scratch, trial.transfer)
    ]


def same(first, second):
    return all(
        torch.equal(getattr(first, name), getattr(second, name))
        for name in ("value", "low", "high")
    )


@pytest.mark.parametrize("lines", [LINES, 32])
def test_every_rung_is_a_trial(lines):
    """The regime first, then its variants in order, all on the seeds given."""
    changes = (upstream_samples(2), width(2))
    seen = paired(*changes, lines=lines)(SMALL, SEEDS)
    for variant, made in enumerate([SMALL, *(change(SMALL) for change in changes)]):
        scratch, transfer = of_trial(made, lines)
        assert same(seen.scratch(variant), scratch)
        assert same(seen.transfer(variant), transfer)
        assert not same(scratch, transfer)


@pytest.mark.parametrize(
    ("scratch", "transfer", "each"), [(True, True, 3), (True, False, 1), (False, True, 2)]
)
def test_only_what_is_asked_is_trained(monkeypatch, scratch, transfer, each):
    """Upstream networks are needed for transfer alone; every network is counted."""
    trained, run = [], ladders.train_task
    monkeypatch.setattr(
        ladders,
        "train_task",
        lambda r, index, data, start: trained.append(start.shape[0]) or run(r, index, data, start),
    )
    seen = paired(upstream_noise(2.0), scratch=scratch, transfer=transfer, lines=8)(SMALL, SEEDS)
    assert [variant.networks for variant in seen.variants] == [each * 4] * 2
    assert seen.networks == sum(trained) == 2 * each * 4
    assert [
        ((variant.scratch is None), (variant.transfer is None)) for variant in seen.variants
    ] == [(not scratch, not transfer)] * 2


def test_not_asked_for_is_not_read():
    seen = paired(scratch=False, lines=8)(SMALL, SEEDS)
    with pytest.raises(ValueError, match=r"scratch: .*scratch=True"):
        seen.scratch(0)


STARTED = replace(SMALL, cos_v=0.6, inherited=3)


@pytest.fixture(scope="module")
def head():
    return head_start(STARTED, SEEDS)


@pytest.fixture(scope="module")
def trial():
    return run_trial(STARTED, SEEDS)


def test_recorded_steps(head):
    """The start, the end and something in between; an error of each kind at every one."""
    assert (head.steps[0], head.steps[-1], head.networks) == (0, STARTED.steps2, 3 * SEEDS.count)
    assert len(head.steps) == len(head.scratch) == len(head.transfer) > 2
    assert np.all(np.diff(head.steps) > 0)


def test_errors_of_the_ends(head, trial):
    """At step 0 of the networks as they start, at the last of those that `run_trial` returns."""
    fresh = trial.draw.fresh
    ends = {
        (0, "scratch"): fresh,
        (0, "transfer"): inherit(trial.upstream.weights, fresh, STARTED.inherited),
        (-1, "scratch"): trial.scratch.weights,
        (-1, "transfer"): trial.transfer.weights,
    }
    for (place, name), weights in ends.items():
        expected = estimate_error(weights, trial.draw.downstream.signal, STARTED, 2, SEEDS, LINES)
        np.testing.assert_allclose(
            getattr(head, name)[place].value,
            expected.value,
            rtol=1e-9,
            err_msg=f"{name} at {place}",
        )


def test_errors_in_between(head):
    """Of the same runs, ended there."""
    for place, step in enumerate(head.steps.tolist()[1:-1], 1):
        ended = run_trial(replace(STARTED, steps2=step), SEEDS)
        for name, run in (("scratch", ended.scratch), ("transfer", ended.transfer)):
            expected = estimate_error(
                run.weights, ended.draw.downstream.signal, STARTED, 2, SEEDS, LINES
            )
            np.testing.assert_allclose(getattr(head, name)[place].value, expected.value, rtol=1e-9)


def test_along_u(head, trial):
    """j<w, u> of the inherited filters over A x_T/d, with x + e^x = h_1 T/2 + 1, from coordinates:
    u and v_1 are the first two axes.
    """
    k, m, t = STARTED.inherited, STARTED.m, STARTED.steps1
    h = STARTED.eta1 * STARTED.sigma1**2 * STARTED.d / (STARTED.n1 * m)
    x = brentq(lambda x: x + math.exp(x) - h / 2 * t - 1, 0.0, 50.0, xtol=1e-14)
    unit = STARTED.n1 * STARTED.u**2 / STARTED.sigma1**2 * x / STARTED.d
    weights = (signs(m)[:, None] * trial.upstream.weights).numpy()
    inherited = np.concatenate([weights[:, :k], weights[:, m : m + k]], axis=1)
    assert head.along_u.shape == (SEEDS.count, 2 * k)
    np.testing.assert_allclose(head.along_u, inherited[..., 0] * STARTED.u / unit, rtol=1e-9)
    np.testing.assert_allclose(
        head.gamma_ratio,
        inherited[..., 1] * STARTED.v1 / (inherited[..., 0] * STARTED.u),
        rtol=1e-9,
    )
