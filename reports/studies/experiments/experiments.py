"""The experiments of the paper's digest, and two that its readers asked for: data, picture, and
what each decides.

Every experiment is a sweep built in code (`reports.studies.experiments.plans`). Its points are
trained once and kept, and so is what claims say at them (`reports.studies.experiments.records`).
Beside claims stand statements about the picture itself: curves are ordered, errors fall and then
rise (`reports.studies.experiments.checks`).

Of an experiment NAME a folder holds NAME.jsonl (records, resumable), NAME.npz (columns),
NAME.decided.jsonl (decisions, resumable), NAME.json (what was found), NAME.svg and NAME.png; a
coarse run, for a first look, writes the same under NAME-quick.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.deciding import decision
from model.files import write_atomically
from reports.drawing import experiments as plots
from reports.drawing import numerals
from reports.drawing.experiments import Seen
from reports.ledger.files import plain, write_whole
from reports.ledger.journal import JournalError
from reports.studies.executors import Executor, in_process
from reports.studies.experiments import checks, plans, records
from reports.studies.experiments.checks import Check
from reports.studies.experiments.plans import Size
from reports.studies.sweep import sweep
from reports.studies.sweep.spec import Sweep

Array = NDArray[np.float64]
Tick = Callable[[str, int, int], None]  # what is under way, how much is done, of how much


class ExperimentError(ValueError):
    """An experiment cannot be run: names what was asked, and the rule."""


@dataclass(frozen=True)
class Decided:
    """One claim at the points of an experiment."""

    claim: str
    points: int
    inside: int  # points inside its hypotheses
    stands: int
    falls: int
    undecided: int
    margin: float | None  # the least, in `unit`, with a share delta of the seeds allowed to fail
    unit: str


@dataclass(frozen=True)
class Outcome:
    """What an experiment gave."""

    experiment: str
    title: str
    caption: str
    files: tuple[Path, ...]
    decided: tuple[Decided, ...]
    checks: tuple[Check, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self) | {"files": [file.name for file in self.files]}


@dataclass(frozen=True)
class Experiment:
    """One experiment: what is trained, what is drawn, and which claims it bears on."""

    name: str
    title: str
    shows: str
    claims: tuple[str, ...]
    sweep: Callable[[Size], Sweep]
    checks: Callable[[Seen], Sequence[Check]]
    draw: Callable[[Seen], Any]
    full: Size
    quick: Size
    # errors along the run, all points on the same networks' data; else records of
    # `reports.studies.sweep.sweep`
    curves: bool = False


# The experiments ----------------------------------------------------------------------------------

_TAU_D_CLAIMS = (
    "theorem-4.2.convergence",
    "theorem-4.2.error-upper.tau-D",
    "theorem-4.2.error-lower.tau-D",
)
_SCRATCH_CLAIMS = ("theorem-4.3.error-upper", "theorem-4.3.error-lower")

EXPERIMENTS: dict[str, Experiment] = {
    found.name: found
    for found in (
        Experiment(
            "head-start",
            "More source data: accuracy on the target along training",
            "Downstream accuracy over epochs for N₁ in {100, 200, 500, 1000}, against training from"
            " scratch.",
            ("theorem-4.3.error-lower", *_TAU_D_CLAIMS, "m2.inherited", "m2.equal-steps.close"),
            plans.head_start,
            checks.head_start,
            plots.head_start,
            Size(24, 24),
            Size(9, 12, confirm=False),
            curves=True,
        ),
        Experiment(
            "negative-transfer",
            "What two tasks share: from negative to positive transfer",
            "Errors of transfer and scratch over ‖u‖ at fixed ‖u + v₂‖; the region of Proposition"
            " 4.4(2) is shaded.",
            ("proposition-4.4.2", "proposition-4.4.2.mechanism", *_TAU_D_CLAIMS, *_SCRATCH_CLAIMS),
            plans.negative,
            checks.negative,
            plots.negative,
            Size(24, 21),
            Size(8, 7, confirm=False),
        ),
        Experiment(
            "plane",
            "Accuracy after transfer over ‖u‖ and d, and the predicted boundary",
            "Accuracy over (‖u‖, d), its truncation at 0.9, and the same plane by what Theorem 4.2"
            " claims there and what became of it.",
            (
                *_TAU_D_CLAIMS,
                "theorem-4.2.error-upper-restricted.tau-A",
                "theorem-4.2.error-lower.tau-A",
                "proposition-4.4.1.restricted",
                *_SCRATCH_CLAIMS,
            ),
            plans.plane,
            checks.plane,
            plots.plane,
            Size(24, 17, 14),
            Size(6, 7, 6, confirm=False),
        ),
        Experiment(
            "share",
            "The share to inherit",
            "Error after transfer over (α, ‖u‖²/‖s₂‖²), with α* = ‖u‖²/‖s₂‖², the share that"
            " maximises τ_D.",
            _TAU_D_CLAIMS,
            plans.share,
            checks.share,
            plots.share,
            Size(24, 21, 10),
            Size(6, 6, 5, confirm=False),
        ),
        Experiment(
            "source",
            "More source data: helping, or hurting",
            "Error after transfer over N₁ where the tasks are aligned, misaligned, and between the"
            " two.",
            ("m3.samples.aligned", "m3-prime.samples", "proposition-4.4.2", *_TAU_D_CLAIMS),
            plans.source,
            checks.source,
            plots.source,
            Size(24, 11),
            Size(5, 4, confirm=False),
        ),
    )
}


def named(names: Sequence[str]) -> list[Experiment]:
    """These experiments; all if none is named. Raises ExperimentError."""
    for name in names:
        if name not in EXPERIMENTS:
            raise ExperimentError(
                f"experiment = {name!r}: no such experiment; there are {', '.join(EXPERIMENTS)}"
            )
    return [EXPERIMENTS[name] for name in dict.fromkeys(names or EXPERIMENTS)]


def run(
    names: Sequence[str],
    folder: Path,
    quick: bool = False,
    executor: Executor = in_process,
    tick: Tick = lambda what, done, of: None,
) -> list[Outcome]:
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
) -> Outcome:
    """Run one experiment at a size; `quick` is in the names of its files, and in its caption."""
    files = _files(experiment, folder, quick)
    seen = see(experiment, folder, size, executor, tick, quick=quick)
    caption = _caption(experiment, seen.sweep, quick)
    plots.save(experiment.draw(seen), experiment.title, caption, files["svg"], files["png"])
    counts, checked = counted(experiment, seen.sweep, seen.verdicts), tuple(experiment.checks(seen))
    outcome = Outcome(
        experiment.name, experiment.title, caption, tuple(files.values()), counts, checked
    )
    write_whole(
        files["json"],
        json.dumps(plain(outcome.to_dict()), indent=1, ensure_ascii=False, allow_nan=False) + "\n",
    )
    return outcome


def see(
    experiment: Experiment,
    folder: Path,
    size: Size,
    executor: Executor = in_process,
    tick: Tick = lambda what, done, of: None,
    *,
    quick: bool = False,
) -> Seen:
    """Train and decide what the folder's files lack."""
    folder.mkdir(parents=True, exist_ok=True)
    files, plan, constants = (
        _files(experiment, folder, quick),
        experiment.sweep(size),
        constant_table.load(),
    )
    jobs = records.decision_jobs(
        experiment.claims, plan, constants, common=experiment.curves, confirm=size.confirm
    )
    try:
        columns = _trained(
            experiment, plan, files, executor, lambda done, of: tick("training", done, of)
        )
        verdicts = records.decisions(
            jobs,
            constants,
            files["decided.jsonl"],
            executor,
            lambda done, of: tick("deciding", done, of),
        )
    except JournalError as error:
        raise ExperimentError(str(error)) from None
    return Seen(plan, columns, verdicts, constants)


def _trained(
    experiment: Experiment,
    plan: Sweep,
    files: Mapping[str, Path],
    executor: Executor,
    tick: records.Tick,
) -> dict[str, Array]:
    """The columns of all points, which are written as well."""
    train = records.curves if experiment.curves else _points
    columns = train(plan, files["jsonl"], executor, tick)
    write_atomically(files["npz"], lambda file: np.savez_compressed(file, **columns))  # type: ignore[arg-type]
    return columns


def _points(plan: Sweep, path: Path, executor: Executor, tick: records.Tick) -> dict[str, Array]:
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


def counted(
    experiment: Experiment, plan: Sweep, verdicts: Mapping[tuple[str, int], Mapping[str, Any]]
) -> tuple[Decided, ...]:
    """Evidence counted by claim."""
    found = []
    for name in experiment.claims:
        mine = [evidence for (claim, _), evidence in verdicts.items() if claim == name]
        outcomes = [decision.Outcome(evidence["outcome"]) for evidence in mine]
        margins = [evidence["margin"] for evidence in mine if evidence["margin"] is not None]
        stands, falls, undecided = (
            outcomes.count(kind)
            for kind in (
                decision.Outcome.STANDS,
                decision.Outcome.FALLS,
                decision.Outcome.UNDECIDED,
            )
        )
        found.append(
            Decided(
                name,
                len(plan.points),
                len(mine),
                stands,
                falls,
                undecided,
                min(margins, default=None),
                find(name).unit,
            )
        )
    return tuple(found)
