"""How much is trained: a small network, the paper's architectures made narrow, or these whole.

What a run depends on stands in its `Setting`, so that a tier may change without making its records
another tier's.
"""

from __future__ import annotations

from typing import Literal

from model.vision.inherit import Form
from model.vision.train import Recipe
from reports.images.plan import ImageTier, TrainedNetwork

TierName = Literal["cpu", "cpu-architectures", "gpu"]
#: What may be inherited.
FORMS: tuple[Form, ...] = ("filters", "block", "layers")
TIERS: dict[TierName, ImageTier] = {
    "cpu": ImageTier(
        networks=(TrainedNetwork("conv4", 0.5),),
        seeds=16,
        samples=(500, 1500, 5000),
        noises=(0.0, 1.0, 2.0),
        shares=(0.5, 1.0),
        far=(0, 5),
        forms=FORMS,
        n2=500,
        upstream=Recipe(700, 64, 1.0),
        downstream=Recipe(200, 64, 1.0),
    ),
    # As few cells as the statements need: three minutes a network and seed on two idle cores.
    "cpu-architectures": ImageTier(
        networks=(
            TrainedNetwork("resnet18", 0.125),
            TrainedNetwork("vgg11", 0.25),
            TrainedNetwork("vit", 0.33),
        ),
        seeds=16,
        samples=(500, 5000),
        noises=(0.0, 2.0),
        shares=(0.5, 1.0),
        far=(0, 5),
        forms=("filters", "layers"),
        n2=500,
        upstream=Recipe(400, 64, 1.0),
        downstream=Recipe(200, 64, 1.0),
    ),
    "gpu": ImageTier(
        networks=(
            TrainedNetwork("resnet18"),
            TrainedNetwork("vgg11"),
            TrainedNetwork("vgg16"),
            TrainedNetwork("vit"),
        ),
        seeds=8,
        samples=(500, 1500, 5000, 15000, 25000),
        noises=(0.0, 0.5, 1.0, 2.0),
        shares=(0.25, 0.5, 0.75, 1.0),
        far=(0, 3, 5),
        forms=FORMS,
        n2=500,
        upstream=Recipe(1000, 256, 1.0),
        downstream=Recipe(400, 128, 1.0),
    ),
}


def form_name(form: str) -> str:
    """What is inherited, in words."""
    return {"filters": "filters", "block": "matching block", "layers": "whole layers"}[form]
