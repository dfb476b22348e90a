"""Every remedy from one source network a seed; records that an interrupted run goes on with."""

import json
import math

import pytest

from model.vision.remedies import Remedy
from model.vision.train import Device
from reports.images import upstream
from reports.images.remedies import listed, run
from reports.images.remedies.listed import REMEDIES
from reports.ledger.journal import JournalError
from reports.studies.executors import in_process

CPU = Device("cpu")


def told(records):
    return {one.key: (one.accuracy, one.train_accuracy, one.loss) for one in records}


def test_every_remedy_is_trained_from_one_source_network(tmp_path, tiny_remedies, monkeypatch):
    sources, kept = [], upstream.learned
    monkeypatch.setattr(upstream, "learned", lambda *given: sources.append(given) or kept(*given))
    wanted = listed.settings(tiny_remedies)
    found = run.run(wanted, tmp_path / "r.jsonl", in_process, CPU)
    assert [one.setting for one in found] == wanted
    assert len(sources) == 1
    assert len({one.setting.downstream.steps for one in found}) == 1  # at equal cost
    assert run.read(tmp_path / "r.jsonl") == found
    for one in found:
        assert (one.source_accuracy is None) == (one.setting.remedy.share == 0)


def test_an_interrupted_run_goes_on(tmp_path, tiny_remedies, kept_remedies):
    rows = kept_remedies.read_text().splitlines(keepends=True)
    path = tmp_path / "part.jsonl"
    path.write_text("".join(rows[:5]) + '{"key": "cut')
    found = run.run(listed.settings(tiny_remedies), path, in_process, CPU)
    whole = told(run.read(kept_remedies))
    assert told(found).items() <= whole.items()
    assert len(found) == len(REMEDIES)


def test_nothing_is_trained_after_its_time(tmp_path, tiny_remedies):
    wanted = listed.settings(tiny_remedies)
    assert run.run(wanted, tmp_path / "r.jsonl", in_process, CPU, until=-math.inf) == []


def test_remedies_that_do_nothing_are_plain_fine_tuning(tiny_remedies):
    """The planted error: a remedy that is not applied would pass for the plain one."""
    by_remedy = {}
    (job,) = run._jobs(listed.settings(tiny_remedies), CPU, None, math.inf)
    for line in run.compute(job):
        record = run.read_record(line)
        by_remedy[record.setting.remedy] = record.loss
    plain = by_remedy.pop(Remedy())
    assert plain not in by_remedy.values()
    assert len(set(by_remedy.values())) == len(by_remedy)


def test_what_was_promised_is_compared():
    assert {
        (remedy.decay > 0, remedy.hold > 0, remedy.frozen, remedy.share)
        for remedy in REMEDIES.values()
    } >= {
        (False, False, False, 0.0),  # from scratch
        (False, False, False, 1.0),  # plain
        (True, False, False, 1.0),  # decay towards zero
        (False, True, False, 1.0),  # L2-SP
        (False, False, True, 0.5),  # frozen filters, fresh ones beside
        (False, False, True, 1.0),  # a linear probe
    }
    assert (listed.HURTS.n1, listed.HURTS.sigma) == (500, 2.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(key="0" * 16), "key"),
        (lambda r: r["setting"]["remedy"].update(decay=7.0), "key"),
        (lambda r: r["setting"]["remedy"].update(decay=-1.0), "decay"),
        (lambda r: r["setting"].update(code=0), "code|key"),
        (lambda r: r.update(accuracy=1.5), "accuracy"),
        (lambda r: r.pop("train_accuracy"), "train_accuracy"),
        (lambda r: r.update(more=1), "more"),
    ],
)
def test_a_damaged_record_names_its_line_and_field(kept_remedies, change, said):
    rows = kept_remedies.read_text().splitlines()
    record = json.loads(rows[1])
    change(record)
    kept_remedies.write_text("\n".join([rows[0], json.dumps(record), *rows[2:]]) + "\n")
    with pytest.raises(JournalError, match=f"line 2: .*({said})"):
        run.read(kept_remedies)


def test_pairs_are_no_remedies(tmp_path):
    (tmp_path / "r.jsonl").write_text('{"format": "transfer-claims-pairs", "version": 1}\n')
    with pytest.raises(JournalError, match="does not begin as transfer-claims-remedies"):
        run.read(tmp_path / "r.jsonl")
