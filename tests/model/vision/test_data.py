"""The cache: what is read back is what was stored, or it is refused."""

import errno
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from model.vision import data
from model.vision.data import (
    LAYOUTS,
    AbsentError,
    DataError,
    cache_folder,
    load,
    store,
    stored_path,
)

NAMES = list(LAYOUTS)


def forged(path, raw):
    """A file whose own checksum holds."""
    path.write_bytes(raw + hashlib.sha256(raw).digest())


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(tiny, same, stored_bytes, tmp_path, name):
    train, test = tiny[name]
    path = store(name, train, test, "memory", tmp_path / "new" / "folder")
    raw = stored_bytes(train, test)
    assert path == stored_path(name, tmp_path / "new" / "folder")
    assert path.read_bytes() == raw + hashlib.sha256(raw).digest()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    found = load(name, path.parent)
    same(found.train, train)
    same(found.test, test)
    assert (found.train.pixels.dtype, found.train.labels.dtype, found.train.coarse.dtype) == (
        torch.uint8,
        torch.int64,
        torch.int64,
    )
    assert (found.name, found.classes, found.superclasses) == (
        name,
        LAYOUTS[name].classes,
        LAYOUTS[name].superclasses,
    )
    found.train.pixels[0] = 0  # they are nobody else's


def test_layouts():
    """The real ones: as many names as there are classes, and what a file must have in bytes."""
    assert [(len(set(one.classes)), len(set(one.superclasses))) for one in LAYOUTS.values()] == [
        (10, 10),
        (100, 20),
        (100, 20),
    ]
    assert [one.counts for one in LAYOUTS.values()] == [
        (50000, 10000),
        (50000, 10000),
        (5000, 2000),
    ]
    assert LAYOUTS["cifar100"].size == 60000 * 3074


@pytest.mark.parametrize("name", NAMES)
def test_absent(tiny, tmp_path, name):
    """One line says what to do."""
    with pytest.raises(AbsentError) as error:
        load(name, tmp_path)
    message = str(error.value)
    assert str(stored_path(name, tmp_path)) in message
    assert f"`transfer-claims cifar fetch {name} --from FILE`" in message
    assert (f"`transfer-claims cifar fetch {name}`" in message) == (name != "cifar100-subset")
    assert "\n" not in message


def test_no_such_set(tmp_path):
    with pytest.raises(
        DataError, match="data set: 'cifar11': must be one of cifar10, cifar100, cifar100-subset"
    ):
        load("cifar11", tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [0, 3071, 3073 * 40, -33, -32, -1])
def test_one_wrong_bit(tiny, tmp_path, name, place):
    """Anywhere: pixels, labels, checksum."""
    raw = bytearray((path := store(name, *tiny[name], "memory", tmp_path)).read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    with pytest.raises(
        DataError,
        match=rf"{name}\.arrays: SHA-256 of the arrays is [0-9a-f]{{64}}: must be [0-9a-f]{{64}}",
    ):
        load(name, tmp_path)


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"\0", lambda raw: b""])
def test_wrong_size(tiny, tmp_path, change):
    path = store("cifar10", *tiny["cifar10"], "memory", tmp_path)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(
        DataError, match=rf"cifar10\.arrays: {path.stat().st_size} bytes: must be {70 * 3074 + 32}"
    ):
        load("cifar10", tmp_path)


def test_a_huge_file_is_not_read(tiny, tmp_path):
    """A terabyte, of which the disk holds nothing."""
    with stored_path("cifar10", tmp_path).open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(DataError, match="1000000000000 bytes"):
        load("cifar10", tmp_path)


def test_forged(tiny, same, stored_bytes, tmp_path):
    """A file whose own checksum holds is still not CIFAR-10. It can be CIFAR-100, which no constant
    is known of, but not against its layout.
    """
    for name in ("cifar10", "cifar100-subset"):
        train, test = tiny[name]
        forged(
            stored_path(name, tmp_path),
            stored_bytes(replace(train, pixels=255 - train.pixels), test),
        )
        with pytest.raises(DataError, match="SHA-256"):
            load(name, tmp_path)
    train, test = tiny["cifar100"]
    forged(
        stored_path("cifar100", tmp_path),
        stored_bytes(other := replace(train, pixels=255 - train.pixels), test),
    )
    same(load("cifar100", tmp_path).train, other)
    forged(
        stored_path("cifar100", tmp_path),
        stored_bytes(replace(train, labels=train.labels + 1), test),
    )
    with pytest.raises(DataError, match=r"train label 100: must be from 0 to 99"):
        load("cifar100", tmp_path)


def put(tensor, **places):
    """The tensor with other values in some places."""
    changed = tensor.clone()
    for place, value in places.items():
        changed[int(place[1:])] = value
    return changed


def moved(images, label):
    """The class in the next superclass, in all images."""
    coarse = images.coarse.clone()
    coarse[images.labels == label] = (coarse[images.labels == label] + 1) % 20
    return replace(images, coarse=coarse)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda train, test: (replace(train, labels=put(train.labels, _3=100)), test),
            "train label 100: must be from 0 to 99",
        ),
        (
            lambda train, test: (train, replace(test, labels=put(test.labels, _3=-1))),
            "test label -1: must be from 0 to 99",
        ),
        (
            lambda train, test: (train, replace(test, coarse=put(test.coarse, _3=20))),
            "test superclass 20: must be from 0 to 19",
        ),
        (
            lambda train, test: (replace(train, labels=train.labels.clamp(min=1)), test),
            "0 train images of class 0: must be 2",
        ),
        (
            lambda train, test: (train, replace(test, labels=test.labels.clamp(max=98))),
            "2 test images of class 98: must be 1",
        ),
        (
            lambda train, test: (moved(train, 7), test),
            "class 7 is in 2 superclasses: must be in one",
        ),
        (
            lambda train, test: (moved(train, 7), moved(test, 7)),
            r"superclass \d+ has [46] classes: must have 5",
        ),
    ],
)
def test_store_checks(tiny, tmp_path, change, message):
    """What is not in the layout of CIFAR-100 is not stored."""
    with pytest.raises(DataError, match=f"memory: {message}"):
        store("cifar100", *change(*tiny["cifar100"]), "memory", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_store_knows_the_images(tiny, tmp_path):
    """Others are refused, and what was there stays."""
    train, test = tiny["cifar10"]
    path = store("cifar10", train, test, "memory", tmp_path)
    before = path.read_bytes()
    with pytest.raises(DataError, match="memory: SHA-256 of the arrays is"):
        store("cifar10", replace(train, pixels=put(train.pixels, _0=0)), test, "memory", tmp_path)
    backwards = replace(
        train, pixels=train.pixels.flip(0), labels=train.labels.flip(0), coarse=train.coarse.flip(0)
    )
    with pytest.raises(DataError, match="memory: SHA-256 of the arrays is"):
        store("cifar10", backwards, test, "memory", tmp_path)
    assert path.read_bytes() == before


def test_a_full_disk(tiny, tmp_path, monkeypatch):
    """The old file stays, and nothing else is left."""
    path = store("cifar100", *tiny["cifar100"], "memory", tmp_path)
    before, (train, test) = path.read_bytes(), tiny["cifar100"]
    monkeypatch.setattr(
        os,
        "fsync",
        lambda handle: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left on device")),
    )
    with pytest.raises(OSError, match="No space left"):
        store("cifar100", replace(train, pixels=255 - train.pixels), test, "memory", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_folder_that_is_none(tiny, tmp_path):
    """Errors of the system stay what they are."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        load("cifar10", tmp_path / "file")
    stored_path("cifar10", tmp_path).mkdir()
    with pytest.raises(IsADirectoryError):
        load("cifar10", tmp_path)


@pytest.mark.parametrize(
    ("chosen", "caches", "expected"),
    [
        ("/data/images", "/caches", "/data/images"),
        ("~/images", None, "/home/me/images"),
        ("", "/caches", "/caches/transfer-claims"),
        (None, "/caches", "/caches/transfer-claims"),
        (None, "relative", "/home/me/.cache/transfer-claims"),
        (None, "", "/home/me/.cache/transfer-claims"),
        (None, None, "/home/me/.cache/transfer-claims"),
    ],
)
def test_cache_folder(monkeypatch, chosen, caches, expected):
    monkeypatch.setenv("HOME", "/home/me")
    for name, value in (("TRANSFER_CLAIMS_DATA", chosen), ("XDG_CACHE_HOME", caches)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert cache_folder() == Path(expected)


def test_the_cache_is_the_default(tiny, same, monkeypatch, tmp_path):
    monkeypatch.setenv("TRANSFER_CLAIMS_DATA", str(tmp_path))
    assert store("cifar10", *tiny["cifar10"], "memory").parent == tmp_path
    same(load("cifar10").test, tiny["cifar10"][1])


# Real images --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ten():
    """CIFAR-10, if it is in the cache."""
    try:
        return load("cifar10")
    except AbsentError as error:
        pytest.skip(str(error))


@pytest.mark.cifar
def test_cifar_10(ten):
    """What everybody finds in it."""
    assert ten.train.pixels.shape == (50000, 3, 32, 32)
    assert ten.test.labels[:8].tolist() == [3, 8, 8, 0, 6, 6, 1, 6]
    pieces = np.array_split(ten.train.pixels.numpy(), 50)  # counting takes eight bytes for each
    counts = np.stack(
        [
            sum(np.bincount(piece[:, channel].ravel(), minlength=256) for piece in pieces)
            for channel in range(3)
        ]
    ) / (50000 * 1024)  # (3, 256)
    levels = np.arange(256) / 255
    mean = counts @ levels
    assert mean == pytest.approx([0.49140, 0.48216, 0.44653], abs=6e-6)
    assert np.sqrt(counts @ levels**2 - mean**2) == pytest.approx(
        [0.24703, 0.24349, 0.26159], abs=6e-6
    )
    assert torch.equal(ten.train.coarse, ten.train.labels)
    assert data.LAYOUTS["cifar10"].classes[ten.test.labels[0]] == "cat"


@pytest.mark.cifar
def test_official_records(ten):
    """Written as the official archive has them, the images have the MD5 that others found of its
    six files: this archive decodes to the same.
    """
    parts = [(ten.train, k * 10000) for k in range(5)] + [(ten.test, 0)]
    sums = []
    for images, start in parts:
        batch = slice(start, start + 10000)
        records = np.column_stack(
            [
                images.labels[batch].numpy().astype(np.uint8),
                images.pixels[batch].reshape(10000, -1).numpy(),
            ]
        )
        sums.append(hashlib.md5(records, usedforsecurity=False).hexdigest())
    assert sums == [
        "5dd7e06a14cb22eb9f671a540d1b7c25",
        "5ea93a67294ea407fff1d09f752e9692",
        "942cd6a4bcdd0dd3c604fbe906cb4421",
        "ae636b3ba5c66a11e91e8cb52e771fcb",
        "53f37980c15c3d472c316c40844f3f0d",
        "803d5f7f4d78ea53de84dbe85f74fb6d",
    ]
