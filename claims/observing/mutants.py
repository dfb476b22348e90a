"""Planted errors in the dynamics, each seen in real code for this family of models; the suite must
catch them all.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import torch

from model.engines.autograd import Trainer, logistic_loss

if TYPE_CHECKING:
    from torch import Tensor, nn


class Biased(Trainer):
    """A trained bias, where the theory has none."""

    def network(self, weights: Tensor) -> nn.Module:
        from model.engines.network import BiasedCNN

        return BiasedCNN(weights)


class WidthMissing(Trainer):
    """F_j without its 1/m."""

    def network(self, weights: Tensor) -> nn.Module:
        from model.engines.network import TwoLayerCNN

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
        from model.engines.network import TwoLayerCNN

        generator = np.random.default_rng(weights.shape[0])
        bound = 1 / math.sqrt(weights.shape[1])
        return TwoLayerCNN(torch.from_numpy(generator.uniform(-bound, bound, tuple(weights.shape))))


class SquareLoss(Trainer):
    """Squared error in place of the logistic loss."""

    def loss(self, output: Tensor, labels: Tensor) -> Tensor:
        return (output - labels).square().mean()
