"""`sweep`: many regimes, trained."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from reports.ledger.journal import Record
    from reports.studies.sweep.spec import Sweep

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
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Also write a table here, one row a point.")
    ] = None,
    netcdf: Annotated[
        Path | None,
        typer.Option(
            "--netcdf", help="Also write a grid here, with its axes, as netCDF; xarray opens it."
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Also draw it here, over one or two axes: .svg, .png or .pdf."),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Check FILE and say how much there is to do; train nothing."
        ),
    ] = False,
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
    """Train over a grid, over random points, or along a contour, of any fields or groups of a
    regime; resumes where it was stopped.
    """
    from reports.studies.sweep import spec, sweep

    plan, file_of_records = spec.read(file), records or SWEEPS / f"{file.stem}.jsonl"
    places = Places(file, file_of_records, csv, netcdf, plot)
    places.check(plan)
    chosen = _executor(executor, workers, scheduler)
    if dry_run:
        options: dict[str, Any] = {"--records": records, "--csv": csv}
        options |= {"--netcdf": netcdf, "--plot": plot}
        options |= {"--executor": executor, "--scheduler": scheduler}
        command = _command(file, options, workers)
        _print_estimate(plan, places, 1 if executor == "here" else workers, command, as_json)
        return
    counts: list[int] = []
    with display(TimeRemainingColumn()) as progress:
        bar = progress.add_task("points", total=len(plan.points))

        def tick(done: int, of: int) -> None:
            counts.append(done)
            progress.update(bar, completed=done, total=of)

        points = sweep.run(plan, file_of_records, chosen, tick)
    places.write(plan, points)
    _print_outcome(points, counts[0], places, as_json)


@dataclass(frozen=True)
class Places:
    """The file that says what to do, and those that are written."""

    file: Path
    records: Path
    csv: Path | None
    netcdf: Path | None
    plot: Path | None

    @property
    def columns(self) -> Path:
        """Columns, beside the records."""
        return self.records.with_suffix(".npz")

    @property
    def asked(self) -> dict[str, Path]:
        """What was asked for besides, by option."""
        options = {"csv": self.csv, "netcdf": self.netcdf, "plot": self.plot}
        return {name: path for name, path in options.items() if path is not None}

    def check(self, plan: Sweep) -> None:
        """Before anything is trained: raise for what could not be written afterwards."""
        if self.records == self.columns:
            raise typer.BadParameter(
                f"--records {self.columns}: columns go to the .npz file of that name; choose"
                " another suffix."
            )
        taken = {path.resolve() for path in (self.file, self.records, self.columns)}
        for name, path in self.asked.items():
            if path.resolve() in taken:
                raise typer.BadParameter(f"--{name} {path}: is another file of this sweep.")
            taken.add(path.resolve())
        if self.netcdf is not None:
            from reports.studies.sweep.export import check_labelled

            check_labelled(plan)
        if self.plot is not None:
            from reports.drawing.figures import check_ending
            from reports.drawing.sweeps import check_drawable

            check_ending(self.plot)
            check_drawable(plan)

    def write(self, plan: Sweep, points: list[Record]) -> None:
        """Columns, and what was asked for besides. Raises OSError."""
        from reports.studies.sweep import export, sweep

        sweep.write_columns(points, self.columns)
        if self.csv is not None:
            export.write_csv(points, self.csv)
        if self.netcdf is not None:
            export.write_netcdf(plan, points, self.netcdf)
        if self.plot is not None:
            from reports.drawing import sweeps

            sweeps.draw(plan, points, self.plot)


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


# A dry run ----------------------------------------------------------------------------------------


def _command(file: Path, options: Mapping[str, Any], workers: int) -> str:
    """The command line that runs the sweep, with what was chosen and is not so anyway."""
    usual = {"--executor": "processes"}
    given = {name: value for name, value in options.items() if value not in (None, usual.get(name))}
    if workers != WORKERS:
        given["--workers"] = workers
    words = [str(word) for pair in given.items() for word in pair]
    return shlex.join(["transfer-claims", "sweep", str(file), *words])


def _print_estimate(plan: Sweep, places: Places, workers: int, command: str, as_json: bool) -> None:
    from reports.studies.sweep.estimate import estimate

    found = estimate(plan, places.records)
    seconds = found.seconds / workers
    if as_json:
        print_json(
            {
                "points": found.points,
                "held": found.held,
                "first": found.first,
                "missing": found.missing,
                "multiplications": found.multiplications,
                "seconds": seconds,
                "seconds_from": found.source,
                "workers": workers,
                "bytes": found.bytes,
                "records": str(places.records),
                "command": command,
            }
        )
        return
    most = "at most " if plan.design.kind == "adaptive" and found.missing else ""
    lines = (
        f"{plan.design.kind}: {found.points} points, {plan.seeds} seeds a point",
        f"{places.records}: holds {found.held}; {most}{found.missing} to compute"
        + (f", {found.first} of them first" if most else ""),
        f"work: {most}{found.multiplications:.2g} multiplications, {most}about"
        f" {duration(seconds)} on {workers} worker{'s' if workers > 1 else ''}, {found.source}",
        f"records: {most}about {size(found.bytes)}",
        f"run: {command}",
    )
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def duration(seconds: float) -> str:
    """In the largest unit of which there are two."""
    for length, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * length:
            return f"{seconds / length:.2g} {unit}"
    return f"{seconds:.2g} s"


def size(number: float) -> str:
    """Bytes, in the largest unit of which there is one."""
    for many, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if number >= many:
            return f"{number / many:.2g} {unit}"
    return f"{number} bytes"


# The outcome --------------------------------------------------------------------------------------


def _print_outcome(points: list[Record], reused: int, places: Places, as_json: bool) -> None:
    """What came of it, and what to do next."""
    none = sum(is_incomplete(record) for record in points)
    count = {"reused": reused, "computed": len(points) - reused, "not_computable": none}
    written = {name: str(path) for name, path in places.asked.items()}
    following = _next(places, none)
    if as_json:
        told = {"records": str(places.records), "columns": str(places.columns)} | written
        print_json(told | {"points": len(points)} | count | {"next": following})
        return
    print_whole(out, sweep_table(points))
    lines = (
        f"{len(points)} points: {places.records}, and as columns: {places.columns}",
        f"reused {reused}, computed {count['computed']}, not computable {none}",
        *(f"{name}: {path}" for name, path in written.items()),
        *(f"next: {one}" for one in following),
    )
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def is_incomplete(record: Record) -> bool:
    """Whether some metric of a point is none: no floating-point number holds it."""
    return any(values["mean"] is None for values in record["metrics"].values())


def _next(places: Places, none: int) -> list[str]:
    missing = [f"--{name}" for name in ("csv", "netcdf", "plot") if name not in places.asked]
    advice = []
    if missing:
        advice.append(f"the same command with {' or '.join(missing)} computes nothing again")
    if none:
        whose = "1 point has" if none == 1 else f"{none} points have"
        advice.append(
            f"{whose} a metric that no number holds (null in {places.records}): a loss that"
            " diverges, a law out of range, or nothing inherited; see the axes there"
        )
    return advice


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
