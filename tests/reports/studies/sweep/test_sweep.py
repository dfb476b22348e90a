"""Sweeps: what a file may say, that records do not depend on who computes them, and that no
interruption, death or damage loses or repeats one.
"""

import json
import math
import os
import pickle
import signal
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.core import quantities
from claims.observing.errors import LINES
from claims.predicting import law
from model.run import DivergenceError
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import noise_norms, run_trial
from reports.commands import entry
from reports.studies import executors
from reports.studies.executors import ExecutorError, dask, in_process, processes
from reports.studies.sweep import metrics, sweep
from reports.studies.sweep.metrics import METRICS, TRAINED, measure
from reports.studies.sweep.spec import GROUPS, SweepError, from_groups, parse, read

BASE = {
    "n1": 10,
    "n2": 12,
    "d": 200,
    "m": 4,
    "inherited": 2,
    "tau_2": 1.0,
    "X": 1.0,
    "Y": 2.0,
    "duration": 2.0,
}
REGIME = from_groups(BASE)
MEASURED = ["difference", "scratch_error", "noise_ratio", "q_2", "tau_D", "Y"]


def groups(**changes):
    """A sweep's content over groups."""
    return {"groups": BASE, "axes": {"tau_2": [0.5, 1.0]}} | changes


PLAN = parse(
    groups(
        axes={"tau_2": [0.5, 1.0, 2.0], "inherited": [0, 1, 4]}, seeds=3, seed=5, metrics=MEASURED
    )
)


# What a file says ---------------------------------------------------------------------------------


@pytest.fixture
def reading(tmp_path):
    def run(content):
        path = tmp_path / "sweep.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(path)

    return run


def table(name, values):
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def test_grid(reading):
    """All combinations, the last axis fastest, an axis before the base."""
    text = (
        'seeds = 3\nseed = 5\nmetrics = ["X"]\n'
        + table("groups", BASE)
        + table("axes", {"X": "[1, 2.5]", "Y": "{from = 2, to = 4, count = 3}"})
    )
    found = reading(text)
    assert (found.seeds, found.seed, found.metrics) == (3, 5, ("X",))
    assert [point.axes for point in found.points] == [
        {"X": x, "Y": y} for x in (1, 2.5) for y in (2.0, 3.0, 4.0)
    ]
    assert [point.number for point in found.points] == list(range(6))
    assert [point.regime for point in found.points] == [
        from_groups(BASE | point.axes) for point in found.points
    ]


def test_regime_base(reading):
    found = reading(table("regime", REGIME.to_dict()) + table("axes", {"m": "[4, 5]"}))
    assert [point.regime for point in found.points] == [REGIME, replace(REGIME, m=5)]
    assert (found.seeds, found.seed, found.metrics) == (24, 0, ("scratch_error", "transfer_error"))


def test_log_axis():
    points = parse(groups(axes={"X": {"from": 0.01, "to": 100, "count": 5, "scale": "log"}})).points
    assert [point.axes["X"] for point in points] == pytest.approx([0.01, 0.1, 1.0, 10.0, 100.0])


def test_integers_are_rounded_and_once():
    points = parse(groups(axes={"n1": {"from": 10, "to": 13, "count": 9}})).points
    assert [point.axes["n1"] for point in points] == [10, 11, 12, 13]
    assert {type(point.regime.n1) for point in points} == {int}


@pytest.mark.parametrize("ends", [(49, 1), (1, 49), (93, 1), (1.0, 1.0)])
def test_ends_are_kept(ends):
    """Rounding does not take Y below 1: 49 * (1/49) does."""
    values = [
        point.axes["Y"]
        for point in parse(
            groups(axes={"Y": {"from": ends[0], "to": ends[1], "count": 4, "scale": "log"}})
        ).points
    ]
    assert max(values) <= max(ends)
    assert min(values) == min(ends)


def test_random():
    """Inside the ends, over all of them, from the seed alone; logs are uniform."""
    axes = {"X": {"from": 0.01, "to": 100, "scale": "log"}, "inherited": {"from": 0, "to": 4}}
    one, same, other = (
        parse(groups(axes=axes, design="random", points=200, seed=seed)) for seed in (1, 1, 2)
    )
    assert one == same
    assert one.points[0].axes != other.points[0].axes
    x = np.array([point.axes["X"] for point in one.points])
    assert (len(x), 0.01 <= x.min() < 0.05, 20 < x.max() <= 100) == (200, True, True)
    assert abs((x < 1).mean() - 0.5) < 0.18
    assert {point.axes["inherited"] for point in one.points} == {0, 1, 2, 3, 4}
    assert (
        abs(np.corrcoef(np.log(x), [point.axes["inherited"] for point in one.points])[0, 1]) < 0.35
    )


def axis(**changes):
    return groups(axes={"X": {"from": 1, "to": 2, "count": 3} | changes})


def base(**changes):
    return groups(groups=BASE | changes)


def regimes(**changes):
    return {"regime": REGIME.to_dict() | changes, "axes": {"cos_v": [0.0, 0.5]}}


REFUSED = {
    "unknown name": (groups(grid=1), "grid", "unknown; a sweep has"),
    "both bases": (groups(regime=REGIME.to_dict()), "regime", "either"),
    "no base": ({"axes": {"X": [1]}}, "regime", "either"),
    "groups are a word": (groups(groups="X"), "groups", "must be a table"),
    "regime is a list": ({"regime": [1], "axes": {"X": [1]}}, "regime", "must be a table"),
    "no axes": ({"groups": BASE}, "axes", "one entry or more"),
    "empty axes": (groups(axes={}), "axes", "one entry or more"),
    "axes are a list": (groups(axes=[1]), "axes", "must be a table"),
    "unknown axis": (groups(axes={"Z": [1]}), "Z", "unknown group"),
    "a regime's field among groups": (groups(axes={"eta1": [1]}), "eta1", "unknown group"),
    "unknown field": (
        {"regime": REGIME.to_dict(), "axes": {"tau_2": [1]}},
        "tau_2",
        "unknown field",
    ),
    "missing group": (groups(groups={k: v for k, v in BASE.items() if k != "Y"}), "Y", "missing"),
    "missing field": ({"regime": {"u": 1.0}, "axes": {"v1": [1]}}, "v2", "missing"),
    "unknown metric": (groups(metrics=["accuracy"]), "metrics", "unknown; there are"),
    "metrics are a word": (groups(metrics="X"), "metrics", "must be a list"),
    "metrics are a number": (groups(metrics=5), "metrics", "must be a list"),
    "no metrics": (groups(metrics=[]), "metrics", "one or more"),
    "a list among metrics": (groups(metrics=[["X"]]), "metrics", "unknown"),
    "metric twice": (groups(metrics=["X", "Y", "X"]), "metrics", "twice"),
    "design": (groups(design="sobol"), "design", "grid or random"),
    "points of a grid": (groups(points=5), "points", "random design"),
    **{
        f"seeds {x!r}": (groups(seeds=x), "seeds", "from 1 to")
        for x in (0, -1, 2.0, True, "3", 10**6, math.nan)
    },
    **{f"seed {x!r}": (groups(seed=x), "seed", "from 0 to") for x in (-1, 2.0, True, "3", 2**64)},
    **{
        f"points {x!r}": (groups(design="random", points=x), "points", "from 1 to")
        for x in (0, 1.5, True, "3", 10**9)
    },
    **{
        f"count {x!r}": (axis(count=x), "axes.X.count", "from 1 to")
        for x in (0, -1, 2.5, True, "3", 10**9, None)
    },
    **{
        f"from {x!r}": (axis(**{"from": x}), "axes.X", "finite")
        for x in (math.nan, math.inf, "1", True, 10**400)
    },
    **{f"to {x!r}": (axis(to=x), "axes.X", "finite") for x in (math.nan, -math.inf, "1", False)},
    **{
        f"list with {x!r}": (groups(axes={"X": [1.0, x]}), "axes.X", "finite numbers")
        for x in (math.nan, math.inf, "1", True, [1], 10**400)
    },
    "empty list": (groups(axes={"X": []}), "axes.X", "one or more"),
    "an axis that is a number": (groups(axes={"X": 3}), "axes.X", "must be a list"),
    "an axis without end": (
        groups(axes={"X": {"from": 1, "count": 3}}),
        "axes.X",
        "must be a list",
    ),
    "an axis with more": (axis(step=1), "axes.X", "must be a list"),
    "a list at random": (groups(design="random", axes={"X": [1]}), "axes.X", "{from, to}"),
    "a count at random": (axis() | {"design": "random"}, "axes.X", "{from, to}"),
    "scale": (axis(scale="cubic"), "axes.X.scale", "linear, or log"),
    "log of 0": (axis(**{"from": 0, "scale": "log"}), "axes.X.scale", "above 0"),
    "too far apart": (axis(**{"from": -1e308, "to": 1e308}), "axes.X", "too far apart"),
    "too many points": (
        groups(axes={name: {"from": 1, "to": 2, "count": 4000} for name in ("X", "tau_2")}),
        "axes",
        "at most",
    ),
    **{
        f"group {x!r}": (base(X=x), "X", "finite number > 0 (point 0")
        for x in (math.nan, math.inf, 0, -1, True, "1", 10**400)
    },
    "Y below 1": (base(Y=0.5), "Y", "at least 1"),
    "cosine above 1": (base(cos_v=2), "cos_v", "(point 0: {'tau_2': 0.5})"),
    "samples are a float": (base(n1=10.0), "n1", "integer"),
    "out of floating point": (base(duration=1e300, h_1=1e-300), "groups", "far apart"),
    "out of floating point too": (base(X=1e308, n2=10**10), "groups", "far apart"),
    "impossible, third point": (
        groups(axes={"inherited": [0, 4, 5]}),
        "inherited",
        "(point 2: {'inherited': 5})",
    ),
    "impossible, regime": (regimes(sigma1=-1.0), "sigma1", "(point 0: {'cos_v': 0.0})"),
    "regime with NaN": (regimes(u=math.nan), "u", "finite"),
    "regime with a word": (regimes(u="1"), "u", "finite"),
    "untrainable": (groups(axes={"d": [200, 40]}), "d", "(point 1: {'d': 40})"),
    "steps out of memory": (groups(axes={"duration": [1e12]}), "steps1", "(point 0"),
}


@pytest.mark.parametrize(("content", "field", "rule"), REFUSED.values(), ids=REFUSED)
def test_refused(content, field, rule):
    """Before anything is trained: by name, with the value and the rule, in one line."""
    with pytest.raises(SweepError) as caught:
        parse(content)
    assert (caught.value.field, rule in caught.value.rule) == (field, True), str(caught.value)
    assert str(caught.value).startswith(f"{field} = ")
    assert "\n" not in str(caught.value)


NOT_TOML = {
    "not TOML": b"{",
    "not UTF-8": b"\xff\xfe",
    "nested deep": b"a = " + b"[" * 10**5,
    "a key of many parts": b".".join([b"x"] * 20000) + b" = 1",
    "a number of 5000 digits": b"seed = " + b"7" * 5000,
    "given twice": b"seed = 1\nseed = 2",
}


@pytest.mark.parametrize("content", NOT_TOML.values(), ids=NOT_TOML)
def test_not_toml(reading, content):
    with pytest.raises(SweepError, match=r"^file = .*sweep\.toml'") as caught:
        reading(content)
    assert caught.value.field == "file"


def test_no_file(tmp_path):
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(OSError, match=path.name):
            read(path)


def test_formulas_need_no_training():
    """Where nothing is trained, any dimension will do."""
    assert parse(groups(axes={"d": [20]}, metrics=["law_transfer", "X"])).points[0].regime.d == 20
    assert {
        name
        for name in METRICS
        if name not in quantities.catalogue() and not name.startswith("law_")
    } == TRAINED


def test_refusals_travel():
    """From a worker to where it is printed: an exception that cannot be unpickled breaks the pool
    it comes from.
    """
    refusal = SweepError("d", 5, "must be more")
    found = pickle.loads(pickle.dumps(refusal))
    assert (type(found), found.field, found.value, found.rule, str(found)) == (
        SweepError,
        "d",
        5,
        "must be more",
        str(refusal),
    )


# Groups -------------------------------------------------------------------------------------------

positive = st.floats(0.01, 50.0)


@given(
    st.fixed_dictionaries(
        {
            "n1": st.integers(2, 300),
            "n2": st.integers(2, 300),
            "d": st.integers(20, 10**8),
            "m": st.integers(1, 30),
            "inherited": st.integers(1, 30),
            "tau_2": positive,
            "X": positive,
            "Y": st.floats(1.0, 50.0),
            "upstream_share": st.floats(0.0, 5.0),
            "cos_v": st.floats(-1.0, 1.0),
            "h_1": st.floats(0.01, 5.0),
            "h_2": st.floats(0.01, 5.0),
            "duration": st.floats(0.1, 50.0),
            "zeta_2": st.floats(1e-4, 2.0),
        }
    )
)
@settings(max_examples=60, deadline=None)
def test_groups_are_met(values):
    values["inherited"] = min(values["inherited"], values["m"])
    made, named = from_groups(values), quantities.catalogue()
    for name in ("tau_2", "X", "Y", "h_1", "h_2", "zeta_2"):
        assert named[name](made) == pytest.approx(values[name], rel=1e-9), name
    assert (made.n1, made.n2, made.d, made.m, made.inherited, made.cos_v) == tuple(
        values[k] for k in ("n1", "n2", "d", "m", "inherited", "cos_v")
    )
    assert made.v1**2 == pytest.approx(values["upstream_share"] * made.u**2, rel=1e-9, abs=1e-300)
    for k, steps in ((1, made.steps1), (2, made.steps2)):
        h = named[f"h_{k}"](made)
        assert -1e-9 <= h * steps - values["duration"] <= h * (1 + 1e-9)
    assert set(values) == set(GROUPS)


def test_group_defaults():
    made, named = REGIME, quantities.catalogue()
    assert [named["h_1"](made), named["h_2"](made), named["zeta_2"](made)] == pytest.approx(
        [0.1, 0.1, 0.01]
    )
    assert (made.cos_v, made.v1) == (0.0, made.u)
    assert (
        made.steps1,
        from_groups({k: v for k, v in BASE.items() if k != "duration"}).steps1,
    ) == (20, 200)


# Metrics ------------------------------------------------------------------------------------------

SEEDS = Seeds(5, 4, first=8)


@pytest.fixture(scope="module")
def directly():
    """Every trained metric, one number a seed, by other means."""
    trial = run_trial(REGIME, SEEDS)
    signal_2, k, m = trial.draw.downstream.signal, REGIME.inherited, REGIME.m
    scratch, transfer = (
        estimate_error(run.weights, signal_2, REGIME, 2, SEEDS, LINES).value.numpy()
        for run in (trial.scratch, trial.transfer)
    )
    norms = [
        noise_norms(run.weights, REGIME, 2).numpy() ** 2 for run in (trial.transfer, trial.scratch)
    ]
    kept = [r for r in range(2 * m) if r % m < k]
    return {
        "transfer_error": transfer,
        "scratch_error": scratch,
        "difference": transfer - scratch,
        "scratch_loss": trial.scratch.loss[:, -1].numpy(),
        "transfer_loss": trial.transfer.loss[:, -1].numpy(),
        "noise_ratio": norms[0][:, kept].mean(1) / norms[1].mean(1),
    }


@pytest.mark.parametrize("others", [(), tuple(METRICS)], ids=["alone", "among all"])
@pytest.mark.parametrize("name", sorted(TRAINED))
def test_trained_metrics(directly, name, others):
    """Mean, standard error and median over seeds; whatever else is asked for."""
    values = directly[name]
    found = measure(REGIME, SEEDS, [*others, name] if name not in others else others)[name]
    expected = {"mean": values.mean(), "error": values.std(ddof=1) / 2, "median": np.median(values)}
    assert found == pytest.approx(expected, rel=1e-9)
    assert np.ptp(values) > 0


def test_formulas():
    found = measure(REGIME, SEEDS, [name for name in METRICS if name not in TRAINED])
    predicted = law.predict(REGIME)
    expected = {name: quantity(REGIME) for name, quantity in quantities.catalogue().items()}
    expected |= {"law_scratch": predicted.scratch, "law_transfer": predicted.transfer}
    assert {name: value["mean"] for name, value in found.items()} == expected
    assert {tuple(value) for value in found.values()} == {("mean",)}


def test_without_transfer_nothing_upstream_is_trained(monkeypatch):
    def refuse(*_):
        raise AssertionError("trained upstream")

    monkeypatch.setattr(metrics, "run_trial", refuse)
    assert (
        measure(REGIME, SEEDS, ["scratch_error", "scratch_loss", "law_transfer"])["scratch_error"][
            "mean"
        ]
        > 0
    )


def test_scratch_is_trained_once(monkeypatch):
    """With transfer, whichever is asked for first."""

    def refuse(*_):
        raise AssertionError("trained scratch by itself")

    monkeypatch.setattr(metrics, "train_task", refuse)
    assert list(measure(REGIME, SEEDS, ["scratch_loss", "scratch_error", "transfer_loss"])) == [
        "scratch_loss",
        "scratch_error",
        "transfer_loss",
    ]


def test_none():
    """Nothing inherited has no noise; u = 0 has no Y."""
    none = {"mean": None, "error": None, "median": None}
    assert measure(replace(REGIME, inherited=0), SEEDS, ["noise_ratio"])["noise_ratio"] == none
    assert measure(replace(REGIME, u=0.0), SEEDS, ["Y"])["Y"] == {"mean": None}


def test_divergence_is_none(monkeypatch):
    """One point that diverges upstream does not stop a sweep; what does not need upstream is still
    there.
    """
    diverging = replace(REGIME, v1=1e200)
    with pytest.raises(DivergenceError):
        run_trial(diverging, SEEDS)
    found = measure(diverging, SEEDS, ["transfer_error", "difference", "scratch_error", "X"])
    none = {"mean": None, "error": None, "median": None}
    assert (found["transfer_error"], found["difference"]) == (none, none)
    assert found["scratch_error"] == measure(REGIME, SEEDS, ["scratch_error"])["scratch_error"]


# Records ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected():
    """Every record of the plan, each computed by itself."""
    return [
        {
            "point": p.number,
            "axes": p.axes,
            "metrics": measure(p.regime, Seeds(5, 3, first=3 * p.number), MEASURED),
        }
        for p in PLAN.points
    ]


def lines(path):
    """The header, and the other lines as a sorted list: repeats show."""
    first, *others = path.read_text().splitlines()
    return [first, *sorted(others)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The file of a run that nothing disturbed."""
    path = tmp_path_factory.mktemp("whole") / "records.jsonl"
    sweep.run(PLAN, path, in_process)
    return path


def backwards(function, jobs):
    yield from (function(job) for job in reversed(list(jobs)))


@pytest.fixture
def quick_dask(monkeypatch):
    """A local cluster that does not wait for half a minute on a dead worker's address."""
    pytest.importorskip("distributed")
    import dask as settings_of

    with (
        warnings.catch_warnings(),
        settings_of.config.set({"distributed.comm.timeouts.connect": "2s"}),
    ):
        warnings.simplefilter("ignore")
        yield dask


@pytest.mark.parametrize(
    "executor",
    [in_process, backwards, processes(1), processes(2)],
    ids=["here", "backwards", "one process", "two"],
)
def test_same_records(executor, expected, whole, tmp_path):
    path = tmp_path / "new" / "records.jsonl"
    assert sweep.run(PLAN, path, executor) == expected
    assert lines(path) == lines(whole)


def test_same_records_with_dask(quick_dask, expected, tmp_path):
    assert sweep.run(PLAN, tmp_path / "records.jsonl", quick_dask(None, 1)) == expected


def test_seeds_of_points_do_not_overlap(expected):
    twice = parse(groups(axes={"tau_2": [1.0, 1.0]}, seeds=3, metrics=["scratch_error"]))
    one, other = (
        sweep.compute(sweep.Job((point,), 3, 0, ("scratch_error",)))[0]["metrics"]
        for point in twice.points
    )
    assert one != other


def test_progress(tmp_path):
    seen = []
    sweep.run(
        PLAN, tmp_path / "records.jsonl", in_process, lambda done, of: seen.append((done, of))
    )
    assert seen == [(0, 9), (4, 9), (8, 9), (9, 9)]


def stopping(after):
    """An executor that is interrupted once it gave so many results."""

    def run(function, jobs):
        for number, job in enumerate(jobs):
            if number == after:
                raise KeyboardInterrupt
            yield function(job)

    return run


def counting(computed):
    def run(function, jobs):
        for job in jobs:
            computed.extend(point.number for point in job.points)
            yield function(job)

    return run


@pytest.mark.parametrize("after", [0, 1, 2])
def test_interrupted(after, expected, whole, tmp_path):
    """What was finished is not computed again."""
    path, computed = tmp_path / "records.jsonl", []
    with pytest.raises(KeyboardInterrupt):
        sweep.run(PLAN, path, stopping(after))
    assert sweep.run(PLAN, path, counting(computed)) == expected
    assert computed == list(range(4 * after, 9))
    assert lines(path) == lines(whole)


@pytest.mark.parametrize("share", [0.0, 0.005, 0.1, 0.35, 0.6, 0.999, 1.0])
def test_cut_off(share, expected, whole, tmp_path):
    """A file that ends anywhere, in a line or between two, its first included: no record is lost
    that was whole, and none repeated.
    """
    raw = whole.read_bytes()
    path, computed = tmp_path / "records.jsonl", []
    path.write_bytes(raw[: round(share * len(raw))])
    kept = max(0, path.read_bytes().count(b"\n") - 1)
    assert sweep.run(PLAN, path, counting(computed)) == expected
    assert len(computed) == 9 - kept
    assert lines(path) == lines(whole)


def test_last_line_without_its_end(expected, whole, tmp_path):
    """All of a record but the line's end: computed again rather than trusted."""
    path, computed = tmp_path / "records.jsonl", []
    path.write_bytes(whole.read_bytes()[:-1])
    assert sweep.run(PLAN, path, counting(computed)) == expected
    assert len(computed) == 1
    assert lines(path) == lines(whole)


def test_closed_in_the_middle():
    """Jobs are taken as they are needed, and nothing waits for those under way."""
    taken = []
    results = in_process(math.sqrt, (taken.append(x) or x for x in range(100)))
    assert (next(results), next(results), len(taken)) == (0.0, 1.0, 2)
    results.close()
    results = processes(1)(time.sleep, iter([0.0, 600.0, 600.0]))
    assert next(results) is None
    start = time.monotonic()
    results.close()
    assert time.monotonic() - start < 60


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 6},
        {"seeds": 4},
        {"metrics": ["X"]},
        {"metrics": MEASURED[::-1]},
        {"axes": {"tau_2": [0.5, 1.0, 2.5], "inherited": [0, 1, 4]}},
    ],
    ids=str,
)
def test_another_sweeps_file(whole, change, tmp_path):
    """Refused, and left as it is."""
    other = parse(
        groups(
            axes={"tau_2": [0.5, 1.0, 2.0], "inherited": [0, 1, 4]},
            seeds=3,
            seed=5,
            metrics=MEASURED,
        )
        | change
    )
    path = tmp_path / "records.jsonl"
    path.write_bytes(whole.read_bytes())
    with pytest.raises(SweepError, match=r"holds something else") as caught:
        sweep.run(other, path, in_process)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == whole.read_bytes()


FIRST = {
    "point": 0,
    "axes": PLAN.points[0].axes,
    "metrics": {name: {"mean": 0.5} for name in MEASURED},
}
DAMAGED = {
    "not JSON": b"{",
    "nested deep": b"[" * 10**5,
    "not UTF-8": b"\xff",
    "empty": b"",
    "a list": [],
    "no axes": {k: v for k, v in FIRST.items() if k != "axes"},
    "more": FIRST | {"more": 1},
    **{f"point {x!r}": FIRST | {"point": x} for x in (9, -1, True, "0", 0.0, None)},
    "another point's axes": FIRST | {"axes": PLAN.points[1].axes},
    "axes are a number": FIRST | {"axes": 1},
    "metrics are a number": FIRST | {"metrics": 1},
    "no metrics": FIRST | {"metrics": {}},
    "other metrics": FIRST | {"metrics": FIRST["metrics"] | {"X": {"mean": 0.5}}},
    "a metric is a number": FIRST | {"metrics": FIRST["metrics"] | {"Y": 0.5}},
    "a metric is NaN": FIRST | {"metrics": FIRST["metrics"] | {"Y": {"mean": math.nan}}},
    "a metric is a word": FIRST | {"metrics": FIRST["metrics"] | {"Y": {"mean": "1"}}},
    "a metric without mean": FIRST | {"metrics": FIRST["metrics"] | {"Y": {"median": 0.5}}},
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged(whole, damage, tmp_path):
    """One line says which file, and where in it; nothing is appended."""
    first, *others = whole.read_bytes().splitlines()
    path = tmp_path / "records.jsonl"
    path.write_bytes(
        b"\n".join(
            [
                first,
                damage if isinstance(damage, bytes) else json.dumps(damage).encode(),
                *others[1:],
            ]
        )
        + b"\n"
    )
    before = path.read_bytes()
    with pytest.raises(SweepError, match=r"records\.jsonl': line 2") as caught:
        sweep.run(PLAN, path, in_process)
    assert len(str(caught.value).splitlines()) == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"hello\n", b"{}\n", b"\n", b"\x00" * 50 + b"\n", b"hello"])
def test_not_records(content, tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_bytes(content)
    with pytest.raises(SweepError, match=r"holds something else"):
        sweep.run(PLAN, path, in_process)
    assert path.read_bytes() == content


def test_two_at_once(tmp_path):
    path = tmp_path / "records.jsonl"
    with (
        FileLock(tmp_path / ".records.jsonl.lock"),
        pytest.raises(SweepError, match=r"^file = .*another run is writing it$"),
    ):
        sweep.run(PLAN, path, in_process)
    assert not path.exists()

    def nested(function, jobs):
        with pytest.raises(SweepError, match="another run"):
            sweep.run(PLAN, path, in_process)
        yield from map(function, jobs)

    assert len(sweep.run(PLAN, path, nested)) == 9


@pytest.mark.parametrize("executor", [in_process, processes(1)], ids=["here", "process"])
def test_what_cannot_be_trained(executor, tmp_path):
    """Found out in a worker only: the point is named, however far the refusal travels."""
    point = replace(PLAN.points[0], regime=replace(REGIME, d=20))
    with pytest.raises(
        SweepError, match=r"^d = 20: .*\(point 0: \{'tau_2': 0.5, 'inherited': 0\}\)$"
    ):
        sweep.run(replace(PLAN, points=(point,)), tmp_path / "records.jsonl", executor)


# Deaths -------------------------------------------------------------------------------------------

DEADLY = '''
import os, signal
from pathlib import Path


def once(job):
    """The square; kills its process the first time that it meets 3."""
    number, mark = job
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def first_time(job):
    """The square; kills its process the first time that it meets each number."""
    number, folder = job
    mark = Path(folder, str(number))
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def always(job):
    os.kill(os.getpid(), signal.SIGKILL)


def deaf(job):
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])
'''


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """Functions that kill the process they run in, where worker processes find them."""
    (tmp_path / "deadly_jobs.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    import deadly_jobs

    yield deadly_jobs
    del sys.modules["deadly_jobs"]


def test_a_process_dies(deadly, tmp_path):
    mark = tmp_path / "mark"
    assert sorted(processes(2)(deadly.once, [(n, str(mark)) for n in range(12)])) == [
        n**2 for n in range(12)
    ]
    assert mark.exists()


def test_workers_do_not_hear_ctrl_c(deadly):
    """Nor does this process stay deaf."""
    assert list(processes(1)(deadly.deaf, [1])) == [True]
    assert not deadly.deaf(1)


def test_a_dask_worker_dies(deadly, quick_dask, tmp_path):
    mark = tmp_path / "mark"
    assert sorted(quick_dask(None, 1)(deadly.once, [(n, str(mark)) for n in range(6)])) == [
        n**2 for n in range(6)
    ]
    assert mark.exists()


def test_processes_that_keep_dying(deadly, monkeypatch):
    monkeypatch.setattr(executors, "_REVIVALS", 1)
    with pytest.raises(
        ExecutorError,
        match=(
            r"^worker processes died 2 times, and no job was finished in between; what was finished"
            r" before is kept$"
        ),
    ):
        list(processes(1)(deadly.always, [1]))


def test_processes_that_die_now_and_then(deadly, monkeypatch, tmp_path):
    """More often in all than in a row is borne: every job is finished the second time."""
    monkeypatch.setattr(executors, "_REVIVALS", 1)
    assert list(processes(1)(deadly.first_time, [(n, str(tmp_path)) for n in range(2)])) == [
        n**2 for n in range(2)
    ]


def test_dask_workers_that_keep_dying(deadly, quick_dask):
    import dask as settings_of

    with (
        settings_of.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(ExecutorError, match="kept dying"),
    ):
        list(quick_dask(None, 1)(deadly.always, [1]))


@pytest.mark.parametrize("address", ["nonsense", "foo://somewhere:1"])
def test_no_scheduler(address, quick_dask):
    with pytest.raises(ExecutorError, match=rf"^scheduler {address}: no answer"):
        list(quick_dask(address, 1)(math.sqrt, [1.0]))


def test_scheduler_does_not_answer(monkeypatch):
    def fail(*_, **__):
        raise OSError("Timed out")

    monkeypatch.setattr(pytest.importorskip("distributed"), "Client", fail)
    with pytest.raises(
        ExecutorError, match=r"^scheduler tcp://127.0.0.1:9: no answer \(Timed out\)$"
    ):
        list(dask("tcp://127.0.0.1:9", 1)(math.sqrt, [1.0]))


def test_no_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutorError, match="not installed"):
        dask(None, 1)


# Columns ------------------------------------------------------------------------------------------


def test_columns(expected, tmp_path):
    sweep.write_columns(expected, path := tmp_path / "columns.npz")
    with np.load(path, allow_pickle=False) as archive:
        found = dict(archive)
    assert {len(column) for column in found.values()} == {9}
    assert found["point"].tolist() == list(range(9))
    assert found["tau_2"].tolist() == [record["axes"]["tau_2"] for record in expected]
    for name in MEASURED:
        for which in ("mean", "error", "median") if name in TRAINED else ("mean",):
            values = [record["metrics"][name][which] for record in expected]
            assert found[f"{name}.{which}"].tolist() == pytest.approx(
                [math.nan if x is None else x for x in values], nan_ok=True
            )
    assert np.isnan(found["noise_ratio.mean"]).tolist() == (found["inherited"] == 0).tolist()
    assert len(found) == 3 + 3 * 3 + 3
    assert [file.name for file in tmp_path.iterdir()] == ["columns.npz"]


def test_columns_cannot_be_written(expected, tmp_path, monkeypatch):
    """Nothing is left behind."""

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(OSError, match="No space"):
        sweep.write_columns(expected, tmp_path / "columns.npz")
    assert list(tmp_path.iterdir()) == []


# The command line ---------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["transfer-claims", "sweep", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            entry.main()
        return left.value.code or 0, *capsys.readouterr()

    return call


def toml(path, points=3, seeds=2, **changes):
    path.write_text(
        f"seeds = {seeds}\n"
        + table("groups", BASE | changes)
        + table("axes", {"X": f"{{from = 1, to = 2, count = {points}}}"})
    )
    return path


def test_cli(run, tmp_path):
    file = toml(tmp_path / "mine.toml")
    code, out, err = run(file, "--executor", "here")
    kept = Path("reports/out/sweeps/mine.jsonl")
    assert (code, err) == (0, "")
    assert "3 points" in out
    code, out, err = run(file, "--executor", "here", "--json")
    assert (code, json.loads(out)) == (
        0,
        {"records": str(kept), "columns": str(kept.with_suffix(".npz")), "points": 3},
    )
    records = [json.loads(line) for line in kept.read_text().splitlines()[1:]]
    assert [record["point"] for record in records] == [0, 1, 2]
    with np.load(kept.with_suffix(".npz"), allow_pickle=False) as archive:
        assert archive["transfer_error.mean"].tolist() == [
            record["metrics"]["transfer_error"]["mean"] for record in records
        ]


def refused(result):
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.startswith("transfer-claims: ")
    assert len(err.splitlines()) == 1
    return err


def test_cli_refusals(run, tmp_path):
    file = toml(tmp_path / "mine.toml")
    assert "absent.toml" in refused(run("absent.toml"))
    assert "Y = 0.5" in refused(run(toml(tmp_path / "bad.toml", Y=0.5)))
    (tmp_path / "r.jsonl").write_text("hello\n")
    assert "r.jsonl" in refused(run(file, "--records", "r.jsonl", "--executor", "here"))
    assert "r.jsonl" not in refused(run(file, "--executor", "cluster"))
    with FileLock(tmp_path / ".s.jsonl.lock"):
        assert "another run" in refused(run(file, "--records", "s.jsonl", "--executor", "here"))


@pytest.mark.parametrize("executor", ["here", "processes"])
def test_ctrl_c(executor, run, tmp_path):
    """To the whole group, as a terminal sends it: one line, exit 2, and the rest the next time,
    none twice.
    """
    file, kept = toml(tmp_path / "mine.toml", points=40, seeds=4), tmp_path / "records.jsonl"
    command = [
        sys.executable,
        "-c",
        "from reports.commands.entry import main; main()",
        "sweep",
        file,
        "--records",
        kept,
        "--executor",
        executor,
        "--workers",
        "1",
    ]
    started = subprocess.Popen(
        command,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[4],
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.default_int_handler
        ),  # a run in the background may have inherited that it is ignored
    )
    while started.poll() is None and not (kept.exists() and kept.read_bytes().count(b"\n") > 1):
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGINT)
    out, err = started.communicate(timeout=60)
    finished = kept.read_bytes().count(b"\n") - 1
    assert (started.returncode, out) == (130, "")
    assert err == "transfer-claims: interrupted; what was finished is kept\n"
    assert 4 <= finished < 40
    code, out, _ = run(file, "--records", kept, "--executor", "here", "--json")
    assert (code, json.loads(out)["points"]) == (0, 40)
    assert sorted(json.loads(line)["point"] for line in kept.read_text().splitlines()[1:]) == list(
        range(40)
    )
