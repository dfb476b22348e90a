"""What the headline statements observe: losses, test errors and noise norms of a batch of
trials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import quantities
from claims.core.margin import Margin
from model.regime import Regime
from model.run import Run
from model.sampling import Seeds, sample
from model.test_error import ErrorEstimate, estimate_error
from model.transfer import Trial, noise_norms, run_trial, train_task

#: What statements rest on: those about networks that the engine trained, about test errors, and
#: about both.
TRAINED = {"e1.trajectory": "the networks are trained by the coefficient-space engine"}
ESTIMATED = {"e7.covariance": "test error is computed from the law of fresh pre-activations"}
MEASURED = TRAINED | ESTIMATED
BY_STEPS = {"e1.step": "networks are trained by the step written out"}
#: Where "at least 0.1" comes from.
HALVED = {
    "origin.halving": "where noise outweighs the signal the error is half of that probability"
}
#: Lines per label in a test error; its interval enters every margin.
LINES = 256


def orders(lemma: str) -> dict[str, str]:
    """Of the proof, the lemmas that error bounds rest on."""
    return {
        f"{lemma}.b.{part}": f"{part} in filters is of this order when training ends"
        for part in ("signal", "noise")
    }


@dataclass(frozen=True)
class Learned:
    """A batch of trained downstream networks, reduced to what statements need."""

    h: float
    loss: NDArray[np.float64]  # (seeds, steps + 1)
    error: ErrorEstimate

    def least_time_constant(self, power: float = 1.0) -> NDArray[np.float64]:
        """The smallest C for which every epsilon reached is reached by t <= C/(h epsilon^power),
        per seed.

        It is max over t of h (t + 1) min_{s<=t} L(s)^power.
        """
        steps = np.arange(1, self.loss.shape[1] + 1)
        least = np.minimum.accumulate(self.loss, axis=1)
        return np.asarray((self.h * steps * least**power).max(axis=1))


@dataclass(frozen=True)
class Observation:
    """One regime, a batch of seeds."""

    regime: Regime
    networks: int
    scratch: Learned
    transfer: Learned | None = None
    noise_ratio: NDArray[np.float64] | None = (
        None  # (||P w|| of inherited filters / of scratch filters)^2, mean squares, after training
    )


def scratch_only(regime: Regime, seeds: Seeds) -> Observation:
    """Train the downstream network from scratch."""
    draw = sample(regime, seeds)
    run = train_task(regime, 2, draw.downstream, draw.fresh)
    return Observation(regime, seeds.count, _learned(run, draw.downstream.signal, regime, seeds))


def both_ways(regime: Regime, seeds: Seeds) -> Observation:
    """Train upstream, then downstream from scratch and after transfer."""
    trial = run_trial(regime, seeds)
    signal = trial.draw.downstream.signal
    scratch = _learned(trial.scratch, signal, regime, seeds)
    return Observation(
        regime,
        trial.networks,
        scratch,
        _learned(trial.transfer, signal, regime, seeds),
        noise_ratio(trial),
    )


def _learned(run: Run, signal: torch.Tensor, regime: Regime, seeds: Seeds) -> Learned:
    h = quantities.catalogue()["h_2"](regime)
    return Learned(
        h, run.loss.numpy(), estimate_error(run.weights, signal, regime, 2, seeds, LINES)
    )


def downstream_errors(
    weights: torch.Tensor, signal: torch.Tensor, regime: Regime, seeds: Seeds
) -> NDArray[np.float64]:
    """Downstream test error of each network, (seeds,)."""
    return np.asarray(estimate_error(weights, signal, regime, 2, seeds, LINES).value.numpy())


def trial_errors(trial: Trial, weights: torch.Tensor) -> NDArray[np.float64]:
    """Downstream test error of networks with these weights, on a trial's task: (seeds,)."""
    return downstream_errors(weights, trial.draw.downstream.signal, trial.regime, trial.seeds)


def noise_ratio(trial: Trial) -> NDArray[np.float64]:
    """Mean square noise norm of inherited filters over that of scratch filters, after training:
    (seeds,). Something must be inherited.
    """
    regime, k, m = trial.regime, trial.regime.inherited, trial.regime.m
    after = noise_norms(trial.transfer.weights, regime, 2).square()
    inherited = torch.cat([after[:, :k], after[:, m : m + k]], 1).mean(1)
    return np.asarray(inherited / noise_norms(trial.scratch.weights, regime, 2).square().mean(1))


def log_error(error: ErrorEstimate) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Interval of ln(test error); the lower end may be -inf."""
    with np.errstate(divide="ignore"):
        return np.log(error.low.numpy()), np.log(error.high.numpy())


def median_error(which: str) -> Callable[[Observation], float]:
    """The median over seeds of the test error from "scratch" or after "transfer"."""
    return lambda observation: float(getattr(observation, which).error.value.median())


#: What figures of test errors show.
BOTH_ERRORS = {name: median_error(name) for name in ("scratch", "transfer")}


def error_at_most(error: ErrorEstimate, log_bound: float) -> Margin:
    """Margin, in nats, of error <= exp(log_bound)."""
    low, high = log_error(error)
    return Margin.between(log_bound - high, log_bound - low)


def error_at_least(error: ErrorEstimate, bound: float) -> Margin:
    """Margin, in nats, of error >= bound."""
    low, high = log_error(error)
    return Margin.between(low - math.log(bound), high - math.log(bound))
