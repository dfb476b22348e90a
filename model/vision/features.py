"""What images are seen by: their pixels, or what a network's body makes of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

#: Images that are looked at together.
_TOGETHER = 500


def pixels(inputs: Tensor) -> Tensor:
    """(n, 3, 32, 32) -> (n, 3072)."""
    return inputs.flatten(1)


def of_body(network: nn.Module, inputs: Tensor) -> Tensor:
    """What a network's head reads, (n, 3, 32, 32) -> (n, features), on the CPU. The network is
    left as it is; statistics of batch-norm are its own.
    """
    kept: list[Tensor] = []
    training, head = network.training, network.get_submodule("head")
    device = next(network.parameters()).device
    hook = head.register_forward_pre_hook(lambda _, given: kept.append(given[0]))
    try:
        network.eval()
        with torch.no_grad():
            for first in range(0, len(inputs), _TOGETHER):
                network(inputs[first : first + _TOGETHER].to(device))
    finally:
        hook.remove()
        network.train(training)
    return torch.cat(kept).cpu()
