"""`cifar pairs`: from data to advice on real images."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reports.commands.cifar.options import (
    RECORDS,
    CacheOption,
    DeviceName,
    FirstSeedOption,
    ImagesName,
    MinutesOption,
    ReadOption,
    RecordsOption,
    SeedsOption,
    WorkersOption,
    device_named,
    hundred_at_hand,
    pictures_of,
    records_to_read,
    say,
)
from reports.commands.console import out, print_json
from reports.commands.options import WORKERS, JsonOption
from reports.tables import print_whole

if TYPE_CHECKING:
    from reports.images.pairs.run import Record
    from reports.images.pairs.summary import PairFound

#: The name of the records, and of the picture beside them.
NAME = "pairs"
_TITLE = "Gain from transfer, as foretold and as measured"
_WITHOUT = "; CIFAR-10 alone (for pairs with CIFAR-100: transfer-claims cifar fetch cifar100)"


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
    from reports.commands.cifar.training import trained
    from reports.images.pairs import listed, run

    if read:
        file = records_to_read(records, NAME)
        found = run.read(file)
    else:
        usual, hundred = listed.USUAL_PLAN, hundred_at_hand(cache)
        plan = replace(usual, seeds=seeds or usual.seeds, first_seed=first_seed)
        file = records or RECORDS / f"{NAME}.jsonl"
        images: tuple[ImagesName, ...] = ("cifar10", hundred) if hundred else ("cifar10",)
        found = trained(
            run.run,
            listed.settings(plan, hundred),
            file,
            device_named(device),
            images=images,
            minutes=minutes,
            workers=workers,
            cache=cache,
            quiet=as_json,
            more="" if hundred else _WITHOUT,
        )
    _tell(file, found, as_json)


def _tell(file: Path, found: list[Record], as_json: bool) -> None:
    from reports.commands.cifar import pair_tables as tables
    from reports.images.pairs import summary

    pairs = summary.pairs(found)
    picture = _draw(pairs, file) if pairs else None
    if as_json:
        print_json(tables.record(file, found, picture))
        return
    if picture is None:
        say(f"no pair is trained yet; records: {file}")
        return
    agreements = summary.agreements(pairs)
    for table in (
        tables.pairs_table(pairs),
        tables.agreements_table(agreements),
        tables.worth_table(agreements),
        tables.mismatches_table(summary.mismatches(found)),
    ):
        print_whole(out, table)
    say(f"records: {file}; picture: {picture}")


def _draw(pairs: list[PairFound], file: Path) -> Path:
    from reports.drawing.figures import write_svg
    from reports.images.pairs import plot

    picture = pictures_of(file) / f"{file.stem}.svg"
    write_svg(plot.scatter(pairs), picture, _TITLE, Title=_TITLE)
    return picture
