"""The experiments of the paper's digest, and two that its readers asked for: what is trained, what
is drawn, and which claims each bears on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
    """One experiment: what is trained, what is drawn, and which claims it bears on."""

    name: str
    title: str
    shows: str
    claims: tuple[str, ...]
    sweep: Callable[[Size], Sweep]
    checks: Callable[[ExperimentData], Sequence[Check]]
    draw: Callable[[ExperimentData], Any]
    full: Size
    quick: Size
    # errors along the run, all points on the same networks' data; else records of
    # `reports.studies.sweep.sweep`
    curves: bool = False


_TAU_D_CLAIMS = (
    "theorem-4.2.convergence",
    "theorem-4.2.error-upper.tau-D",
    "theorem-4.2.error-lower.tau-D",
)

_SCRATCH_CLAIMS = ("theorem-4.3.error-upper", "theorem-4.3.error-lower")

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            "head-start",
            "More source data: accuracy on the target along training",
            "Downstream accuracy over epochs for N₁ in {100, 200, 500, 1000}, against training from"
            " scratch.",
            ("theorem-4.3.error-lower", *_TAU_D_CLAIMS, "m2.inherited", "m2.equal-steps.close"),
            plans.head_start,
            checks.head_start,
            head_start.draw,
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
            negative.draw,
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
                "theorem-4.2.error-upper-balanced.tau-A",
                "theorem-4.2.error-lower-balanced.tau-A",
                "proposition-4.4.1.balanced",
                *_SCRATCH_CLAIMS,
            ),
            plans.plane,
            checks.plane,
            plane.draw,
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
            share_checks.share,
            share.draw,
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
            source.draw,
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
