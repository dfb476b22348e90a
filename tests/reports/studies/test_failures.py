"""Failures as files: the same failure is one file with the same bytes, whatever it holds is there,
and its message says how to see it again.
"""

import errno
import json
import os
import shlex
import shutil
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from claims.core.catalogue import find
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.core.workspace import Workspace
from reports.commands import entry
from reports.ledger import counterexample
from reports.ledger.counterexample import (
    FORMAT,
    GROUPS,
    VERSION,
    groups,
    keep,
    message,
    record,
    surprise,
)
from reports.studies.verify import decide

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]
#: Cheap and falsified: exact over regimes, about formulas, and one with constants that holds with
#: high probability.
EXACT, FORMULA, LIKELY = (
    "e5.scratch!off-by-one",
    "gamma-printed.dimensionless",
    "lemma-a1.b.signal!no-growth",
)


@pytest.fixture(scope="module")
def verdicts():
    """A falsified verdict of each kind."""
    found = {
        name: decide(find(name), replace(PROFILES["quick"], regimes=2))
        for name in (EXACT, FORMULA, LIKELY)
    }
    assert {verdict.status for verdict in found.values()} == {Status.FALSIFIED}
    return found


@pytest.fixture(params=[EXACT, FORMULA, LIKELY])
def falsified(request, verdicts):
    return verdicts[request.param]


def elsewhere(case, **changes):
    """The same case with fields of its regime changed."""
    return case | {"regime": case["regime"] | changes}


# One file -----------------------------------------------------------------------------------------


def test_the_same_failure_is_one_file(falsified, tmp_path):
    """Found again in another run, at another time, by another profile: the file stays, byte for
    byte.
    """
    path = keep(falsified, tmp_path / "new")
    before = path.read_bytes()
    again = replace(falsified, seconds=99.0, points=[], seeds=7, networks=1, profile="nightly")
    assert keep(again, tmp_path / "new") == path
    assert [(file, file.read_bytes()) for file in path.parent.iterdir()] == [(path, before)]


def test_no_time_in_it(falsified, tmp_path):
    """Decided anew in an empty folder: the same name and the same bytes."""
    again = decide(find(falsified.claim), replace(PROFILES["quick"], regimes=2))
    one, other = keep(falsified, tmp_path / "one"), keep(again, tmp_path / "other")
    assert (one.name, one.read_bytes()) == (other.name, other.read_bytes())


def test_another_failure_is_another_file(verdicts, tmp_path):
    """Another regime, other random numbers, other constants, another claim, and for a formula
    another entropy or number of regimes.
    """
    likely, formula = verdicts[LIKELY], verdicts[FORMULA]
    case = likely.counterexample
    different = [
        likely,
        replace(likely, counterexample=elsewhere(case, d=case["regime"]["d"] + 1)),
        replace(likely, counterexample=case | {"root": case["root"] + 1}),
        replace(likely, constants={name: 2 * value for name, value in likely.constants.items()}),
        replace(likely, claim="lemma-a1.b.signal!squared"),
        formula,
        replace(formula, entropy=formula.entropy + 1),
        replace(formula, regimes=formula.regimes + 1),
    ]
    assert (
        len({keep(verdict, tmp_path) for verdict in different})
        == len(different)
        == len(list(tmp_path.iterdir()))
    )


def test_another_format_is_another_file(verdicts, tmp_path, monkeypatch):
    """A file of an earlier format, which replay refuses, does not stand in for one of this."""
    older = keep(verdicts[EXACT], tmp_path)
    monkeypatch.setattr(counterexample, "VERSION", VERSION + 1)
    assert keep(verdicts[EXACT], tmp_path) != older


def test_names_are_safe(falsified, tmp_path):
    """In any shell and on any disk."""
    name = keep(falsified, tmp_path).name
    assert shlex.quote(name) == name
    assert name.startswith(falsified.claim.partition("!")[0])
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_full_disk(falsified, tmp_path, monkeypatch, failing):
    """Nothing half-written is left, to be taken for a failure later."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, failing, full)
        with pytest.raises(OSError, match="No space left"):
            keep(falsified, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert counterexample.read(keep(falsified, tmp_path)).claim.id == falsified.claim  # control


# What it holds ------------------------------------------------------------------------------------


def test_fields(falsified, tmp_path):
    found, claim = json.loads(keep(falsified, tmp_path).read_text()), find(falsified.claim)
    assert found == record(falsified)
    assert (found["format"], found["version"], found["claim"]) == (FORMAT, VERSION, falsified.claim)
    assert (found["statement"], found["latex"], found["source"], found["unit"], found["delta"]) == (
        claim.statement,
        claim.latex,
        claim.source,
        claim.unit,
        claim.rule.delta,
    )
    assert {name: found[name] for name in falsified.counterexample} == falsified.counterexample
    assert {"regime", "root", "seeds", "certain_failures", "margin"} <= set(
        falsified.counterexample
    )
    for name in (
        "level",
        "method",
        "evidence",
        "points",
        "constants",
        "profile",
        "entropy",
        "regimes",
    ):
        assert found[name] == falsified.to_dict()[name], name
    assert found["worst"]["regime"] == falsified.worst_case["regime"]
    assert found["worst"]["margin"] == falsified.worst_margin
    assert len(found["fingerprint"]) == 64


def test_versions(verdicts):
    """Of everything its numbers may depend on."""
    found = record(verdicts[EXACT])["versions"]
    assert {name: found[name] for name in ("torch", "numpy", "numba", "hypothesis")} == {
        name: version(name) for name in ("torch", "numpy", "numba", "hypothesis")
    }
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))


def test_spent_and_constants(verdicts):
    """A statement that holds with high probability: what was risked, and the constants it fails
    with.
    """
    found = record(verdicts[LIKELY])
    assert 0 < found["level"] < 1e-6
    assert list(found["constants"]) == list(find(LIKELY).constants)
    assert all(value > 0 for value in found["constants"].values())


def test_smallest_and_worst(verdicts):
    """The smallest failing regime is the file's own; the worst stands beside it, each with its
    groups.
    """
    small, worst = (
        verdicts[EXACT].counterexample,
        elsewhere(verdicts[EXACT].worst_case, n2=9, v2=3.5),
    )
    found = record(replace(verdicts[EXACT], worst_case=worst))
    assert (found["regime"], found["groups"]) == (small["regime"], groups(small["regime"]))
    assert (found["worst"]["regime"], found["worst"]["groups"]) == (
        worst["regime"],
        groups(worst["regime"]),
    )
    assert found["groups"] != found["worst"]["groups"]


# What is said of it -------------------------------------------------------------------------------


def replayed(monkeypatch, line):
    """Paste a replay line: the exit code."""
    program, *arguments = shlex.split(line)
    assert program == "transfer-claims"
    monkeypatch.setattr(sys, "argv", [program, *arguments])
    with pytest.raises(SystemExit) as left:
        entry.main()
    return left.value.code


def test_message(falsified, tmp_path, monkeypatch):
    """The statement, the regime's groups, what was seen against what may be, and a line that works
    as pasted, from a folder of any name.
    """
    monkeypatch.chdir(tmp_path)
    claim, path = find(falsified.claim), keep(falsified, Path("a folder; it's"))
    lines = message(falsified, path).splitlines()
    assert lines[0] == f"{claim.id}: {claim.statement}"
    assert len(lines) == (3 if falsified.counterexample["regime"] is None else 4)
    if falsified.counterexample["regime"] is not None:
        assert [
            part.split(" = ")[0] for part in lines[1].split("in the regime ")[1].split(", ")
        ] == [*GROUPS, "n1", "n2", "m", "d"]
    assert f"margin {falsified.counterexample['margin']:.3g} {claim.unit}" in lines[-2]
    assert lines[-1].startswith("  replay: ")
    assert replayed(monkeypatch, lines[-1].removeprefix("  replay: ")) == 1


def test_observed_against_allowed(verdicts, tmp_path):
    """Failures are told of the seeds that were counted, beside the share that may fail."""
    exact, likely = (message(verdicts[name], tmp_path) for name in (EXACT, LIKELY))
    assert "and 2 of 2 seeds below 0, none may" in exact
    counted = verdicts[LIKELY].counterexample["seeds"]
    assert f"and {counted} of {counted} seeds below 0, at most a share δ = 0.05 may" in likely


def test_message_without_bound(verdicts, tmp_path):
    """Infinite groups and margins are words, not a crash."""
    case = elsewhere(verdicts[EXACT].counterexample, u=0.0, v1=0.0, v2=0.0) | {"margin": None}
    said = message(replace(verdicts[EXACT], counterexample=case), tmp_path)
    assert "Y = ∞" in said
    assert "margin without bound" in said


def test_surprise_without_a_file(verdicts):
    """A verdict short of falsified that is not the recorded one: what was looked at, and the
    command that repeats it.
    """
    verdict = replace(
        verdicts[EXACT], claim="e5.scratch", status=Status.INCONCLUSIVE, counterexample=None
    )
    said = surprise(verdict, Status.VERIFIED, None)
    assert said.startswith("inconclusive, recorded as verified\n")
    assert find("e5.scratch").statement in said
    assert f"transfer-claims verify e5.scratch --profile quick --entropy {verdict.entropy}" in said


# Under pytest -------------------------------------------------------------------------------------

TESTS = f"""
import pytest
from claims.core.catalogue import find

@pytest.mark.parametrize("time", [1, 2])
def test_verdict(time, matches_finding):
    matches_finding(find({EXACT!r}))
"""


@pytest.mark.parametrize("workers", [0, 2])
def test_under_pytest(pytester, monkeypatch, workers):
    """Two tests meet one failure, in one process and in two: both say so, one file is written, its
    replay line works, and JUnit has it.
    """
    monkeypatch.setenv("TRANSFER_CLAIMS_PROFILE", "quick")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    shutil.copy(ROOT / "tests" / "conftest.py", pytester.path / "conftest.py")
    pytester.makepyfile(TESTS)
    options = (
        "-p",
        "reports.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "--ledger",
        pytester.path / "ledger.jsonl",
        "--junitxml",
        "junit.xml",
        "-o",
        "junit_family=xunit1",
    )
    result = (
        pytester.runpytest_subprocess(*options, "-n", "2")
        if workers
        else pytester.runpytest_inprocess(*options)
    )
    result.assert_outcomes(failed=2)
    (file,) = Workspace(pytester.path).failures.iterdir()
    line = f"transfer-claims replay {file.relative_to(pytester.path)}"
    said = result.stdout.str()
    assert said.count("falsified, recorded as verified") >= 2
    failures, _, summary = said.partition(
        "short test summary info"
    )  # where CI is set, pytest repeats the messages there in full
    assert failures.count(f"replay: {line}") == 2
    assert summary
    assert find(EXACT).statement in said
    assert "Traceback" not in said
    cases = ET.parse(pytester.path / "junit.xml").getroot().findall(".//testcase")
    assert [case.find("failure").get("message").count(line) for case in cases] == [1, 1]
    monkeypatch.chdir(pytester.path)
    assert replayed(monkeypatch, line) == 1
