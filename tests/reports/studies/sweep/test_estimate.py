"""What a dry run says is what the run then does; the file of records stays as it is."""

from dataclasses import replace

import pytest
from sweep_examples import PLAN, groups

from reports.ledger import journal
from reports.studies.executors import in_process
from reports.studies.sweep import estimate as estimating
from reports.studies.sweep import metrics, sweep
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.estimate import MEASURED, NETWORK, RATE, STATED, estimate
from reports.studies.sweep.spec import parse

FORMULAS = {"metrics": ["tau_D", "X"]}


@pytest.fixture
def absent(tmp_path):
    """Records that nobody has computed."""
    return tmp_path / "absent.jsonl"


def test_nothing_is_trained_or_written(tmp_path, monkeypatch):
    def refuse(*_):
        raise AssertionError("trained")

    monkeypatch.setattr(metrics, "run_trial", refuse)
    monkeypatch.setattr(metrics, "train_task", refuse)
    monkeypatch.setattr(estimating, "measure", refuse)
    found = estimate(PLAN, tmp_path / "new" / "records.jsonl")
    assert (found.points, found.held, found.first, found.missing) == (9, 0, 9, 9)
    assert found.source == STATED
    assert list(tmp_path.iterdir()) == []


def test_held(whole, tmp_path):
    """Whole lines count; what is cut off is to be computed; nothing is mended."""
    path = tmp_path / "records.jsonl"
    lines = whole.read_bytes().splitlines(keepends=True)
    path.write_bytes(before := b"".join(lines[:6]) + lines[6][:-5])
    found = estimate(PLAN, path)
    assert (found.held, found.missing) == (5, 4)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["records.jsonl"]
    none = estimate(PLAN, whole)
    assert (none.held, none.missing, none.multiplications, none.seconds) == (9, 0, 0, 0.0)


@pytest.mark.parametrize("cut", [0, 10])
def test_no_header_yet(whole, cut, tmp_path):
    (path := tmp_path / "records.jsonl").write_bytes(whole.read_bytes()[:cut])
    assert estimate(PLAN, path).held == 0
    assert len(path.read_bytes()) == cut


def test_another_sweeps_file(whole):
    with pytest.raises(SweepError, match="holds something else"):
        estimate(replace(PLAN, seed=6), whole)
    with pytest.raises(journal.JournalError, match="line 2"):
        journal.held(whole, sweep.header(PLAN), refused)


def refused(_):
    raise ValueError("no record")


def test_multiplications(absent):
    """Of each network: every step each filter meets all samples, through every other; upstream,
    scratch and transfer, or scratch alone.
    """
    both, alone = (
        estimate(parse(groups(metrics=names, seeds=3)), absent)
        for names in (["difference", "X"], ["scratch_loss", "scratch_error"])
    )
    point = PLAN.points[0].regime
    of = {
        k: (steps * 2 * point.m + n) * n**2
        for k, (n, steps) in {1: (point.n1, point.steps1), 2: (point.n2, point.steps2)}.items()
    }
    assert alone.multiplications == 2 * 3 * of[2]
    assert both.multiplications == 2 * 3 * (of[1] + 2 * of[2])
    assert both.seconds == both.multiplications / RATE + 6 * NETWORK


def test_formulas_are_measured(absent, monkeypatch):
    """One point, once another has loaded what it needs; as many times as points are missing."""
    clock, measured = iter([10.0, 10.5]), []
    monkeypatch.setattr(estimating.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(estimating, "measure", lambda regime, *_: measured.append(regime))
    plan = parse(groups(axes={"tau_2": [0.5, 1.0, 2.0]}, **FORMULAS))
    found = estimate(plan, absent)
    assert (found.multiplications, found.seconds, found.source) == (0, 1.5, MEASURED)
    assert measured == [plan.points[2].regime, plan.points[0].regime]


def test_bytes(whole, absent, tmp_path):
    """As large as the file becomes, or a little more."""
    assert whole.stat().st_size <= estimate(PLAN, absent).bytes <= 1.35 * whole.stat().st_size
    plan = parse(groups(seeds=1, metrics=["scratch_error", "X"]))
    sweep.run(plan, path := tmp_path / "records.jsonl", in_process)
    size = path.stat().st_size
    assert size <= estimate(plan, absent).bytes <= 1.35 * size


def test_adaptive(tmp_path):
    """At first the coarse grid; afterwards nothing."""
    axis = {"from": 0.1, "to": 20, "count": 17, "scale": "log"}
    contour = {"metric": "tau_D", "level": 1.0}
    plan = parse(
        groups(axes={"X": axis, "tau_2": axis}, design="adaptive", contour=contour, **FORMULAS)
    )
    found = estimate(plan, path := tmp_path / "records.jsonl")
    assert (found.points, found.first, found.missing) == (289, 81, 289)
    records = sweep.run(plan, path, in_process)
    found = estimate(plan, path)
    assert (found.held, found.first, found.missing) == (len(records), 0, 0)
