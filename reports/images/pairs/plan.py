"""What one training of a pair depends on, and nothing else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from model.vision.data import Name
from model.vision.train import Recipe
from model.vision.unlike import Source, TargetName
from reports.images.plan import TrainedNetwork

#: Changed whenever the same setting comes to mean other numbers.
CODE = 1
#: Images of the source, which its network has not seen, that a forecast is made from; of those in
#: CIFAR-100, whose subset has few. Of the target it is made from those that it learns from.
SAMPLE, SAMPLE_HUNDRED = 500, 250


@dataclass(frozen=True)
class Target:
    """What a downstream network learns from."""

    name: TargetName
    n2: int
    hundred: Name | None = None  # which images of CIFAR-100; none where the pair has no such


@dataclass(frozen=True)
class PairSetting:
    """One downstream training, after transfer of all filters or from scratch."""

    network: TrainedNetwork
    target: Target
    downstream: Recipe
    seed: int
    source: Source | None = None  # None: from scratch
    upstream: Recipe | None = None
    code: int = CODE

    def __post_init__(self) -> None:
        if (self.source is None) != (self.upstream is None):
            raise ValueError("upstream: must be there where a source is, and nowhere else")

    @property
    def key(self) -> str:
        """Its digest."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def scratch(self) -> PairSetting:
        """The same without a source."""
        return replace(self, source=None, upstream=None)

    @property
    def sample(self) -> int:
        """Images of the source that a forecast is made from."""
        of_hundred = self.source is not None and self.source.kind == "hundred"
        return SAMPLE_HUNDRED if of_hundred else SAMPLE
