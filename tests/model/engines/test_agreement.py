"""Gradient descent by autograd, written out, and in coefficient space is one algorithm; a planted
error is far from it.
"""

import pytest
from engine_runs import (
    CLOSE,
    FAR,
    PLANTED,
    autograd,
    every_kind,
    every_task,
    gap,
    run_gap,
    task,
    written_out,
)
from examples import KINDS, regime

from model.engines import gram, tangent
from model.engines.autograd import closed_form_step
from model.run import Run
from model.sampling import Sample, Seeds
from model.transfer import run_trial


@every_kind
@every_task
def test_closed_form_step_is_autograd_s(made, index):
    """At the start and at four points further on: the displacement, not only the weights, which may
    dwarf it.
    """
    data, weights, eta, _ = task(made, index)
    for _ in range(5):
        after, expected = (
            closed_form_step(data, weights, eta),
            autograd(data, weights, eta, 1).weights,
        )
        assert gap(after, expected) <= 1e-14
        assert gap(after - weights, expected - weights) <= CLOSE
        weights = written_out(data, after, eta, 9)


@every_kind
@every_task
def test_steps_written_out_are_the_engine_s(made, index):
    """Whole trajectories."""
    data, start, eta, steps = task(made, index)
    assert (
        gap(tangent.descend(data, start, eta, steps).weights, written_out(data, start, eta, steps))
        <= CLOSE
    )


@every_kind
def test_trials_by_autograd_are_the_engine_s(made):
    """Whole trajectories, losses too: upstream, scratch and transfer, each engine on its own
    inheritance.
    """
    fast, slow = (
        run_trial(made, Seeds(1, 2), engine=engine, level="explicit")
        for engine in (tangent.descend, autograd)
    )
    for name in ("upstream", "scratch", "transfer"):
        assert run_gap(getattr(fast, name), getattr(slow, name)) <= CLOSE, name


@pytest.mark.parametrize("name", ["plain", "large-step", "no-signal"])
def test_trials_at_law_level(name):
    """The engines take vectors of any dimension: in the rotated frame as well."""
    fast, slow = (
        run_trial(KINDS[name], Seeds(2, 2), engine=engine) for engine in (tangent.descend, autograd)
    )
    assert (
        max(
            run_gap(getattr(fast, name), getattr(slow, name))
            for name in ("upstream", "scratch", "transfer")
        )
        <= CLOSE
    )


@every_kind
@every_task
def test_the_batched_engine_is_the_same(made, index):
    """On whatever device: whole trajectories, and what is recorded on the way."""
    data, start, eta, steps = task(made, index)
    fast, batched = (
        engine(data, start, eta, steps, [0, 3, steps]) for engine in (tangent.descend, gram.descend)
    )
    assert run_gap(batched, fast) <= CLOSE
    for one, other in zip(fast.records, batched.records, strict=True):
        assert one.step == other.step
        assert (
            max(
                gap(getattr(one, name), getattr(other, name))
                for name in ("signal", "noise", "margin")
            )
            <= CLOSE
        )


@pytest.mark.parametrize("kind", PLANTED)
@every_task
def test_planted_errors_are_far(kind, index):
    data, start, eta, steps = task(regime(), index)
    assert (
        run_gap(kind().descend(data, start, eta, steps), tangent.descend(data, start, eta, steps))
        > FAR
    )


def test_there_are_planted_errors():
    assert {"Biased", "WidthMissing", "SummedFirst", "DefaultInitialisation", "SquareLoss"} <= {
        kind.__name__ for kind in PLANTED
    }


@pytest.mark.parametrize(
    ("change", "least"),
    [({"eta": 1 + 1e-9}, 1e-11), ({"start": 1 + 1e-9}, 1e-11), ({"signal": 1 + 1e-9}, 1e-11)],
)
def test_resolution(change, least):
    """Control: one part in 10^9, in any one input, would be seen."""
    data, start, eta, steps = task(regime(), 1)
    moved = Sample(data.signal * change.get("signal", 1), data.noise, data.labels)
    other = autograd(moved, start * change.get("start", 1), eta * change.get("eta", 1), steps)
    assert run_gap(other, tangent.descend(data, start, eta, steps)) > least > CLOSE


@pytest.mark.parametrize(
    ("level", "engine"),
    [
        ("law", tangent.descend),
        ("law", gram.descend),
        ("explicit", tangent.descend),
        ("explicit", autograd),
    ],
    ids=["law", "batched", "explicit", "autograd"],
)
def test_a_seed_trains_alike_in_any_batch(level, engine):
    """Not bit for bit, since a batch of products may be summed in another order."""
    made = KINDS["cosine"]
    batch = run_trial(made, Seeds(4, 5, first=3), level=level, engine=engine)
    for k in range(5):
        alone = run_trial(made, Seeds(4, 1, first=3 + k), level=level, engine=engine)
        for name in ("upstream", "scratch", "transfer"):
            many, one = getattr(batch, name), getattr(alone, name)
            assert run_gap(Run(many.loss[k : k + 1], many.weights[k : k + 1]), one) <= CLOSE
