"""Advice for one regime, from its specification or from data: what to inherit, what it should cost,
and, if asked, what it does cost.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.core import quantities
from claims.observing.errors import downstream_errors
from claims.predicting.advice import Advice, Choice, advise
from claims.predicting.estimation import (
    TOLD,
    Estimated,
    enough,
    estimate,
    nothing_seen,
    summed_sets,
)
from model.regime import Regime, RegimeError
from model.sampling import Seeds, check_curves, noise_rank, sample
from model.transfer import inherit, train_task
from reports.studies import data_sets
from reports.studies.work import check_training

Array = NDArray[np.float64]
#: Shares that are shown, and simulated, besides the advised ones.
_SHOWN = 7


@dataclass(frozen=True)
class Cost:
    """Measured test error of one share: the mean over seeds, and an interval that misses with
    probability 0.001.
    """

    inherited: int
    mean: float
    low: float
    high: float


def shown(advice: Advice) -> list[Choice]:
    """None, the advised shares, and some between."""
    last = len(advice.choices) - 1
    numbers = {round(x) for x in np.linspace(0, last, _SHOWN)} | {
        advice.best.inherited,
        advice.nearest_star.inherited,
    }
    return [advice.choices[k] for k in sorted(numbers)]


def costs(regime: Regime, seeds: Seeds, numbers: list[int]) -> list[Cost]:
    """Train upstream once, and downstream with each inherited number, on common random numbers.

    Raises RegimeError, DivergenceError.
    """
    from scipy.stats import t

    check_curves(regime, seeds)
    check_training(regime, seeds)
    draw = sample(regime, seeds)
    trained = train_task(regime, 1, draw.upstream, draw.start).weights
    width = float(t.isf(0.0005, max(seeds.count - 1, 1)))
    measured = []
    for k in numbers:
        weights = train_task(regime, 2, draw.downstream, inherit(trained, draw.fresh, k)).weights
        errors = downstream_errors(weights, draw.downstream.signal, regime, seeds)
        half = (
            width * float(errors.std(ddof=1)) / math.sqrt(len(errors))
            if len(errors) > 1
            else math.inf
        )
        measured.append(
            Cost(
                k,
                float(errors.mean()),
                max(0.0, float(errors.mean()) - half),
                min(1.0, float(errors.mean()) + half),
            )
        )
    return measured


# From data ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Signal:
    """What a set shows of its signal."""

    square: float  # ||s||^2, estimated
    deviation: float  # of that estimate where there is no signal
    examples: int

    @property
    def told(self) -> bool:
        """Whether it is told from zero."""
        return self.square > TOLD * self.deviation

    @property
    def enough(self) -> int:
        """Examples that would tell it from zero, if it is what it seems."""
        return enough(self.square, self.deviation, self.examples)


@dataclass(frozen=True)
class Believed:
    """The regime that data make believe, and how well they show its signals."""

    regime: Regime
    signals: dict[str, Signal]  # "source" and "target"; none where nothing is estimated


def drawn(regime: Regime, seeds: Seeds, size: int) -> Believed:
    """The regime as it is estimated from one source set and `size` target examples of its own.

    Raises RegimeError for fewer than two examples, for more than the target has, and where these
    show no signal at all.
    """
    if not 2 <= size <= regime.n2:
        raise RegimeError(
            "estimate",
            size,
            f"must be from 2 to n2 = {regime.n2}: a regime's target set has so many examples",
        )
    source, target = summed_sets(sample(regime, Seeds(seeds.root, 1)))
    return _believed(regime, source, target[:, :size])


def _believed(regime: Regime, source: Array, target: Array) -> Believed:
    ranks = noise_rank(regime, 1), noise_rank(regime, 2)
    estimated: Estimated = estimate(source, target, ranks)
    columns = (
        (estimated.signal_1, estimated.sigma_1, estimated.deviation_1),
        (
            estimated.signal_2,
            estimated.sigma_2,
            estimated.deviation_2,
        ),
    )
    signals = {}
    for name, rank, data, column in zip(
        ("source", "target"), ranks, (source, target), columns, strict=True
    ):
        square, sigma, deviation = (float(values[0]) for values in column)
        if nothing_seen(square, sigma, rank):
            raise RegimeError(
                name,
                data.shape[1],
                "examples show no signal: their inner products are no larger than noise alone makes"
                " them; more are needed",
            )
        signals[name] = Signal(square, deviation, data.shape[1])
    return Believed(estimated.regimes(regime)[0], signals)


def from_files(regime: Regime, source: Path, target: Path) -> Believed:
    """The regime with norms and noise levels estimated from two files, N_1 the source's size; the
    rest is the specification's.

    A file is a NumPy archive with `patches` (N, 2, d), in any order, and `labels` (N,), which are
    +-1. Raises RegimeError, also where a set shows no signal at all.
    """
    one, other = (data_sets.read(path, regime.d) for path in (source, target))
    return _believed(replace(regime, n1=one.shape[1]), one, other)


def record(believed: Believed, advice: Advice, measured: list[Cost]) -> dict[str, Any]:
    """JSON values."""
    regime = believed.regime
    named, by_number = quantities.catalogue(), {cost.inherited: cost for cost in measured}

    def one(choice: Choice) -> dict[str, Any]:
        cost = by_number.get(choice.inherited)
        return {
            "inherited": choice.inherited,
            "alpha": choice.alpha,
            "law": choice.error,
            "tau_D": choice.tau_d,
            "measured": (
                None if cost is None else {"mean": cost.mean, "low": cost.low, "high": cost.high}
            ),
        }

    return {
        "transfer": advice.transfer,
        "inherited": advice.best.inherited,
        "alpha": advice.best.alpha,
        "alpha_star": advice.alpha_star,
        "scratch": one(advice.scratch),
        "advised": one(advice.best),
        "nearest_alpha_star": one(advice.nearest_star),
        "choices": [one(choice) for choice in shown(advice)],
        "quantities": {
            name: (
                value
                if math.isfinite(
                    value := named[name](replace(regime, inherited=advice.best.inherited))
                )
                else None
            )
            for name in ("tau_2", "tau_D", "X", "Y", "q_1", "q_2")
        },
        "data": {
            name: asdict(signal) | {"told": signal.told, "enough": signal.enough}
            for name, signal in believed.signals.items()
        },
        "lengths": {name: getattr(regime, name) for name in ("u", "v1", "v2", "sigma1", "sigma2")},
    }


__all__ = ["advise", "costs", "drawn", "from_files", "record", "shown"]
