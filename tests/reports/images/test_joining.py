"""Records of several files, decided as one."""

import json
from dataclasses import asdict, replace

import pytest

from reports.images import joining, run
from reports.ledger.journal import JournalError


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def written(path, head, records):
    path.write_text("".join(f"{json.dumps(line)}\n" for line in (head, *records)))
    return path


@pytest.fixture
def parts(kept, tmp_path):
    """The kept records in two files, of other devices and versions, of which both hold the last
    run of the first.
    """
    head, *records = lines(kept)
    half = len(records) // 2
    other = head | {"device": "cuda", "versions": head["versions"] | {"torch": "9.9", "own": "1"}}
    return (
        written(tmp_path / "a.jsonl", head, records[:half]),
        written(tmp_path / "b.jsonl", other, records[half - 1 :]),
    )


def test_joined_records_are_those_of_the_parts(parts, kept, tmp_path):
    joined = joining.join(parts, tmp_path / "all.jsonl")
    assert joined == run.read(tmp_path / "all.jsonl").records == run.read(kept).records
    head = lines(tmp_path / "all.jsonl")[0]
    theirs = lines(kept)[0]["versions"]
    assert head["device"] == "cpu, cuda"
    assert head["versions"] == theirs | {"torch": f"{theirs['torch']}, 9.9", "own": "1"}


def test_joining_again_changes_nothing(parts, tmp_path):
    once, again = tmp_path / "once.jsonl", tmp_path / "again.jsonl"
    joining.join(parts, once)
    joining.join((once, *parts), again)
    assert once.read_bytes() == again.read_bytes()
    joining.join((again,), again)  # in its own place
    assert once.read_bytes() == again.read_bytes()


def test_of_a_run_that_both_hold_the_first_is_taken(parts, tmp_path):
    head, *records = lines(parts[1])
    records[0]["train_accuracy"] /= 2
    written(parts[1], head, records)
    joined = {record.key: record for record in joining.join(parts, tmp_path / "all.jsonl")}
    assert joined[records[0]["key"]] == run.read(parts[0]).records[-1]


def test_a_seed_trained_in_two_ways_is_refused_and_nothing_is_written(parts, tmp_path):
    one = run.read(parts[0]).records[0]
    setting = replace(one.setting, recipe=replace(one.setting.recipe, steps=9))
    record = asdict(replace(one, setting=setting, key=setting.key))
    other = written(tmp_path / "c.jsonl", lines(parts[0])[0], [record])
    with pytest.raises(JournalError, match="trained in two ways"):
        joining.join((*parts, other), tmp_path / "all.jsonl")
    assert not (tmp_path / "all.jsonl").exists()


def test_no_run_goes_on_with_a_joined_file(parts, command, cache, tiny, tmp_path):
    """Part of it was made otherwise."""
    joining.join(parts, tmp_path / "all.jsonl")
    before = (tmp_path / "all.jsonl").read_bytes()
    code, _, err = command("cifar", "run", "--workers", 1, "--records", tmp_path / "all.jsonl")
    assert (code, "write elsewhere" in err) == (2, True)
    assert (tmp_path / "all.jsonl").read_bytes() == before


def test_the_command(parts, command, tmp_path):
    file = tmp_path / "all.jsonl"
    code, out, err = command("cifar", "join", *parts, "--records", file)
    assert code == 0, err
    assert f"next: transfer-claims cifar report --records {file}" in out.replace("\n", "")
    code, out, _ = command("cifar", "join", *parts, "--records", file, "--json")
    assert (code, json.loads(out)["networks"]) == (0, len(run.read(file).records))
    code, _, err = command("cifar", "join", tmp_path / "none.jsonl", "--records", file)
    assert (code, "No such file" in err) == (2, True)


def test_seeds_from_another_on_may_be_joined(command, cache, tiny, tmp_path):
    files = [tmp_path / name for name in ("0.jsonl", "1.jsonl", "all.jsonl", "both.jsonl")]
    for first in (0, 1):
        options = ["--first-seed", first, "--records", files[first], "--workers", 1, "--seeds", 1]
        assert command("cifar", "run", *options)[0] == 0
    joined = joining.join(files[:2], files[2])
    options = ["--records", files[3], "--workers", 1, "--seeds", 2]
    assert command("cifar", "run", *options)[0] == 0
    both = run.read(files[3]).records
    assert {one.key: one.accuracy for one in joined} == {one.key: one.accuracy for one in both}
