"""Training that the theory leaves open: a penalty on the weights, filters that stay as they are,
the square loss, and noise that is not orthogonal to the signal.

All by the gradient step written out (`model.engines.autograd`), in the coordinates of a draw,
which a rotation of R^d leads to: neither penalty nor noise singles out a frame. They cost O(m N
dim) a step, not O(m N^2): for what is measured once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from model.engines.autograd import closed_form_step
from model.regime import SIGNAL_COORDINATES, Regime
from model.run import DivergenceError
from model.sampling import Sample, Seeds, projection
from model.test_error import LINES, ErrorEstimate, estimate_error

if TYPE_CHECKING:
    from torch import Tensor


def descend_penalised(
    sample: Sample,
    start: Tensor,
    eta: float,
    steps: int,
    penalty: float,
    towards: Tensor | None = None,
) -> Tensor:
    """Filters after gradient descent on loss + (penalty/2)||w - towards||^2, summed over filters:
    (seeds, 2m, dim).

    Args:
        sample: the training sets. start: initial filters, (seeds, 2m, dim). penalty: lambda.
        towards: where the penalty pulls, of the shape of `start`; to 0 (weight decay) if None.

    Raises:
        DivergenceError: when a weight is no longer a finite number.
    """
    weights = start
    for _ in range(steps):
        stray = weights if towards is None else weights - towards
        weights = closed_form_step(sample, weights, eta) - eta * penalty * stray
    if not bool(torch.isfinite(weights).all()):
        raise DivergenceError(
            f"eta = {eta!r}, penalty = {penalty!r}: weights are no longer finite; use a smaller"
            " step"
        )
    return weights


def descend_frozen(sample: Sample, start: Tensor, eta: float, steps: int, frozen: int) -> Tensor:
    """Filters after gradient descent in which the first `frozen` of each sign stay as they are:
    (seeds, 2m, dim). The network's output is that of all.

    Raises:
        DivergenceError: when a weight is no longer a finite number.
    """
    m = start.shape[1] // 2
    free = (torch.arange(m) >= frozen).repeat(2)[:, None]
    weights = start
    for _ in range(steps):
        weights = torch.where(free, closed_form_step(sample, weights, eta), start)
    if not bool(torch.isfinite(weights).all()):
        raise DivergenceError(
            f"eta = {eta!r}, frozen = {frozen!r}: weights are no longer finite; use a smaller step"
        )
    return weights


def descend_square(sample: Sample, start: Tensor, eta: float, steps: int) -> Tensor:
    """Filters after gradient descent on the square loss, mean over samples of (f - y)^2/2: (seeds,
    2m, dim). As `closed_form_step`, with 1 - y f for the pull.

    Raises:
        DivergenceError: when a weight is no longer a finite number.
    """
    weights = start
    for _ in range(steps):
        weights = closed_form_step(sample, weights, eta, pull=lambda margin: 1 - margin)
    if not bool(torch.isfinite(weights).all()):
        raise DivergenceError(f"eta = {eta!r}: weights are no longer finite; use a smaller step")
    return weights


def with_signal_noise(
    sample: Sample, regime: Regime, index: int, seeds: Seeds, scale: float, stream: int
) -> Sample:
    """The training sets of task `index`, with noise in span{u, v_k} too: `scale` times as strong as
    in any other direction.

    At scale 1 noise is isotropic, N(0, sigma^2 I). It is drawn from stream `stream` of the seeds.
    """
    within = torch.eye(SIGNAL_COORDINATES, dtype=torch.float64) - projection(regime, index)
    shape = (sample.labels.shape[1], SIGNAL_COORDINATES)
    drawn = torch.from_numpy(
        np.stack([generator.standard_normal(shape) for generator in seeds.generators(stream)])
    )
    noise = sample.noise.clone()
    noise[..., :SIGNAL_COORDINATES] += scale * regime.task(index).sigma * (drawn @ within)
    return replace(sample, noise=noise)


def estimate_error_with_signal_noise(
    weights: Tensor,
    signal: Tensor,
    regime: Regime,
    index: int,
    seeds: Seeds,
    scale: float,
    lines: int = LINES,
) -> ErrorEstimate:
    """Test error where fresh noise is as `with_signal_noise` makes it; other arguments as for
    `estimate_error`.

    Its pre-activations are N(0, sigma^2 W (P + scale^2 (I - P)) W^T): those of filters with further
    coordinates scale (I - P) w.
    """
    within = torch.eye(SIGNAL_COORDINATES, dtype=torch.float64) - projection(regime, index)
    beside = scale * (weights[..., :SIGNAL_COORDINATES] @ within)
    return estimate_error(
        torch.cat([weights, beside], -1),
        torch.nn.functional.pad(signal, (0, SIGNAL_COORDINATES)),
        regime,
        index,
        seeds,
        lines,
    )
