"""Experiments as the page shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reports.ledger.ledger import Ledger
from reports.studies.experiments.catalogue import EXPERIMENTS
from reports.studies.experiments.differences import differences
from reports.studies.experiments.files import StoredExperiment, stored_experiments


@dataclass(frozen=True)
class ExperimentEntry:
    """An experiment that was run, and what sets it apart from this ledger."""

    stored: StoredExperiment
    difference: str | None

    @property
    def anchor(self) -> str:
        """Its id."""
        return f"experiment-{self.stored.name}"

    @property
    def troubles(self) -> tuple[str, ...]:
        """What the reader must know of it, in sentences."""
        return (*self.stored.troubles, *([self.difference] if self.difference else []))

    @property
    def counted(self) -> str:
        """What it decides, in a few words."""
        if not self.stored.decided:
            return ""
        claims = [count for count in self.stored.decided if count.inside]
        falling = sum(count.falls > 0 for count in claims)
        shown = sum(check.holds is True for check in self.stored.checks)
        return (
            f"{len(claims)} claim{'s' if len(claims) != 1 else ''}, {falling or 'none'} of which"
            f" falls; {shown} of {len(self.stored.checks)} statements shown"
        )


def experiment_entries(folder: Path, ledger: Ledger) -> tuple[ExperimentEntry, ...]:
    """Every experiment that a folder holds, beside a ledger."""
    return tuple(
        ExperimentEntry(stored, differences(stored, ledger))
        for stored in stored_experiments(folder)
    )


def not_run(experiments: Iterable[ExperimentEntry]) -> tuple[str, ...]:
    """Names of the others; none where every one was run."""
    run = {one.stored.name for one in experiments}
    return tuple(name for name in EXPERIMENTS if name not in run)
