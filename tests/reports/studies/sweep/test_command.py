"""Sweeps: columns for other programs, and the command line."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from sweep_examples import BASE, MEASURED, table

from reports.commands import entry
from reports.studies.sweep import sweep
from reports.studies.sweep.metrics import TRAINED


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
