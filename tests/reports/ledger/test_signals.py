"""Runs that are stopped while they write, or killed after it: no verdict is lost."""

import os
import signal
import time
from itertools import product
from pathlib import Path

import pytest
from processes import beside, start, wait_for

from reports.ledger import ledger

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")

#: `verify`, which decides one claim here, then works for ever; a write takes half a second, and
#: makes a file when it begins, another when it is done.
VERIFY = """
import sys, time
from pathlib import Path
from reports.commands.entry import main
from reports.ledger import ledger
from reports.studies import deciding
begun, done, real = Path(sys.argv.pop(1)), Path(sys.argv.pop(1)), ledger.write_whole
def slow(path, text):
    begun.touch()
    time.sleep(0.5)
    real(path, text)
    done.touch()
ledger.write_whole = slow
def decide_all(ids, profile, workers, verdicts, workspace, tick):
    new = deciding.decide_by_ids(["e5.scratch"], profile, workspace)
    verdicts.extend(new)
    tick(new)
    time.sleep(600)
deciding.decide_all = decide_all
main()
"""
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture
def run(tmp_path):
    """The run; the file that appears when it writes, and when it has written; its ledger."""
    begun, done, path = tmp_path / "begun", tmp_path / "done", tmp_path / "kept" / "ledger.jsonl"
    arguments = ("verify", "e5.scratch", "b5.lower", "--profile", "quick", "--ledger", path)
    process = start(VERIFY, begun, done, *arguments, cwd=tmp_path)
    yield process, begun, done, path
    if process.poll() is None:
        process.kill()
    process.communicate()


@pytest.mark.parametrize(("first", "second"), list(product(CODES, CODES))[::4], ids=str)
def test_signals_while_the_ledger_is_written(run, first, second):
    process, begun, done, path = run
    wait_for(begun.exists, process)
    process.send_signal(first)
    time.sleep(0.05)
    process.send_signal(second)
    _, err = process.communicate(timeout=60)
    assert process.returncode == CODES[first]
    assert err == "transfer-claims: interrupted; what was finished is kept\n"
    assert done.exists()
    assert set(ledger.read(path).verdicts) == {"e5.scratch"}
    assert beside(path) == set()


def test_killed_once_a_family_is_decided(run):
    """By what nothing can be done against."""
    process, _, done, path = run
    wait_for(done.exists, process)
    process.kill()
    process.communicate()
    assert set(ledger.read(path).verdicts) == {"e5.scratch"}


def test_twice_after_it(run):
    """Ctrl-C twice, while the first unwinds."""
    process, _, done, path = run
    wait_for(done.exists, process)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.06)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert set(ledger.read(path).verdicts) == {"e5.scratch"}


SUITE = """
import json, time
from pathlib import Path
from claims.core.catalogue import find
from claims.core.profile import PROFILES
from reports.studies.verify import decide
def test_one(record_property):
    verdict = decide(find("e5.scratch"), PROFILES["quick"])
    record_property("verdict", json.dumps(verdict.to_dict()))
def test_two():
    Path("begun").touch()
    time.sleep(600)
"""
PYTEST = "import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_pytest_keeps_what_it_decided(tmp_path, number):
    """When `timeout` ends it, or its terminal is closed."""
    (tmp_path / "test_suite.py").write_text(SUITE)
    path = tmp_path / "kept" / "ledger.jsonl"
    options = ("-p", "reports.pytest_plugin", "-p", "no:cacheprovider", "--ledger", path)
    process = start(PYTEST, *options, "test_suite.py", cwd=tmp_path)
    try:
        wait_for((Path(tmp_path) / "begun").exists, process)
        process.send_signal(number)
        time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=150)
    finally:
        process.kill()
    assert process.returncode == CODES[number], err
    assert set(ledger.read(path).verdicts) == {"e5.scratch"}
    assert "verdicts: " in out
