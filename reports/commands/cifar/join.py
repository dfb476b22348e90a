"""`cifar join`: several files of records, as one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from reports.commands.console import out, print_json
from reports.commands.options import JsonOption


def join_records(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Records, of cifar run or joined.")
    ],
    records: Annotated[
        Path, typer.Option("--records", help="The file to write; one that is there is replaced.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Join records of several runs, machines or people into one file, to be decided together.
    Intervals hold however many seeds are added.
    """
    from reports.images import joining

    joined = joining.join(files, records)
    seeds = len({record.setting.seed for record in joined})
    if as_json:
        print_json({"records": str(records), "networks": len(joined), "seeds": seeds})
        return
    out.print(f"{len(joined)} networks, {seeds} seeds; {records}", highlight=False, soft_wrap=True)
    out.print(
        f"next: transfer-claims cifar report --records {records}", highlight=False, soft_wrap=True
    )
