"""What can be measured of a regime, by name; each a mean, standard error and median over seeds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.records import finite
from claims.observing.errors import downstream_errors, noise_ratio
from claims.predicting import law
from model.regime import Regime
from model.run import DivergenceError, Run
from model.sampling import Seeds, sample
from model.transfer import Trial, run_trial, train_task

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """A regime on a batch of seeds, trained when first asked for."""

    regime: Regime
    seeds: Seeds

    @cached_property
    def trial(self) -> Trial:
        """Upstream, scratch and transfer."""
        return run_trial(self.regime, self.seeds)

    @cached_property
    def scratch_alone(self) -> tuple[Run, Any]:
        """Where nothing asks for transfer, nothing upstream is trained."""
        if "trial" in self.__dict__:
            return self.trial.scratch, self.trial.draw
        draw = sample(self.regime, self.seeds)
        return train_task(self.regime, 2, draw.downstream, draw.fresh), draw

    @cached_property
    def scratch_error(self) -> Array:
        """Test error from scratch, (seeds,)."""
        run, draw = self.scratch_alone
        return downstream_errors(run.weights, draw.downstream.signal, self.regime, self.seeds)

    @cached_property
    def transfer_error(self) -> Array:
        """Test error after transfer, (seeds,)."""
        weights, draw = self.trial.transfer.weights, self.trial.draw
        return downstream_errors(weights, draw.downstream.signal, self.regime, self.seeds)


def _noise_ratio(measured: Measured) -> Array:
    return (
        noise_ratio(measured.trial)
        if measured.regime.inherited
        else np.full(measured.seeds.count, math.nan)
    )


def _one(value: float) -> Array:
    return np.array([value])


METRICS: dict[str, Callable[[Measured], Array]] = {
    "transfer_error": lambda measured: measured.transfer_error,
    "scratch_error": lambda measured: measured.scratch_error,
    "difference": lambda measured: measured.transfer_error - measured.scratch_error,
    "scratch_loss": lambda measured: np.asarray(measured.scratch_alone[0].loss[:, -1].numpy()),
    "transfer_loss": lambda measured: np.asarray(measured.trial.transfer.loss[:, -1].numpy()),
    "noise_ratio": _noise_ratio,
    "law_scratch": lambda measured: _one(law.predict(measured.regime).scratch),
    "law_transfer": lambda measured: _one(law.predict(measured.regime).transfer),
    "law_finite_scratch": lambda measured: _one(law.finite_scratch(measured.regime)),
    "law_finite_transfer": lambda measured: _one(law.finite_transfer(measured.regime)),
    **{
        name: lambda measured, quantity=quantity: _one(quantity(measured.regime))  # type: ignore[misc]
        for name, quantity in quantities.catalogue().items()
    },
}


#: Metrics that train networks; the rest are formulas.
TRAINED = frozenset(
    {
        "transfer_error",
        "scratch_error",
        "difference",
        "scratch_loss",
        "transfer_loss",
        "noise_ratio",
    }
)


def measure(
    regime: Regime, seeds: Seeds, names: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """JSON values of these metrics; none where gradient descent leaves the finite numbers in one of
    the seeds, or the law's numbers do.
    """
    measured = Measured(regime, seeds)
    # What trains more comes first, and serves the rest.
    ordered = sorted(names, key=lambda name: name.startswith("scratch"))
    values = {name: _values(measured, name) for name in ordered}
    return {name: _summary(values[name]) for name in names}


def _values(measured: Measured, name: str) -> Array:
    try:
        return METRICS[name](measured)
    except (DivergenceError, law.IncomputableError):
        return np.full(measured.seeds.count, math.nan)


def _summary(values: Array) -> dict[str, float | None]:
    if len(values) == 1:
        return {"mean": finite(float(values[0]))}
    with np.errstate(all="ignore"):  # what is not finite is none
        error = values.std(ddof=1) / math.sqrt(len(values))
        return {
            "mean": finite(float(values.mean())),
            "error": finite(float(error)),
            "median": finite(float(np.median(values))),
        }
