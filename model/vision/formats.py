"""The forms in which archives hold the images: official records, and the npm package's pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from model.vision.archives import Sizes
from model.vision.data import PIXELS, SHAPE, Images, Layout, Name
from model.vision.pictures import read_labels, read_picture

_LABEL = 16  # bytes that the text of a label may take


class Format(Protocol):
    """A form in which an archive holds the images."""

    @property
    def folder(self) -> str: ...

    def members(self, layout: Layout) -> dict[str, Sizes]:
        """What it must hold, by path."""

    def decoded(
        self, where: object, members: Mapping[str, bytes], layout: Layout
    ) -> tuple[Images, Images]:
        """Images to train on, and to test on."""


@dataclass(frozen=True)
class Records:
    """The official binary archive: records of labels and pixels. Its texts (names of classes) are
    not read: the checksum says which archive it is.
    """

    folder: str
    train: tuple[str, ...]
    test: str
    labels: int  # bytes before the pixels; the last is the fine class, the first the superclass

    def members(self, layout: Layout) -> dict[str, Sizes]:
        record, (train, test) = self.labels + PIXELS, layout.counts
        sizes = dict.fromkeys(self.train, train // len(self.train) * record) | {
            self.test: test * record
        }
        return {f"{self.folder}/{member}": (size, size) for member, size in sizes.items()}

    def decoded(
        self, where: object, members: Mapping[str, bytes], layout: Layout
    ) -> tuple[Images, Images]:
        return self._images(members, self.train), self._images(members, (self.test,))

    def _images(self, members: Mapping[str, bytes], names: tuple[str, ...]) -> Images:
        raw = b"".join(members[f"{self.folder}/{name}"] for name in names)
        records = np.frombuffer(raw, np.uint8).reshape(-1, self.labels + PIXELS)
        return _images(
            records[:, self.labels :].reshape(-1, *SHAPE),
            records[:, self.labels - 1],
            records[:, 0],
        )


@dataclass(frozen=True)
class Pictures:
    """The npm package: a picture for each batch, with an image in each row; labels as JSON."""

    folder: str
    train: tuple[str, ...]
    test: str
    train_labels: str
    test_labels: str

    def members(self, layout: Layout) -> dict[str, Sizes]:
        train, test = layout.counts
        pictures = dict.fromkeys(self.train, train // len(self.train)) | {self.test: test}
        # PNG hardly lengthens what it cannot shorten.
        sizes = {name: (1, 2 * rows * PIXELS) for name, rows in pictures.items()}
        sizes |= {self.train_labels: (1, _LABEL * train), self.test_labels: (1, _LABEL * test)}
        return {f"{self.folder}/{member}": size for member, size in sizes.items()}

    def decoded(
        self, where: object, members: Mapping[str, bytes], layout: Layout
    ) -> tuple[Images, Images]:
        train, test = layout.counts
        learnt = self._images(where, members, layout, self.train, self.train_labels, train)
        return learnt, self._images(where, members, layout, (self.test,), self.test_labels, test)

    def _images(
        self,
        where: object,
        members: Mapping[str, bytes],
        layout: Layout,
        pictures: tuple[str, ...],
        labels: str,
        count: int,
    ) -> Images:
        known = read_labels(
            f"{where}: {labels}", members[f"{self.folder}/{labels}"], count, len(layout.classes)
        )
        rows = count // len(pictures)
        pixels = np.empty((count, *SHAPE), np.uint8)
        for k, name in enumerate(pictures):
            pixels[k * rows : (k + 1) * rows] = read_picture(
                f"{where}: {name}", members[f"{self.folder}/{name}"], rows
            )
        return _images(pixels, known, known)


_BATCHES = tuple(f"data_batch_{k}" for k in range(1, 6))
_CIFAR_10 = Records(
    "cifar-10-batches-bin", tuple(f"{batch}.bin" for batch in _BATCHES), "test_batch.bin", labels=1
)
_CIFAR_100 = Records("cifar-100-binary", ("train.bin",), "test.bin", labels=2)
# So spelled.
_NPM = Pictures(
    "package",
    tuple(f"{batch}.png" for batch in _BATCHES),
    "test_batch.png",
    "train_lables.json",
    "test_lables.json",
)
FORMATS: dict[Name, tuple[Format, ...]] = {
    "cifar10": (_CIFAR_10, _NPM),
    "cifar100": (_CIFAR_100,),
    "cifar100-subset": (_CIFAR_100,),
}


def _images(pixels: NDArray[np.uint8], labels: NDArray[Any], coarse: NDArray[Any]) -> Images:
    """From arrays (n, 3, 32, 32), (n,), (n,)."""
    return Images(
        torch.from_numpy(np.require(pixels, requirements=["C", "W"])),
        torch.from_numpy(labels.astype(np.int64)),
        torch.from_numpy(coarse.astype(np.int64)),
    )
