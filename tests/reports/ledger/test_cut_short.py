"""Runs that are cut short, by Ctrl-C, a scheduler, or the death of a process: what was finished is
kept, and no process stays.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest
from processes import beside, refused, start, wait_for

from claims.core.status import Status
from reports.ledger import counterexample, ledger

#: `verify`, which makes a file once the first family of claims is decided and kept.
VERIFY = """
import sys
from pathlib import Path
from reports.commands.entry import main
from reports.studies import deciding
marker, real = Path(sys.argv.pop(1)), deciding.as_completed
def marked(running):
    for future in real(running):
        yield future
        marker.touch()
deciding.as_completed = marked
main()
"""
#: One that is decided in no time beside one that takes minutes.
QUICK, LONG = "e5.scratch", "m1.orders.tau-D"
#: One that falls in no time.
FALLS = "gamma-printed.dimensionless"


finds_workers = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds the workers in /proc"
)


def workers_of(parent):
    """Processes that a process started to decide claims."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (folder / "stat").read_text(), (folder / "cmdline").read_text()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == parent and "spawn_main" in command:
            found.append(int(folder.name))
    return found


@pytest.mark.parametrize("fault", ["Ctrl-C", "SIGTERM", "a worker is killed"])
@finds_workers
def test_cut_short(path, tmp_path, fault):
    """What was finished is kept beside what was there, in a whole ledger; one line says what
    happened; no process stays.
    """
    before, marker = ledger.read(path), tmp_path / "decided"
    run = start(
        VERIFY,
        marker,
        "verify",
        LONG,
        QUICK,
        "--workers",
        "2",
        "--entropy",
        "3",
        "--ledger",
        path,
        cwd=tmp_path,
    )
    try:
        wait_for(marker.exists, run)
        workers = workers_of(run.pid)
        assert workers
        if fault == "Ctrl-C":
            os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to every process of the run
        elif fault == "SIGTERM":
            os.kill(run.pid, signal.SIGTERM)  # as a scheduler does: to the parent alone
        else:
            os.kill(workers[0], signal.SIGKILL)
        out, err = run.communicate(timeout=150)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
    expected = {"Ctrl-C": 130, "SIGTERM": 143}.get(fault, 2)
    assert run.returncode == expected
    said = refused(2, out, err)
    assert (
        "interrupted; what was finished is kept"
        if fault in ("Ctrl-C", "SIGTERM")
        else "terminated abruptly"
    ) in said
    kept = ledger.read(path)
    assert (
        kept.verdicts[QUICK].entropy,
        kept.verdicts[QUICK].profile,
        kept.verdicts[QUICK].status,
    ) == (3, "ci", Status.VERIFIED)
    assert LONG not in kept.verdicts
    assert {name: v for name, v in kept.verdicts.items() if name != QUICK} == {
        name: v for name, v in before.verdicts.items() if name != QUICK
    }
    assert kept.mutants == before.mutants
    assert beside(path) == set()
    assert still_there(workers) == []


def still_there(workers):
    """Of these processes, those that have not ended."""
    return [
        pid
        for pid in workers
        if (Path("/proc") / str(pid)).exists()
        and "spawn_main" in (Path("/proc") / str(pid) / "cmdline").read_text()
    ]


@finds_workers
def test_workers_do_not_outlive_a_parent_that_is_killed(path, tmp_path):
    """Not even where it had no time to end them. What fell until then is there to be replayed."""
    marker = tmp_path / "decided"
    run = start(
        VERIFY, marker, "verify", LONG, FALLS, "--workers", "2", "--ledger", path, cwd=tmp_path
    )
    try:
        wait_for(marker.exists, run)
        workers = workers_of(run.pid)
        assert workers
        run.kill()
        run.communicate(timeout=150)
        until = time.monotonic() + 60
        while still_there(workers) and time.monotonic() < until:
            time.sleep(0.1)
        assert still_there(workers) == []
        assert ledger.read(path).verdicts[FALLS].status is Status.FALSIFIED
        (file,) = (path.parent / "failures").glob("*.json")
        assert counterexample.read(file).claim.id == FALLS
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
