"""Gradient descent by hand: one step in a table, a few in plain numbers; and what it may not depend
on.
"""

import math

import pytest
import torch
from engine_runs import (
    CLOSE,
    FAR,
    autograd,
    every_engine,
    every_task,
    gap,
    run_gap,
    task,
)
from examples import KINDS, regime

from model.engines import gram, tangent
from model.engines.autograd import Trainer, closed_form_step, patches
from model.engines.network import TwoLayerCNN
from model.run import Run
from model.sampling import Sample, Seeds
from model.transfer import run_trial


@pytest.mark.parametrize(
    ("y", "plus", "before", "plus_after", "minus_after", "after"),
    [
        # s = (2, 0, 0, 0), xi = (0, 0, 3, 4), w_- = (-1, 0, 0.2, 0.1), so <w_-, s> = -2 and <w_-,
        # xi> = 1; eta = 1/2. "before" and "after" are y f; p = 1/(1 + e^{y f}) before the step.
        pytest.param(
            1.0,
            (0.5, 0, 0.1, 0.2),
            1 + 1.1 - 1,
            lambda p: (0.5 + p, 0, 0.1 + 1.5 * p, 0.2 + 2 * p),
            lambda p: (-1, 0, 0.2 - 1.5 * p, 0.1 - 2 * p),
            lambda p: 2.1 + 14.5 * p,
            id="y=+1",
        ),
        pytest.param(
            -1.0,
            (0.5, 0, 0.1, 0.2),
            2 + 1 - 1.1,
            lambda p: (0.5, 0, 0.1 - 1.5 * p, 0.2 - 2 * p),
            lambda p: (-1 - p, 0, 0.2 + 1.5 * p, 0.1 + 2 * p),
            lambda p: 3 + 14.5 * p,
            id="y=-1",
        ),
        pytest.param(  # relu'(0) = 0: a filter at zero stays there
            1.0,
            (0, 0, 0, 0),
            -1.0,
            lambda p: (0, 0, 0, 0),
            lambda p: (-1, 0, 0.2 - 1.5 * p, 0.1 - 2 * p),
            lambda p: 0.0,
            id="zero",
        ),
    ],
)
def test_one_sample_one_filter_one_step(y, plus, before, plus_after, minus_after, after):
    """Definitions 3.1 and 3.2 by hand: every inner product is in the table's comments."""
    data = Sample(
        *(torch.tensor(x, dtype=torch.float64) for x in ([2, 0, 0, 0], [[[0, 0, 3, 4]]], [[y]]))
    )
    start = torch.tensor([[plus, (-1, 0, 0.2, 0.1)]], dtype=torch.float64)
    p = 1 / (1 + math.exp(before))
    weights = torch.tensor([[plus_after(p), minus_after(p)]], dtype=torch.float64)
    loss = torch.tensor(
        [[math.log1p(math.exp(-before)), math.log1p(math.exp(-after(p)))]], dtype=torch.float64
    )
    for engine in (autograd, gram.descend, tangent.descend):
        assert run_gap(engine(data, start, 0.5, 1), Run(loss, weights)) <= 1e-15
    assert gap(closed_form_step(data, start, 0.5), weights) <= 1e-15


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def step_by_hand(signal, noise, labels, filters, eta):
    """The mean loss and one gradient step from the definition, in Python's own numbers, one at a
    time.
    """
    m, n, loss, after = len(filters) // 2, len(labels), 0.0, [list(w) for w in filters]
    readout = [1 / m] * m + [-1 / m] * m
    for xi, y in zip(noise, labels, strict=True):
        pair = [[y * x for x in signal], xi]
        f = sum(
            share * max(dot(w, patch), 0.0)
            for share, w in zip(readout, filters, strict=True)
            for patch in pair
        )
        loss += math.log(1 + math.exp(-y * f)) / n
        slope = -1 / (1 + math.exp(y * f))  # l'
        for share, w, moved in zip(readout, filters, after, strict=True):
            for patch in (patch for patch in pair if dot(w, patch) > 0):
                moved[:] = [
                    x - eta / n * slope * y * share * z for x, z in zip(moved, patch, strict=True)
                ]
    return loss, after


def test_a_few_steps_in_plain_numbers():
    """Several samples and filters: the mean over samples, the 1/m and the signs, without a
    tensor.
    """
    made = regime(n1=4, d=6, m=2, h=1.0, steps=6)
    data, start, eta, steps = task(made, 1, Seeds(3, 1))
    filters, losses = start[0].tolist(), []
    for _ in range(steps + 1):
        last = filters
        loss, filters = step_by_hand(
            data.signal.tolist(), data.noise[0].tolist(), data.labels[0].tolist(), filters, eta
        )
        losses.append(loss)
    expected = Run(
        torch.tensor([losses], dtype=torch.float64), torch.tensor([last], dtype=torch.float64)
    )
    assert run_gap(autograd(data, start, eta, steps), expected) <= CLOSE
    assert run_gap(tangent.descend(data, start, eta, steps), expected) <= CLOSE


@every_task
def test_patch_order_changes_nothing(index):
    """Weights are shared over patches: in a network's output, and all along its training."""
    data, start, eta, steps = task(KINDS["cosine"], index)
    swap = torch.arange(data.labels.shape[1]) % 2 == 0
    plain, swapped = patches(data, 0), patches(data, 0, swap)
    assert torch.equal(swapped[swap], plain[swap].flip(1))
    assert torch.equal(swapped[~swap], plain[~swap])
    network = TwoLayerCNN(start[0])
    assert gap(network(swapped)[None], network(plain)[None]) <= CLOSE
    (loss, weights), (loss_swapped, weights_swapped) = (
        Trainer().descend_one(x, data.labels[0], start[0], eta, steps) for x in (plain, swapped)
    )
    assert (
        max(gap(loss_swapped[None], loss[None]), gap(weights_swapped[None], weights[None])) <= CLOSE
    )
    swapped[swap, 1] = swapped[swap, 0]  # control: the noise patch twice, the signal patch lost
    assert (
        gap(
            Trainer().descend_one(swapped, data.labels[0], start[0], eta, steps)[1][None],
            weights[None],
        )
        > FAR
    )


@every_engine
def test_every_sample_twice_changes_nothing(engine):
    """The loss is a mean over samples, not a sum."""
    data, start, eta, steps = task(regime(), 1)
    twice = Sample(data.signal, data.noise.repeat(1, 2, 1), data.labels.repeat(1, 2))
    assert run_gap(engine(twice, start, eta, steps), engine(data, start, eta, steps)) <= CLOSE


@every_engine
def test_training_touches_nothing_else(engine):
    """Neither its arguments nor the global generator; and no autograd graph is left behind."""
    data, start, eta, steps = task(regime(), 1)
    before, state = (
        [x.clone() for x in (data.signal, data.noise, data.labels, start)],
        torch.get_rng_state(),
    )
    run = engine(data, start, eta, steps)
    assert all(
        torch.equal(x, y)
        for x, y in zip(before, (data.signal, data.noise, data.labels, start), strict=True)
    )
    assert torch.equal(torch.get_rng_state(), state)
    assert not any(x.requires_grad for x in (run.weights, run.loss))
    assert {run.weights.dtype, run.loss.dtype} == {torch.float64}
    assert run.loss.shape == (3, steps + 1)


@every_engine
@pytest.mark.parametrize("level", ["law", "explicit"])
def test_nothing_inherited_is_scratch_bit_for_bit(engine, level):
    trial = run_trial(KINDS["nothing-inherited"], Seeds(5, 3), engine=engine, level=level)
    assert torch.equal(trial.transfer.loss, trial.scratch.loss)
    assert torch.equal(trial.transfer.weights, trial.scratch.weights)
    assert not torch.equal(
        run_trial(regime(inherited=1), Seeds(5, 3), engine=engine, level=level).transfer.loss,
        trial.scratch.loss,
    )


def test_all_inherited_starts_where_upstream_ended():
    """The first transfer loss is the trained upstream network's on the downstream task; nothing
    fresh is left.
    """
    trial = run_trial(KINDS["all-inherited"], Seeds(5, 3), level="explicit")
    for k in range(3):
        data = trial.draw.downstream
        with torch.no_grad():
            loss = Trainer().loss(
                TwoLayerCNN(trial.upstream.weights[k])(patches(data, k)), data.labels[k]
            )
        assert trial.transfer.loss[k, 0].item() == pytest.approx(loss.item(), rel=1e-14)


@every_task
def test_no_signal_no_coefficient(index):
    """u = v_k = 0: nothing but noise is memorised, and it is memorised."""
    data, start, eta, steps = task(KINDS["no-signal"], index)
    run = tangent.descend(data, start, eta, steps, [steps])
    assert not run.records[0].signal.any()
    assert (run.records[0].noise.abs().sum((1, 2)) > 0).all()
    assert (run.loss[:, -1] < run.loss[:, 0]).all()
