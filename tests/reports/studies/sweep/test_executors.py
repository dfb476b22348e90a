"""Sweeps: a worker's death loses nothing, and what keeps dying is told."""

import math
import sys

import pytest

from claims.core.profile import PROFILES
from reports.studies import executors
from reports.studies.cluster import dask
from reports.studies.deciding import decide_all
from reports.studies.executors import ExecutorError, in_process, processes

DEADLY = '''
import os, signal, time
from pathlib import Path


def once(job):
    """The square; kills its process the first time that it meets 3."""
    number, mark = job
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def first_time(job):
    """The square; kills its process the first time that it meets each number."""
    number, folder = job
    mark = Path(folder, str(number))
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number**2


def always(job):
    os.kill(os.getpid(), signal.SIGKILL)


def deaf(job):
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def sleep(job):
    seconds, finished = job
    time.sleep(seconds)
    Path(finished).touch()
'''


@pytest.fixture
def deadly(tmp_path, monkeypatch):
    """Functions that kill the process they run in, where worker processes find them."""
    (tmp_path / "deadly_jobs.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    import deadly_jobs

    yield deadly_jobs
    del sys.modules["deadly_jobs"]


def test_closed_in_the_middle(deadly, tmp_path):
    """Jobs are taken as they are needed, and nothing waits for those under way."""
    taken = []
    results = in_process(math.sqrt, (taken.append(x) or x for x in range(100)))
    assert (next(results), next(results), len(taken)) == (0.0, 1.0, 2)
    results.close()
    first, finished = tmp_path / "first", tmp_path / "finished"
    results = processes(1)(deadly.sleep, iter([(0.0, first), (600.0, finished), (600.0, finished)]))
    assert next(results) is None
    assert first.exists()
    results.close()
    assert not finished.exists()


def test_a_process_dies(deadly, tmp_path):
    mark = tmp_path / "mark"
    assert sorted(processes(2)(deadly.once, [(n, str(mark)) for n in range(12)])) == [
        n**2 for n in range(12)
    ]
    assert mark.exists()


def test_workers_do_not_hear_ctrl_c(deadly):
    """Nor does this process stay deaf."""
    assert list(processes(1)(deadly.deaf, [1])) == [True]
    assert not deadly.deaf(1)


def test_no_semaphores(monkeypatch):
    """As without a writable /dev/shm: this process does what several would."""

    def fail(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", fail)
    assert list(processes(2)(math.sqrt, [1.0, 4.0])) == [1.0, 2.0]
    verdicts, seen = [], []
    decide_all(["e5.scratch"], PROFILES["quick"], 2, verdicts, tick=seen.append)
    assert [one.claim for one in verdicts] == ["e5.scratch"]
    assert seen == [verdicts]


def test_a_dask_worker_dies(deadly, quick_dask, tmp_path):
    mark = tmp_path / "mark"
    assert sorted(quick_dask(None, 1)(deadly.once, [(n, str(mark)) for n in range(6)])) == [
        n**2 for n in range(6)
    ]
    assert mark.exists()


def test_processes_that_keep_dying(deadly, monkeypatch):
    monkeypatch.setattr(executors, "_REVIVALS", 1)
    with pytest.raises(
        ExecutorError,
        match=(
            r"^worker processes died 2 times, and no job was finished in between; what was finished"
            r" before is kept$"
        ),
    ):
        list(processes(1)(deadly.always, [1]))


def test_processes_that_die_now_and_then(deadly, monkeypatch, tmp_path):
    """More often in all than in a row is borne: every job is finished the second time."""
    monkeypatch.setattr(executors, "_REVIVALS", 1)
    assert list(processes(1)(deadly.first_time, [(n, str(tmp_path)) for n in range(2)])) == [
        n**2 for n in range(2)
    ]


def test_dask_workers_that_keep_dying(deadly, quick_dask):
    import dask as settings_of

    with (
        settings_of.config.set({"distributed.scheduler.allowed-failures": 0}),
        pytest.raises(ExecutorError, match="kept dying"),
    ):
        list(quick_dask(None, 1)(deadly.always, [1]))


@pytest.mark.parametrize("address", ["nonsense", "foo://somewhere:1"])
def test_no_scheduler(address, quick_dask):
    with pytest.raises(ExecutorError, match=rf"^scheduler {address}: no answer"):
        list(quick_dask(address, 1)(math.sqrt, [1.0]))


def test_scheduler_does_not_answer(monkeypatch):
    def fail(*_, **__):
        raise OSError("Timed out")

    monkeypatch.setattr(pytest.importorskip("distributed"), "Client", fail)
    with pytest.raises(
        ExecutorError, match=r"^scheduler tcp://127.0.0.1:9: no answer \(Timed out\)$"
    ):
        list(dask("tcp://127.0.0.1:9", 1)(math.sqrt, [1.0]))


def test_no_dask(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExecutorError, match="not installed"):
        dask(None, 1)
