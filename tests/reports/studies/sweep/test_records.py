"""Sweeps: records do not depend on who computes them, and no interruption or damage loses or
repeats one.
"""

import json
import math
from dataclasses import replace

import pytest
from filelock import FileLock
from sweep_examples import MEASURED, PLAN, REGIME, groups

from reports.studies.executors import in_process, processes
from reports.studies.sweep import sweep
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.spec import parse


def backwards(function, jobs):
    yield from (function(job) for job in reversed(list(jobs)))


def lines(path):
    """The header, and the other lines as a sorted list: repeats show."""
    first, *others = path.read_text().splitlines()
    return [first, *sorted(others)]


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
        sweep.compute(sweep.SweepJob((point,), 3, 0, ("scratch_error",)))[0]["metrics"]
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
