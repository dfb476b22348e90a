"""A Dask cluster as an executor. Before the first job every worker is asked what it would compute
with, and every job asks again: records never come from other code than this.
"""

from __future__ import annotations

import builtins
import itertools
import logging
import pickle
import time
from asyncio import CancelledError as TaskCancelledError
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import FunctionType
from typing import Any, TypeVar

from reports.studies.executors import AHEAD, Executor, ExecutorError, one_thread
from reports.studies.provenance import difference, provenance

J = TypeVar("J")
R = TypeVar("R")

#: Seconds to wait for a scheduler's answer, for the first worker, and for workers to say what they
#: are; for workers to come back once there are none; for a job to be finished.
ANSWER, ARRIVAL, ABSENCE, STANDSTILL = 10.0, 30.0, 60.0, 3600.0
#: Seconds between looks at a cluster that is at work.
_LOOK = 5.0
_FIRST = "FIRST_COMPLETED"
_KEPT = "what was finished is kept"


def dask(address: str | None, workers: int) -> Executor:
    """A Dask cluster: that of the scheduler at `address`, or a local one of so many processes.

    Raises ExecutorError where dask.distributed is not installed, the scheduler does not answer, it
    has no workers, or one of them lacks this version of transfer-claims, or has another.
    """
    try:
        import distributed  # type: ignore[import-untyped,unused-ignore]  # noqa: F401
    except ImportError:
        raise ExecutorError(
            "dask.distributed is not installed: pip install 'transfer-claims[dask]'"
        ) from None

    def run(function: Callable[[J], R], jobs: Iterable[J]) -> Iterator[R]:
        with _connected(address, workers) as client:
            with _told(address):
                _check_workers(client)
            yield from _results(client, address, function, iter(jobs), workers)

    return run


@contextmanager
def _connected(address: str | None, workers: int) -> Iterator[Any]:
    from distributed import Client

    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    local: dict[str, Any] = {
        "n_workers": workers,
        "threads_per_worker": 1,
        "dashboard_address": None,
        "silence_logs": logging.CRITICAL,
    }
    try:
        client: Any = Client(address, timeout=ANSWER) if address else Client(**local)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, RuntimeError) as error:
        raise ExecutorError(f"scheduler {address}: no answer ({error})") from None
    try:
        yield client
    finally:
        client.close(timeout=ANSWER)


@contextmanager
def _told(address: str | None) -> Iterator[None]:
    """What a cluster that breaks down raises, in one line."""
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker:
        raise ExecutorError(f"worker processes kept dying at one job; {_KEPT}") from None
    except (CancelledError, TaskCancelledError, OSError):
        raise ExecutorError(f"lost the scheduler {address or 'here'}; {_KEPT}") from None


# What workers are ---------------------------------------------------------------------------------


def _state() -> tuple[str, Any]:
    """What a worker computes with. It travels as code: the worker may have no such module."""
    try:
        from reports.studies.provenance import provenance
    except Exception as error:
        return "absent", f"{type(error).__name__}: {error}"
    return "here", provenance()


def _remote(payload: bytes, expected: dict[str, Any]) -> tuple[str, Any]:
    """A job on a worker, which may have joined since workers were asked."""
    try:
        from reports.studies.cluster import perform
    except Exception as error:
        return "absent", f"{type(error).__name__}: {error}"
    return perform(payload, expected)


def perform(payload: bytes, expected: dict[str, Any]) -> tuple[str, Any]:
    """A job, on one thread, if it is computed with what is expected."""
    if provenance() != expected:
        return "here", provenance()
    one_thread()
    function, job = pickle.loads(payload)
    return "done", function(job)


def _portable(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function as one of a script, which is sent as code and not by its name."""
    assert isinstance(function, FunctionType)
    made = FunctionType(function.__code__, {"__builtins__": builtins}, function.__name__)
    made.__module__, made.__qualname__ = "__main__", function.__name__
    return made


def _check_workers(client: Any) -> None:
    from distributed import TimeoutError as LateError
    from distributed import wait

    try:
        client.wait_for_workers(1, timeout=ARRIVAL)
    except LateError:
        raise ExecutorError(f"the scheduler has no workers; waited {ARRIVAL:g} s") from None
    asked = {
        name: client.submit(_portable(_state), workers=[name], pure=False)
        for name in client.scheduler_info(n_workers=-1)["workers"]
    }
    try:
        wait(list(asked.values()), timeout=ARRIVAL)  # type: ignore[no-untyped-call]
    except LateError:
        raise ExecutorError(f"workers do not answer; waited {ARRIVAL:g} s") from None
    for name, future in asked.items():
        _check_state(name, future.result())


def _check_state(name: str, answer: tuple[str, Any]) -> None:
    kind, value = answer
    if kind == "absent":
        raise ExecutorError(f"worker {name} lacks transfer-claims ({value}); {_KEPT}")
    differing = difference(provenance(), value)
    if differing:
        raise ExecutorError(f"worker {name} has another transfer-claims: {differing}; {_KEPT}")


# Results ------------------------------------------------------------------------------------------


def _results(
    client: Any,
    address: str | None,
    function: Callable[[J], R],
    queue: Iterator[J],
    workers: int,
) -> Iterator[R]:
    """As they come, with a few jobs under way for each worker."""
    remote, expected = _portable(_remote), provenance()
    running: set[Any] = set()
    watch = _Watch(client)
    while True:
        with _told(address):
            free = AHEAD * max(workers, watch.workers) - len(running)
            for job in itertools.islice(queue, max(0, free)):
                payload = pickle.dumps((function, job))
                running.add(client.submit(remote, payload, expected, pure=False))
            done = watch.wait(running)
            answers = [(future, future.result()) for future in done]
        running -= done
        for future, (kind, value) in answers:
            if kind != "done":
                _check_state(f"of {future.key}", (kind, value))
            yield value
        if not running:
            return


class _Watch:
    """Waits for jobs, and gives up where nothing moves."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.workers = self._count()
        self._moved = self._seen = time.monotonic()

    def wait(self, running: set[Any]) -> set[Any]:
        """Those that are finished, once some are. Raises ExecutorError."""
        from distributed import TimeoutError as LateError
        from distributed import wait

        while running:
            try:
                done = wait(list(running), timeout=_LOOK, return_when=_FIRST).done  # type: ignore[no-untyped-call]
            except LateError:
                self._look()
                continue
            self._moved = self._seen = time.monotonic()
            return set(done)
        return set()

    def _look(self) -> None:
        now = time.monotonic()
        self.workers = self._count()
        if self.workers:
            self._seen = now
        if self.client.status != "running":
            raise ConnectionError(f"it is {self.client.status}")
        if now - self._seen > ABSENCE:
            raise ExecutorError(f"no worker has been there for {ABSENCE:g} s; {_KEPT}")
        if now - self._moved > STANDSTILL:
            raise ExecutorError(f"no job was finished in {STANDSTILL:g} s; {_KEPT}")

    def _count(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])
