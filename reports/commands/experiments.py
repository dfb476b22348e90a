"""`experiments`: the paper's first ones, and its readers'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import TaskID, TimeRemainingColumn

from reports.commands.console import display, out, print_json
from reports.commands.options import WORKERS, JsonOption, WorkersOption
from reports.studies.executors import in_process, processes

if TYPE_CHECKING:
    from reports.studies.experiments.results import ExperimentResult
    from reports.studies.experiments.testing import Check


def run_experiments(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="head-start, negative-transfer, plane, share, source; all if none.",
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--out", help="Where data, decisions and plots go.")
    ] = Path("reports/out/experiments"),
    quick: Annotated[
        bool, typer.Option("--quick", help="A coarse version, in about a minute.")
    ] = False,
    workers: WorkersOption = WORKERS,
    as_json: JsonOption = False,
) -> None:
    """The paper's first experiments, and two that its readers asked for: data, plots, and what they
    say of the claims.
    """
    from reports.studies.experiments import experiments

    with display(TimeRemainingColumn()) as progress:
        bars: dict[str, TaskID] = {}

        def tick(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(what, total=of)
            progress.update(bars[what], completed=done, total=of)

        executor = in_process if workers == 1 else processes(workers)
        try:
            outcomes = experiments.run(names or [], folder, quick, executor, tick)
        except experiments.ExperimentError as error:
            raise typer.BadParameter(str(error)) from None
    if as_json:
        files = [file for one in outcomes for file in one.files if file.suffix == ".json"]
        print_json([json.loads(file.read_text(encoding="utf-8")) for file in files])
        return
    for outcome in outcomes:
        _print_outcome(outcome)


def _print_outcome(outcome: ExperimentResult) -> None:
    pictures = [str(file) for file in outcome.files if file.suffix in (".svg", ".png")]
    out.print(f"{outcome.title}: {', '.join(pictures)}", highlight=False)
    for count in outcome.decided:
        out.print(
            f"  {count.claim}: inside its hypotheses at {count.inside} of {count.points} points;"
            f" stands at {count.stands}, falls at {count.falls}",
            highlight=False,
        )
    for check in outcome.checks:
        said = f"  {check.statement}: {_said(check)} ({check.test})"
        out.print(said, highlight=False, markup=False)


def _said(check: Check) -> str:
    if check.holds is None:
        return "not shown, nor its opposite"
    return "holds" if check.holds else "does not hold"
