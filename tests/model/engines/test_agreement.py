"""Gradient descent by autograd, written out, and in coefficient space is one algorithm.

Differences are relative, ||got - expected|| / ||expected||. Engines agree to some 1e-15; CLOSE
leaves room for other processors, and every planted error must be seen FAR above it.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from examples import KINDS, regime

from claims.observing import mutants as planted
from model.engines import gram, tangent
from model.engines.autograd import Trainer, closed_form_step, patches
from model.engines.network import TwoLayerCNN
from model.run import DivergenceError, Run, check_records, log_spaced, signs
from model.sampling import Sample, Seeds, sample
from model.transfer import inherit, run_trial

CLOSE = 1e-12
FAR = 1e-6
THREE = Seeds(0, 3)
autograd = Trainer().descend
every_kind = pytest.mark.parametrize("made", KINDS.values(), ids=KINDS)
every_task = pytest.mark.parametrize("index", [1, 2])
every_engine = pytest.mark.parametrize(
    "engine", [autograd, gram.descend, tangent.descend], ids=["autograd", "batched", "tangent"]
)
PLANTED = [
    kind
    for kind in vars(planted).values()
    if isinstance(kind, type) and issubclass(kind, Trainer) and kind is not Trainer
]


def task(made, index, seeds=THREE):
    """Training set, initial filters, step size and steps; downstream, the filters are those after
    transfer.
    """
    draw, own = sample(made, seeds, "explicit"), made.task(index)
    if index == 1:
        return draw.upstream, draw.start, own.eta, own.steps
    trained = written_out(draw.upstream, draw.start, made.eta1, made.steps1)
    return draw.downstream, inherit(trained, draw.fresh, made.inherited), own.eta, own.steps


def written_out(data, weights, eta, steps):
    for _ in range(steps):
        weights = closed_form_step(data, weights, eta)
    return weights


def gap(got, expected):
    """The largest relative difference over seeds; equal is 0, even where nothing moves."""
    difference, size = (got - expected).flatten(1).norm(dim=1), expected.flatten(1).norm(dim=1)
    return torch.where(difference == 0, 0.0, difference / size).max().item()


def run_gap(got, expected):
    return max(gap(got.loss, expected.loss), gap(got.weights, expected.weights))


# The definition -----------------------------------------------------------------------------------


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


# Engines against each other -----------------------------------------------------------------------


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


# Steps taken together -----------------------------------------------------------------------------

#: Many changes of masks, at every stage of a run: samples that overlap strongly, and steps small
#: and large.
RESTLESS = {
    "crowded": regime(n1=30, n2=25, d=9, m=4, inherited=2, steps=300, h=0.05),
    "two-steps-a-change": regime(n1=20, n2=20, d=12, m=5, inherited=2, steps=200, h=3.0),
    "turning-signal": regime(
        n1=12, n2=12, d=200, m=6, inherited=3, steps=200, signal=40.0, h=0.02, zeta=3.0
    ),
    "sliding": regime(
        n1=16, n2=16, d=2000, m=8, inherited=4, steps=700, h=0.3
    ),  # samples of the other class hover about 0
}
restless = pytest.mark.parametrize("made", RESTLESS.values(), ids=RESTLESS)


@restless
@every_task
@pytest.mark.parametrize("longest", [2, 7, 256, 10_000])
def test_steps_taken_together_are_steps_taken_one_by_one(made, index, longest):
    data, start, eta, steps = task(made, index)
    together, apart = (
        tangent.descend(data, start, eta, steps, longest=longest),
        tangent.descend(data, start, eta, steps, longest=1),
    )
    assert run_gap(together, apart) <= CLOSE
    assert gap(together.weights, written_out(data, start, eta, steps)) <= CLOSE


def test_steps_are_taken_together(monkeypatch):
    """Else the comparison above compares a thing with itself. Run as plain Python, which helpers
    can be counted in.
    """
    taken = []

    def seen(*arguments):
        taken.append(first(*arguments))
        return taken[-1]

    first = tangent._first_change
    monkeypatch.setattr(tangent, "_first_change", seen)
    monkeypatch.setattr(tangent, "_train", tangent._train.py_func)
    made = regime(n1=16, d=10**6, m=8, steps=1000, h=0.3)
    draw = sample(made, Seeds(0, 1))
    plain = tangent.descend(draw.upstream, draw.start, made.eta1, 1000)
    assert len(taken) < 100
    assert max(taken) > 100
    assert gap(plain.weights, written_out(draw.upstream, draw.start, made.eta1, 1000)) <= CLOSE


def test_threads_change_no_bit(monkeypatch):
    """Networks of a batch that are trained at once, against one after the other; control: they are
    trained at once.
    """
    made = regime(n1=16, d=60, m=4, steps=200)
    draw = sample(made, Seeds(3, 12))
    widths = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, threads):
            widths.append(threads)
            super().__init__(threads)

    monkeypatch.setattr(tangent, "ThreadPoolExecutor", Pool)
    found = []
    for threads in (1, 4):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        found.append(tangent.descend(draw.upstream, draw.start, made.eta1, 200, (0, 10, 200)))
    one, four = found
    assert widths == [4]
    assert torch.equal(one.loss, four.loss)
    assert torch.equal(one.weights, four.weights)
    for first, second in zip(one.records, four.records, strict=True):
        assert first.step == second.step
        assert all(
            torch.equal(getattr(first, name), getattr(second, name))
            for name in ("signal", "noise", "margin")
        )


def no_check(*arguments):
    return arguments[7]  # all the steps proposed


def ends_only(*arguments):
    """Half the steps proposed where a sign differs at the end, all of them otherwise: what passes
    zero and comes back is missed.
    """
    mask, together, after = arguments[5], arguments[7], arguments[9]
    return together if ((after > 0) == mask).all() else max(1, together // 2)


def never_turned(*arguments):
    remember(*arguments)
    return False


def kept_kernel(*arguments):
    return flip(*arguments[:-1], False) * 0  # neither changed one by one nor built anew


def whole_class(gram, y, mask, summed, z, after):
    """As if a mask were just what the samples' classes say."""
    j = np.repeat([1.0, -1.0], len(z) // 2)[:, None]
    advance(gram, y, j * y > 0, summed, z, after)


def exceptions_added(gram, y, mask, summed, z, after):
    """The sum over the class plus, not less, what the mask is not."""
    j = np.repeat([1.0, -1.0], len(z) // 2)[:, None]
    apart = mask != (j * y > 0)
    after[:] = z + ((j * y > 0) * summed + apart * summed) @ gram


def rest_forgotten(gram, places, weight, row):
    """The rows after the last eight."""
    add_rows(gram, places[: len(places) - len(places) % 8], weight, row)


def no_rest(*arguments):
    """`_advance` that forgets them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tangent, "_add_rows", rest_forgotten)
        advance.py_func(*arguments)


remember, flip, advance, add_rows = (
    tangent._remember,
    tangent._flip,
    tangent._advance,
    tangent._add_rows,
)


@pytest.mark.parametrize(
    ("helper", "planted_error"),
    [
        pytest.param("_first_change", no_check, id="no check"),
        pytest.param("_first_change", ends_only, id="ends only"),
        pytest.param("_remember", never_turned, id="signal forgotten"),
        pytest.param("_flip", kept_kernel, id="kernel kept"),
        pytest.param("_advance", whole_class, id="whole class"),
        pytest.param("_advance", exceptions_added, id="exceptions added"),
        pytest.param("_advance", no_rest, id="rest forgotten"),
    ],
)
def test_planted_errors_in_the_fast_path_are_far(monkeypatch, helper, planted_error):
    """Each shortcut that the engine must not take is seen in one of these runs."""
    monkeypatch.setattr(tangent, helper, planted_error)
    monkeypatch.setattr(tangent, "_train", tangent._train.py_func)
    found = []
    for made in RESTLESS.values():
        data, start, eta, steps = task(made, 1, Seeds(0, 1))
        found.append(
            gap(
                tangent.descend(data, start, eta, steps).weights,
                written_out(data, start, eta, steps),
            )
        )
    assert max(found) > FAR


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


# The network --------------------------------------------------------------------------------------


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


# Seeds --------------------------------------------------------------------------------------------


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


# Edges --------------------------------------------------------------------------------------------


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


# The decomposition, Lemma B.2 ---------------------------------------------------------------------


def recorded(made, index):
    data, start, eta, steps = task(made, index)
    return data, start, eta, tangent.descend(data, start, eta, steps, range(steps + 1)).records


@every_kind
@every_task
def test_records_rebuild_the_weights(made, index):
    """w^t = w^0 + j g s + sum_i c_i xi_i at every step, where w^t is reached without
    coefficients.
    """
    data, weights, eta, records = recorded(made, index)
    start, j = weights, signs(made.m).unsqueeze(1)
    assert [record.step for record in records] == list(range(made.task(index).steps + 1))
    for record in records:
        rebuilt = start + j * record.signal.unsqueeze(2) * data.signal + record.noise @ data.noise
        assert gap(rebuilt, weights) <= CLOSE, record.step
        weights = closed_form_step(data, weights, eta)


@every_kind
@every_task
def test_coefficients_are_monotone(made, index):
    """gamma never falls, rho of own samples (y_i = j) never falls, rho of the others never rises;
    all start at 0. Exactly.
    """
    data, _, _, records = recorded(made, index)
    own = signs(made.m)[:, None] * data.labels[:, None, :]  # (seeds, 2m, N)
    assert not any(x.any() for x in (records[0].signal, records[0].noise))
    for before, after in pairwise(records):
        assert ((after.signal - before.signal) >= 0).all()
        assert ((after.noise - before.noise) * own >= 0).all()
    assert records[-1].noise.any()


def test_recording_changes_nothing():
    data, start, eta, steps = task(regime(), 1)
    plain, kept = (
        tangent.descend(data, start, eta, steps),
        tangent.descend(data, start, eta, steps, [steps, 0, 7, 7]),
    )
    assert torch.equal(plain.weights, kept.weights)
    assert torch.equal(plain.loss, kept.loss)
    assert [record.step for record in kept.records] == [0, 7, steps]  # in order, each once
    # A shorter run ends where the record was taken: records are not views of what training goes on
    # to change.
    assert torch.equal(
        kept.records[1].noise, tangent.descend(data, start, eta, 7, [7]).records[0].noise
    )


@pytest.mark.parametrize("step", [-1, 41])
def test_record_outside_the_run_is_refused(step):
    data, start, eta, _ = task(regime(), 1)
    with pytest.raises(ValueError, match=f"record = {step}: must be a step from 0 to 40"):
        tangent.descend(data, start, eta, 40, [0, step])
    assert check_records([0, 40], 40) == {0, 40}


@pytest.mark.parametrize(
    ("steps", "count", "expected"),
    [
        (1, 5, (1,)),
        (8, 4, (1, 2, 4, 8)),
        (100, 3, (1, 10, 100)),
        (3, 50, (1, 2, 3)),
        (10**6, 4, (1, 100, 10**4, 10**6)),
    ],
)
def test_log_spaced(steps, count, expected):
    assert log_spaced(steps, count) == expected


# Divergence ---------------------------------------------------------------------------------------

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
