"""`cifar pairs`: from data to advice on real images."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import TimeRemainingColumn

from reports.commands.cifar.options import (
    CacheOption,
    DeviceName,
    FirstSeedOption,
    MinutesOption,
    ReadOption,
    RecordsOption,
    SeedsOption,
    WorkersOption,
    device_named,
    hundred_at_hand,
    records_to_read,
    say,
)
from reports.commands.console import display, err, out, print_json
from reports.commands.options import WORKERS, JsonOption
from reports.studies.executors import in_process, processes

if TYPE_CHECKING:
    from model.vision.train import Device
    from reports.images.pairs.run import Record

#: The name of the records, and of the picture beside them.
NAME = "pairs"


def train_pairs(
    device: Annotated[DeviceName, typer.Option(help="Where to train.")] = "auto",
    seeds: SeedsOption = None,
    first_seed: FirstSeedOption = 0,
    minutes: MinutesOption = math.inf,
    workers: WorkersOption = WORKERS,
    records: RecordsOption = None,
    cache: CacheOption = None,
    read: ReadOption = False,
    as_json: JsonOption = False,
) -> None:
    """Foretell for pairs of tasks, from a few images of both, what transfer will win; then train
    them, and compare. Resumes where it was stopped.
    """
    from reports.images.pairs import run

    if read:
        file = records_to_read(records, NAME)
        found = run.read(file)
    else:
        file, found = _trained(
            device_named(device), seeds, first_seed, minutes, workers, records, cache, as_json
        )
    _tell(file, found, as_json)


def _trained(
    where: Device,
    seeds: int | None,
    first_seed: int,
    minutes: float,
    workers: int,
    records: Path | None,
    cache: Path | None,
    as_json: bool,
) -> tuple[Path, list[Record]]:
    """Train what is missing."""
    from model.vision import data
    from reports.commands.cifar.options import RECORDS
    from reports.images.pairs import listed, run

    begun, hundred = time.monotonic(), hundred_at_hand(cache)
    plan = replace(listed.USUAL_PLAN, seeds=seeds or listed.USUAL_PLAN.seeds, first_seed=first_seed)
    settings = listed.settings(plan, hundred)
    file = records or RECORDS / f"{NAME}.jsonl"
    for images in dict.fromkeys(("cifar10", hundred or "cifar10")):
        data.load(images, cache)  # now, not in a worker
    if not as_json:
        without = (
            "" if hundred else "; CIFAR-10 alone (pairs in CIFAR-100 need: cifar fetch cifar100)"
        )
        err.print(
            f"{len(settings)} networks: {plan.network.label}, {plan.seeds} seeds;"
            f" records: {file}{without}",
            highlight=False,
            soft_wrap=True,
        )
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("networks", total=len(settings))

        def tick(done: int, of: int) -> None:
            progress.update(bar, completed=done, total=of)

        executor = processes(workers) if where.name == "cpu" and workers > 1 else in_process
        until = begun + 60 * minutes
        found = run.run(settings, file, executor, where, cache=cache, until=until, tick=tick)
    return file, found


def _tell(file: Path, found: list[Record], as_json: bool) -> None:
    from reports.commands.cifar.options import pictures_of
    from reports.commands.cifar.pair_tables import (
        agreements_table,
        mismatches_table,
        pairs_table,
        record,
    )
    from reports.drawing.figures import write_svg
    from reports.images.pairs import plot, summary

    pairs = summary.pairs(found)
    if not pairs:
        if as_json:
            print_json(record(file, found, None))
        else:
            say(f"no pair is trained yet; records: {file}")
        return
    picture = pictures_of(file) / f"{file.stem}.svg"
    title = "Gain from transfer, as foretold and as measured"
    write_svg(plot.scatter(pairs), picture, title, Title=title)
    if as_json:
        print_json(record(file, found, picture))
        return
    out.print(pairs_table(pairs))
    out.print(agreements_table(summary.agreements(pairs)))
    out.print(mismatches_table(summary.mismatches(found)))
    say(f"records: {file}; picture: {picture}")
