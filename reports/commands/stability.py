"""`stability`: everything decided again and again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from reports.commands.console import deciding, err, out
from reports.commands.options import WORKERS, WorkersOption
from reports.studies.choices import ProfileName


def stability(
    claim_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Claims; all if none.")
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs in all, those in the file included.")] = 30,
    profile: Annotated[ProfileName, typer.Option(help="How much evidence in each.")] = "ci",
    workers: WorkersOption = WORKERS,
    path: Annotated[Path, typer.Option("--file", help="Where finished runs are kept.")] = Path(
        "reports/out/stability.jsonl"
    ),
) -> None:
    """Decide everything again and again, on fresh entropy, and list every verdict that was not the
    recorded finding. A series goes on where it was stopped.
    """
    from claims.core.catalogue import catalogue, find
    from reports.studies import stability as study

    ids = [find(claim_id).id for claim_id in claim_ids or catalogue()]
    for mutant in (name for name in ids if name not in catalogue()):
        raise study.SeriesError(f"claim = {mutant!r}: a mutant has no series; name the claim")
    with study.opened(path) as log:
        series = study.of_this_series(log.records, ids, profile)
        while len(series) < runs:
            series.append(study.one_run(ids, profile, workers, deciding, _tell))
            log.append(series[-1:])
            seconds, entropy = series[-1]["seconds"], series[-1]["entropy"]
            _tell(f"run {len(series)} of {runs}: {seconds} s, entropy {entropy}")
    differing = study.differing(series)
    _print(f"{len(series)} runs of profile {profile}", differing, study.varying(series))
    raise typer.Exit(1 if differing else 0)


def _tell(line: str) -> None:
    err.print(line, highlight=False)


def _print(
    which: str, differing: dict[str, Counter[Any]], varying: dict[str, Counter[Any]]
) -> None:
    from rich.markup import escape
    from rich.table import Table

    if differing:
        title = f"{which}: claims whose verdict was not the recorded finding in some run"
        table = Table("claim", "verdicts", title=title)
        for name, count in differing.items():
            table.add_row(name, escape(_counted(count)))
        out.print(table)
    else:
        out.print(f"{which}: every verdict was the recorded finding in every run")
    for name, count in varying.items():
        out.print(f"conjecture {name}: {_counted(count)}", markup=False, highlight=False)


def _counted(count: Counter[Any]) -> str:
    return ", ".join(f"{status} {times}" for status, times in count.most_common())
