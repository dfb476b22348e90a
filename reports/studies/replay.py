"""See a failure again: the same margins, the trajectory that breaks the bound, and its plot. The
file is only read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from claims.core import constants as constant_table
from claims.core.inquiry import Tick
from claims.core.margin import Margin
from claims.core.records import finite
from model.sampling import Seeds, check_curves
from reports.drawing.figures import write_figure
from reports.ledger.against import Against, against
from reports.ledger.counterexample import Counterexample, groups
from reports.studies import trajectory
from reports.studies.trajectory import Course
from reports.studies.work import check_training
from reports.tables import print_whole


@dataclass(frozen=True)
class Replay:
    """A failure measured again."""

    case: Counterexample
    margin: Margin
    seed: int  # the one with the least margin
    against: Against | None  # that seed's error, its bound and the criterion
    # That seed's margin at each recorded step, where the claim speaks of every step.
    along: list[tuple[int, float]]
    courses: tuple[Course, ...]  # its trainings

    @property
    def tolerated(self) -> float:
        """The margin once the share of seeds that may fail is left out, as files say it."""
        return self.margin.tolerated(self.case.claim.rule.delta)[0]

    @property
    def fails(self) -> bool:
        """Whether it still does."""
        return self.margin.certain_failures > self.case.claim.rule.delta * len(self.margin.high)

    @property
    def answer(self) -> str:
        """In words."""
        if self.case.refutes:
            return "still fails" if self.fails else "no longer fails"
        return "fails" if self.fails else "stands"

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "claim": self.case.claim.id,
            "seeds": len(self.margin.high),
            "failures": self.margin.certain_failures,
            "margin": finite(self.tolerated),
            "margin_told": self.case.told,
            "constants": dict(self.case.constants),
            "against": None if self.against is None else self.against.to_dict(),
            "margins": [finite(x) for x in self.margin.high.tolist()],
            "fails": self.fails,
            "worst_seed": self.seed,
            "margin_along": [{"step": step, "margin": finite(x)} for step, x in self.along],
            "trajectory": {course.name: _columns(course) for course in self.courses},
        }


def again(case: Counterexample, tick: Tick | None = None) -> Replay:
    """Measure again, and train the worst seed's networks step by step. `tick(done, of)` is told of
    regimes, where there are many.

    Raises:
        RegimeError, DivergenceError: the file's regime cannot be trained here.
    """
    seeds = case.seeds
    if case.regime is not None:
        check_curves(case.regime, Seeds(case.root, seeds))  # before anything large is made
        check_training(case.regime, Seeds(case.root, seeds))
    margin = case.margin(tick)
    if case.regime is None:
        return Replay(case, margin, 0, None, [], ())
    seed = int(margin.high.argmin()) if len(margin.high) == seeds else 0
    along = trajectory.margins(case.claim, case.regime, case.root, seeds)
    steps = (
        []
        if along is None
        else [(int(step), float(x)) for step, x in zip(along[0], along[1][:, seed], strict=True)]
    )
    return Replay(
        case,
        margin,
        seed,
        _against(case, seed),
        steps,
        trajectory.courses(case.regime, case.root, seed),
    )


def _against(case: Counterexample, seed: int) -> Against | None:
    """What that seed shows, of a claim with a figure."""
    if case.claim.figure is None or case.regime is None:
        return None
    observation = case.claim.observe(case.regime, Seeds(case.root, 1, seed))
    values = case.claim.figure.point(case.regime, observation)
    return against(case.claim, case.regime, values, constant_table.load())


def show(console: Console, replay: Replay) -> None:
    """For people: the statement, the regime, the trajectory, the verdict."""
    claim, margin = replay.case.claim, replay.margin
    console.print(f"{claim.id}: {claim.statement}", highlight=False, markup=False)
    if replay.case.regime is not None:
        shown = groups(replay.case.regime.to_dict())
        console.print(
            "  "
            + ", ".join(
                f"{name} = {'∞' if x is None else format(x, '.3g')}" for name, x in shown.items()
            ),
            highlight=False,
            markup=False,
        )
    for line in _terms(replay):
        console.print(f"  {line}", highlight=False, markup=False)
    for course in replay.courses:
        print_whole(console, _table(course, replay.seed))
    if replay.along:
        console.print(
            f"margin of seed {replay.seed} along the run ({claim.unit}):",
            highlight=False,
            markup=False,
        )
        for step, x in replay.along:
            console.print(f"  step {step}: {x:.4g}{'  below 0' if x < 0 else ''}", highlight=False)
    console.print(
        f"{margin.certain_failures} of {len(margin.high)} seeds fail; {_margins(replay)}",
        highlight=False,
        markup=False,
    )
    console.print(replay.answer, highlight=False)


def _terms(replay: Replay) -> list[str]:
    """Constants; error, bound and criterion."""
    known = [f"{name} = {value:g}" for name, value in replay.case.constants.items()]
    lines = [f"constants: {', '.join(known)}"] if known else []
    return lines + ([f"seed {replay.seed}: {replay.against}"] if replay.against else [])


def _margins(replay: Replay) -> str:
    """The margin as the file says it, and as it is now."""
    delta, told = replay.case.claim.rule.delta, replay.case.told
    margin, least_margin = replay.tolerated + 0.0, replay.margin.least + 0.0  # 0, not -0
    left_out = f" once the worst {delta:.0%} are left out" if delta else ""
    beside = "" if told is None else f" (the {replay.case.source} says {told + 0.0:.4g})"
    least = f", least {least_margin:.4g}" if delta else ""
    return f"margin {margin:.4g} {replay.case.claim.unit}{left_out}{beside}{least}"


def plot(replay: Replay, path: Path) -> Path | None:
    """Save the trajectory, in the format of the ending; None for a statement without one. Raises
    OSError.
    """
    if not replay.courses:
        return None
    assert replay.case.regime is not None
    title = (
        f"{replay.case.claim.id}: seed {replay.seed} of root {replay.case.root}, worst margin"
        f" {replay.margin.high.min():.3g} {replay.case.claim.unit}"
    )
    write_figure(trajectory.draw(replay.courses, title), path, title)
    return path


#: Steps printed of each training.
_SHOWN = 9


def _table(course: Course, seed: int) -> Table:
    table = Table(title=f"{course.name}, seed {seed}", title_justify="left")
    for name in ("step", "training loss", "signal j⟨w,s⟩", "noise Σ ρ̄", "least sample", "most"):
        table.add_column(name, justify="right")
    rows = sorted({round(x) for x in np.linspace(0, len(course.steps) - 1, _SHOWN)})
    for row in rows:
        values = (course.loss, course.signal, course.noise, course.least, course.most)
        table.add_row(str(course.steps[row]), *(f"{value[row]:.4g}" for value in values))
    return table


def _columns(course: Course) -> dict[str, list[float | None]]:
    columns = {
        name: getattr(course, name)
        for name in ("steps", "loss", "signal", "noise", "least", "most")
    }
    return {name: [finite(x) for x in values.tolist()] for name, values in columns.items()}
