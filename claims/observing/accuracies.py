"""What networks trained on real images are compared by: test accuracies, paired over seeds.

A seed fixes everything that is drawn, and networks of one seed differ in the one factor that is
compared: they share target images, fresh filters and batches, nested source images, and source
noise up to its scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.vision.tasks import MOST_FAR

Array = NDArray[np.float64]
#: Around these, one factor at a time is changed.
BASE_SAMPLES, BASE_NOISE, BASE_SHARE = 5000, 0.0, 1.0


@dataclass(frozen=True)
class Cell:
    """What a downstream network was trained on, but for its seed.

    From scratch where `share` is 0, whatever the source.
    """

    network: str
    pair: str
    n2: int
    far: int = 0  # mismatch: superclasses of the source that are far from the target's
    n1: int = 0
    sigma: float = 0.0
    share: float = 0.0
    form: str = "filters"
    images: str = ""  # which images of CIFAR-100, where the pair has any

    @property
    def scratch(self) -> Cell:
        """The same network and target without inheritance."""
        return Cell(self.network, self.pair, self.n2, images=self.images)

    @property
    def mismatch(self) -> float:
        """The share of the source's superclasses that are far from the target's."""
        return self.far / MOST_FAR


#: Of each cell, the test accuracy after training, in [0, 1], by seed.
Accuracies = Mapping[Cell, Mapping[int, float]]
#: Cells of a network, each with its place along a factor.
Places = Callable[[Accuracies, str], dict[Cell, float]]
#: Of one network, the number of each seed whose mean is to be positive: (seeds,).
Contrast = Callable[[Accuracies, str], Array]


def weighted(accuracies: Accuracies, weights: Mapping[Cell, float]) -> Array:
    """A weighted sum of cells' accuracies in points, over the seeds that all have: (seeds,)."""
    if not weights:
        return np.empty(0)
    common = set.intersection(*(set(accuracies.get(cell, {})) for cell in weights))
    sums = [
        sum(weight * accuracies[cell][seed] for cell, weight in weights.items())
        for seed in sorted(common)
    ]
    return 100 * np.array(sums, dtype=np.float64)


def slope(accuracies: Accuracies, places: Mapping[Cell, float]) -> Array:
    """Least-squares slope of accuracy, in points, over the cells' places: (seeds,).

    Nothing with fewer than two places.
    """
    if len(set(places.values())) < 2:
        return np.empty(0)
    centred = np.array(list(places.values())) - np.mean(list(places.values()))
    return weighted(accuracies, dict(zip(places, centred / (centred @ centred), strict=True)))


def gain(accuracies: Accuracies, cell: Cell) -> Array:
    """Accuracy after transfer less that from scratch, in points: (seeds,)."""
    return weighted(accuracies, {cell: 1.0, cell.scratch: -1.0})


def sources(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Clean sources of different sizes, by log_2 N_1."""
    return {
        cell: math.log2(cell.n1)
        for cell in _base(accuracies, network)
        if cell.sigma == BASE_NOISE and cell.share == BASE_SHARE
    }


def noises(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Sources of the base's size, by σ."""
    return {
        cell: cell.sigma
        for cell in _base(accuracies, network)
        if cell.n1 == BASE_SAMPLES and cell.share == BASE_SHARE
    }


def mismatches(accuracies: Accuracies, network: str) -> dict[Cell, float]:
    """Sources of CIFAR-100, by the share of superclasses that are far from the target's.

    Where both are there, of all its images, not of the subset.
    """
    cells = [
        cell
        for cell in _sorted(accuracies, network)
        if cell.pair == "cifar100"
        and cell.share == BASE_SHARE
        and cell.form == "filters"
        and cell.sigma == BASE_NOISE
    ]
    # cifar100 comes before cifar100-subset.
    whole = min((cell.images for cell in cells), default="")
    return {cell: cell.mismatch for cell in cells if cell.images == whole}


def rises(places: Places, sign: float, at_least: float = 0.0) -> Contrast:
    """Accuracy's slope over places, times `sign`, less `at_least`."""
    return lambda accuracies, network: (
        sign * slope(accuracies, places(accuracies, network)) - at_least
    )


def gains(
    places: Places, choose: Callable[..., Cell], sign: float, at_least: float = 0.0
) -> Contrast:
    """Transfer from the source that is chosen among `places`, against scratch."""

    def contrast(accuracies: Accuracies, network: str) -> Array:
        cells = places(accuracies, network)
        if len(cells) < 2:
            return np.empty(0)
        cell = choose(cells, key=lambda one: cells[one])
        return sign * gain(accuracies, cell) - at_least

    return contrast


def _base(accuracies: Accuracies, network: str) -> list[Cell]:
    return [
        cell
        for cell in _sorted(accuracies, network)
        if cell.pair == "cifar10" and cell.form == "filters" and cell.share > 0
    ]


def _sorted(accuracies: Accuracies, network: str) -> list[Cell]:
    return sorted(
        (cell for cell in accuracies if cell.network == network),
        key=lambda cell: (cell.n1, cell.sigma, cell.share, cell.far),
    )
