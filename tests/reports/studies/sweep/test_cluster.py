"""Clusters that cannot compute what is asked, or break down: one line, soon, and nothing wrong is
recorded.
"""

import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reports.studies import cluster
from reports.studies.cluster import dask
from reports.studies.executors import ExecutorError
from reports.studies.provenance import difference, provenance

pytest.importorskip("distributed")
ROOT = Path(__file__).parents[4]

#: As if nobody had installed it there.
LACKING = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("reports", "claims", "model"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Block())
"""
#: As if a constant were another there.
OTHER = """
import reports.studies.stability as stability
stability.source_files = lambda real=stability.source_files: real()[1:]
"""
SCHEDULER = """
import asyncio, sys
from distributed import Scheduler
async def main():
    async with Scheduler(port=0, host="127.0.0.1", dashboard_address=None) as scheduler:
        open(sys.argv[1] + ".new", "w").write(scheduler.address)
        import os; os.replace(sys.argv[1] + ".new", sys.argv[1])
        await scheduler.finished()
asyncio.run(main())
"""
WORKER = """
import asyncio, sys
from distributed import Worker
async def main():
    async with Worker(sys.argv[1], nthreads=1, local_directory=sys.argv[2]) as worker:
        await worker.finished()
asyncio.run(main())
"""


@pytest.fixture
def processes():
    """Processes that end with the test."""
    started = []

    def start(code, *arguments):
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-c", code, *map(str, arguments)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        started.append(subprocess.Popen(command, env=environment, **quiet))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(processes, tmp_path, quick_dask, not_for_ever):
    """A scheduler, and its address."""
    process = processes(SCHEDULER, tmp_path / "address")
    while not (tmp_path / "address").exists():
        assert process.poll() is None
        time.sleep(0.05)
    return process, (tmp_path / "address").read_text()


def refused(address, function=math.sqrt, jobs=(1.0,)):
    with pytest.raises(ExecutorError) as said:
        list(dask(address, 1)(function, jobs))
    return str(said.value)


def test_no_workers(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "ARRIVAL", 1.0)
    assert refused(scheduler[1]) == "the scheduler has no workers; waited 1 s"


@pytest.mark.parametrize(
    ("code", "said"),
    [(LACKING, "lacks transfer-claims (ModuleNotFoundError"), (OTHER, "other code or constants")],
    ids=["no package", "other code"],
)
def test_workers_with_something_else(scheduler, processes, tmp_path, code, said):
    processes(code + WORKER, scheduler[1], tmp_path / "worker")
    assert said in refused(scheduler[1])


def test_a_worker_that_joins_later_is_asked_too(monkeypatch):
    """Each job says what it is to be computed with."""
    expected = provenance() | {"sources": "0"}
    kind, value = cluster.perform(b"", expected)
    assert (kind, value) == ("here", provenance())
    monkeypatch.setattr(cluster, "provenance", lambda: expected)
    with pytest.raises(ExecutorError, match="other code or constants"):
        cluster._check_state("w", (kind, value))


def test_the_scheduler_dies(scheduler, processes, tmp_path, monkeypatch):
    """What was finished came before."""
    monkeypatch.setattr(cluster, "_LOOK", 0.5)
    process, address = scheduler
    processes(WORKER, address, tmp_path / "worker")
    results = dask(address, 1)(time.sleep, [0.0, 600.0])
    assert next(results) is None
    process.kill()
    with pytest.raises(ExecutorError, match=r"^lost the scheduler .*; what was finished is kept$"):
        next(results)


def test_nothing_moves(scheduler, processes, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK", 0.2)
    monkeypatch.setattr(cluster, "STANDSTILL", 2.0)
    processes(WORKER, scheduler[1], tmp_path / "worker")
    assert "no job was finished in 2 s" in refused(scheduler[1], time.sleep, [600.0])


def test_what_differs_is_named():
    here = {"versions": {"torch": "2", "numpy": "1"}, "sources": "a"}
    there = {"versions": {"torch": "1"}, "sources": "b"}
    assert difference(here, here) == ""
    assert difference(here, there) == (
        "torch 1, here 2; numpy absent, here 1; other code or constants"
    )
