"""Training with progress, as several of these commands do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from rich.progress import TimeRemainingColumn

from reports.commands.console import display, err
from reports.studies.executors import Executor, in_process, processes

if TYPE_CHECKING:
    from model.vision.data import Name
    from model.vision.train import Device

S = TypeVar("S", contravariant=True)
R = TypeVar("R")


class Trainer(Protocol[S, R]):
    """Trains what a file lacks, and returns the records of what is wanted."""

    def __call__(
        self,
        wanted: Sequence[S],
        path: Path,
        executor: Executor,
        device: Device,
        /,
        *,
        cache: Path | None,
        until: float,
        tick: Callable[[int, int], None],
    ) -> list[R]: ...


def trained(
    trainer: Trainer[S, R],
    settings: Sequence[S],
    file: Path,
    device: Device,
    *,
    images: Sequence[Name],
    minutes: float,
    workers: int,
    cache: Path | None,
    quiet: bool,
    more: str = "",
) -> list[R]:
    """The records of these settings, once what is missing is trained, or the minutes are over.

    Args:
        images: what must be cached. more: what else to say of the run.
    """
    from model.vision import data

    begun = time.monotonic()
    for name in images:
        data.load(name, cache)  # now, not in a worker
    if not quiet:
        said = f"{len(settings)} networks, on {device.name}{more}; records: {file}"
        err.print(said, highlight=False, soft_wrap=True)
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("networks", total=len(settings))

        def tick(done: int, of: int) -> None:
            progress.update(bar, completed=done, total=of)

        executor = processes(workers) if device.name == "cpu" and workers > 1 else in_process
        until = begun + 60 * minutes
        return trainer(settings, file, executor, device, cache=cache, until=until, tick=tick)
