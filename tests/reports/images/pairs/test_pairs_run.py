"""Forecasts before trainings; records that an interrupted run goes on with; others' files."""

import json
import math
from dataclasses import replace

import pytest
import torch

from model.vision import unlike
from model.vision.train import Device
from reports.images import plan as tier_plan
from reports.images import run as tier_run
from reports.images.pairs import listed, run
from reports.images.pairs.run import Finished, Foretold
from reports.ledger.journal import JournalError
from reports.studies.executors import in_process

CPU = Device("cpu")


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()[1:]]


def test_everything_is_foretold_and_trained(tmp_path, wanted):
    ticks = []
    found = run.run(
        wanted, tmp_path / "p.jsonl", in_process, CPU, tick=lambda *told: ticks.append(told)
    )
    trained = [one.setting for one in found if isinstance(one, Finished)]
    assert sorted(one.key for one in trained) == sorted(one.key for one in wanted)
    assert (ticks[0], ticks[-1]) == ((0, len(wanted)), (len(wanted), len(wanted)))
    spaces = {(one.key, one.space) for one in found if isinstance(one, Foretold)}
    transfers = [one.key for one in wanted if one.source]
    assert spaces == {(key, space) for key in transfers for space in ("pixels", "random", "source")}
    assert set(run.read(tmp_path / "p.jsonl")) == set(found)


def test_forecasts_are_written_before_any_training(kept_pairs):
    """Those that need none, before the first training of all; the source network's, before the
    first target network that inherits from it.
    """
    order = [(one["what"], one.get("space"), one["key"]) for one in lines(kept_pairs)]
    first = next(place for place, one in enumerate(order) if one[0] == "trained")
    before = [one for one in order[:first] if one[1] in run.BEFORE]
    assert before == [one for one in order if one[1] in run.BEFORE]
    for place, (what, _, key) in enumerate(order):
        if what == "foretold":
            assert ("trained", None, key) not in order[:place]


def test_a_forecast_is_made_without_target_networks_or_test_images(wanted, monkeypatch):
    """Nothing that is measured later is looked at."""

    def refused(*_, **__):
        raise AssertionError("looked at")

    monkeypatch.setattr(unlike, "tested", refused)
    monkeypatch.setattr(run, "train", refused)
    (job, *_) = run._jobs([one for one in wanted if one.source], CPU, None, "")
    assert {one["space"] for one in run.foretell(job)} == set(run.BEFORE)


def test_an_interrupted_run_goes_on(tmp_path, wanted, kept_pairs):
    """What is there is not trained again, and what is trained later is what it would have been."""
    text = kept_pairs.read_text()
    rows = text.splitlines(keepends=True)
    path = tmp_path / "part.jsonl"
    path.write_text("".join(rows[: len(rows) // 2]) + '{"what": "cut')
    held = {one["key"] for one in lines_of(path) if one["what"] == "trained"}
    trained = []

    def counted(function, jobs):
        for result in in_process(function, jobs):
            trained.extend(one for one in result if one["what"] == "trained")
            yield result

    found = run.run(wanted, path, counted, CPU)
    assert {one["key"] for one in trained}.isdisjoint(held)
    assert accuracies(found) == {
        key: value
        for key, value in accuracies(run.read(kept_pairs)).items()
        if key in {one.key for one in wanted}
    }


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()[1:-1]]


def accuracies(records):
    return {one.key: one.accuracy for one in records if isinstance(one, Finished)}


def test_nothing_is_trained_after_its_time(tmp_path, wanted):
    found = run.run(wanted, tmp_path / "p.jsonl", in_process, CPU, until=-math.inf)
    assert not accuracies(found)
    assert {one.space for one in found} == set(run.BEFORE)


def test_from_scratch_is_the_tiers_network(wanted, cache):
    """Same images, weights and batches: the same accuracy to the last image."""
    ours = next(one for one in wanted if one.source is None and one.target.name == "cifar10")
    theirs = tier_plan.Setting(
        ours.network, tier_plan.Tasks("cifar10"), ours.target.n2, ours.downstream, ours.seed
    )
    (tier,) = tier_run.compute(tier_run.TrainingJob(None, (theirs,), CPU, None, ""))
    (mine,) = run.compute(run.Job((ours,), CPU, None, ""))
    assert (mine["accuracy"], mine["loss"]) == (tier["accuracy"][-1], tier["loss"])


def test_transfer_is_the_tiers_transfer(wanted, cache):
    ours = next(one for one in wanted if one.source and one.source.label == "half")
    tasks = tier_plan.Tasks("cifar10")
    source = tier_plan.Upstream(ours.network, tasks, ours.source.n1, 0.0, ours.upstream, ours.seed)
    theirs = tier_plan.Setting(
        ours.network, tasks, ours.target.n2, ours.downstream, ours.seed, 1.0, upstream=source
    )
    (tier,) = tier_run.compute(tier_run.TrainingJob(source, (theirs,), CPU, None, ""))
    mine = run.compute(run.Job((ours,), CPU, None, ""))[-1]
    assert (mine["accuracy"], mine["loss"]) == (tier["accuracy"][-1], tier["loss"])


def test_without_cifar_100_its_pairs_are_left_out(tiny_pairs):
    some = listed.settings(tiny_pairs, None)
    assert {one.target.name for one in some} == {"cifar10"}


def test_the_plan_has_what_was_promised():
    """At least twelve pairs of each target in CIFAR-10; sources of ever less likeness."""
    every = listed.settings(replace(listed.USUAL_PLAN, seeds=1), "cifar100")
    assert len({one.key for one in every}) == len(every)
    for n2 in (listed.N2, listed.FEW):
        of_target = [one for one in every if one.source and one.target.n2 == n2]
        assert sum(one.target.name == "cifar10" for one in of_target) >= 12
    fars = [one.source.far for one in every if one.source and one.source.kind == "hundred"]
    assert fars == list(range(6))
    assert all(one.target.hundred is None for one in every if one.target.name == "cifar10")


def test_a_setting_has_a_source_network_or_none(wanted):
    with pytest.raises(ValueError, match="upstream: must be there where a source is"):
        replace(wanted[1], upstream=None)


def changed(path, change, what):
    rows = path.read_text().splitlines()
    place = next(k for k, row in enumerate(rows) if f'"what": "{what}"' in row)
    record = json.loads(rows[place])
    change(record)
    path.write_text("\n".join([*rows[:place], json.dumps(record), *rows[place + 1 :]]) + "\n")
    return place + 1


@pytest.mark.parametrize(
    ("what", "change", "said"),
    [
        ("trained", lambda r: r.update(key="0" * 16), "key"),
        ("trained", lambda r: r["setting"]["target"].update(n2=7), "key"),
        ("trained", lambda r: r["setting"].update(code=0), "code|key"),
        ("trained", lambda r: r.update(accuracy=1.5), "accuracy"),
        ("trained", lambda r: r.pop("loss"), "loss"),
        ("trained", lambda r: r.update(what="guessed"), "what"),
        ("foretold", lambda r: r.update(space="air"), "space"),
        ("foretold", lambda r: r["forecast"].pop("tau_D"), "tau_D"),
        ("foretold", lambda r: r["setting"]["source"].update(kind="mnist"), "kind"),
        ("foretold", lambda r: r["setting"]["source"].update(text=0.5, kind="grey"), "source"),
        ("foretold", lambda r: r.update(more=1), "more"),
    ],
)
def test_a_damaged_record_names_its_line_and_field(kept_pairs, what, change, said):
    line = changed(kept_pairs, change, what)
    with pytest.raises(JournalError, match=f"line {line}: .*({said})"):
        run.read(kept_pairs)


@pytest.mark.parametrize("text", ["", "{}\n", "[1]\n", "<script>\n", '{"format": "x"}\n'])
def test_no_records(tmp_path, text):
    (tmp_path / "p.jsonl").write_text(text)
    with pytest.raises(JournalError, match="does not begin as transfer-claims-pairs"):
        run.read(tmp_path / "p.jsonl")


def test_records_made_by_other_code_are_not_gone_on_with(kept_pairs, wanted):
    head, rest = kept_pairs.read_text().split("\n", 1)
    text = f"{json.dumps(json.loads(head) | {'sources': '0'})}\n{rest}"
    kept_pairs.write_text(text)
    with pytest.raises(JournalError, match="another version's records"):
        run.run(wanted, kept_pairs, in_process, CPU)
    assert kept_pairs.read_text() == text
    assert len(run.read(kept_pairs)) == rest.count("\n")


def test_code_that_numbers_depend_on_is_in_the_header(monkeypatch):
    """Every module of this program that the run imports for its numbers."""
    assert len(run.FORMAT.header(CPU)["sources"]) == 64
    for name in ("unlike", "written", "features", "train", "nets", "inherit"):
        assert f"model/vision/{name}.py" in run.FORMAT.sources
    assert "claims/predicting/contrasts.py" in run.FORMAT.sources
    assert torch.__version__.startswith(run.FORMAT.header(CPU)["versions"]["torch"])
