"""The pytest plugin: a run writes the ledger and ends with a table, and the verdict is the same on
any number of workers.
"""

import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from claims.core.catalogue import catalogue
from claims.core.profile import PROFILES
from claims.core.status import Status
from claims.deciding.verdict import Verdict
from reports.ledger import ledger
from reports.ledger.ledger import Ledger
from reports.page.summary import tally
from reports.pytest_plugin import PROPERTY, networks

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]


def verdict(claim, status):
    return Verdict(
        claim=claim,
        family=claim,
        status=status,
        regimes=6,
        drawn=6,
        seeds=12,
        networks=36,
        worst_margin=0.5,
        least_margin=0.5,
        failures=0,
        tried=24,
        retried=None,
        share_bound=None,
        points=[],
        worst_case=None,
        counterexample=None,
        method="tested on regimes",
        evidence={},
        unit="u",
        delta=0.0,
        level=0.0,
        detectable=0.0,
        constants={},
        profile="quick",
        entropy=1,
        seconds=0.1,
    )


# A run of the theory tier -------------------------------------------------------------------------


def decide_one(path, *options):
    """Decide one cheap claim in a process of its own: exit code, output, verdict."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/theory/test_claims.py",
        "-m",
        "theory",
        "-k",
        "e5.scratch and not step",
        "--claims-profile",
        "quick",
        "--ledger",
        path,
    ]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "TRANSFER_CLAIMS_"))
    }
    environment["OMP_NUM_THREADS"] = "1"  # two runs of the suite would fight over the cores
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, ledger.read(path).verdicts


def test_same_verdict_on_any_number_of_workers(tmp_path):
    code, out, alone = decide_one(
        tmp_path / "alone.jsonl",
        "-p",
        "no:xdist",
        "-o",
        "addopts=-p reports.pytest_plugin --strict-markers",
    )
    assert code == 0, out
    code, out, shared = decide_one(tmp_path / "shared.jsonl", "-n", "2")
    assert code == 0, out
    assert list(alone) == ["e5.scratch"]
    assert alone["e5.scratch"].status is Status.VERIFIED
    assert replace(alone["e5.scratch"], seconds=0.0) == replace(shared["e5.scratch"], seconds=0.0)
    # The last lines: a table, and where to read on.
    table = out.partition("networks trained")[0][-2000:]
    assert "e5.scratch" in table
    assert "verified" in table
    assert f"verdicts: {tmp_path / 'shared.jsonl'}; report: {tmp_path / 'index.html'}" in out
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    said = tally(ledger.read(tmp_path / "shared.jsonl"))
    assert f"ledger: {said}\n" in out
    assert said in page.replace("&#39;", "'")  # the same numbers
    assert "profile quick" in out
    assert "Hypothesis Statistics" not in out


@pytest.mark.parametrize("workers", [0, 2])
def test_statistics_of_hypothesis(pytester, monkeypatch, workers):
    """By the claim's own name, with scales and margin; a test that decides nothing has none. From
    workers too.
    """
    (pytester.path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text())
    pytester.makepyfile(
        "from claims.core.catalogue import find\n"
        "def test_claim(decided):\n    decided(find('e5.scratch'))\n"
        "def test_other():\n    pass\n"
    )
    options = "-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "--claims-profile", "quick"
    options = *options, "--ledger", pytester.path / "ledger.jsonl", "--hypothesis-show-statistics"
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    said = pytester.runpytest_subprocess(*options, "-n", str(workers)).stdout.str()
    _, _, statistics = said.partition("Hypothesis Statistics")
    assert statistics.count("during generate phase") == 1
    assert "\ne5.scratch:\n" in statistics
    for shown in ("10 passing, 0 failing", "100.00%, margin = 0", "tau_2 in ["):
        assert shown in statistics


# Runs of made-up verdicts -------------------------------------------------------------------------


@pytest.fixture
def recorded(pytester):
    """Run one test for each (claim, status), which puts that verdict on record; the result and
    where the ledger is.
    """

    def run(*verdicts):
        lines = [json.dumps(verdict(claim, status).to_dict()) for claim, status in verdicts]
        pytester.makepyfile(
            f"import pytest\n@pytest.mark.parametrize('line', {lines!r})\ndef test(line,"
            f" record_property):\n    record_property({PROPERTY!r}, line)\n"
        )
        path = pytester.path / "out" / "ledger.jsonl"
        return (
            pytester.runpytest_inprocess(
                "-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "--ledger", path
            ),
            path,
        )

    return run


def test_ledger_and_table(recorded):
    result, path = recorded(("e5.scratch", Status.VERIFIED), ("e1.step", Status.FALSIFIED))
    assert (
        result.ret == 0
    )  # the tests passed: whether a falsified claim should is for the test to say
    result.stdout.re_match_lines(
        [
            r".*e1\.step.*falsified",
            r".*e5\.scratch.*verified",
            r".*72 networks trained",
            rf"verdicts: {path}; report: {path.parent}/.*",
        ]
    )
    assert {name: v.status for name, v in ledger.read(path).verdicts.items()} == {
        "e1.step": Status.FALSIFIED,
        "e5.scratch": Status.VERIFIED,
    }


def test_blocked_fails_the_run(recorded):
    """Though every test passed."""
    result, path = recorded(("e1.step", Status.FALSIFIED), ("e1.trajectory", Status.VERIFIED))
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.re_match_lines([r".*e1\.trajectory.*blocked"])
    assert ledger.read(path).statuses["e1.trajectory"] is Status.BLOCKED


def test_a_mutant_of_an_undecided_claim_is_not_missed(recorded):
    result, _ = recorded(
        ("e5.scratch", Status.INCONCLUSIVE), ("e5.scratch!perturbed", Status.INCONCLUSIVE)
    )
    result.stdout.re_match_lines(
        [
            r"mutants: 1, falsified 0, missed none, not judged \(its claim is undecided\)"
            r" \['e5\.scratch!perturbed'\]"
        ]
    )


def test_planted_versions(recorded):
    """Counted, the missed ones named, and in the ledger beside the paper's own statements, not
    among them.
    """
    result, path = recorded(
        ("e5.scratch!off-by-one", Status.FALSIFIED), ("e5.scratch!perturbed", Status.VERIFIED)
    )
    result.stdout.re_match_lines(
        [
            r"mutants: 2, falsified 1, missed \['e5\.scratch!perturbed'\]",
            rf"verdicts: {path}; .*",
        ]
    )
    book = ledger.read(path)
    assert (book.verdicts, {name: v.status for name, v in book.mutants.items()}) == (
        {},
        {"e5.scratch!off-by-one": Status.FALSIFIED, "e5.scratch!perturbed": Status.VERIFIED},
    )


@pytest.mark.parametrize("broken", ["ledger.ledger.update", "page.document.build"])
def test_a_full_disk_at_the_end(recorded, monkeypatch, broken):
    """One line says so, the table is still printed, and the run fails, though every test passed."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"reports.{broken}", full)
    result, path = recorded(("e5.scratch", Status.VERIFIED))
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.re_match_lines(
        [r".*e5\.scratch.*verified", r"not written: .*No space left on device"]
    )
    assert "report:" not in result.stdout.str()
    assert path.exists() is (broken == "page.document.build")


def test_nothing_decided_nothing_written(recorded):
    result, path = recorded()
    assert "verdicts:" not in result.stdout.str()
    assert not path.exists()


def test_older_verdicts_stay(recorded, pytester):
    path = pytester.path / "out" / "ledger.jsonl"
    ledger.write(
        Ledger({}).updated(
            [verdict("e6.gram", Status.VERIFIED), verdict("e5.scratch", Status.INCONCLUSIVE)]
        ),
        path,
    )
    recorded(("e5.scratch", Status.VERIFIED))
    assert {name: v.status for name, v in ledger.read(path).verdicts.items()} == {
        "e5.scratch": Status.VERIFIED,
        "e6.gram": Status.VERIFIED,
    }


def test_unreadable_ledger(recorded, pytester):
    """Said in a line, not by a crash that takes an hour's verdicts with it; and the file is left
    alone.
    """
    path = pytester.path / "out" / "ledger.jsonl"
    path.parent.mkdir()
    path.write_text("garbage\n")
    result, _ = recorded(("e5.scratch", Status.VERIFIED))
    assert result.ret != 0
    said = result.stdout.str() + result.stderr.str()
    assert str(path) in said
    assert "INTERNALERROR" not in said
    assert "Traceback" not in said
    assert path.read_text() == "garbage\n"


# Profiles -----------------------------------------------------------------------------------------

ASKS = "def test(claims_profile):\n    print(claims_profile)\n"


@pytest.mark.parametrize(
    ("options", "profile"),
    [
        ((), PROFILES["ci"]),
        (("--claims-profile", "quick"), PROFILES["quick"]),
        (
            ("--claims-profile", "nightly", "--claims-entropy", "7"),
            replace(PROFILES["nightly"], entropy=7),
        ),
    ],
    ids=["default", "quick", "nightly repeated"],
)
def test_profile(pytester, monkeypatch, options, profile):
    monkeypatch.delenv("TRANSFER_CLAIMS_PROFILE", raising=False)
    pytester.makepyfile(ASKS)
    result = pytester.runpytest_inprocess(
        "-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "-s", *options
    )
    assert str(profile) in result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            f"transfer-claims: profile {profile.name}, {profile.regimes} regimes per claim,"
            f" --claims-entropy {profile.entropy}"
        ]
    )


def test_profile_from_the_environment(pytester, monkeypatch):
    monkeypatch.setenv("TRANSFER_CLAIMS_PROFILE", "quick")
    pytester.makepyfile(ASKS)
    assert (
        str(PROFILES["quick"])
        in pytester.runpytest_inprocess(
            "-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "-s"
        ).stdout.str()
    )


def test_nightly_is_fresh(pytester):
    """New entropy each run, which the header says how to repeat."""
    pytester.makepyfile("def test():\n    pass\n")
    outputs = [
        pytester.runpytest_inprocess(
            "-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "--claims-profile", "nightly"
        ).stdout.str()
        for _ in range(2)
    ]
    entropies = {output.split("--claims-entropy ")[1].split()[0] for output in outputs}
    assert len(entropies - {str(PROFILES["nightly"].entropy)}) == 2


def test_unknown_profile(pytester):
    pytester.makepyfile("def test():\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "reports.pytest_plugin", "--claims-profile", "slow")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_networks_of_a_family_go_to_one_worker():
    """Tests of claims and of planted versions that look at the same networks have one scope; every
    other test has its own.
    """
    for claim in catalogue().values():
        assert networks(f"tests/theory/test_claims.py::test_verdict[{claim.id}]") == claim.family_id
        for mutant in claim.mutants:
            wrong = claim.mutated(mutant)
            assert (
                networks(f"tests/controls/test_mutants.py::test_killed[{wrong.id}]")
                == wrong.family_id
            )
    for other in (
        "tests/claims/core/test_catalogue.py::test_fields[e1.step]",
        "tests/model/test_regime.py::test_json",
        "tests/theory/test_claims.py::test_x[e1.step!no]",
    ):
        assert networks(other) == other


def test_networks_from_another_folder():
    """pytest's root may lie elsewhere: names of tests begin with the way from there."""
    name = "theory/test_claims.py::test_verdict[e5.scratch]"
    for way in ("tests/", "../main/tests/", "/somewhere/main/tests/"):
        assert networks(way + name) == catalogue()["e5.scratch"].family_id
    assert networks("mytests/" + name) == "mytests/" + name
