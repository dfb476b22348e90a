"""Planted errors in the dynamics, each seen in real code for this family of models; the suite must
catch them all.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn

from model.engines.autograd import Trainer, TwoLayerCNN, logistic_loss


class _WithBias(TwoLayerCNN):
    def __init__(self, weights: Tensor) -> None:
        super().__init__(weights)
        self.bias = nn.Parameter(torch.zeros(weights.shape[0], dtype=torch.float64))

    def forward(self, patches: Tensor) -> Tensor:
        hidden = torch.relu(patches @ self.filters.T + self.bias)
        return hidden.sum(1) @ self.get_buffer("readout")


class Biased(Trainer):
    """A trained bias, where the theory has none."""

    def network(self, weights: Tensor) -> nn.Module:
        return _WithBias(weights)


class WidthMissing(Trainer):
    """F_j without its 1/m."""

    def network(self, weights: Tensor) -> nn.Module:
        network = TwoLayerCNN(weights)
        network.get_buffer("readout").mul_(network.m)
        return network


class SummedFirst(Trainer):
    """Margins averaged over samples before back-propagation: one l' for all of them."""

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return logistic_loss(
            (labels * output).mean().unsqueeze(0), torch.ones(1, dtype=torch.float64)
        )


class DefaultInitialisation(Trainer):
    """Filters drawn as `nn.Linear` draws them, uniform within 1/sqrt(dim), whatever sigma_0."""

    def network(self, weights: Tensor) -> nn.Module:
        generator = np.random.default_rng(weights.shape[0])
        bound = 1 / math.sqrt(weights.shape[1])
        return TwoLayerCNN(torch.from_numpy(generator.uniform(-bound, bound, tuple(weights.shape))))


class SquareLoss(Trainer):
    """Squared error in place of the logistic loss."""

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return (output - labels).square().mean()
