"""What archives hold: official records of CIFAR-100, and the npm package's labels and pictures."""

import json
import struct
import zlib

import pytest
import torch

from model.vision import fetch, formats
from model.vision.data import load


def test_a_file_of_cifar_100(tiny, members, hundred, same, folder):
    fetch.fetch("cifar100", file=hundred(members["cifar100"]), folder=folder)
    same(load("cifar100", folder).train, tiny["cifar100"][0])
    same(load("cifar100", folder).test, tiny["cifar100"][1])


def test_cifar_100_is_known_by_its_archive(members, archive, refused):
    """The same images in another archive are refused, and the way to the subset is told."""
    message = (
        r"md5 [0-9a-f]{32}: must be 03b5dce01913d631647c71ecec9e9cb8, that of"
        r" cifar-100-binary.tar.gz \(.*cifar100-subset --from FILE"
    )
    refused(archive(members["cifar100"]), message, name="cifar100")
    refused(archive(members["cifar100-subset"]), message, name="cifar100")


def test_a_large_file_is_not_summed(refused, tmp_path):
    with (file := tmp_path / "large").open("wb") as opened:
        opened.truncate(10**12)
    refused(file, "1000000000000 bytes: must be at most 200000000", name="cifar100")


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (0, 20, "train superclass 20: must be from 0 to 19"),
        (1, 100, "train label 100: must be from 0 to 99"),
        (1, None, "images of class"),
    ],
)
def test_labels_of_cifar_100(members, hundred, refused, place, value, message):
    raw = bytearray(members["cifar100"]["cifar-100-binary/train.bin"])
    raw[place] = (raw[place] + 1) % 100 if value is None else value
    members["cifar100"]["cifar-100-binary/train.bin"] = bytes(raw)
    refused(hundred(members["cifar100"]), message, name="cifar100")


def test_the_whole_is_not_the_subset(members, archive, refused):
    refused(
        archive(members["cifar100"]),
        "member 'cifar-100-binary/train.bin' of 614800 bytes: must have 307400",
        name="cifar100-subset",
    )


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (json.dumps([0] * 19), "list of 19: must be a list of 20 labels"),
        (json.dumps({"labels": [0] * 20}), "dict of 1: must be a list"),
        ("7", "int of 1: must be a list"),
        (json.dumps([0] * 19 + [10]), "label 10: must be an integer from 0 to 9"),
        (json.dumps([0] * 19 + [-1]), "label -1: must be"),
        (json.dumps([0] * 19 + [1.0]), "label 1.0: must be"),
        (json.dumps([0] * 19 + [True]), "label True: must be"),
        (json.dumps([0] * 19 + ["1"]), "label '1': must be"),
        (json.dumps([0] * 19 + [None]), "label None: must be"),
        (f"[{'0,' * 19}{'9' * 200}]", "label 9{40}: must be"),
        ("[0, 1", "no JSON"),
        ("\xff\xfe", "no JSON"),
        ("0" * 321, "of 321 bytes: must have 1 to 320"),
        ("", "of 0 bytes: must have 1 to 320"),
    ],
)
def test_labels_of_the_package(archive, members, refused, raw, message):
    members["npm"]["package/test_lables.json"] = raw.encode("latin-1")
    refused(archive(members["npm"]), rf"test_lables\.json.*{message}")


def test_labels_nested_too_deep(archive, members, refused, monkeypatch):
    """As many brackets as the real package's size allows."""
    monkeypatch.setattr(formats, "_LABEL", 8000)
    members["npm"]["package/test_lables.json"] = b"[" * 160000
    refused(archive(members["npm"]), r"test_lables\.json: no JSON \(.*recursion")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_pictures_of_another_kind(archive, members, refused, tiny, picture):
    """Told by the header, before Pillow sees it."""
    pixels, name = tiny["cifar10"][1].pixels, "package/test_batch.png"
    head = struct.Struct(">IIBBBBB")
    others = [picture(pixels, mode) for mode in ("L", "RGBA", "P")] + [
        picture(pixels[:10]),
        picture(torch.cat([pixels, pixels[:1]])),
        b"BM" + bytes(60),
        b"\x89PNG\r\n\x1a\n",
    ]
    sizes = [
        (1024, 20, 16, 2, 0, 0, 0),
        (1024, 20, 8, 2, 0, 0, 1),
        (20, 1024, 8, 2, 0, 0, 0),
        (1024, 2**31 - 1, 8, 2, 0, 0, 0),
        (65535, 65535, 8, 2, 0, 0, 0),
    ]
    for raw in [
        *others,
        *(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head.pack(*size)) + members["npm"][name][33:]
            for size in sizes
        ),
    ]:
        members["npm"][name] = raw
        refused(
            archive(members["npm"]),
            r"test_batch\.png: begins with [0-9a-f]*: must be a PNG of 1024 x 20 pixels, 8 bits of"
            r" red, green and blue",
        )


@pytest.mark.filterwarnings("default")  # as outside of the tests, where a warning is no error
def test_damaged_pictures(archive, members, refused):
    name = "package/test_batch.png"
    raw = members["npm"][name]
    head = raw[:33]
    for damaged in (
        head,
        raw[:5000],
        head + chunk(b"IDAT", b"no zlib"),
        head[:-1] + bytes([head[-1] ^ 1]) + raw[33:],
        head + chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**7))) + raw[33:],
        head + chunk(b"acTL", struct.pack(">II", 0, 0)) + raw[33:],  # at which Pillow warns
    ):
        members["npm"][name] = damaged
        refused(
            archive(members["npm"]), r"test_batch\.png: cannot be read \(.*\): must be a whole PNG"
        )


def test_other_pictures(archive, members, refused, tiny, picture):
    """Well formed, but one pixel differs."""
    pixels = tiny["cifar10"][1].pixels.clone()
    pixels[3, 1, 4, 1] ^= 1
    members["npm"]["package/test_batch.png"] = picture(pixels)
    refused(archive(members["npm"]), "SHA-256 of the arrays")
