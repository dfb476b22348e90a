"""What statements about many regimes look at: errors beside the sharp law's prediction."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.claim import Kind, Provenance
from claims.core.domains import SURVEY
from claims.deciding.estimates import spread
from claims.deciding.population import Population
from claims.observing.errors import MEASURED, trial_errors
from claims.predicting import law
from claims.predicting.estimation import estimate, summed_sets
from claims.predicting.law import Law
from model.regime import Regime
from model.run import signs
from model.sampling import Sample, Seeds, noise_rank, sample
from model.scales import Hold, Times, vary
from model.transfer import run_trial

Array = NDArray[np.float64]
#: Target examples that advice from data is given.
SIZES = (5, 10, 20, 40, 80)
#: A difference beyond doubt: with no difference at all, one as large has this probability on either
#: side.
DOUBT = 1e-4
#: Regimes surveyed; at this number the standard error of a rank correlation near 0.99 is about
#: 0.001.
REGIMES = 320


@dataclass(frozen=True)
class Surveyed:
    """One regime: the law's predictions, and the mean test error over seeds from scratch and after
    transfer.
    """

    regime: Regime
    networks: int
    predicted: Law
    rounded: Law  # with the share p = 0.8
    closed_form: float  # of scratch, with all shares equal to 0.8
    scratch: float
    transfer: float
    transfer_error: float  # standard error over seeds of `transfer`
    # Transfer less scratch: mean and standard error over seeds, which are paired.
    difference: tuple[float, float]
    share: float  # of a filter's own class, active on it after training from scratch
    seeds: int
    gains: dict[
        int, float
        # where it is clear, by number of target examples: scratch less transfer that the law of
        # finite size predicts from one data set
    ]

    def quantity(self, name: str) -> float:
        """A quantity of the catalogue."""
        return quantities.catalogue()[name](self.regime)

    @property
    def clear(self) -> bool:
        """Whether the errors of transfer and scratch differ beyond doubt."""
        return _clear(self.difference, self.seeds)


Surveys = Sequence[Surveyed]
Read = Callable[[Surveyed], float]


def _clear(difference: tuple[float, float], seeds: int) -> bool:
    return abs(difference[0]) > spread(seeds, DOUBT) * difference[1]


def predict(regime: Regime) -> dict[str, float]:
    """The law's predictions: p and the two errors."""
    predicted = law.predict(regime)
    return {"p": predicted.p, "scratch": predicted.scratch, "transfer": predicted.transfer}


def survey(regime: Regime, seeds: Seeds) -> Surveyed:
    """Predict, then train upstream, scratch and transfer."""
    predicted, rounded, closed = (
        law.predict(regime),
        law.predict(regime, law.ROUNDED),
        law.closed_form(regime),
    )
    trial = run_trial(regime, seeds)
    scratch, transfer = (
        trial_errors(trial, weights) for weights in (trial.scratch.weights, trial.transfer.weights)
    )
    gap = transfer - scratch
    own, error = (
        float(x.std(ddof=1) / math.sqrt(len(x))) if len(x) > 1 else math.inf
        for x in (transfer, gap)
    )
    difference = float(gap.mean()), error
    return Surveyed(
        regime,
        trial.networks,
        predicted,
        rounded,
        closed,
        float(scratch.mean()),
        float(transfer.mean()),
        own,
        difference,
        _active_share(trial.scratch.weights, trial.draw.downstream, regime.m),
        seeds.count,
        gains_from_data(regime, seeds) if _clear(difference, seeds.count) else {},
    )


def gains_from_data(regime: Regime, seeds: Seeds) -> dict[int, float]:
    """By number of target examples: the error from scratch less that after transfer that the law of
    finite size predicts from one data set, of the first seed.
    """
    draw = sample(replace(regime, n2=max(SIZES)), replace(seeds, count=1))
    source, target = summed_sets(draw)
    gains = {}
    for size in SIZES:
        (believed,) = estimate(
            source, target[:, :size], (noise_rank(regime, 1), noise_rank(regime, 2))
        ).regimes(regime)
        gains[size] = law.finite_scratch(believed) - law.finite_transfer(believed)
    return gains


def _active_share(weights: torch.Tensor, data: Sample, m: int) -> float:
    own = signs(m).unsqueeze(1) == data.labels.unsqueeze(1)
    active = data.on_noise(weights) > 0
    return (active & own).sum().item() / own.sum().item()


def surveyed(
    summary: Callable[[Sequence[Surveyed]], dict[str, Any]],
    detectable: Callable[[Sequence[Surveyed]], float] | None = None,
) -> Population:
    """The rule of claims about surveyed regimes: what the law predicts is preregistered."""
    return Population(REGIMES, summary, predict, detectable)


#: What claims about surveyed regimes have in common.
SURVEYED: dict[str, Any] = {
    "provenance": (Provenance.D,),
    "kind": Kind.ORDERING,
    "domain": SURVEY,
    "observe": survey,
    "family": "survey",
    "uses": MEASURED,
}


def crowd(regime: Regime, factor: float) -> Regime:
    """The regime in a dimension smaller by a factor; tau, h and zeta fixed."""
    smaller = Times(under=factor, whole=math.ceil)
    return vary(regime, d=smaller, hold=(Hold.TAU, Hold.H, Hold.ZETA))


def narrow(regime: Regime, m: int) -> Regime:
    """The regime with m filters of each sign, none inherited; h fixed."""
    return vary(regime, m=m, inherited=0, hold=Hold.H)
