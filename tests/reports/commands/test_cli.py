"""The command line, as scripts use it: exit codes, JSON on standard output, one line on standard
error for whatever cannot run.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claims.core import constants
from claims.core.catalogue import catalogue, find
from claims.core.profile import PROFILES
from claims.core.status import Status
from model.regime import Regime
from reports.commands.app import COMMANDS
from reports.ledger import counterexample, ledger
from reports.ledger.ledger import Ledger
from reports.studies.verify import decide

SPEC = {
    "u": 1.5,
    "v1": 1.0,
    "v2": 2.0,
    "cos_v": 0.3,
    "sigma1": 1.0,
    "sigma2": 0.7,
    "n1": 8,
    "n2": 6,
    "d": 60,
    "m": 3,
    "inherited": 1,
    "eta1": 0.2,
    "eta2": 0.3,
    "steps1": 5,
    "steps2": 5,
    "sigma0": 0.01,
    "seeds": 2,
}
REGIME = Regime(**{name: value for name, value in SPEC.items() if name != "seeds"})


@pytest.fixture
def spec(tmp_path):
    """A specification in a file, with changes."""

    def write(**changes):
        path = tmp_path / "spec.json"
        path.write_text(json.dumps(SPEC | changes))
        return path

    return write


@pytest.fixture(scope="module")
def book():
    """A verified verdict and a falsified one."""
    profile = PROFILES["quick"]
    return Ledger({}).updated(
        [decide(find("e5.scratch"), profile), decide(find("gamma-printed.dimensionless"), profile)]
    )


# Help ---------------------------------------------------------------------------------------------


def test_commands():
    assert COMMANDS.keys() >= {"list", "show", "verify", "replay", "simulate", "calibrate"}


def test_help(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert [name for name in COMMANDS if name not in out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(run, command):
    """Every command says what it does, in its docstring's words."""
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert COMMANDS[command].help.split()[0] in out
    assert "Usage" in out


# list and show ------------------------------------------------------------------------------------


def test_list(run):
    code, out, err = run("list")
    assert (code, err) == (0, "")
    assert [claim_id for claim_id in catalogue() if claim_id not in out] == []


def test_list_json(run, book, tmp_path):
    ledger.write(book, path := tmp_path / "ledger.jsonl")
    code, out, _ = run("list", "--json", "--ledger", path)
    listed = {entry["id"]: entry for entry in json.loads(out)}
    assert (code, list(listed)) == (0, [*catalogue()])
    assert {claim_id: entry["status"] for claim_id, entry in listed.items() if entry["status"]} == {
        "e5.scratch": "verified",
        "gamma-printed.dimensionless": "falsified",
    }


@pytest.mark.parametrize(
    "claim_id",
    [
        "e5.scratch",
        "e3.degrees",
        "theorem-4.2.error-upper.tau-A",
        "proposition-4.4.2",
        "e5.scratch!off-by-one",
        "images.negative-transfer",
    ],
)
def test_show(run, claim_id):
    claim = find(claim_id)
    code, out, err = run("show", claim_id)
    assert (code, err) == (0, "")
    assert " ".join(claim.statement.split()) in " ".join(out.split())
    code, out, _ = run("show", claim_id, "--json")
    record = json.loads(out)
    assert (code, record["id"], record["statement"], record["latex"], record["verdict"]) == (
        0,
        claim_id,
        claim.statement,
        claim.latex,
        None,
    )
    assert list(record["constants"]) == list(claim.constants)
    assert record["hypotheses"] == (
        [str(h) for h in claim.domain.hypotheses] if claim.domain else []
    )


@pytest.mark.parametrize("claim_id", ["e5.scratch", "gamma-printed.dimensionless"])
def test_show_a_verdict(run, book, tmp_path, claim_id):
    ledger.write(book, path := tmp_path / "ledger.jsonl")
    code, out, _ = run("show", claim_id, "--ledger", path)
    assert (code, book.statuses[claim_id].value in out) == (0, True)
    code, out, _ = run("show", claim_id, "--json", "--ledger", path)
    assert json.loads(out)["verdict"] == book.verdicts[claim_id].to_dict() | {
        "settled": book.statuses[claim_id].value
    }


# verify -------------------------------------------------------------------------------------------


def test_verify(run, tmp_path):
    """A claim that holds: exit 0, nothing but JSON on standard output, and the same in the
    ledger.
    """
    path = tmp_path / "new" / "ledger.jsonl"
    code, out, err = run(
        "verify", "e5.scratch", "--profile", "quick", "--workers", "1", "--json", "--ledger", path
    )
    (record,) = json.loads(out)
    assert (
        code,
        err.strip(),
        record["claim"],
        record["status"],
        record["settled"],
        record["profile"],
    ) == (
        0,
        "",
        "e5.scratch",
        "verified",
        "verified",
        "quick",
    )
    assert {k: v for k, v in record.items() if k != "settled"} == ledger.read(path).verdicts[
        "e5.scratch"
    ].to_dict()


def test_verify_what_is_false(run, tmp_path):
    """Exit 1; verdicts of planted versions stand apart in the ledger, and older ones stay in."""
    ledger.write(
        Ledger({}).updated([decide(find("e3.degrees"), PROFILES["quick"])]),
        path := tmp_path / "ledger.jsonl",
    )
    code, out, _ = run(
        "verify",
        "gamma-printed.dimensionless",
        "e5.scratch!off-by-one",
        "--profile",
        "quick",
        "--workers",
        "1",
        "--entropy",
        "7",
        "--ledger",
        path,
    )
    assert code == 1
    assert out.count("falsified") >= 2
    kept = ledger.read(path)
    assert {name: verdict.status for name, verdict in kept.verdicts.items()} == {
        "e3.degrees": Status.VERIFIED,
        "gamma-printed.dimensionless": Status.FALSIFIED,
    }
    assert kept.verdicts["gamma-printed.dimensionless"].entropy == 7
    assert {name: verdict.status for name, verdict in kept.mutants.items()} == {
        "e5.scratch!off-by-one": Status.FALSIFIED
    }


# replay -------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    """A counterexample file, by hand."""

    def write(claim_id="e5.scratch!off-by-one", regime=REGIME, **changes):
        claim = find(claim_id)
        known = {name: constants.load()[name] for name in claim.constants}
        record = {
            "format": counterexample.FORMAT,
            "version": counterexample.VERSION,
            "claim": claim_id,
            "root": 3,
            "constants": known,
        }
        path = tmp_path / "counterexample.json"
        path.write_text(json.dumps(record | {"regime": regime and regime.to_dict()} | changes))
        return path

    return write


@pytest.mark.parametrize(
    ("claim_id", "regime", "fails"),
    [
        ("e5.scratch!off-by-one", REGIME, True),
        ("e5.scratch", REGIME, False),
        ("gamma-printed.dimensionless", None, True),
        ("e3.degrees", None, False),
    ],
)
def test_replay(run, kept, claim_id, regime, fails):
    """0 no longer fails, 1 still fails."""
    path = kept(claim_id, regime)
    code, out, err = run("replay", path)
    assert (code, err) == (int(fails), "")
    assert ("still fails" in out, "no longer fails" in out) == (fails, not fails)
    code, out, _ = run("replay", path, "--json")
    told = json.loads(out)
    assert (code, told["fails"], told["claim"], told["failures"] > 0) == (
        int(fails),
        fails,
        claim_id,
        fails,
    )
    assert len(told["margins"]) == told["seeds"]


def test_replay_of_what_was_written(run, book, tmp_path):
    counterexample.write(
        book.verdicts["gamma-printed.dimensionless"], path := tmp_path / "kept.json"
    )
    assert run("replay", path)[0] == 1


def test_replay_without_bound(run, kept):
    """An error too small to tell from 0 gives a margin without an upper end; JSON must survive
    it.
    """
    path = kept("theorem-4.3.error-upper", Regime(**(REGIME.to_dict() | {"u": 100.0})))
    code, out, _ = run("replay", path, "--json")
    assert code == 0
    assert json.loads(out)["fails"] is False


# simulate -----------------------------------------------------------------------------------------


def test_simulate(run, spec):
    code, out, err = run("simulate", spec())
    assert (code, err) == (0, "")
    assert all(
        word in out for word in ("tau_D", "dimension.signal", "upstream", "scratch", "transfer")
    )


@pytest.mark.parametrize("engine", ["law", "gram", "autograd"])
def test_simulate_json(run, spec, engine):
    code, out, err = run("simulate", spec(), "--json", "--engine", engine)
    result = json.loads(out)
    assert (code, err) == (0, "")
    assert [len(result[name]["loss"]) for name in ("upstream", "scratch", "transfer")] == [2, 2, 2]
    assert set(result["condition"]) >= {"slack", "clauses"}


# What cannot run ----------------------------------------------------------------------------------


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
