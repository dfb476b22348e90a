"""Whatever the norms, engines agree or all refuse: no large number swallows a small one in one of
them alone.
"""

from dataclasses import replace

import numba
import pytest
from engine_runs import CLOSE, autograd, gap, run_gap
from examples import KINDS, regime

from model.engines import gram, tangent
from model.run import DivergenceError
from model.sampling import Seeds, projected
from model.scales import in_unit
from model.transfer import run_trial

ENGINES = {"tangent": tangent.descend, "gram": gram.descend, "autograd": autograd}
RUNS = {"upstream": 1, "scratch": 2, "transfer": 2}
#: Where v_1 and v_2 are at an angle, rounding leaves noise this far from orthogonal to the signal.
ROUNDED = 1e-7
#: Of losses that are 0 but for rounding.
NOTHING = 1e-12


def trials(made, seeds):
    """A trial by each engine, or that it is refused."""
    found = {}
    for name, engine in ENGINES.items():
        try:
            found[name] = run_trial(made, seeds, engine=engine, level="explicit")
        except DivergenceError as error:
            found[name] = str(error)
    return found


def apart(one, other, made):
    """The largest relative difference of any loss on the way, of weights, and of their part off the
    signal, which may be a small part of them.
    """
    gaps = []
    for name, index in RUNS.items():
        first, second = getattr(one, name), getattr(other, name)
        losses = (first.loss - second.loss).abs() / (second.loss.abs() + NOTHING)
        gaps += [losses.max().item(), gap(first.weights, second.weights)]
        gaps.append(gap(*(projected(run.weights, made, index) for run in (first, second))))
    return max(gaps)


def agree_or_refuse(made, seeds, most=CLOSE):
    found = trials(made, seeds)
    refused = [name for name, trial in found.items() if isinstance(trial, str)]
    assert len(refused) in (0, len(ENGINES)), found
    if refused:
        assert len(set(found.values())) == 1, found
        return False
    assert max(apart(found[name], found["autograd"], made) for name in ("tangent", "gram")) <= most
    return True


@pytest.mark.parametrize("exponent", [-200, -160, -20, 4, 7, 8, 12, 16, 50, 100, 150, 153])
@pytest.mark.parametrize("field", ["u", "v1", "v2"])
def test_signals_of_any_length(field, exponent):
    assert agree_or_refuse(replace(regime(), **{field: 10.0**exponent}), Seeds(7, 2))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("length", [1e7, 1e8, 1e15])
def test_filters_that_are_dead_on_a_signal(length, seed):
    """Of one class: noise alone, small beside the other's signal, decides what is learned of it."""
    made = replace(regime(), v2=length, n2=12, inherited=0)
    assert agree_or_refuse(made, Seeds(seed, 1))


@pytest.mark.parametrize("field", ["u", "v1", "v2", "sigma1", "sigma2", "sigma0"])
@pytest.mark.parametrize("exponent", [155, 160, 200, 307])
def test_what_no_number_holds(field, exponent):
    """Their squares are infinite; where all engines can do without, they do alike."""
    taken = agree_or_refuse(replace(regime(), **{field: 10.0**exponent}), Seeds(7, 2))
    assert taken <= (field == "sigma0")


@pytest.mark.parametrize("exponent", [7, 8, 9, 12, 16, 100])
def test_signals_at_an_angle(exponent):
    """As long as noise is orthogonal to them but for rounding."""
    made = replace(KINDS["cosine"], v2=10.0**exponent)
    assert agree_or_refuse(made, Seeds(7, 2), ROUNDED) is (exponent < 10)


@pytest.mark.parametrize("exponent", [-150, -140, -100, -9, 9, 100, 140, 150, 153])
def test_units(exponent):
    """The unit of length changes no loss, or is refused."""
    made = regime()
    taken = agree_or_refuse(moved := in_unit(made, 10.0**exponent), Seeds(1, 2))
    assert taken is (-145 < exponent < 152)
    if taken:
        here, there = (run_trial(one, Seeds(1, 2), level="explicit") for one in (made, moved))
        assert gap(there.transfer.loss, here.transfer.loss) <= 1e-10


@pytest.mark.parametrize(
    "change",
    [{"eta1": 1e-300}, {"eta2": 1e300}, {"sigma1": 1e9}, {"sigma1": 1e-9}, {"sigma0": 1e150}],
    ids=str,
)
def test_other_fields(change):
    agree_or_refuse(replace(regime(), **change), Seeds(2, 2))


@pytest.mark.parametrize("eta", [0.05, 50.0, 1e5, 1e200, 1e307])
@pytest.mark.parametrize("name", ["plain", "large-step", "signal-dominates"])
def test_without_the_compiler(name, eta, monkeypatch):
    """NUMBA_DISABLE_JIT: the same numbers, or the same refusal, and no word of overflow."""
    made, seeds = replace(KINDS[name], eta1=eta, eta2=eta), Seeds(0, 2)

    def outcome():
        try:
            trial = run_trial(made, seeds)
        except DivergenceError as error:
            return str(error)
        return [getattr(trial, name) for name in RUNS]

    compiled = outcome()
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    plain = outcome()
    if isinstance(compiled, str):
        assert plain == compiled
        return
    for one, other in zip(plain, compiled, strict=True):
        assert run_gap(one, other) <= CLOSE
