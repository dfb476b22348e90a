r"""tau_2 of a network as its own classes have it: where one class has few samples, what counts.

A test example of a class is wrong where noise, through the filters of the other class, outweighs
its signal. Those of its own class have learned that signal from its N_c samples; the others have
memorised the noise of theirs, N - N_c. So the exponent of its error is not that of tau_2, but of

    tau_c = tau_2 (N_c/(N/2))^2 / ((N - N_c)/(N/2)) = tau_2 2 N_c^2/(N (N - N_c)),

which is tau_2 where the classes are of one size [D]. The error is that of the smaller class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core.quantities import TAU_2
from claims.observing.errors import LINES
from model.regime import Regime
from model.sampling import Seeds, sample
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import train_task

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ByClass:
    """Networks trained from scratch: their errors, and the smaller class of each."""

    regime: Regime
    networks: int
    fewer: NDArray[np.int64]  # samples of the smaller class, (seeds,)
    error: ErrorEstimate

    @property
    def tau(self) -> Array:
        """tau_c of the smaller class: (seeds,)."""
        n = self.regime.n2
        return TAU_2(self.regime) * 2 * self.fewer**2 / (n * (n - self.fewer))

    def fewer_to(self, power: float) -> Array:
        """tau_2 (2 N_c/N)^power, which plants another order: (seeds,)."""
        return TAU_2(self.regime) * (2 * self.fewer / self.regime.n2) ** power


def by_class(regime: Regime, seeds: Seeds) -> ByClass:
    """Train from scratch.

    Raises:
        RegimeError, DivergenceError: as training does.
    """
    draw = sample(regime, seeds)
    data = draw.downstream
    weights = train_task(regime, 2, data, draw.fresh).weights
    return ByClass(
        regime,
        seeds.count,
        smaller_class(data.labels),
        estimate_error(weights, data.signal, regime, 2, seeds, LINES),
    )


def smaller_class(labels: torch.Tensor) -> NDArray[np.int64]:
    """Samples of the smaller class, (seeds,), from labels of +1 and -1, (seeds, N)."""
    positive = (labels > 0).sum(1).numpy()
    return np.asarray(np.minimum(positive, labels.shape[1] - positive))
