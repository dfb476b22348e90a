"""`cifar remedies`: what may be done about a source that hurts."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from reports.commands.cifar.options import (
    RECORDS,
    CacheOption,
    DeviceName,
    FirstSeedOption,
    MinutesOption,
    ReadOption,
    RecordsOption,
    SeedsOption,
    WorkersOption,
    device_named,
    records_to_read,
    say,
)
from reports.commands.console import out, print_json
from reports.commands.options import WORKERS, JsonOption
from reports.tables import print_whole

if TYPE_CHECKING:
    from reports.images.remedies.run import Record
    from reports.images.remedies.summary import Against, Compared

#: The name of the records.
NAME = "remedies"


def train_remedies(
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
    """Compare remedies against a source that hurts, at as many steps: weight decay, L2-SP, frozen
    filters with fresh ones beside, a linear probe. Resumes where it was stopped.
    """
    from reports.commands.cifar.training import trained
    from reports.images.remedies import listed, run

    if read:
        file = records_to_read(records, NAME)
        found = run.read(file)
    else:
        usual = listed.USUAL_PLAN
        plan = replace(usual, seeds=seeds or usual.seeds, first_seed=first_seed)
        file = records or RECORDS / f"{NAME}.jsonl"
        found = trained(
            run.run,
            listed.settings(plan),
            file,
            device_named(device),
            images=("cifar10",),
            minutes=minutes,
            workers=workers,
            cache=cache,
            quiet=as_json,
        )
    _tell(file, found, as_json)


def _tell(file: Path, found: list[Record], as_json: bool) -> None:
    from reports.images.remedies import summary

    compared = summary.compared(found)
    if as_json:
        networks, remedies = len(found), [_record(one) for one in compared]
        print_json({"records": str(file), "networks": networks, "remedies": remedies})
        return
    print_whole(out, _table(compared))
    say(f"{len(found)} networks; records: {file}")


def _table(compared: list[Compared]) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        title=(
            "points of accuracy on the target, and differences, paired over seeds, at 5% over this"
            " table"
        ),
        caption="frozen: inherited weights stay as they are; L2-SP: they are pulled to where they"
        " began",
    )
    words = ("remedy", "less", "verdict")
    for heading in ("remedy", "seeds", "accuracy", "less", "difference", "from", "to", "verdict"):
        table.add_column(heading, justify="left" if heading in words else "right", no_wrap=True)
    for one in compared:
        first = (one.remedy, str(one.seeds), f"{one.accuracy:.2f}")
        rows = [_cells(against) for against in one.against] or [("–",) * 5]
        for place, cells in enumerate(rows):
            table.add_row(*(first if place == 0 else ("",) * len(first)), *cells)
    return table


def _cells(one: Against) -> tuple[str, ...]:
    from reports.commands.cifar.pair_tables import signed

    ends = (one.difference.mean, one.difference.low, one.difference.high)
    return (one.reference, *map(signed, ends), one.verdict)


def _record(one: Compared) -> dict[str, Any]:
    from claims.core.records import plain
    from reports.commands.cifar.pair_tables import interval_record

    against = [
        asdict(each) | {"difference": interval_record(each.difference), "verdict": each.verdict}
        for each in one.against
    ]
    return dict(plain(asdict(one))) | {"against": against}
