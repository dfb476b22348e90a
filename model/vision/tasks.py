"""Pairs of tasks on real images: what the upstream network learns, and what the downstream one is
to learn.

The classes of a pair never overlap. A label of CIFAR-100 is a superclass, so that source and target
are alike in nothing that a label names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from model.vision.data import Images, Name

if TYPE_CHECKING:
    from torch import Tensor

PairName = Literal["cifar10", "cifar100", "cifar100-cifar10"]
#: Superclasses of CIFAR-100: land vertebrates, the target; other animals and people, near to them;
#: man-made things, far from them.
# Large carnivores, large omnivores and herbivores, medium-sized mammals, reptiles, small mammals.
TARGET = (
    8,
    11,
    12,
    15,
    16,
)
NEAR = (0, 1, 7, 13, 14)  # aquatic mammals, fish, insects, non-insect invertebrates, people
# Food containers, household electrical devices, household furniture, vehicles 1 and 2.
FAR = (
    3,
    5,
    6,
    18,
    19,
)
#: The most superclasses of the source that can be far ones.
MOST_FAR = len(FAR)


@dataclass(frozen=True)
class Classification:
    """One task: classes of a set of images; an image's label is the place of its class here."""

    source: Name
    classes: tuple[int, ...]
    coarse: bool = False  # whether classes are superclasses

    def select(self, images: Images) -> tuple[Tensor, Tensor]:
        """Places of the task's images, (n,) int64, and their labels, (n,) int64."""
        held = images.coarse if self.coarse else images.labels
        places = torch.full((max(int(held.max()), *self.classes) + 1,), -1)
        places[list(self.classes)] = torch.arange(len(self.classes))
        labels = places[held]
        here = (labels >= 0).nonzero().squeeze(1)
        return here, labels[here]


@dataclass(frozen=True)
class Pair:
    """An upstream and a downstream task."""

    upstream: Classification
    downstream: Classification


def pair(name: PairName, far: int = 0, *, hundred: Name = "cifar100") -> Pair:
    """The tasks of a pair.

    Args:
        far: for `cifar100`, how many of the source's five superclasses are man-made things instead
        of animals: its mismatch. hundred: which images of CIFAR-100: all, or the subset.

    Raises:
        ValueError: there is no such pair, or it has no such mismatch.
    """
    if not 0 <= far <= (MOST_FAR if name == "cifar100" else 0):
        raise ValueError(
            f"far = {far}: must be from 0 to {MOST_FAR}, and 0 for a pair other than cifar100"
        )
    match name:
        case "cifar10":
            return Pair(
                Classification("cifar10", (0, 1, 2, 3, 4)),
                Classification("cifar10", (5, 6, 7, 8, 9)),
            )
        case "cifar100":
            return Pair(
                Classification(hundred, NEAR[far:] + FAR[:far], coarse=True),
                Classification(hundred, TARGET, coarse=True),
            )
        case "cifar100-cifar10":
            return Pair(
                Classification(hundred, tuple(range(20)), coarse=True),
                Classification("cifar10", tuple(range(10))),
            )
    raise ValueError(f"pair = {name!r}: must be cifar10, cifar100 or cifar100-cifar10")
