"""What sets an experiment's picture apart from a ledger."""

from __future__ import annotations

from collections.abc import Mapping

from reports.ledger.ledger import Ledger
from reports.studies.experiments.files import StoredExperiment


def differences(experiment: StoredExperiment, ledger: Ledger) -> str | None:
    """In a sentence, what the experiment was computed with that the ledger's verdicts were not;
    None if nothing.
    """
    if experiment.picture is None:
        return None
    origin = experiment.picture.origin
    if origin is None:
        return "Its picture does not say with which versions and constants it was computed."
    versions = [
        f"{name} {value}, not {ledger.versions[name]}"
        for name, value in origin.versions.items()
        if ledger.versions.get(name, value) != value
    ]
    constants = [
        f"{name} = {_shown(origin.constants.get(name))}, not {_shown(value)}"
        for name, value in _constants(experiment, ledger).items()
        if origin.constants.get(name) != value
    ]
    if not versions and not constants:
        return None
    return f"Computed otherwise than the ledger's verdicts: {_some(versions + constants)}."


def _constants(experiment: StoredExperiment, ledger: Ledger) -> Mapping[str, float]:
    """Those by which the ledger decided the experiment's claims."""
    verdicts = (ledger.verdicts.get(counts.claim) for counts in experiment.decided)
    return {
        name: value
        for verdict in verdicts
        if verdict is not None
        for name, value in verdict.constants.items()
    }


def _shown(value: float | None) -> str:
    return "absent" if value is None else f"{value:.6g}"


def _some(parts: list[str], most: int = 4) -> str:
    more = len(parts) - most
    return "; ".join(parts[:most]) + (f"; and {more} more" if more > 0 else "")
