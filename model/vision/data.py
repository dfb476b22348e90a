"""CIFAR-10 and CIFAR-100 as they lie in the cache: decoded, checked, read back without parsing
anything.

A data set is one file, NAME.arrays: for train and then test the bytes of pixels (n, 3, 32, 32),
fine classes (n,) and superclasses (n,), and at the end the SHA-256 of all before it. So what it
must be long is known before it is opened, it is replaced whole or not at all, nothing in it can be
executed or can ask for memory, and reading it costs little more than its checksum. (`.npy` files
have headers to parse, and would be six.)

What the checksum is worth: for CIFAR-10, and for the subset of CIFAR-100, it is a constant below,
the same whatever source the images came from. For the whole of CIFAR-100 no constant is known here;
the one in the file shows that nothing changed since it was decoded, and what it was decoded from
had the MD5 that the authors give for their archive. Whoever can write in the cache folder can
therefore forge CIFAR-100, but not the others.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import torch

from model.files import write_atomically

if TYPE_CHECKING:
    from torch import Tensor

Name = Literal["cifar10", "cifar100", "cifar100-subset"]

#: Pixels of an image: channels (red, green, blue), rows, columns.
SHAPE = (3, 32, 32)
PIXELS = 3 * 32 * 32
_DIGEST = hashlib.sha256().digest_size

_CLASSES_10 = "airplane automobile bird cat deer dog frog horse ship truck"
_CLASSES_100 = (
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus"
    " butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch"
    " crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo"
    " keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse"
    " mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy"
    " porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper"
    " snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television"
    " tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm"
)
_SUPERCLASSES_100 = (
    "aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices"
    " household_furniture insects large_carnivores large_man-made_outdoor_things"
    " large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals"
    " non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2"
)


class DataError(ValueError):
    """Data that is damaged, hostile or another's: names the file, the value and the rule."""

    def __init__(self, where: object, value: str, rule: str) -> None:
        super().__init__(f"{where}: {value}: {rule}")
        self.where, self.value, self.rule = where, value, rule

    def __reduce__(self) -> tuple[Any, ...]:
        """A worker's error is pickled on its way here."""
        return type(self), (self.where, self.value, self.rule)


class AbsentError(DataError):
    """A data set that is not in the cache: says how to bring it there."""

    def __init__(self, path: Path, name: Name) -> None:
        offline = f"transfer-claims cifar fetch {name} --from FILE"
        known = (
            f"run `{offline}`"
            if name == "cifar100-subset"
            else f"run `transfer-claims cifar fetch {name}` (offline: `{offline}`)"
        )
        super().__init__(path, f"{name} is not there", known)
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.where, self.name)


@dataclass(frozen=True)
class Images:
    """Images in the order of the official archive."""

    pixels: Tensor  # (n, 3, 32, 32), uint8
    labels: Tensor  # (n,), int64: fine classes
    coarse: Tensor  # (n,), int64: superclasses (CIFAR-100); the same as labels for CIFAR-10


@dataclass(frozen=True)
class ImageSet:
    """A data set."""

    name: Name
    train: Images
    test: Images
    classes: tuple[str, ...]
    superclasses: tuple[str, ...]  # the same as classes for CIFAR-10


@dataclass(frozen=True)
class Layout:
    """What a data set must be."""

    classes: tuple[str, ...]
    superclasses: tuple[str, ...]  # as many classes in each
    train: int  # images of a class
    test: int
    sha256: str | None  # of the decoded arrays; None: not known beforehand

    @classmethod
    def named(
        cls, classes: str, superclasses: str, train: int, test: int, sha256: str | None
    ) -> Layout:
        """From names with spaces between them."""
        return cls(tuple(classes.split()), tuple(superclasses.split()), train, test, sha256)

    @property
    def counts(self) -> tuple[int, int]:
        """Images to train on, and to test on."""
        return self.train * len(self.classes), self.test * len(self.classes)

    @property
    def size(self) -> int:
        """Bytes of the arrays."""
        return sum(self.counts) * (PIXELS + 2)

    def check(self, where: object, train: Images, test: Images) -> None:
        """Raise `DataError` where labels are out of range, or classes have not the images, or the
        superclass, that they must have.
        """
        for part, images, each in (("train", train, self.train), ("test", test, self.test)):
            for kind, labels, names in (
                ("label", images.labels, self.classes),
                ("superclass", images.coarse, self.superclasses),
            ):
                _check_range(where, f"{part} {kind}", labels, len(names))
            for label, count in enumerate(
                images.labels.bincount(minlength=len(self.classes)).tolist()
            ):
                if count != each:
                    raise DataError(
                        where, f"{count} {part} images of class {label}", f"must be {each}"
                    )
        self._check_superclasses(where, train, test)

    def _check_superclasses(self, where: object, train: Images, test: Images) -> None:
        rows, columns = len(self.classes), len(self.superclasses)
        pairs = torch.cat([train.labels, test.labels]) * columns + torch.cat(
            [train.coarse, test.coarse]
        )
        present = pairs.bincount(minlength=rows * columns).view(rows, columns) > 0
        for label, count in enumerate(present.sum(dim=1).tolist()):
            if count != 1:
                raise DataError(
                    where, f"class {label} is in {count} superclasses", "must be in one"
                )
        for label, count in enumerate(present.sum(dim=0).tolist()):
            if count != rows // columns:
                raise DataError(
                    where, f"superclass {label} has {count} classes", f"must have {rows // columns}"
                )


#: Checksums: of what the npm package and the subset's archive decode to. The former, written as
#: official records, has the MD5 of each of the official archive's six files, so that archive
#: decodes to the same.
LAYOUTS: dict[Name, Layout] = {
    "cifar10": Layout.named(
        _CLASSES_10,
        _CLASSES_10,
        5000,
        1000,
        "cbee27a1ab1a93800f9c1d99ab111b413425767f9fe9ebf8eb2b952d9c61cba5",
    ),
    "cifar100": Layout.named(_CLASSES_100, _SUPERCLASSES_100, 500, 100, None),
    "cifar100-subset": Layout.named(
        _CLASSES_100,
        _SUPERCLASSES_100,
        50,
        20,
        "545581c2f7269c2e86530c7bc0866641aba4b8ec4639b4c10b91a2eff3e22abe",
    ),
}


def cache_folder() -> Path:
    """Where data sets are stored: $TRANSFER_CLAIMS_DATA, else transfer-claims in $XDG_CACHE_HOME,
    else in ~/.cache.
    """
    if chosen := os.environ.get("TRANSFER_CLAIMS_DATA"):
        return Path(chosen).expanduser()
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (
        caches if caches.is_absolute() else Path.home() / ".cache"
    ) / "transfer-claims"  # a relative one is to be ignored, says its specification


def stored_path(name: Name, folder: Path | None = None) -> Path:
    """The file that a data set is, or would be, stored in."""
    return (folder or cache_folder()) / f"{name}.arrays"


def load(name: Name, folder: Path | None = None) -> ImageSet:
    """A data set from the cache, checked against its checksum and its layout.

    Raises:
        AbsentError: it is not there.
        DataError: the file is damaged, or there is no such data set.
        OSError: it cannot be read.
    """
    layout = _layout(name)
    path = stored_path(name, folder)
    raw = _read(path, name, layout.size + _DIGEST)
    digest = raw[-_DIGEST:].hex()
    for computed in (digest, hashlib.sha256(memoryview(raw)[:-_DIGEST]).hexdigest()):
        _check_digest(path, computed, layout.sha256 or digest)
    train_count, test_count = layout.counts
    train = _unpacked(raw, 0, train_count)
    test = _unpacked(raw, train_count * (PIXELS + 2), test_count)
    layout.check(path, train, test)
    return ImageSet(name, train, test, layout.classes, layout.superclasses)


def store(
    name: Name, train: Images, test: Images, where: object, folder: Path | None = None
) -> Path:
    """Put a data set into the cache, whole or not at all, and return its path.

    Args:
        where: what it was decoded from, for the message of an error.

    Raises:
        DataError: it is not what a data set of this name must be; nothing is written.
        OSError: it cannot be written.
    """
    layout, path = _layout(name), stored_path(name, folder)
    layout.check(where, train, test)
    arrays = [array for images in (train, test) for array in _packed(images)]
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array)
    _check_digest(where, digest.hexdigest(), layout.sha256 or digest.hexdigest())
    write_atomically(path, lambda file: file.writelines([*arrays, memoryview(digest.digest())]))
    return path


def _layout(name: Name) -> Layout:
    if name not in LAYOUTS:
        raise DataError("data set", repr(name), f"must be one of {', '.join(LAYOUTS)}")
    return LAYOUTS[name]


def _check_range(where: object, kind: str, labels: Tensor, count: int) -> None:
    low, high = int(labels.min()), int(labels.max())
    if low < 0 or high >= count:
        raise DataError(
            where, f"{kind} {low if low < 0 else high}", f"must be from 0 to {count - 1}"
        )


def _check_digest(where: object, computed: str, expected: str) -> None:
    if computed != expected:
        raise DataError(
            where,
            f"SHA-256 of the arrays is {computed}",
            f"must be {expected}; these are not the images, or they are damaged",
        )


def _packed(images: Images) -> Iterator[memoryview]:
    """The bytes of the arrays, as they are stored and summed."""
    for array in (images.pixels, images.labels, images.coarse):
        yield array.to(torch.uint8).contiguous().numpy().reshape(-1).data


def _unpacked(raw: bytearray, start: int, count: int) -> Images:
    """The images stored from byte `start` on; pixels are not copied."""
    pixels = torch.frombuffer(raw, dtype=torch.uint8, offset=start, count=count * PIXELS).view(
        count, *SHAPE
    )
    labels = (
        torch.frombuffer(raw, dtype=torch.uint8, offset=start + count * PIXELS, count=2 * count)
        .view(2, count)
        .long()
    )
    return Images(pixels, labels[0], labels[1])


def _read(path: Path, name: Name, size: int) -> bytearray:
    """The whole file, which must have this size; no other is read."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise AbsentError(path, name) from None
    with file:
        length = os.fstat(file.fileno()).st_size
        if length == size:
            raw = bytearray(size)
            length = file.readinto(raw)  # less, should it be cut short meanwhile
    if length != size:
        raise DataError(path, f"{length} bytes", f"must be {size}; fetch it again")
    return raw
