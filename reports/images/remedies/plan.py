"""What one training of a remedy depends on, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from model.vision.remedies import Remedy
from model.vision.train import Recipe
from model.vision.unlike import Source
from reports.images.plan import TrainedNetwork

#: Changed whenever the same setting comes to mean other numbers.
CODE = 1
#: Images of the source, which its network has not seen, that it is tested on.
UNSEEN = 500


@dataclass(frozen=True)
class RemedySetting:
    """One downstream training."""

    network: TrainedNetwork
    source: Source
    upstream: Recipe
    n2: int  # images of the target, classes 5 to 9 of CIFAR-10
    downstream: Recipe
    remedy: Remedy
    seed: int
    code: int = CODE

    @property
    def key(self) -> str:
        """Its digest."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]
