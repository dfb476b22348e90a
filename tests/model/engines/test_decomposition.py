"""The decomposition, Lemma B.2: records rebuild the weights, and coefficients are monotone."""

from itertools import pairwise

import pytest
import torch
from engine_runs import CLOSE, every_kind, every_task, gap, task
from examples import regime

from model.engines import tangent
from model.engines.autograd import closed_form_step
from model.run import check_records, log_spaced, signs


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
