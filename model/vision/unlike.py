"""Sources that are ever less like a target: its own classes, other classes of the same images,
these images in a guise, part of them replaced by text, and what has nothing to teach.

A seed fixes what is drawn, as for `model.vision.tasks`: sources of one kind are nested, those of
the target's other half of CIFAR-10 are the same images whatever their guise, and the noise on them
is the same up to its scale. Real images are standardised as their data set is, a guise and text by
their own mean and deviation of each colour: what they do to brightness and contrast is taken out
again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from model.vision import written
from model.vision.data import SHAPE, ImageSet, Name, load
from model.vision.tasks import Classification, pair
from model.vision.train import Examples, standardised, stream

TargetName = Literal["cifar10", "cifar100"]
Kind = Literal[
    "same", "half", "grey", "inverted", "blurred", "shuffled", "relabelled", "noise", "hundred"
]
"""same: the target's classes, other images. half: the other half of CIFAR-10. grey, inverted,
blurred, shuffled: that in a guise; shuffled moves all pixels to places that are the same in every
image. relabelled: with labels drawn at random. noise: Gaussian pixels, with such labels. hundred:
superclasses of CIFAR-100, for a target among them.
"""
#: Images of a class that a target may take, at most: those after them are a source's.
MOST_TARGET = 500
#: Side of a square of pixels that blurring makes one.
_BLUR = 4
#: Classes of every source here, and of every target.
CLASSES = 5


@dataclass(frozen=True)
class Source:
    """What an upstream network learns from. Raises ValueError outside the rules below."""

    kind: Kind
    n1: int  # images
    sigma: float = 0.0  # noise on them, in units of their own deviation
    text: float = 0.0  # the share of them that text replaces, which keeps their labels
    far: int = 0  # of five superclasses of CIFAR-100, those far from the target's

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind = {self.kind!r}: must be one of {', '.join(get_args(Kind))}")
        if self.n1 < 1:
            raise ValueError(f"n1 = {self.n1}: must be at least 1")
        if not 0 <= self.text <= 1:
            raise ValueError(f"text = {self.text}: must be a share, from 0 to 1")
        if not (math.isfinite(self.sigma) and self.sigma >= 0):
            raise ValueError(f"sigma = {self.sigma}: must be finite and at least 0")
        for name, kind in (("text", "half"), ("far", "hundred")):
            if getattr(self, name) and self.kind != kind:
                raise ValueError(f"{name} = {getattr(self, name)}: must be 0 but for {kind}")

    @property
    def label(self) -> str:
        """In words, but for sizes and noise."""
        if self.kind == "hundred":
            return f"CIFAR-100, {self.far} of {CLASSES} far"
        if self.text:
            return "text" if self.text == 1 else f"{self.kind}, {self.text:.0%} text"
        return self.kind


@dataclass(frozen=True)
class Place:
    """Where real images are: the folder, and which of CIFAR-100."""

    cache: Path | None
    hundred: Name = "cifar100"


def source(wanted: Source, seed: int, place: Place, more: int = 0) -> Examples:
    """Images and labels of a source, the first `wanted.n1`; with `more`, as many again that come
    after them, which the source network has not seen, and no others.

    Raises:
        ValueError: there are too few images. AbsentError, DataError: they are not cached, or
        damaged.
    """
    rows = slice(wanted.n1, wanted.n1 + more) if more else slice(0, wanted.n1)
    inputs, labels = _made(wanted, rows, seed, place)
    if wanted.sigma:
        # An image's own, the same at every epoch.
        noise = torch.randn(rows.stop, *SHAPE, generator=stream(seed, "source noise"))[rows]
        inputs = inputs + wanted.sigma * noise
    return Examples(inputs, labels)


def target(name: TargetName, n2: int, seed: int, place: Place) -> Examples:
    """The first `n2` images of a target's, and their labels."""
    return _standard(target_task(name, place), slice(0, n2), stream(seed, "target images"), place)


def tested(name: TargetName, place: Place) -> Examples:
    """All test images of a target."""
    return _tested(target_task(name, place), place)


def target_task(name: TargetName, place: Place) -> Classification:
    """What a target's images are told apart by."""
    return pair(name, hundred=place.hundred).downstream


@lru_cache(maxsize=4)
def _tested(task: Classification, place: Place) -> Examples:
    held, mean, deviation = images(task.source, place.cache)
    here, labels = task.select(held.test)
    return Examples(standardised(held.test.pixels[here], mean, deviation), labels)


# What sources are made of -------------------------------------------------------------------------


def _made(wanted: Source, rows: slice, seed: int, place: Place) -> tuple[Tensor, Tensor]:
    if wanted.kind == "noise":
        generator = stream(seed, "source images")
        inputs = torch.randn(rows.stop, *SHAPE, generator=generator)[rows]
        return inputs, _any_labels(rows, seed)
    plain = _standard(_task(wanted, place), *_order(wanted, rows, seed), place)
    if wanted.kind == "relabelled":
        return plain.inputs, _any_labels(rows, seed)
    if wanted.kind in GUISES:
        plain = replace(plain, inputs=_own(GUISES[wanted.kind](plain.inputs, seed)))
    if not wanted.text:
        return plain.inputs, plain.labels
    return _with_text(plain, wanted.text, rows, seed), plain.labels


def _task(wanted: Source, place: Place) -> Classification:
    if wanted.kind == "hundred":
        return pair("cifar100", wanted.far, hundred=place.hundred).upstream
    ten = pair("cifar10")
    return ten.downstream if wanted.kind == "same" else ten.upstream


def _order(wanted: Source, rows: slice, seed: int) -> tuple[slice, torch.Generator]:
    """Which images of a random order: of the target's own, those that no target takes."""
    if wanted.kind != "same":
        return rows, stream(seed, "source images")
    taken = slice(rows.start + MOST_TARGET, rows.stop + MOST_TARGET)
    return taken, stream(seed, "target images")


def _standard(
    task: Classification, rows: slice, generator: torch.Generator, place: Place
) -> Examples:
    """Images of a task in a random order, those at `rows`."""
    held, mean, deviation = images(task.source, place.cache)
    here, labels = task.select(held.train)
    if rows.stop > len(labels):
        raise ValueError(
            f"{rows.stop} images of {task.source} classes {task.classes}: there are {len(labels)}"
        )
    order = torch.randperm(len(labels), generator=generator)[rows]
    return Examples(standardised(held.train.pixels[here[order]], mean, deviation), labels[order])


def _any_labels(rows: slice, seed: int) -> Tensor:
    """Labels that no image has anything to do with."""
    return torch.randint(CLASSES, (rows.stop,), generator=stream(seed, "source labels"))[rows]


def _with_text(plain: Examples, share: float, rows: slice, seed: int) -> Tensor:
    """Every image is replaced by text of its label's script with this probability: the more, the
    larger the share, and none that a smaller one would leave.
    """
    drawn = torch.rand(rows.stop, generator=stream(seed, "source mixture"))[rows]
    letters = written.pictures(plain.labels, stream(seed, f"source text {rows.start}"))
    return torch.where((drawn < share)[:, None, None, None], _own(letters.float()), plain.inputs)


def _own(inputs: Tensor) -> Tensor:
    """With mean 0 and deviation 1 of each colour."""
    deviation, mean = torch.std_mean(inputs, (0, 2, 3), keepdim=True)
    return (inputs - mean) / deviation


def _grey(inputs: Tensor, _: int) -> Tensor:
    return inputs.mean(1, keepdim=True).expand(-1, SHAPE[0], -1, -1)


def _inverted(inputs: Tensor, _: int) -> Tensor:
    return -inputs


def _blurred(inputs: Tensor, _: int) -> Tensor:
    return interpolate(avg_pool2d(inputs, _BLUR), scale_factor=_BLUR, mode="bilinear")


def _shuffled(inputs: Tensor, seed: int) -> Tensor:
    order = torch.randperm(SHAPE[1] * SHAPE[2], generator=stream(seed, "source places"))
    return inputs.flatten(2)[:, :, order].view_as(inputs)


#: What a guise makes of inputs, (n, 3, 32, 32), with a seed for what it draws.
GUISES: dict[Kind, Callable[[Tensor, int], Tensor]] = {
    "grey": _grey,
    "inverted": _inverted,
    "blurred": _blurred,
    "shuffled": _shuffled,
}


@lru_cache(maxsize=3)
def images(name: Name, cache: Path | None) -> tuple[ImageSet, tuple[float, ...], tuple[float, ...]]:
    """A set of images, and mean and deviation of each colour over those to learn from."""
    held = load(name, cache)
    values = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for colour in held.train.pixels.unbind(1):
        share = (torch.bincount(colour.flatten(), minlength=256) / colour.numel()).double()
        mean = float(share @ values)
        means.append(mean)
        deviations.append(float((share @ (values - mean) ** 2).sqrt()))
    return held, tuple(means), tuple(deviations)
