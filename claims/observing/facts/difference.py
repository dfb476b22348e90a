"""Differences that a fact leaves unexplained, and how small they must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core.claim import Kind, Provenance
from claims.core.constants import Constants
from claims.core.domains import ANY_REGIME
from claims.core.margin import Margin
from claims.deciding.per_regime import PerRegime
from model.run import Run

if TYPE_CHECKING:
    from torch import Tensor

STEP_TOLERANCE = 1e-13
#: A trajectory's rounding error is amplified by every ReLU that it passes near zero.
RUN_TOLERANCE = 1e-10
TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Difference:
    """What a fact leaves unexplained, per seed, as a share of the size of what it explains."""

    networks: int
    value: NDArray[np.float64]


def within(tolerance: float) -> Callable[[Difference, Constants], Margin]:
    """The margin of "the difference is at most `tolerance`": the unused share of it."""
    return lambda observation, constants: Margin.exact(
        1 - np.minimum(observation.value, 1e30) / tolerance
    )


def relative(got: Tensor, expected: Tensor) -> Tensor:
    """||got - expected|| / ||expected|| over all but the first axis; 0/0 is 0."""
    gap, size = (got - expected).flatten(1).norm(dim=1), expected.flatten(1).norm(dim=1)
    return torch.where(gap == 0, 0.0, gap / size.clamp_min(TINY))


def run_gap(got: Run, expected: Run) -> Tensor:
    """The greater of the relative differences of losses and of weights, per seed."""
    return torch.maximum(relative(got.loss, expected.loss), relative(got.weights, expected.weights))


def result(networks: int, *gaps: Tensor) -> Difference:
    """The greatest of several differences, per seed."""
    return Difference(networks, torch.stack(gaps).max(0).values.numpy())


#: What claims of facts have in common.
FACT: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.EXACT,
    "domain": ANY_REGIME,
    "rule": PerRegime(),
    "unit": "share of the rounding tolerance left",
}
