"""`sweep`: a grid of regimes, trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.progress import TimeRemainingColumn
from rich.table import Table

from reports.commands.console import display, out, print_json
from reports.commands.options import WORKERS, JsonOption, WorkersOption
from reports.studies.choices import ExecutorName
from reports.studies.executors import Executor, in_process, processes
from reports.tables import print_whole

#: Records of sweeps.
SWEEPS = Path("reports/out/sweeps")
#: Rows of a sweep that are shown.
_SHOWN = 20


def run_sweep(
    file: Annotated[Path, typer.Argument(help="A TOML file: a base regime, axes, a design.")],
    records: Annotated[
        Path | None,
        typer.Option(
            "--records",
            help="Where finished points are kept (reports/out/sweeps/, by the name of FILE).",
        ),
    ] = None,
    executor: Annotated[ExecutorName, typer.Option(help="Who computes.")] = "processes",
    workers: WorkersOption = WORKERS,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask scheduler, for --executor dask; a local cluster if none."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Train over a grid, or over random points, of any fields or groups of a regime; resumes where
    it was stopped.
    """
    from reports.studies.sweep import spec, sweep

    plan, file_of_records = spec.read(file), records or SWEEPS / f"{file.stem}.jsonl"
    columns = file_of_records.with_suffix(".npz")
    if file_of_records == columns:
        raise typer.BadParameter(
            f"--records {columns}: columns go to the .npz file of that name; choose another suffix."
        )
    chosen = _executor(executor, workers, scheduler)
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("points", total=len(plan.points))

        def tick(done: int, of: int) -> None:
            progress.update(bar, completed=done)

        points = sweep.run(plan, file_of_records, chosen, tick)
    sweep.write_columns(points, columns)
    if as_json:
        told = {"records": str(file_of_records), "columns": str(columns), "points": len(points)}
        print_json(told)
        return
    print_whole(out, sweep_table(points))
    said = f"{len(points)} points: {file_of_records}, and as columns: {columns}"
    out.print(said, markup=False, highlight=False)


def _executor(name: ExecutorName, workers: int, scheduler: str | None) -> Executor:
    if scheduler is not None and name != "dask":
        raise typer.BadParameter(f"--scheduler {scheduler}: is for --executor dask.")
    if scheduler is not None and not scheduler.strip():
        raise typer.BadParameter("--scheduler is empty: name an address, or leave it out.")
    if name == "here":
        return in_process
    if name == "processes":
        return processes(workers)
    from reports.studies.cluster import dask

    return dask(scheduler, workers)


def sweep_table(records: list[dict[str, Any]]) -> Table:
    """The first points of a sweep: axes, and each metric's mean."""
    table = Table(
        box=SIMPLE_HEAD,
        caption=f"the first {_SHOWN} of {len(records)} points" if len(records) > _SHOWN else None,
    )
    for name in (*records[0]["axes"], *records[0]["metrics"]):
        table.add_column(escape(name), justify="right")
    for record in records[:_SHOWN]:
        means = (values["mean"] for values in record["metrics"].values())
        table.add_row(
            *(f"{x:.4g}" if x is not None else "–" for x in (*record["axes"].values(), *means))
        )
    return table
