"""The experiments of the paper's digest, and two that its readers asked for: what is trained,
checked and drawn. Which claims each bears on, the claims' catalogue says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from claims.core.catalogue import bearings
from claims.core.experiment import Bearing
from reports.drawing.experiments import head_start, negative, plane, share, source
from reports.drawing.experiments.data import ExperimentData
from reports.studies.experiments import checks, plans, share_checks
from reports.studies.experiments.plans import Size
from reports.studies.experiments.testing import Check
from reports.studies.sweep.spec import Sweep


class ExperimentError(ValueError):
    """An experiment cannot be run: names what was asked, and the rule."""


@dataclass(frozen=True)
class Experiment:
    """One experiment: which claims it bears on, what is trained, checked and drawn."""

    bearing: Bearing
    sweep: Callable[[Size], Sweep]
    checks: Callable[[ExperimentData], Sequence[Check]]
    draw: Callable[[ExperimentData], Any]
    full: Size
    quick: Size
    # errors along the run, all points on the same networks' data; else records of
    # `reports.studies.sweep.sweep`
    curves: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.bearing.name

    @property
    def title(self) -> str:
        """In a line."""
        return self.bearing.title

    @property
    def shows(self) -> str:
        """What its picture shows."""
        return self.bearing.shows

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of what is decided at its points."""
        return self.bearing.claims


def _experiments() -> dict[str, Experiment]:
    bearing = bearings()
    listed = (
        Experiment(
            bearing["head-start"],
            plans.head_start,
            checks.head_start,
            head_start.draw,
            Size(24, 24),
            Size(9, 12, confirm=False),
            curves=True,
        ),
        Experiment(
            bearing["negative-transfer"],
            plans.negative,
            checks.negative,
            negative.draw,
            Size(24, 21),
            Size(8, 7, confirm=False),
        ),
        Experiment(
            bearing["plane"],
            plans.plane,
            checks.plane,
            plane.draw,
            Size(24, 17, 14),
            Size(6, 7, 6, confirm=False),
        ),
        Experiment(
            bearing["share"],
            plans.share,
            share_checks.share,
            share.draw,
            Size(24, 21, 10),
            Size(6, 6, 5, confirm=False),
        ),
        Experiment(
            bearing["source"],
            plans.source,
            checks.source,
            source.draw,
            Size(24, 11),
            Size(5, 4, confirm=False),
        ),
    )
    return {experiment.name: experiment for experiment in listed}


EXPERIMENTS: dict[str, Experiment] = _experiments()


def named(names: Sequence[str]) -> list[Experiment]:
    """These experiments; all if none is named. Raises ExperimentError."""
    for name in names:
        if name not in EXPERIMENTS:
            raise ExperimentError(
                f"experiment = {name!r}: no such experiment; there are {', '.join(EXPERIMENTS)}"
            )
    return [EXPERIMENTS[name] for name in dict.fromkeys(names or EXPERIMENTS)]
