"""The two-layer ReLU CNN as a torch module in R^d."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from model.run import signs


class TwoLayerCNN(nn.Module):
    """f = F_{+1} - F_{-1}, F_j(x) = (1/m) sum_r [relu<w_jr, x^(1)> + relu<w_jr, x^(2)>]; no bias,
    second layer fixed.
    """

    def __init__(self, weights: Tensor) -> None:
        """`weights`: (2m, dim), the filters with j = +1 first."""
        super().__init__()
        self.m = weights.shape[0] // 2
        self.filters = nn.Parameter(weights.clone())
        self.register_buffer("readout", signs(self.m) / self.m)

    def forward(self, patches: Tensor) -> Tensor:
        """`patches`: (N, 2, dim) -> f: (N,)."""
        hidden = torch.relu(patches @ self.filters.T)  # (N, 2, 2m)
        readout = self.get_buffer("readout")
        return hidden.sum(1) @ readout


class BiasedCNN(TwoLayerCNN):
    """With a trained bias that starts at 0, where the theory has none: a planted error."""

    def __init__(self, weights: Tensor) -> None:
        super().__init__(weights)
        self.bias = nn.Parameter(torch.zeros(weights.shape[0], dtype=torch.float64))

    def forward(self, patches: Tensor) -> Tensor:
        """`patches`: (N, 2, dim) -> f: (N,)."""
        hidden = torch.relu(patches @ self.filters.T + self.bias)
        return hidden.sum(1) @ self.get_buffer("readout")
