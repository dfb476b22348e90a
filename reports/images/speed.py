"""Images a second in training, against the plain loop in float32, in one run, alternating."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

import torch

from model.vision import nets
from model.vision.train import Device, Examples, Recipe, stream, train
from reports.images.plan import RATES, ImagesError, TrainedNetwork

_CLASSES, _IMAGES = 5, 1024
_clock = time.perf_counter


@dataclass(frozen=True)
class ImageSpeed:
    """Of one network."""

    network: str
    device: str
    fast: float  # images a second, as the tier trains
    plain: float  # in float32 (without TF32) by an ordinary loop, channels last as well

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self) | {"ratio": self.fast / self.plain}


def measure(
    network: TrainedNetwork, device: Device, *, batch: int, steps: int, repeats: int
) -> ImageSpeed:
    """Train on random pixels. What a training costs once, capturing included, is taken out: it is
    the difference of a long and a short one.
    """
    spent: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(repeats + 1):  # the first is not counted
        for plain in (False, True):
            where = replace(device, plain=plain)
            spent[plain].append(
                _seconds(network, where, batch, 2 * steps) - _seconds(network, where, batch, steps)
            )
    fast, ordinary = (median(spent[plain][1:]) for plain in (False, True))
    if min(fast, ordinary) <= 0:
        raise ImagesError(
            f"--steps = {steps}: too few to be timed with {network.label}; try {10 * steps}"
        )
    return ImageSpeed(
        network.label, device.hardware, batch * steps / fast, batch * steps / ordinary
    )


def _seconds(network: TrainedNetwork, device: Device, batch: int, steps: int) -> float:
    random = stream(0, "speed")
    data = Examples(
        torch.randn(_IMAGES, 3, 32, 32, generator=random),
        torch.randint(_CLASSES, (_IMAGES,), generator=random),
    ).to(device)
    rate, adam = RATES[network.architecture]
    built = nets.build(nets.Shape(network.architecture, _CLASSES, network.width), random)
    begun = _clock()
    train(built, data, data.first(1), Recipe(steps, batch, rate, adam), random, device)
    return _clock() - begun
