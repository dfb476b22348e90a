"""Steps taken together are steps taken one by one, and every shortcut not to be taken shows."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from engine_runs import CLOSE, FAR, every_task, gap, run_gap, task, written_out
from examples import regime

from model.engines import tangent
from model.sampling import Seeds, sample

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
