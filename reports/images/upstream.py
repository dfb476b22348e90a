"""A source network, and the data of a pair of tasks, drawn from a seed as in the tiers: networks of
one seed share target images, fresh filters, and batches.
"""

from __future__ import annotations

import torch
from torch import nn

from model.vision import nets, unlike
from model.vision.train import Device, Recipe, stream, train
from model.vision.unlike import CLASSES, Place, Source
from reports.images.plan import TrainedNetwork


def fresh(network: TrainedNetwork, seed: int) -> nn.Module:
    """The target network before anything is inherited or trained."""
    return _build(network, stream(seed, "target network"))


def learned(
    source: Source,
    network: TrainedNetwork,
    recipe: Recipe,
    seed: int,
    place: Place,
    device: Device,
    unseen: int,
) -> tuple[nn.Module, float]:
    """The source network, and its accuracy on so many images of the source that it has not seen."""
    built = _build(network, stream(seed, "source network"))
    trained = train(
        built,
        unlike.source(source, seed, place).to(device),
        unlike.source(source, seed, place, more=unseen).to(device),
        recipe,
        stream(seed, "source batches"),
        device,
    )
    return built, trained.accuracy[-1]


def _build(network: TrainedNetwork, generator: torch.Generator) -> nn.Module:
    return nets.build(nets.Shape(network.architecture, CLASSES, network.width), generator)
