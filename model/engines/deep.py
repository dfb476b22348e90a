"""Networks of three and more layers, which the theory leaves open: its CNN with further layers
between filters and readout.

    f = F_{+1} - F_{-1},   F_j(x) = (1/m) sum_r sum_p [relu(V_j^(L) ... relu(V_j^(1) relu(W_j
    x^(p))))]_r

with m x m matrices V, L = 0 being the network of the theory. All layers are trained, by autograd,
in the coordinates of a draw. Filters start as there, V from N(0, 2/m). A step of V is h m where
that of W is eta: as if patches had norm sqrt(N), for which the two are equal, and at which filters
and V change at like rates. (Scale symmetry fixes neither: it acts on W alone.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy import stats

from model.regime import Regime
from model.run import DivergenceError
from model.sampling import Sample, Seeds
from model.test_error import LINE_STREAM, ErrorEstimate, preactivation_factor

if TYPE_CHECKING:
    from torch import Tensor

#: Fresh examples of each label in a test error.
EXAMPLES = 4096
#: Probability that a test error lies outside its interval.
_OUTSIDE = 1e-3


@dataclass(frozen=True)
class DeepNetwork:
    """A batch of networks."""

    filters: Tensor  # W: (seeds, 2m, dim), the first m with j = +1
    inner: tuple[Tensor, ...]  # V from the input up: (seeds, 2, m, m), j = +1 first


def fresh_inner(m: int, layers: int, seeds: Seeds, stream: int) -> tuple[Tensor, ...]:
    """Initial V of networks of `layers` layers, readout included: `layers` - 2 of (seeds, 2, m,
    m).
    """
    drawn = torch.from_numpy(
        np.stack(
            [
                generator.standard_normal((layers - 2, 2, m, m))
                for generator in seeds.generators(stream)
            ]
        )
    )
    return tuple((drawn * (2 / m) ** 0.5).unbind(1))


def readout(inner: Sequence[Tensor], preactivations: Tensor) -> Tensor:
    """What patches add to f, (seeds, P), from the filters' pre-activations of them, (seeds, 2m,
    P).
    """
    seeds, filters, patches = preactivations.shape
    hidden = preactivations.view(seeds, 2, filters // 2, patches).relu()
    for layer in inner:
        hidden = (layer @ hidden).relu()
    output = hidden.mean(2)
    return output[:, 0] - output[:, 1]


def _of_signals(network: DeepNetwork, signal: Tensor) -> Tensor:
    """What the signal patch adds to f for y = +1 and y = -1: (seeds, 2)."""
    along = (network.filters @ signal).unsqueeze(2)
    return readout(network.inner, torch.cat([along, -along], 2))


def outputs(network: DeepNetwork, sample: Sample) -> Tensor:
    """f of every training example: (seeds, N)."""
    on_noise = readout(network.inner, sample.on_noise(network.filters))
    on_signal = _of_signals(network, sample.signal)
    return on_noise + torch.where(sample.labels > 0, on_signal[:, :1], on_signal[:, 1:])


def descend(
    sample: Sample, start: DeepNetwork, eta: float, inner_eta: float, steps: int
) -> tuple[Tensor, DeepNetwork]:
    """Full-batch gradient descent on the logistic loss: losses before each step, (seeds, steps),
    and the networks.

    Args:
        eta, inner_eta: steps of W and of V; V stays as it is where its step is 0.

    Raises:
        DivergenceError: when a loss is no longer a finite number.
    """
    parameters = [p.clone().requires_grad_() for p in (start.filters, *start.inner)]
    losses = []
    for _ in range(steps):
        network = DeepNetwork(parameters[0], tuple(parameters[1:]))
        loss = -torch.nn.functional.logsigmoid(sample.labels * outputs(network, sample)).mean(1)
        gradients = torch.autograd.grad(loss.sum(), parameters)
        losses.append(loss.detach())
        with torch.no_grad():
            for k, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
                parameter.sub_((inner_eta if k else eta) * gradient)
    trained = [p.detach() for p in parameters]
    curve = torch.stack(losses, 1)
    if not all(bool(torch.isfinite(x).all()) for x in (curve, *trained)):
        raise DivergenceError(
            f"eta = {eta!r}: weights or training loss are no longer finite; use a smaller step"
        )
    return curve, DeepNetwork(trained[0], tuple(trained[1:]))


def estimate_deep_error(
    network: DeepNetwork,
    signal: Tensor,
    regime: Regime,
    index: int,
    seeds: Seeds,
    examples: int = EXAMPLES,
) -> ErrorEstimate:
    """Test error of every network on fresh examples, with exact (Clopper-Pearson) 99.9% intervals;
    a count of two labels only narrows them.

    Pre-activations of fresh noise are Gaussian, as for the network of the theory (E7); what follows
    is evaluated on `examples` of each label.
    """
    factor = preactivation_factor(network.filters, regime, index)
    shape = factor.shape[1], 2 * examples
    points = torch.from_numpy(
        np.stack([generator.standard_normal(shape) for generator in seeds.generators(LINE_STREAM)])
    )
    on_noise, on_signal = (
        readout(network.inner, torch.bmm(factor, points)),
        _of_signals(network, signal),
    )
    wrong = (on_signal[:, :1] + on_noise[:, :examples] < 0).sum(1) + (
        on_signal[:, 1:] + on_noise[:, examples:] > 0
    ).sum(1)
    return _interval(wrong.numpy().astype(np.float64), 2 * examples)


def _interval(wrong: np.ndarray, of: int) -> ErrorEstimate:
    with np.errstate(invalid="ignore"):
        low = np.where(wrong > 0, stats.beta.ppf(_OUTSIDE / 2, wrong, of - wrong + 1), 0.0)
        high = np.where(wrong < of, stats.beta.isf(_OUTSIDE / 2, wrong + 1, of - wrong), 1.0)
    return ErrorEstimate(
        *(torch.from_numpy(np.asarray(x, dtype=np.float64)) for x in (wrong / of, low, high))
    )
