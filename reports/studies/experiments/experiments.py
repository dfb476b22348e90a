"""Running the experiments of the paper's digest, and two that its readers asked for.

Every experiment is a sweep built in code (`reports.studies.experiments.plans`). Its points are
trained once and kept (`reports.studies.experiments.curves`, `reports.studies.sweep.sweep`), and so
is what claims say at them (`reports.studies.experiments.decisions`). Beside claims stand statements
about the picture itself: curves are ordered, errors fall and then rise
(`reports.studies.experiments.checks`).

Of an experiment NAME a folder holds NAME.jsonl (records, resumable), NAME.npz (columns),
NAME.decided.jsonl (decisions, resumable), NAME.json (what was found), NAME.svg and NAME.png; a
coarse run, for a first look, writes the same under NAME-quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from claims.core import constants as constant_table
from claims.core.records import plain
from model.files import write_atomically
from reports import numerals
from reports.drawing.experiments.data import ExperimentData
from reports.drawing.experiments.saving import save
from reports.ledger.files import write_whole
from reports.ledger.journal import JournalError
from reports.studies.executors import Executor, in_process
from reports.studies.experiments import curves, decisions, journals
from reports.studies.experiments.catalogue import EXPERIMENTS, Experiment, ExperimentError, named
from reports.studies.experiments.plans import Size
from reports.studies.experiments.results import ExperimentResult, counted
from reports.studies.sweep import sweep
from reports.studies.sweep.spec import Sweep

__all__ = ["EXPERIMENTS", "ExperimentError", "gather", "perform", "run"]

Array = NDArray[np.float64]
Tick = Callable[[str, int, int], None]  # what is under way, how much is done, of how much


def run(
    names: Sequence[str],
    folder: Path,
    quick: bool = False,
    executor: Executor = in_process,
    tick: Tick = lambda what, done, of: None,
) -> list[ExperimentResult]:
    """Run experiments, all if none is named, and leave their files in the folder. What an earlier
    run finished is not computed again.

    Raises:
        ExperimentError: no such experiment; a file is another experiment's or damaged, or is being
        written. SweepError: the same of the records of a sweep. OSError: a file cannot be written.
    """
    return [
        perform(
            experiment,
            folder,
            experiment.quick if quick else experiment.full,
            executor,
            tick,
            quick=quick,
        )
        for experiment in named(names)
    ]


def perform(
    experiment: Experiment,
    folder: Path,
    size: Size,
    executor: Executor = in_process,
    tick: Tick = lambda what, done, of: None,
    *,
    quick: bool = False,
) -> ExperimentResult:
    """Run one experiment at a size; `quick` is in the names of its files, and in its caption."""
    files = _files(experiment, folder, quick)
    data = gather(experiment, folder, size, executor, tick, quick=quick)
    caption = _caption(experiment, data.sweep, quick)
    save(experiment.draw(data), experiment.title, caption, files["svg"], files["png"])
    result = ExperimentResult(
        experiment.name,
        experiment.title,
        caption,
        tuple(files.values()),
        counted(experiment.claims, len(data.sweep.points), data.verdicts),
        tuple(experiment.checks(data)),
    )
    write_whole(
        files["json"],
        json.dumps(plain(result.to_dict()), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    )
    return result


def gather(
    experiment: Experiment,
    folder: Path,
    size: Size,
    executor: Executor = in_process,
    tick: Tick = lambda what, done, of: None,
    *,
    quick: bool = False,
) -> ExperimentData:
    """Train and decide what the folder's files lack."""
    folder.mkdir(parents=True, exist_ok=True)
    files = _files(experiment, folder, quick)
    plan = experiment.sweep(size)
    constants = constant_table.load()
    jobs = decisions.decision_jobs(
        experiment.claims, plan, constants, common=experiment.curves, confirm=size.confirm
    )
    try:
        columns = _trained(
            experiment, plan, files, executor, lambda done, of: tick("training", done, of)
        )
        verdicts = decisions.decisions(
            jobs,
            constants,
            files["decided.jsonl"],
            executor,
            lambda done, of: tick("deciding", done, of),
        )
    except JournalError as error:
        raise ExperimentError(str(error)) from None
    return ExperimentData(plan, columns, verdicts, constants, experiment.bearing.roles)


def _trained(
    experiment: Experiment,
    plan: Sweep,
    files: Mapping[str, Path],
    executor: Executor,
    tick: journals.Tick,
) -> dict[str, Array]:
    """The columns of all points, which are written as well."""
    train = curves.curves if experiment.curves else _points
    columns = train(plan, files["jsonl"], executor, tick)
    write_atomically(files["npz"], lambda file: np.savez_compressed(file, **columns))  # type: ignore[arg-type]
    return columns


def _points(plan: Sweep, path: Path, executor: Executor, tick: journals.Tick) -> dict[str, Array]:
    return sweep.columns(sweep.run(plan, path, executor, tick))


def _files(experiment: Experiment, folder: Path, quick: bool) -> dict[str, Path]:
    """By kind."""
    stem = f"{experiment.name}-quick" if quick else experiment.name
    return {
        kind: folder / f"{stem}.{kind}"
        for kind in ("jsonl", "npz", "decided.jsonl", "json", "svg", "png")
    }


def _caption(experiment: Experiment, plan: Sweep, quick: bool) -> str:
    """What it shows, how much was trained, and the command that makes it again."""
    what = "curves" if experiment.curves else "points"
    sizes = ", ".join(
        f"{name} = {_range([getattr(p.regime, field) for p in plan.points])}"
        for name, field in _SIZES.items()
    )
    command = f"transfer-claims experiments {experiment.name}{' --quick' if quick else ''}"
    return (
        f"{experiment.shows} n = {len(plan.points)} {what}, {plan.seeds} seeds each; {sizes}. Made"
        f" by: {command}"
    )


_SIZES = {"N₁": "n1", "N₂": "n2", "m": "m", "d": "d"}


def _range(values: Sequence[int]) -> str:
    low, high = (numerals.short(x) for x in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"
