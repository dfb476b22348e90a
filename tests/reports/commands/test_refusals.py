"""What cannot run: exit code 2, and one line on standard error."""

import subprocess
import sys
from pathlib import Path

import pytest

from claims.core import constants


def refused(result):
    """Exit 2, nothing on standard output, one line on standard error and no traceback; the line."""
    code, out, err = result
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("transfer-claims: ")
    assert "Traceback" not in err
    return err


@pytest.mark.parametrize("command", ["show", "verify"])
@pytest.mark.parametrize(
    ("claim_id", "said"),
    [("e5.scrtch", "did you mean e5.scratch"), ("e5.scratch!bias", "off-by-one"), ("", "list")],
)
def test_unknown_claim(run, command, claim_id, said):
    assert said in refused(run(command, claim_id))


def test_unknown_claim_among_known(run, tmp_path):
    """Before any is decided."""
    assert "e5.scrtch" in refused(
        run("verify", "e5.scratch", "e5.scrtch", "--ledger", tmp_path / "ledger.jsonl")
    )
    assert not (tmp_path / "ledger.jsonl").exists()


@pytest.mark.parametrize(
    "arguments",
    [["list"], ["show", "e5.scratch"], ["verify", "e5.scratch", "--profile", "quick"]],
    ids=lambda a: a[0],
)
@pytest.mark.parametrize(
    "content",
    [b"garbage\n", b"", b"\xff\xfe", None],
    ids=["garbage", "empty", "not UTF-8", "a folder"],
)
def test_hostile_ledger(run, tmp_path, arguments, content):
    """Before anything is trained, and the file is left alone."""
    path = tmp_path / "ledger.jsonl"
    path.mkdir() if content is None else path.write_bytes(content)
    assert str(path) in refused(run(*arguments, "--ledger", path))
    assert content is None or path.read_bytes() == content


@pytest.mark.parametrize("command", ["replay", "simulate"])
@pytest.mark.parametrize(
    "content", [b"garbage", b"", b"\xff\xfe", b"[" * 10**5, b"[]", b"{}", None], ids=repr
)
def test_unreadable_file(run, tmp_path, command, content):
    path = tmp_path / "file.json"
    path.mkdir() if content is None else path.write_bytes(content)
    refused(run(command, path))
    assert "absent.json" in refused(run(command, tmp_path / "absent.json"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"u": None}, "u = None"),
        ({"n1": 0}, "n1 = 0"),
        ({"sigma2": float("nan")}, "sigma2 = nan"),
        ({"inherited": 9}, "inherited = 9"),
        ({"n1": 58}, "n1 = 58"),
        ({"d": 10**9, "engine": "gram"}, "d = 1000000000"),
        ({"eta2": 1e5, "n2": 60, "d": 100, "u": 0.1, "v2": 0.1, "steps2": 1}, "eta2 = 100000.0"),
        ({"seeds": 0}, "seeds = 0"),
        ({"sigma3": 1}, "sigma3"),
        ({"a\nb": 1}, "unknown field"),
        ({"steps1": 10**13}, "steps1"),
    ],
    ids=str,
)
def test_bad_specification(run, spec, change, named):
    change = dict(change)
    engine = change.pop("engine", "law")
    assert named in refused(run("simulate", spec(**change), "--engine", engine))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"root": -1}, "root"),
        ({"claim": "e9"}, "e9"),
        ({"regime": None}, "regime"),
        ({"version": 1}, "version = 1: this version reads 2"),
    ],
    ids=str,
)
def test_bad_counterexample(run, kept, change, named):
    assert named in refused(run("replay", kept(**change)))


@pytest.mark.parametrize(
    "arguments",
    [["show", "theorem-4.3.convergence"], ["show", "theorem-4.3.convergence", "--json"]],
    ids=" ".join,
)
def test_constants_file_lacks_a_constant(run, monkeypatch, arguments):
    """As after a calibration that was interrupted, or a claim added since."""
    monkeypatch.setattr(constants, "load", dict)
    assert "transfer-claims calibrate" in refused(run(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["show"],
        ["simulate"],
        ["list", "--colour"],
        ["verify", "--profile", "slow"],
        ["verify", "--workers", "0"],
        ["calibrate", "--constant", "theorem-4.3.C_no"],
        ["simulate", "x", "--engine", "fast"],
    ],
    ids=" ".join,
)
def test_misused(run, arguments):
    """Usage errors are typer's own, in a few lines; the exit code is ours."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert err.strip()


# As installed -------------------------------------------------------------------------------------


def test_installed(tmp_path):
    """The script itself, in another folder: a refusal is one line and exit 2 there too."""
    script = Path(sys.executable).with_name("transfer-claims")
    done = subprocess.run(
        [script, "simulate", "absent.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    refused((done.returncode, done.stdout, done.stderr))
