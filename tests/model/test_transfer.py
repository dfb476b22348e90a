"""Upstream, scratch and transfer: which filters are inherited, which are fresh, and that all else
is common to both ways.
"""

from dataclasses import dataclass, field, replace

import pytest
import torch
from examples import KINDS, regime

from model.engines import tangent
from model.regime import RegimeError
from model.run import Run
from model.sampling import Seeds, sample, signals
from model.transfer import (
    Trial,
    foremost_first,
    inherit,
    noise_norms,
    recording,
    run_on,
    run_trial,
    train_task,
)

RUNS = ("upstream", "scratch", "transfer")
#: Everything that may differ between the tasks does.
UNEQUAL = regime(
    n1=8, n2=6, m=4, inherited=2, cos_v=0.6, sigma1=1.3, sigma2=0.7, steps1=12, steps2=9, eta2=0.05
)
SEEDS = Seeds(0, 3)
every_level = pytest.mark.parametrize("level", ["law", "explicit"])


@dataclass
class Spy:
    """An engine that keeps what it is called with, and returns filters told apart from their
    start.
    """

    calls: list = field(default_factory=list)

    def __call__(self, sample, start, eta, steps):
        self.calls.append((sample, start.clone(), eta, steps))
        return Run(
            torch.zeros(start.shape[0], steps + 1, dtype=torch.float64),
            start + 100 * len(self.calls),
        )


def same(first, second):
    return torch.equal(first.loss, second.loss) and torch.equal(first.weights, second.weights)


# Inheritance --------------------------------------------------------------------------------------


@pytest.mark.parametrize("m", [1, 2, 5])
def test_first_filters_of_each_sign(m):
    trained, fresh = (
        torch.randn(3, 2 * m, 7, dtype=torch.float64, generator=torch.Generator().manual_seed(k))
        for k in (1, 2)
    )
    kept = trained.clone(), fresh.clone()
    for inherited in range(m + 1):
        start = inherit(trained, fresh, inherited)
        for sign in (0, m):  # j = +1 first, then j = -1
            assert torch.equal(
                start[:, sign : sign + inherited], trained[:, sign : sign + inherited]
            )
            assert torch.equal(
                start[:, sign + inherited : sign + m], fresh[:, sign + inherited : sign + m]
            )
        start.zero_()  # a copy: neither source is changed through it
    assert torch.equal(trained, kept[0])
    assert torch.equal(fresh, kept[1])


@pytest.mark.parametrize("m", [1, 2, 5])
def test_foremost_first(m):
    """Each sign's filters by falling score, none lost; equal scores keep their order, so that what
    is drawn stays drawn.
    """
    filters, score = (
        torch.randn(
            3, 2 * m, *more, dtype=torch.float64, generator=torch.Generator().manual_seed(5)
        )
        for more in ((7,), ())
    )
    found = foremost_first(filters, score)
    for s in range(3):
        for sign in (0, m):
            order = sorted(range(m), key=lambda r, s=s, sign=sign: -score[s, sign + r].item())
            assert torch.equal(
                found[s, sign : sign + m], torch.stack([filters[s, sign + r] for r in order])
            )
    assert torch.equal(foremost_first(filters, torch.zeros(3, 2 * m)), filters)


def test_what_each_run_is_given():
    """Own data, step size and steps; scratch and transfer share the training set and the fresh
    filters.
    """
    spy = Spy()
    trial = run_trial(UNEQUAL, SEEDS, engine=spy)
    (
        (up, up_start, *up_steps),
        (down, scratch_start, *scratch_steps),
        (again, transfer_start, *transfer_steps),
    ) = spy.calls
    assert up is trial.draw.upstream
    assert down is again is trial.draw.downstream
    assert up_steps == [UNEQUAL.eta1, UNEQUAL.steps1]
    assert scratch_steps == transfer_steps == [UNEQUAL.eta2, UNEQUAL.steps2]
    assert torch.equal(up_start, trial.draw.start)
    assert torch.equal(scratch_start, trial.draw.fresh)
    m, inherited = UNEQUAL.m, UNEQUAL.inherited
    for sign in (0, m):
        old, new = slice(sign, sign + inherited), slice(sign + inherited, sign + m)
        assert torch.equal(
            transfer_start[:, old], trial.upstream.weights[:, old]
        )  # trained ones, not where they began
        assert torch.equal(transfer_start[:, new], scratch_start[:, new])


@every_level
def test_common_random_numbers(level):
    """The same draw, upstream network and scratch network whatever the share inherited; and only
    transfer hears of it.
    """
    trials = [
        run_trial(replace(UNEQUAL, inherited=k), SEEDS, level=level) for k in range(UNEQUAL.m + 1)
    ]
    for trial in trials[1:]:
        assert all(
            same(getattr(trial, name), getattr(trials[0], name)) for name in ("upstream", "scratch")
        )
    assert len({tuple(trial.transfer.loss[:, -1].tolist()) for trial in trials}) == len(trials)
    assert same(trials[0].transfer, trials[0].scratch)


def test_fresh_filters_do_not_matter_once_all_are_inherited():
    draw = sample(KINDS["all-inherited"], SEEDS, "explicit")
    was, now = (
        run_on(KINDS["all-inherited"], SEEDS, replace(draw, fresh=fresh))
        for fresh in (draw.fresh, 2 * draw.fresh)
    )
    assert same(was.transfer, now.transfer)
    assert not same(was.scratch, now.scratch)


def test_any_filters_may_be_inherited():
    """To inherit others is to number the upstream filters otherwise, which changes nothing but
    their order (exchangeability).
    """
    draw = sample(UNEQUAL, SEEDS, "explicit")
    trained = run_on(UNEQUAL, SEEDS, draw).upstream.weights
    expected = draw.fresh.clone()
    expected[:, [0, 1, 4, 5]] = trained[:, [2, 3, 6, 7]]  # the last two of each sign
    spy = Spy()
    renumbered = run_on(
        UNEQUAL, SEEDS, replace(draw, start=draw.start[:, [2, 3, 0, 1, 6, 7, 4, 5]])
    ).upstream
    run_on(
        UNEQUAL,
        SEEDS,
        draw,
        engine=lambda *task: renumbered if task[0] is draw.upstream else spy(*task),
    )
    torch.testing.assert_close(
        spy.calls[1][1], expected, rtol=0, atol=1e-13 * trained.abs().max().item()
    )


# Trials -------------------------------------------------------------------------------------------


@every_level
def test_run_on_is_run_trial_from_a_draw(level):
    drawn = run_on(UNEQUAL, SEEDS, sample(UNEQUAL, SEEDS, level))
    whole = run_trial(UNEQUAL, SEEDS, level=level)
    assert all(same(getattr(drawn, name), getattr(whole, name)) for name in RUNS)
    assert (whole.regime, whole.seeds, whole.networks) == (UNEQUAL, SEEDS, 9)
    assert all(getattr(whole, name).records == () for name in RUNS)


def test_law_level_and_the_fast_engine_are_the_default():
    whole, spelled = (
        run_trial(UNEQUAL, SEEDS),
        run_trial(UNEQUAL, SEEDS, engine=tangent.descend, level="law"),
    )
    assert isinstance(whole, Trial)
    assert all(same(getattr(whole, name), getattr(spelled, name)) for name in RUNS)


def test_train_task():
    draw = sample(UNEQUAL, SEEDS, "explicit")
    assert same(
        train_task(UNEQUAL, 1, draw.upstream, draw.start),
        tangent.descend(draw.upstream, draw.start, UNEQUAL.eta1, UNEQUAL.steps1),
    )
    assert same(
        train_task(UNEQUAL, 2, draw.downstream, draw.fresh),
        tangent.descend(draw.downstream, draw.fresh, UNEQUAL.eta2, UNEQUAL.steps2),
    )
    with pytest.raises(RegimeError, match="task = 0"):
        train_task(UNEQUAL, 0, draw.upstream, draw.start)


def test_an_impossible_draw_is_refused_before_training():
    with pytest.raises(RegimeError, match="at law level"):
        run_trial(replace(UNEQUAL, d=10), SEEDS, engine=Spy())


@pytest.mark.parametrize(
    ("record", "upstream", "downstream"),
    [
        ([], [], []),
        ([0], [0], [0]),
        (
            [12, 0, 9, 5],
            [0, 5, 9, 12],
            [0, 5, 9],
        ),  # steps1 = 12, steps2 = 9: what lies beyond a run is left out
        ([10, 11, 100], [10, 11], []),
    ],
)
def test_recording(record, upstream, downstream):
    trial, plain = run_trial(UNEQUAL, SEEDS, engine=recording(record)), run_trial(UNEQUAL, SEEDS)
    assert [r.step for r in trial.upstream.records] == upstream
    for run in (trial.scratch, trial.transfer):
        assert [r.step for r in run.records] == downstream
        assert all(
            r.signal.shape == (3, 8) and r.noise.shape == (3, 8, UNEQUAL.n2) for r in run.records
        )
    assert all(same(getattr(trial, name), getattr(plain, name)) for name in RUNS)


# Noise norms --------------------------------------------------------------------------------------


@every_level
@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize(
    "name",
    [
        "cosine",
        "aligned",
        "no-universal",
        "no-upstream-signal",
        "no-downstream-signal",
        "no-signal",
    ],
)
def test_noise_norms(name, level, index):
    """||P_k w|| by least squares: what the task's own signals do not explain of a filter, other
    task's v included.
    """
    made = KINDS[name]
    weights = run_trial(made, SEEDS, level=level).transfer.weights
    own = [vector for vector in (signals(made)[0], signals(made)[index]) if vector.any()]
    expected = weights
    if own:
        basis = torch.nn.functional.pad(
            torch.stack(own, 1), (0, 0, 0, weights.shape[2] - 3)
        )  # (dim, 1 or 2)
        expected = weights - (
            torch.linalg.lstsq(basis.expand(3, -1, -1), weights.transpose(1, 2)).solution.transpose(
                1, 2
            )
            @ basis.T
        )
    torch.testing.assert_close(
        noise_norms(weights, made, index), expected.norm(dim=2), rtol=1e-12, atol=0
    )


def test_noise_norms_by_hand():
    """Task 1 keeps what lies along v_2 and off v_1, task 2 the reverse."""
    made = regime(u=1.0, v1=2.0, v2=5.0, cos_v=0.0, d=5, m=1, inherited=0)
    weights = torch.tensor(
        [[[7.0, 3.0, 4.0, 12.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]], dtype=torch.float64
    )  # along u, v_1, v_2, noise
    assert noise_norms(weights, made, 1).tolist() == [[pytest.approx(160**0.5), 0.0]]  # 4, 12
    assert noise_norms(weights, made, 2).tolist() == [[pytest.approx(153**0.5), 0.0]]  # 3, 12
