"""What may be done about a source that hurts: pulls on weights, and weights that stay as they are.

A remedy changes gradients, and nothing else of training: number of steps, batches and rates are the
same for all. Batch-norm's statistics are those of the target's images, whatever is frozen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model.vision import nets
from model.vision.inherit import inherit
from model.vision.nets import Network


@dataclass(frozen=True)
class Remedy:
    """How a target network begins, and what its weights are held by. Raises ValueError outside the
    rules below.
    """

    share: float = 1.0  # of every layer's filters, inherited
    decay: float = 0.0  # pull of every weight towards 0: lambda w is added to its gradient
    hold: float = 0.0  # pull of the body towards its initial weights, and of the head towards 0
    frozen: bool = False  # whether inherited weights stay as they are

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"share = {self.share}: must be from 0 to 1")
        for name in ("decay", "hold"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} = {value}: must be finite and at least 0")


def begin(remedy: Remedy, source: Network | None, network: Network) -> None:
    """Let a fresh network inherit, in place, and hold its weights as the remedy says for all
    training to come. Moving it to another device or memory format must be done before.
    """
    if remedy.share > 0:
        if source is None:
            raise ValueError("source: must be there where something is inherited")
        inherit(source, network, remedy.share, "filters")
    masks = _inherited(network, remedy.share) if remedy.frozen else {}
    for name, weights in network.named_parameters():
        in_head = name.startswith("head.")
        hooks = []
        if remedy.decay:
            hooks.append(_pull(weights, torch.zeros_like(weights), remedy.decay))
        if remedy.hold:
            towards = torch.zeros_like(weights) if in_head else weights.detach().clone()
            hooks.append(_pull(weights, towards, remedy.hold))
        if name in masks and not in_head:
            hooks.append(_free(~masks[name]))
        for hook in hooks:
            weights.register_hook(hook)  # type: ignore[no-untyped-call]


def _pull(weights: nn.Parameter, towards: Tensor, strength: float) -> Callable[[Tensor], Tensor]:
    """The gradient of strength/2 times the squared distance is added."""
    return lambda gradient: gradient + strength * (weights.detach() - towards)


def _free(free: Tensor) -> Callable[[Tensor], Tensor]:
    """Weights that are not free have no gradient."""
    return lambda gradient: gradient * free


def _inherited(network: Network, share: float) -> dict[str, Tensor]:
    """Of every parameter, which weights are inherited: a network of ones leaves them in one of
    zeros.
    """
    ones, zeros = (_filled(network, value) for value in (1.0, 0.0))
    inherit(ones, zeros, share, "filters")
    device = next(network.parameters()).device
    return {name: (weights > 0).to(device) for name, weights in zeros.named_parameters()}


def _filled(network: Network, value: float) -> Network:
    built = nets.build(network.shape, torch.Generator().manual_seed(0))
    with torch.no_grad():
        for weights in built.parameters():
            weights.fill_(value)
    return built
