"""E7: pre-activations of fresh noise, and errors counted on fresh examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats

from claims.core.constants import Constants
from claims.core.margin import Margin
from claims.observing.facts.difference import TINY, Difference, result
from model.regime import SIGNAL_COORDINATES, Regime
from model.sampling import Seeds, fresh_noise, projection, sample, signals
from model.test_error import ErrorEstimate, estimate_error, preactivation_factor
from model.transfer import train_task


def covariance(
    regime: Regime, seeds: Seeds, *, off: str = "own", sigma_power: int = 2
) -> Difference:
    """A A^T of the test error beside sigma^2 W P W^T, with P written out in R^d from its
    definition.
    """
    draw = sample(regime, seeds, "explicit")
    weights = train_task(regime, 2, draw.downstream, draw.fresh).weights
    factor = preactivation_factor(weights, regime, 2)
    u, v1, v2 = (torch.nn.functional.pad(x, (0, regime.rest)).unsqueeze(1) for x in signals(regime))
    span = torch.cat({"own": [u, v2], "other": [u, v1], "none": [0 * u]}[off], 1)
    p = torch.eye(regime.d, dtype=torch.float64) - span @ torch.linalg.pinv(span)
    expected = regime.sigma2**sigma_power * weights @ p @ weights.transpose(1, 2)
    gap = (factor @ factor.transpose(1, 2) - expected).flatten(1).norm(dim=1)
    # P w is known to the rounding of w, which may be far longer.
    size = regime.sigma2 * (expected.flatten(1).norm(dim=1).sqrt() * weights.flatten(1).norm(dim=1))
    return result(seeds.count, gap / size.clamp_min(TINY))


@dataclass(frozen=True)
class Simulated:
    """Errors counted on fresh examples in R^d, beside the estimate from the law of
    pre-activations.
    """

    networks: int
    wrong: NDArray[np.int64]
    examples: int
    estimate: ErrorEstimate


def simulated_error(
    regime: Regime,
    seeds: Seeds,
    *,
    noise_factor: float = 1.0,
    project: bool = True,
    examples: int = 4000,
) -> Simulated:
    """Run fresh examples of the downstream task through the network in R^d."""
    from model.engines.network import TwoLayerCNN

    draw = sample(regime, seeds, "explicit")
    weights = train_task(regime, 2, draw.downstream, draw.fresh).weights
    wrong = []
    for s, generator in enumerate(seeds.generators(2)):
        labels = torch.from_numpy(generator.integers(0, 2, examples) * 2.0 - 1.0)
        noise = noise_factor * fresh_noise(regime, 2, examples, generator)
        if not project:
            noise[:, :SIGNAL_COORDINATES] += (
                regime.sigma2
                * torch.from_numpy(generator.standard_normal((examples, SIGNAL_COORDINATES)))
                @ (torch.eye(SIGNAL_COORDINATES, dtype=torch.float64) - projection(regime, 2))
            )
        with torch.no_grad():
            output = TwoLayerCNN(weights[s])(
                torch.stack([labels[:, None] * draw.downstream.signal, noise], 1)
            )
        wrong.append(int((labels * output < 0).sum()))
    return Simulated(
        seeds.count,
        np.array(wrong),
        examples,
        estimate_error(weights, draw.downstream.signal, regime, 2, seeds, 512),
    )


def counts_agree(observation: Simulated, constants: Constants) -> Margin:
    """log10 of the binomial p-value of the count, for the most favourable error in the interval,
    over 1e-4.
    """
    low, high = observation.estimate.low.numpy(), observation.estimate.high.numpy()
    too_many = stats.binom.sf(observation.wrong - 1, observation.examples, high)
    too_few = stats.binom.cdf(observation.wrong, observation.examples, low)
    with np.errstate(divide="ignore"):
        return Margin.exact(np.log10(2 * np.minimum(too_many, too_few)) + 4)
