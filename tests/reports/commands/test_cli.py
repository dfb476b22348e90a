"""The command line, as scripts use it: exit codes, and JSON on standard output."""

import json

import pytest
from command_examples import REGIME

from claims.core.catalogue import catalogue, find
from claims.core.profile import PROFILES
from claims.core.status import Status
from model.regime import Regime
from reports.commands.app import COMMANDS
from reports.ledger import counterexample, ledger
from reports.ledger.ledger import Ledger
from reports.studies.verify import decide

# Help ---------------------------------------------------------------------------------------------


def test_commands():
    assert COMMANDS.keys() >= {"list", "show", "verify", "replay", "simulate", "calibrate"}


def test_help(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert [name for name in COMMANDS if name not in out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(run, command):
    """Every command says what it does, as the list of commands does."""
    code, out, err = run(command, "--help")
    assert (code, err) == (0, "")
    assert " ".join(COMMANDS[command].help.split()) in " ".join(out.split())
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
    code, out, err = run("replay", path, "--json")
    assert err == ""
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
