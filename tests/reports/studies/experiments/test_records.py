"""Records of experiments: resumed, and refused where they are damaged."""

import json
from dataclasses import replace

import numpy as np
import pytest

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.margin import Margin
from claims.deciding.budget import regime_level
from claims.observing.errors import LINES
from model.sampling import Seeds
from model.test_error import estimate_error
from model.transfer import run_trial
from reports.studies.executors import processes
from reports.studies.experiments import decisions
from reports.studies.experiments.catalogue import EXPERIMENTS, ExperimentError
from reports.studies.experiments.experiments import gather
from reports.studies.experiments.plans import Size
from reports.studies.sweep.design import SweepError


def test_records_do_not_depend_on_who_computes(tmp_path, folder, outcomes, data, sizes):
    """Nor on what was finished when it was cut off."""
    name = "head-start"
    path = tmp_path / f"{name}-quick.jsonl"
    lines = (folder / path.name).read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1] + lines[2][:40])  # one curve whole, one cut off
    elsewhere = gather(EXPERIMENTS[name], tmp_path, sizes[name], processes(1), quick=True)
    for column, values in data[name].columns.items():
        assert np.array_equal(elsewhere.columns[column], values)
    assert elsewhere.verdicts == data[name].verdicts
    assert sorted(path.read_bytes().splitlines(keepends=True)) == sorted(lines)


def test_other_data_is_refused(tmp_path, folder, outcomes, small, sizes):
    for name, error in (("head-start", ExperimentError), ("negative-transfer", SweepError)):
        (tmp_path / f"{name}.jsonl").write_bytes((folder / f"{name}-quick.jsonl").read_bytes())
        with pytest.raises(error, match=r"jsonl.*holds something else"):
            gather(EXPERIMENTS[name], tmp_path, replace(sizes[name], seeds=3))


DAMAGED = {
    "another point": ("head-start", "jsonl", {"point": 7}),
    "no number": ("head-start", "jsonl", {"point": "0"}),
    "other epochs": ("head-start", "jsonl", {"steps": [1, 2, 3]}),
    "fewer seeds": ("head-start", "jsonl", {"errors": [[0.1] * 5]}),
    "an error above 1": ("head-start", "jsonl", {"errors": [[0.1] * 4 + [1.5]] * 10}),
    "a word for an error": ("head-start", "jsonl", {"errors": [[0.1] * 4 + ["0"]] * 10}),
    "another point's claims": ("negative-transfer", "decided.jsonl", {"claims": {}}),
    "no claims": ("negative-transfer", "decided.jsonl", {"claims": None}),
    "more": ("negative-transfer", "decided.jsonl", {"more": 1}),
}


@pytest.mark.parametrize(("name", "kind", "damage"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_records_are_refused(tmp_path, folder, outcomes, name, kind, damage, sizes):
    """File and line are named; nothing is trained."""
    for file in ("jsonl", "decided.jsonl"):
        (tmp_path / f"{name}-quick.{file}").write_bytes(
            (folder / f"{name}-quick.{file}").read_bytes()
        )
    header, first, *others = (tmp_path / f"{name}-quick.{kind}").read_text().splitlines()
    (tmp_path / f"{name}-quick.{kind}").write_text(
        "\n".join([header, json.dumps(json.loads(first) | damage), *others, ""])
    )
    with pytest.raises(
        ExperimentError, match=rf"{name}-quick\.{kind}: line 2: is no record of this experiment"
    ):
        gather(EXPERIMENTS[name], tmp_path, sizes[name], quick=True)


EVIDENCE = {
    "outcome": "stands",
    "seeds": 8,
    "certain_failures": 0,
    "possible_failures": 1,
    "margin": 0.5,
}


@pytest.mark.parametrize(
    "damage",
    [
        {"outcome": "maybe"},
        {"outcome": []},
        {"seeds": -1},
        {"seeds": True},
        {"margin": float("nan")},
        {"margin": "1"},
        {"more": 1},
    ],
    ids=str,
)
def test_evidence(damage):
    assert decisions._is_evidence(EVIDENCE)
    assert decisions._is_evidence(EVIDENCE | {"margin": None})
    assert not decisions._is_evidence(EVIDENCE | damage)
    assert not decisions._is_evidence(list(EVIDENCE))


def test_decisions_by_other_constants_are_made_anew(tmp_path, folder, outcomes, monkeypatch, sizes):
    name = "negative-transfer"
    for kind in ("jsonl", "decided.jsonl"):
        (tmp_path / f"{name}.{kind}").write_bytes((folder / f"{name}-quick.{kind}").read_bytes())
    other = dict(constant_table.load()) | {"theorem-4.3.C_1": 2.7}
    monkeypatch.setattr(constant_table, "load", lambda: other)
    gathered = gather(EXPERIMENTS[name], tmp_path, sizes[name])
    assert gathered.constants == other
    assert (tmp_path / f"{name}.decided.jsonl").read_bytes() != (
        folder / f"{name}-quick.decided.jsonl"
    ).read_bytes()


def test_suspicious_points_are_tried_on_fresh_seeds(monkeypatch):
    """A claim that never holds falls, by the sequential test; the coarse run leaves it
    undecided.
    """
    plan = EXPERIMENTS["negative-transfer"].sweep(Size(8, 2))
    false = replace(
        find("proposition-4.4.2"),
        margin=lambda errors, constants: Margin.exact(-np.ones(len(errors.scratch.error.value))),
    )
    monkeypatch.setattr(decisions, "find", lambda name: false)
    alpha = regime_level(1)
    job = decisions.DecisionJob(
        0, plan.points[0].regime, Seeds(plan.seed, 8), (("false", alpha),), confirm=True
    )
    (found,) = decisions.decide_point(job)["claims"].values()
    assert found["outcome"] == "falls"
    assert found["seeds"] > 8
    (found,) = decisions.decide_point(replace(job, confirm=False))["claims"].values()
    assert (found["outcome"], found["seeds"], found["certain_failures"]) == ("undecided", 8, 8)


def test_a_curve_is_what_transfer_trains(data):
    """The largest source's is the plain trial's on the same seeds."""
    plan, errors = data["head-start"].sweep, data["head-start"].columns["errors"]
    regime, seeds = plan.points[-1].regime, Seeds(plan.seed, plan.seeds)
    trial = run_trial(regime, seeds)
    for curve, run in ((0, trial.scratch), (-1, trial.transfer)):
        error = estimate_error(run.weights, trial.draw.downstream.signal, regime, 2, seeds, LINES)
        width = (error.high - error.low).numpy()  # rounding may lead to other lines
        assert (np.abs(errors[curve, :, -1] - error.value.numpy()) <= width).all()
