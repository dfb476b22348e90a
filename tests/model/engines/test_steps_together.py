"""Steps taken together are steps taken one by one, and every shortcut not to be taken shows."""

import inspect
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from engine_runs import CLOSE, FAR, every_task, gap, run_gap, task, written_out
from examples import regime

from model.engines import descent, gram, tangent
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
        found = first_change(*arguments)
        taken.append(found[0])
        return found

    monkeypatch.setattr(descent, "_first_change", seen)
    monkeypatch.setattr(tangent, "train", descent.train.py_func)
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


@pytest.mark.parametrize("h", [0.05, 0.5])
@pytest.mark.parametrize("d", [4000, 10**6])
def test_many_samples(d, h):
    """Networks whose masks calm down, and others whose samples overlap so that they never do: as by
    products of whole matrices, on the way too.
    """
    made = regime(n1=150, d=d, m=12, steps=200, h=h)
    draw = sample(made, Seeds(0, 2))
    fast, whole = (
        engine.descend(draw.upstream, draw.start, made.eta1, 200, (0, 3, 50, 51, 200))
        for engine in (tangent, gram)
    )
    assert run_gap(fast, whole) <= CLOSE
    for one, other in zip(fast.records, whole.records, strict=True):
        assert (
            max(
                gap(getattr(one, name), getattr(other, name))
                for name in ("signal", "noise", "margin")
            )
            <= CLOSE
        )


def test_few_preactivations_are_computed(monkeypatch):
    """What the engine is fast by: signs are foretold, and z as a whole is computed now and then."""
    computed, all_at_once = [], []

    def seen(*arguments):
        found = first_change(*arguments)
        computed.append(found[2])
        return found

    def counted(*arguments):
        all_at_once.append(1)
        return add_fields(*arguments)

    monkeypatch.setattr(descent, "_first_change", seen)
    monkeypatch.setattr(descent, "_add_fields", counted)
    monkeypatch.setattr(descent, "_advance", descent._advance.py_func)
    monkeypatch.setattr(tangent, "train", descent.train.py_func)
    made = regime(n1=100, d=10**7, m=20, steps=200, h=0.3)
    draw = sample(made, Seeds(0, 1))
    plain = tangent.descend(draw.upstream, draw.start, made.eta1, 200)
    assert sum(computed) < 0.1 * 200 * 40 * 100
    assert len(all_at_once) < 50
    assert gap(plain.weights, written_out(draw.upstream, draw.start, made.eta1, 200)) <= CLOSE


first_change, add_fields, add_rows = (
    descent._first_change,
    descent._add_fields,
    descent._add_rows,
)
follow_signal, departures = descent._follow_signal, descent._departures
advance = descent._advance
SUMMED, PROPOSED, FOUND = map(
    list(inspect.signature(first_change.py_func).parameters).index, ("summed", "proposed", "found")
)


def no_check(*arguments):
    return arguments[PROPOSED], 0, 0


def ends_only(*arguments):
    """Half the steps proposed where a sign differs at the end, all of them otherwise: what passes
    zero and comes back is missed.
    """
    proposed, summed = arguments[PROPOSED], arguments[SUMMED]

    def at(step):
        """As if so many steps were one."""
        one = list(arguments)
        one[SUMMED], one[PROPOSED] = summed[[0, step]], 1
        _, changes, computed = first_change(*one)
        arguments[FOUND][2, :changes] = step
        return step, changes, computed

    whole = at(proposed)
    return at(max(1, proposed // 2)) if whole[1] else whole


def never_turned(*arguments):
    follow_signal(*arguments)
    return False


def kept_kernel(mask, i, *kernel):
    mask[i] = not mask[i]


def nothing_counted(*arguments):
    """Margins as if a mask that changes did so where z is 0."""
    found = first_change(*arguments)
    arguments[-1][:] = 0.0
    return found


def whole_class(gram, y, mask, pulls, z):
    """As if a mask were just what the samples' classes say."""
    j = np.repeat([1.0, -1.0], len(z) // 2)[:, None]
    add_fields(gram, y, j * y > 0, pulls, z)


def exceptions_added(gram, y, mask, pulls, z):
    """The sum over the class plus, not less, what the mask is not."""
    j = np.repeat([1.0, -1.0], len(z) // 2)[:, None]
    apart = mask != (j * y > 0)
    z += ((j * y > 0) * pulls + apart * pulls) @ gram


def rest_forgotten(gram, places, weight, row):
    """The rows after the last eight."""
    add_rows(gram, places[: len(places) - len(places) % 8], weight, row)


def no_rest(*arguments):
    """`add_fields` that forgets them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descent, "_add_rows", rest_forgotten)
        add_fields.py_func(*arguments)


def changes_forgotten(gram, y, mask, summed, places, held, since, *rest):
    """Masks that changed are taken to have been all along what they are now."""
    held[:], since[:] = 0.0, 0.0
    advance(gram, y, mask, summed, places, held, since, *rest)


def without_bounds(*arguments):
    """Pre-activations are taken to lie on their lines."""

    def none(*of):
        begins, ends, rest, distance = departures(*of)
        return begins, ends, 0 * rest, 0 * distance

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descent, "_departures", none)
        return first_change.py_func(*arguments)


@pytest.mark.parametrize(
    ("helper", "planted_error"),
    [
        pytest.param("_first_change", no_check, id="no check"),
        pytest.param("_first_change", ends_only, id="ends only"),
        pytest.param("_first_change", without_bounds, id="no bounds"),
        pytest.param("_first_change", nothing_counted, id="nothing counted"),
        pytest.param("_follow_signal", never_turned, id="signal forgotten"),
        pytest.param("_change_kernel", kept_kernel, id="kernel kept"),
        pytest.param("_add_fields", whole_class, id="whole class"),
        pytest.param("_add_fields", exceptions_added, id="exceptions added"),
        pytest.param("_add_fields", no_rest, id="rest forgotten"),
        pytest.param("_advance", changes_forgotten, id="changes forgotten"),
    ],
)
def test_planted_errors_in_the_fast_path_are_far(monkeypatch, helper, planted_error):
    """Each shortcut that the engine must not take is seen in one of these runs."""
    for caller in ("_change_masks", "_advance"):
        monkeypatch.setattr(descent, caller, getattr(descent, caller).py_func)
    monkeypatch.setattr(descent, helper, planted_error)
    monkeypatch.setattr(tangent, "train", descent.train.py_func)
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
