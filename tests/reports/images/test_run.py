"""Training the plan: paired draws, records that an interrupted run goes on with, files from
elsewhere.
"""

import json
import math
import pickle
import time
from dataclasses import replace

import pytest
import torch

from model.vision.data import AbsentError, DataError
from model.vision.train import Device
from reports.images import run
from reports.images.plan import Setting, TrainedNetwork, settings
from reports.ledger.journal import JournalError
from reports.studies.executors import in_process, processes

CPU = Device("cpu")


@pytest.fixture
def wanted(cache, tiny):
    return settings(tiny, hundred="cifar100-subset")


def told(records):
    """All but how long it took."""
    return [replace(record, seconds=0.0) for record in records]


def test_every_setting_is_trained_and_kept(tmp_path, cache, wanted):
    ticks = []
    found = run.run(
        wanted,
        tmp_path / "r.jsonl",
        in_process,
        CPU,
        tick=lambda done, of: ticks.append((done, of)),
    )
    assert [record.setting for record in found] == wanted
    assert ticks[0] == (0, len(wanted))
    assert ticks[-1] == (len(wanted), len(wanted))
    assert {record.key: record for record in run.read(tmp_path / "r.jsonl").records} == {
        record.key: record for record in found
    }
    for record in found:
        assert (record.source_accuracy is None) == (record.setting.upstream is None)
        if record.setting.form != "layers":  # of which the later ones have more filters
            assert record.filters == pytest.approx(record.setting.share, abs=0.05)
        assert record.steps[-1] == record.setting.recipe.steps


def test_an_interrupted_run_goes_on(tmp_path, cache, wanted):
    whole = run.run(wanted, tmp_path / "whole.jsonl", in_process, CPU)

    def stops(function, jobs):
        for done, result in enumerate(in_process(function, jobs)):
            if done == 3:
                raise KeyboardInterrupt
            yield result

    path = tmp_path / "r.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run.run(wanted, path, stops, CPU)
    kept = len(run.read(path).records)
    assert 0 < kept < len(wanted)
    with path.open("ab") as file:
        file.write(b'{"key": "cut')
    trained = []

    def counted(function, jobs):
        for result in in_process(function, jobs):
            trained.extend(result)
            yield result

    assert told(run.run(wanted, path, counted, CPU)) == told(whole)
    assert len(trained) == len(wanted) - kept
    run.run(wanted, path, counted, CPU)
    assert len(trained) == len(wanted) - kept  # nothing more to do


def test_nothing_is_begun_after_its_time(tmp_path, cache, wanted):
    assert run.run(wanted, tmp_path / "r.jsonl", in_process, CPU, until=-math.inf) == []


def test_a_job_whose_time_is_over_trains_nothing(cache, wanted):
    """Those that wait in a worker's queue, too."""
    job = run.TrainingJob(None, tuple(wanted[:1]), CPU, None, "", until=time.monotonic())
    assert run.compute(job) == []
    assert len(run.compute(replace(job, until=math.inf))) == 1


def test_a_workers_refusal_is_one_line_not_a_death(tmp_path, wanted, monkeypatch):
    """Errors of data travel between processes as what they are."""
    monkeypatch.setenv("TRANSFER_CLAIMS_DATA", str(tmp_path))
    with pytest.raises(AbsentError, match="transfer-claims cifar fetch cifar10"):
        run.run(wanted[:1], tmp_path / "r.jsonl", processes(1), CPU, cache=tmp_path)
    for error in (DataError("file", "value", "rule"), AbsentError(tmp_path, "cifar100")):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))


def test_scratch_and_transfer_share_all_but_what_is_inherited(tmp_path, cache, wanted, monkeypatch):
    """Same target images, fresh filters and batches; sources nested, noise scaled."""
    seen, kept = [], run.train

    def watched(network, data, test, recipe, generator, device, at=()):
        seen.append(
            (
                data,
                [p.detach().clone() for p in network.parameters()],
                generator.initial_seed(),
                recipe.steps,
            )
        )
        return kept(network, data, test, recipe, generator, device, at)

    monkeypatch.setattr(run, "train", watched)
    here = [s for s in wanted if s.tasks.pair == "cifar10"]
    run.run(here, tmp_path / "r.jsonl", in_process, CPU)
    down = [one for one in seen if one[3] == 3]
    assert len(down) == len(here)
    assert all(
        torch.equal(one[0].inputs, down[0][0].inputs) and one[2] == down[0][2] for one in down
    )
    scratch = next(place for place, s in enumerate(here) if s.upstream is None)
    heads = [one[1][-1] for one in down]
    assert all(torch.equal(head, heads[scratch]) for head in heads)
    up = {len(one[0].labels): one[0] for one in seen if one[3] == 2}
    assert torch.equal(up[80].labels[:20], up[20].labels)
    clean, noisy = (one[0] for one in seen if one[3] == 2 and len(one[0].labels) == 80)
    assert torch.equal(clean.inputs[:20], up[20].inputs)
    assert torch.equal(clean.labels, noisy.labels)
    noise = noisy.inputs - clean.inputs
    assert float(noise.std()) == pytest.approx(2.0, rel=0.01)
    assert abs(float(noise.mean())) < 0.01


def test_inheriting_everything_starts_from_the_source(cache, wanted):
    """The body is the source's, the head is not: the share of filters that is on record was really
    copied.
    """
    setting = next(s for s in wanted if s.upstream and s.share == 1)
    assert (
        run.compute(run.TrainingJob(setting.upstream, (setting,), CPU, None, ""))[0]["filters"]
        == 1.0
    )


@pytest.mark.parametrize(
    ("field", "theirs", "said"),
    [
        ("device", "NVIDIA", "device 'NVIDIA' there, 'cpu' here"),
        ("sources", "0f", "sources '0f' there, '[0-9a-f]{64}' here"),
        ("sources", None, "sources None there, '[0-9a-f]{64}' here"),
    ],
)
def test_records_made_otherwise_are_refused(tmp_path, cache, wanted, field, theirs, said):
    """By another device, or by other code; they are read all the same."""
    path = tmp_path / "r.jsonl"
    run.run(wanted[:1], path, in_process, CPU)
    head, rest = path.read_text().split("\n", 1)
    text = f"{json.dumps(json.loads(head) | {field: theirs})}\n{rest}"
    path.write_text(text)
    with pytest.raises(JournalError, match=rf"{said}: write elsewhere \(--records FILE\)"):
        run.run(wanted[:2], path, in_process, CPU)
    assert path.read_text() == text
    assert len(run.read(path).records) == 1


def changed(path, change):
    lines = path.read_text().splitlines()
    record = json.loads(lines[1])
    change(record)
    path.write_text("\n".join([lines[0], json.dumps(record), *lines[2:]]) + "\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(key="0" * 16), "key"),
        (lambda r: r["setting"].update(n2=7), "key"),
        (lambda r: r["setting"].update(code=0), "code|key"),
        (lambda r: r["setting"]["network"].update(architecture="lenet"), "architecture"),
        (lambda r: r["setting"]["recipe"].update(steps=0), "steps"),
        (lambda r: r.update(accuracy=[1.5] * len(r["steps"])), "accuracy"),
        (lambda r: r.update(accuracy=r["accuracy"][1:]), "accuracy"),
        (lambda r: r.update(accuracy="high"), "accuracy"),
        (lambda r: r.update(train_accuracy="nan"), "train_accuracy"),
        (lambda r: r.pop("loss"), "loss"),
        (lambda r: r.update(more=1), "more"),
    ],
)
def test_a_damaged_record_names_its_line_and_field(kept, change, said):
    changed(kept, change)
    with pytest.raises(JournalError, match=f"line 2: .*({said})"):
        run.read(kept)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "{}\n",
        "[1]\n",
        '{"format": "transfer-claims-images", "version": 99, "device": "cpu", "versions": {}}\n',
        "[" * 10**5 + "\n",
    ],
)
def test_files_that_are_no_records(tmp_path, text):
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(JournalError):
        run.read(path)


def test_a_record_of_nan_is_refused(kept):
    kept.write_text(
        kept.read_text().replace('"train_accuracy": ', '"train_accuracy": NaN, "x": ', 1)
    )
    with pytest.raises(JournalError, match="line 2"):
        run.read(kept)


def test_a_cell_trained_in_two_ways_is_not_averaged(kept):
    one = run.read(kept).records[0]
    setting = replace(one.setting, recipe=replace(one.setting.recipe, steps=9))
    with pytest.raises(ValueError, match="trained in two ways"):
        run.accuracies([one, replace(one, setting=setting, key=setting.key)])


def test_more_images_than_there_are(cache, tiny):
    setting = Setting(
        TrainedNetwork("conv4", 0.1),
        settings(tiny, hundred=None)[0].tasks,
        6000,
        tiny.downstream,
        0,
    )
    with pytest.raises(ValueError, match=r"n2 = 6000: there are 100 images"):
        run.compute(run.TrainingJob(None, (setting,), CPU, None, ""))
