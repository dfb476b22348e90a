"""Where a run writes. Nothing in this project writes anywhere else on its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Workspace:
    """A folder for all that a run writes. It is made when something is written."""

    root: Path

    @property
    def predictions(self) -> Path:
        """Preregistered predictions, a file for each set of regimes."""
        return self.root / "predictions"

    @property
    def certificates(self) -> Path:
        """Certificates of interval proofs, a file for each claim."""
        return self.root / "certificates"

    @property
    def failures(self) -> Path:
        """Counterexamples that were met."""
        return self.root / "failures"

    @property
    def ledger(self) -> Path:
        """Verdicts."""
        return self.root / "ledger.jsonl"

    @property
    def attacks(self) -> Path:
        """Journals of attacks, a file for each claim."""
        return self.root / "attacks"

    @property
    def sweeps(self) -> Path:
        """Records of sweeps."""
        return self.root / "sweeps"

    @property
    def experiments(self) -> Path:
        """Data and pictures of the paper's experiments."""
        return self.root / "experiments"

    @property
    def calibration(self) -> Path:
        """What calibration measured, from which it goes on."""
        return self.root / "calibration"

    @property
    def images(self) -> Path:
        """Records of networks trained on real images."""
        return self.root / "cifar"
