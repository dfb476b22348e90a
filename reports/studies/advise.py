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

from claims.core import condition, quantities
from claims.observing.errors import downstream_errors
from claims.predicting import law
from claims.predicting.advice import Advice, Choice, advise
from claims.predicting.estimation import (
    TOLD,
    Estimated,
    common_mean,
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
#: More of one label than of the other, in units of sqrt(N), than one fair set in ten thousand has.
_UNBALANCED = 4.0
#: The square of a common mean, in units of its deviation, that no centred set has.
_OFF_CENTRE = 5.0


@dataclass(frozen=True)
class Cost:
    """Measured test error of one share: the mean over seeds, and an interval that misses with
    probability 0.001.
    """

    inherited: int
    mean: float
    low: float
    high: float


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


class NoSignalError(RegimeError):
    """A set that shows no signal at all."""


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
class Shared:
    """What both sets show of the signal that they share."""

    product: float  # <s_1, s_2>, estimated
    deviation: float

    @property
    def told(self) -> bool:
        """Whether it is told from zero."""
        return abs(self.product) > TOLD * self.deviation

    @property
    def against(self) -> bool:
        """Whether the two signals point against each other, beyond doubt."""
        return self.told and self.product < 0


@dataclass(frozen=True)
class Believed:
    """The regime that data make believe, and how well they show its signals."""

    regime: Regime
    signals: dict[str, Signal]  # "source" and "target"; none where nothing is estimated
    shared: Shared | None = None


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
            raise NoSignalError(
                name,
                data.shape[1],
                "examples show no signal: their inner products are no larger than noise alone makes"
                " them; more are needed",
            )
        signals[name] = Signal(square, deviation, data.shape[1])
    shared = Shared(float(estimated.shared[0]), float(estimated.deviation_shared[0]))
    return Believed(estimated.at_angle(regime)[0], signals, shared)


def from_files(regime: Regime, source: Path, target: Path) -> Believed:
    """The regime with norms and noise levels estimated from two files, N_1 the source's size; the
    rest is the specification's.

    A file is a NumPy archive with `patches` (N, 2, d), in any order, and `labels` (N,), which are
    +-1. Raises RegimeError, also where a set shows no signal at all.
    """
    (one, first), (other, second) = (data_sets.read(path, regime.d) for path in (source, target))
    regime = replace(regime, n1=one.shape[1])
    try:
        believed = _believed(regime, one, other)
    except NoSignalError:  # a mean that all examples share can hide it: that is said first
        _check_centred("source", one[0], first, noise_rank(regime, 1))
        _check_centred("target", other[0], second, noise_rank(regime, 2))
        raise
    for name, data, labels, index in (("source", one, first, 1), ("target", other, second, 2)):
        _check_labels(name, labels)
        _check_centred(name, data[0], labels, noise_rank(regime, index))
    return believed


def _check_labels(name: str, labels: Array) -> None:
    """Raise RegimeError where labels are not +-1 as by the toss of a coin, as the model has it."""
    plus, n = int((labels > 0).sum()), len(labels)
    if 0 < plus < n and abs(2 * plus - n) <= _UNBALANCED * math.sqrt(n):
        return
    raise RegimeError(
        name,
        f"{plus} of {n} labels are 1",
        "must hold about as many examples of either label: the law is of balanced classes",
    )


def _check_centred(name: str, data: Array, labels: Array, rank: int) -> None:
    """Raise RegimeError where all examples, whatever their label, share a mean beyond doubt."""
    if min((labels > 0).sum(), (labels < 0).sum()) < 2:
        return  # too few to tell
    centres = np.where(labels > 0, 1.0, -1.0)[:, None] * data
    sides = [centres[labels > 0], centres[labels < 0]]
    within = sum(float(((side - side.mean(0)) ** 2).sum()) for side in sides)
    sigma = math.sqrt(within / ((len(data) - 2) * rank))
    square, deviation = common_mean(data, labels, sigma, rank)
    if square <= _OFF_CENTRE * deviation:
        return
    raise RegimeError(
        name,
        f"a mean of square {square:.3g} ± {deviation:.2g}",
        "must be centred: all examples share it whatever their label, and the model has none;"
        " subtract it from the patches",
    )


def _condition(regime: Regime) -> dict[str, Any]:
    """Condition 4.1 with the advised share: the tiers it is inside, and what it breaks with
    practical constants.
    """
    return {
        "tiers": {
            name: not condition.violations(regime, tier) for name, tier in condition.TIERS.items()
        },
        "broken": condition.violations(regime, condition.PRACTICAL),
    }


def _measured_best(measured: list[Cost]) -> int | None:
    """Of the shares that were trained, the one that errs least."""
    return min(measured, key=lambda cost: cost.mean).inherited if measured else None


def record(believed: Believed, advice: Advice, measured: list[Cost]) -> dict[str, Any]:
    """JSON values."""
    regime = believed.regime
    named, by_number = quantities.catalogue(), {cost.inherited: cost for cost in measured}

    def one(choice: Choice) -> dict[str, Any]:
        cost = by_number.get(choice.inherited)
        return {
            "inherited": choice.inherited,
            "alpha": choice.alpha,
            "law": max(choice.error, law.RARE),
            "below": choice.error < law.RARE,
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
        "choices": [one(choice) for choice in advice.choices],
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
        "shared": (
            None
            if believed.shared is None
            else asdict(believed.shared)
            | {"told": believed.shared.told, "against": believed.shared.against}
        ),
        "outside": list(law.outside(regime)),
        "condition": _condition(replace(regime, inherited=advice.best.inherited)),
        "measured_best": _measured_best(measured),
        "lengths": {name: getattr(regime, name) for name in ("u", "v1", "v2", "sigma1", "sigma2")},
    }


__all__ = ["advise", "costs", "drawn", "from_files", "record"]
