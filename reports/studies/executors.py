"""Who computes: this process, several processes, or a Dask cluster. Each takes jobs and gives
results as they come.
"""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Protocol, TypeVar

from reports.deferring import defer
from reports.interruption import ignore_keyboard, keeping, unheard_by_children

J = TypeVar("J")
R = TypeVar("R")
#: Jobs under way at once, for each worker: enough to keep it busy, few enough for a million to fit
#: in memory.
AHEAD = 3
#: Times in a row that a pool is made anew after one of its processes died, with no job finished in
#: between.
_REVIVALS = 3


class Executor(Protocol):
    """Applies a function to jobs, in any order."""

    def __call__(self, function: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]: ...


class ExecutorError(RuntimeError):
    """The workers cannot be had, or keep dying."""


def in_process(function: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
    """One after the other, here, with one torch thread as in workers: sums split among threads are
    rounded otherwise, and a test error may take other lines.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield from map(function, jobs)
    finally:
        torch.set_num_threads(before)


def processes(workers: int) -> Executor:
    """Several processes of this machine; what a process that dies was at is computed again. They do
    not outlive the iterator, nor hear Ctrl-C.
    """

    def run(function: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        if not may_start():
            yield from in_process(function, jobs)
            return
        queue, deaths = iter(jobs), 0
        lost: list[J] = []
        while deaths <= _REVIVALS:
            again, lost = iter(lost), []
            with ProcessPoolExecutor(
                workers, mp_context=get_context("spawn"), initializer=begin_worker
            ) as pool:
                try:
                    for result in _as_they_come(
                        pool, function, itertools.chain(again, queue), workers, lost
                    ):
                        deaths = (
                            0  # in a long run any number of processes may die, one now and then
                        )
                        yield result
                    return
                except BrokenProcessPool:
                    deaths += 1
                    lost += again
                except BaseException:
                    with keeping():  # else leaving would wait for the jobs they are at
                        for worker in list((pool._processes or {}).values()):
                            worker.terminate()
                    raise
        raise ExecutorError(
            f"worker processes died {deaths} times, and no job was finished in between; what was"
            " finished before is kept"
        )

    return run


def _as_they_come(
    pool: ProcessPoolExecutor,
    function: Callable[[J], R],
    queue: Iterator[J],
    workers: int,
    lost: list[J],
) -> Iterator[R]:
    """Results, with a few jobs under way; `lost` holds those under way when the pool breaks."""
    running: dict[Future[R], J] = {}
    while True:
        for job in itertools.islice(queue, workers * AHEAD - len(running)):
            lost.append(job)
            with unheard_by_children():
                running[pool.submit(function, job)] = job
        if not running:
            return
        done = wait(running, return_when=FIRST_COMPLETED).done
        for future in sorted(
            done, key=lambda future: future.exception() is not None
        ):  # what was finished counts, before what was not stops it
            result = future.result()
            lost.remove(running.pop(future))
            yield result


def may_start() -> bool:
    """Whether this system lets processes share anything: without a writable /dev/shm it does not,
    and what several would do is done by this one.
    """
    try:
        get_context("spawn").Lock()
    except (OSError, ImportError):
        return False
    return True


def one_thread() -> None:
    """Keep this process's torch to one, now or when it is loaded: workers already take every
    core.
    """
    os.environ["OMP_NUM_THREADS"] = "1"
    if "torch._C" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def begin_worker() -> None:
    """What a process of a pool does first: keep torch to one thread, and watch for the end of the
    process that started it, however that ends.
    """
    ignore_keyboard()
    defer()
    one_thread()
    parent = parent_process()
    assert parent is not None
    Thread(target=_leave_after, args=(parent,), daemon=True).start()


def _leave_after(parent: BaseProcess) -> None:
    """A worker whose parent was killed would wait for its next job for ever."""
    parent.join()
    os._exit(1)
