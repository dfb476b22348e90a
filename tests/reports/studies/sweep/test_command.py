"""Sweeps: columns for other programs, and the command line."""

import json
import math
import os
import shlex
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
from reports.commands.sweep import duration, size
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
    assert "reused 0, computed 3, not computable 0\n" in out
    assert "next: the same command with --csv or --netcdf or --plot computes nothing again" in out
    code, out, err = run(file, "--executor", "here", "--json")
    told = json.loads(out)
    assert len(told.pop("next")) == 1
    assert (code, told) == (
        0,
        {
            "records": str(kept),
            "columns": str(kept.with_suffix(".npz")),
            "points": 3,
            "reused": 3,
            "computed": 0,
            "not_computable": 0,
        },
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


def test_what_came_of_it(run, tmp_path):
    """Records that were there count as reused; a point with a metric that is none is told."""
    file, kept = toml(tmp_path / "mine.toml"), tmp_path / "records.jsonl"
    file.write_text(
        'metrics = ["noise_ratio"]\nseeds = 2\n'
        + table("groups", BASE)
        + table("axes", {"inherited": "[0, 1, 2, 4]"})
    )
    assert run(file, "--records", kept, "--executor", "here")[0] == 0
    kept.write_text("".join(line + "\n" for line in kept.read_text().splitlines()[:-1]))
    code, out, _ = run(file, "--records", kept, "--executor", "here", "--json")
    told = json.loads(out)
    assert (code, told["points"]) == (0, 4)
    assert (told["reused"], told["computed"], told["not_computable"]) == (3, 1, 1)
    assert told["next"][1].startswith("1 point has a metric that no number holds")


def test_outputs(run, tmp_path):
    """From the records that are there, without computing anything again."""
    file, kept = toml(tmp_path / "mine.toml"), tmp_path / "records.jsonl"
    assert run(file, "--records", kept, "--executor", "here")[0] == 0
    before = kept.read_bytes()
    named = {"csv": "a.csv", "netcdf": "a.nc", "plot": "a.svg"}
    options = [word for name, path in named.items() for word in (f"--{name}", path)]
    code, out, err = run(file, "--records", kept, *options, "--json")
    told = json.loads(out)
    assert (code, err, told["computed"], told["next"]) == (0, "", 0, [])
    assert {name: told[name] for name in named} == named
    assert kept.read_bytes() == before
    begins = [(tmp_path / path).read_bytes()[:5] for path in named.values()]
    assert begins == [b"X,scr", b"CDF\x02\x00", b"<?xml"]
    out = run(file, "--records", kept, *options)[1]
    assert all(f"\n{name}: {path}\n" in out for name, path in named.items())
    assert "next:" not in out


def test_dry_run(run, tmp_path):
    """Says what the command that it prints then does; writes nothing."""
    file = toml(tmp_path / "a plan.toml")
    code, out, err = run(file, "--dry-run", "--csv", "a.csv", "--workers", "7")
    assert (code, err, [path.name for path in tmp_path.iterdir()]) == (0, "", ["a plan.toml"])
    assert "grid: 3 points, 2 seeds a point\n" in out
    assert "a plan.jsonl: holds 0; 3 to compute\n" in out
    assert "on 7 workers, at a stated 1e+10 multiplications a second" in out
    command = out.splitlines()[-1].removeprefix("run: transfer-claims sweep ")
    assert shlex.split(command) == [str(file), "--csv", "a.csv", "--workers", "7"]
    told = json.loads(run(file, "--dry-run", "--executor", "here", "--json")[1])
    assert (told["points"], told["held"], told["missing"], told["workers"]) == (3, 0, 3, 1)
    assert shlex.split(told["command"])[2:] == [str(file), "--executor", "here"]
    assert run(*shlex.split(told["command"])[2:])[0] == 0
    told = json.loads(run(file, "--dry-run", "--json")[1])
    assert (told["held"], told["missing"], told["seconds"]) == (3, 0, 0)
    assert Path(told["records"]).stat().st_size <= told["bytes"]


def test_dry_run_of_an_adaptive_sweep(run, tmp_path):
    (file := tmp_path / "mine.toml").write_text(
        'design = "adaptive"\nmetrics = ["tau_D"]\ncontour = {metric = "tau_D", level = 1}\n'
        + table("groups", BASE)
        + table("axes", dict.fromkeys(("X", "tau_2"), "{from = 0.1, to = 9, count = 17}"))
    )
    out = run(file, "--dry-run")[1]
    assert "adaptive: 289 points" in out
    assert "holds 0; at most 289 to compute, 81 of them first\n" in out
    assert "from a measurement of one point" in out
    out = run(file, "--executor", "here", "--json")[1]
    assert 81 < json.loads(out)["points"] < 289
    assert "to compute\n" in (out := run(file, "--dry-run")[1])
    assert "at most" not in out


RANDOM = 'design = "random"\npoints = 3\n'
UNUSABLE = {
    "netcdf at random": ("", "{from = 1, to = 2}", ["--netcdf", "a.nc"], "design = 'random'"),
    "an ending": (None, "[1, 2]", ["--plot", "a.txt"], "must end with .svg"),
    "three axes": (
        None,
        "[1]\nY = [1]\ntau_2 = [1]",
        ["--plot", "a.svg"],
        "must be one or two for a picture",
    ),
    "the plan itself": (None, "[1]", ["--csv", "mine.toml"], "is another file of this sweep"),
    "the columns": (None, "[1]", ["--netcdf", "r.npz"], "is another file of this sweep"),
    "one file twice": (None, "[1]", ["--csv", "a.svg", "--plot", "a.svg"], "--plot a.svg: is"),
}


@pytest.mark.parametrize("dry", [[], ["--dry-run"]], ids=["run", "dry run"])
@pytest.mark.parametrize(("design", "axis", "options", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_outputs_that_cannot_be(design, axis, options, said, dry, run, tmp_path):
    """Known before anything is trained."""
    (file := tmp_path / "mine.toml").write_text(
        ("" if design is None else RANDOM) + table("groups", BASE) + f"[axes]\nX = {axis}\n"
    )
    assert said in refused(run("mine.toml", "--records", "r.jsonl", *options, *dry))
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def test_dry_run_refusals(run, tmp_path):
    """As the run itself would."""
    file = toml(tmp_path / "mine.toml")
    (tmp_path / "r.jsonl").write_text("hello\n")
    assert "holds something else" in refused(run(file, "--records", "r.jsonl", "--dry-run"))
    assert "Y = 0.5" in refused(run(toml(tmp_path / "bad.toml", Y=0.5), "--dry-run"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.04, "0.04 s"),
        (119, "1.2e+02 s"),
        (600, "10 minutes"),
        (7300, "2 hours"),
        (9e5, "10 days"),
    ],
)
def test_durations(value, said):
    assert duration(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(12, "12 bytes"), (4318, "4.3 kB"), (2.5e6, "2.5 MB"), (3e9, "3 GB")]
)
def test_sizes(value, said):
    assert size(value) == said


@pytest.mark.usefixtures("not_for_ever")
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
    out, err = started.communicate()
    finished = kept.read_bytes().count(b"\n") - 1
    assert (started.returncode, out) == (130, "")
    assert err == "transfer-claims: interrupted; what was finished is kept\n"
    assert 4 <= finished < 40
    code, out, _ = run(file, "--records", kept, "--executor", "here", "--json")
    assert (code, json.loads(out)["points"]) == (0, 40)
    assert sorted(json.loads(line)["point"] for line in kept.read_text().splitlines()[1:]) == list(
        range(40)
    )
