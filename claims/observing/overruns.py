"""How often noise outweighs the signal in a trained network, and what a small shift adds to its
noise output.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.errors import LINES
from model.regime import Regime
from model.sampling import Seeds, projected, sample
from model.test_error import ErrorEstimate, estimate_error, estimate_overrun, signal_outputs
from model.transfer import train_task

#: ||v||/sigma, and the probability of the event.
SHIFT, EVENT = 0.06, 0.22


@dataclass(frozen=True)
class Overrun:
    """Networks trained from scratch: P(|G| >= S), and B(v)/S."""

    networks: int
    event: ErrorEstimate
    shift: NDArray[np.float64]  # (seeds,)


def overrun(regime: Regime, seeds: Seeds) -> Overrun:
    """Train from scratch, and measure both sides of links 1 and 2."""
    draw = sample(regime, seeds)
    data = draw.downstream
    weights = train_task(regime, 2, data, draw.fresh).weights
    return Overrun(
        seeds.count,
        estimate_overrun(weights, data.signal, regime, 2, seeds, LINES),
        _shift(weights, data.signal, (data.labels > 0).to(torch.float64), data.noise, regime),
    )


def _shift(
    weights: torch.Tensor,
    signal: torch.Tensor,
    positive: torch.Tensor,
    noise: torch.Tensor,
    regime: Regime,
) -> NDArray[np.float64]:
    v = torch.bmm(positive.unsqueeze(1), noise).squeeze(1)  # (seeds, dim)
    v = SHIFT * regime.sigma2 * torch.nn.functional.normalize(v, dim=1)
    m = regime.m
    c = torch.bmm(projected(weights, regime, 2), v.unsqueeze(2)).squeeze(2)
    gained = (c[:, :m].sum(1) - 2 * c[:, m:].clamp_min(0).sum(1)) / m
    return np.asarray((gained / signal_outputs(weights, signal).amax(0).clamp_min(1e-300)).numpy())


def event(observation: Overrun, constants: Constants, *, least: float = EVENT) -> Margin:
    """ln P(|G| >= S) - ln 0.22."""
    low, high = observation.event.low.numpy(), observation.event.high.numpy()
    with np.errstate(divide="ignore"):
        return Margin.between(np.log(low) - math.log(least), np.log(high) - math.log(least))


def shifts(observation: Overrun, constants: Constants, *, times: float = 4.0) -> Margin:
    """ln (B(v)/S) - ln 4; no v of this form where B(v) is not positive."""
    return Margin.exact(np.log(np.maximum(observation.shift, 1e-300)) - math.log(times))


@dataclass(frozen=True)
class Halves:
    """Of trained networks: the test error, and the probability that noise outweighs the larger
    signal output.
    """

    networks: int
    error: NDArray[np.float64]
    overrun: NDArray[np.float64]


def halves(regime: Regime, seeds: Seeds) -> Halves:
    """Train from scratch."""
    draw = sample(regime, seeds, "explicit")
    weights, signal = (
        train_task(regime, 2, draw.downstream, draw.fresh).weights,
        draw.downstream.signal,
    )
    error, over = (
        estimate(weights, signal, regime, 2, seeds, LINES).value.numpy()
        for estimate in (estimate_error, estimate_overrun)
    )
    return Halves(seeds.count, error, over)


def half_at_least(
    observation: Halves, constants: Constants, *, share: float = 0.5, sense: float = 1.0
) -> Margin:
    """Line by line the one integrand is at least half of the other."""
    return Margin.exact(sense * (observation.error - share * observation.overrun) + 1e-12)
