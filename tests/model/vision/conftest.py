"""Small data sets in the layouts of the real ones, archives of them, and a web server that can
misbehave.
"""

import base64
import functools
import hashlib
import io
import json
import os
import tarfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import torch
from downloads import FILES, PACKAGE
from PIL import Image

from model.vision import data, fetch, sources
from model.vision.data import DataError, Images
from model.vision.sources import OFFICIAL, Source

#: Images of a class, to train on and to test on.
SIZES = {"cifar10": (5, 2), "cifar100": (2, 1), "cifar100-subset": (1, 1)}


@functools.cache
def invented(name):
    """Images to train on and to test on: noise, in an order that is not sorted."""
    rng = np.random.default_rng(list(SIZES).index(name))
    layout = data.LAYOUTS[name]
    mapping = (
        rng.permutation(np.arange(len(layout.classes)) % len(layout.superclasses))
        if name != "cifar10"
        else np.arange(10)
    )
    parts = []
    for each in SIZES[name]:
        labels = rng.permutation(np.repeat(np.arange(len(layout.classes)), each))
        pixels = rng.integers(0, 256, (len(labels), 3, 32, 32), dtype=np.uint8)
        parts.append(Images(*map(torch.from_numpy, (pixels, labels, mapping[labels]))))
    return tuple(parts)


def raw(train, test):
    """The bytes that a data set is stored as, without its checksum."""
    return b"".join(
        array.numpy().astype(np.uint8).tobytes()
        for images in (train, test)
        for array in (images.pixels, images.labels, images.coarse)
    )


@pytest.fixture
def tiny(monkeypatch):
    """Small data sets, by name, in the place of the real ones: images to train on, and to test
    on.
    """
    made = {}
    for name, (train, test) in SIZES.items():
        made[name] = invented(name)
        known = None if name == "cifar100" else hashlib.sha256(raw(*made[name])).hexdigest()
        monkeypatch.setitem(
            data.LAYOUTS, name, replace(data.LAYOUTS[name], train=train, test=test, sha256=known)
        )
    return made


@pytest.fixture
def stored_bytes():
    return raw


@pytest.fixture
def same():
    """Assert that two sets of images are the same, kinds of numbers and all."""

    def check(found, expected):
        for name in ("pixels", "labels", "coarse"):
            torch.testing.assert_close(
                getattr(found, name), getattr(expected, name), rtol=0, atol=0
            )

    return check


# Archives -----------------------------------------------------------------------------------------


def records(images, coarse=False):
    """Official records."""
    columns = [images.labels, images.pixels.reshape(len(images.labels), -1)]
    columns = [images.coarse, *columns] if coarse else columns
    return np.column_stack([column.numpy().astype(np.uint8) for column in columns]).tobytes()


def png(pixels, mode="RGB", **options):
    """A picture with an image in each row, of pixels (n, 3, 32, 32)."""
    rows = pixels.numpy().transpose(0, 2, 3, 1).reshape(len(pixels), 1024, 3)
    Image.fromarray(rows).convert(mode).save(file := io.BytesIO(), "PNG", **options)
    return file.getvalue()


def official(name, train, test):
    """Members of the official archive."""
    if name != "cifar10":
        members = {
            "train.bin": records(train, coarse=True),
            "test.bin": records(test, coarse=True),
            "fine_label_names.txt": b"apple\n",
        }
        return {f"cifar-100-binary/{member}": raw for member, raw in members.items()}
    whole, size = records(train), len(train.labels) // 5 * 3073
    members = {f"data_batch_{k + 1}.bin": whole[k * size : (k + 1) * size] for k in range(5)}
    return {
        f"cifar-10-batches-bin/{member}": raw
        for member, raw in (
            members | {"test_batch.bin": records(test), "readme.html": b"<p>"}
        ).items()
    }


def package(train, test):
    """Members of the npm package."""
    members = {
        f"data_batch_{k + 1}.png": png(pixels) for k, pixels in enumerate(train.pixels.chunk(5))
    } | {"test_batch.png": png(test.pixels)}
    labels = {"train_lables.json": train.labels, "test_lables.json": test.labels}
    members |= {
        member: json.dumps(values.tolist()).encode() for member, values in labels.items()
    } | {"index.js": b"x"}
    return {f"package/{member}": raw for member, raw in members.items()}


def packed(path, *entries):
    """A .tar.gz of entries: pairs (name or TarInfo, bytes)."""
    with tarfile.open(path, "w:gz", compresslevel=1) as tar:
        for name, content in entries:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(content) if member.isreg() else member.size
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture(scope="session")
def _members():
    return {name: official(name, *invented(name)) for name in SIZES} | {
        "npm": package(*invented("cifar10"))
    }


@pytest.fixture
def members(tiny, _members):
    """Members of the archives of the small data sets, by the name of the data set, or "npm"."""
    return {name: dict(found) for name, found in _members.items()}


@pytest.fixture(scope="session")
def archives(_members, tmp_path_factory):
    """The bytes of those archives."""
    path = tmp_path_factory.mktemp("archives") / "archive.tar.gz"
    return {name: packed(path, *found.items()).read_bytes() for name, found in _members.items()}


@pytest.fixture
def archive(tmp_path):
    """Make a .tar.gz of a mapping of members, and of further entries (name or TarInfo, bytes)."""
    return lambda members, *entries: packed(tmp_path / "archive.tar.gz", *members.items(), *entries)


@pytest.fixture
def picture():
    return png


# The web ------------------------------------------------------------------------------------------


@dataclass
class Web:
    """What a server has, and how it behaves."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)  # paths, and ranges
    ranges: bool = True
    cut: int | None = None  # bytes after which an answer breaks off
    shift: int = 0  # of the range that is answered
    lengths: bool = True  # whether it says how much there is
    moved: dict[str, str] = field(default_factory=dict)  # redirections
    silent: bool = False
    stalls: bool = False  # instead of breaking off


class _Handler(BaseHTTPRequestHandler):
    web: Web

    def do_GET(self):
        web, wanted = self.web, self.headers.get("Range")
        web.asked.append((self.path, wanted))
        if web.silent:
            self.rfile.read(1)  # until the other side gives up
        elif self.path in web.moved:
            self.answer(302, {"Location": web.moved[self.path]})
        elif self.path not in web.files:
            self.answer(404, {})
        else:
            self.give(web.files[self.path], wanted)

    def give(self, content, wanted):
        begun = (
            int(wanted.removeprefix("bytes=").removesuffix("-"))
            if wanted and self.web.ranges
            else 0
        )
        if begun and begun >= len(content):
            return self.answer(416, {"Content-Range": f"bytes */{len(content)}"})
        rest, first = content[begun:], begun + self.web.shift
        headers = {"Content-Length": str(len(rest))} if self.web.lengths else {}
        headers |= (
            {"Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}"} if begun else {}
        )
        self.answer(206 if begun else 200, headers)
        self.wfile.write(rest[: self.web.cut])
        return self.rfile.read(1) if self.web.stalls else None

    def answer(self, code, headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@contextmanager
def serving(web):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"web": web}))
    web.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def web(monkeypatch):
    """A server on this machine, which no proxy stands before."""
    monkeypatch.setenv("no_proxy", "*")
    with serving(Web()) as web:
        yield web


# Fetching -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """The cache."""
    return tmp_path / "cache"


@pytest.fixture
def served(tiny, archives, web, monkeypatch):
    """The small data sets' archives, served; and their checksums in place of the real ones."""
    for name, file in FILES.items():
        web.files[f"/{file}"] = content = archives[name]
        monkeypatch.setitem(
            OFFICIAL,
            name,
            Source(f"{web.address}/{file}", "md5", hashlib.md5(content).hexdigest()),
        )
    web.files[PACKAGE] = content = archives["npm"]
    monkeypatch.setattr(
        sources, "_INTEGRITY", base64.b64encode(hashlib.sha512(content).digest()).decode()
    )
    monkeypatch.setenv("npm_config_registry", f"{web.address}/npm/")
    return web


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


@pytest.fixture
def hundred(archive, monkeypatch):
    """An archive, with its MD5 in the place of the official one's."""

    def make(members):
        file = archive(members)
        monkeypatch.setitem(
            OFFICIAL,
            "cifar100",
            Source(
                "https://a.example/cifar-100-binary.tar.gz",
                "md5",
                hashlib.md5(file.read_bytes()).hexdigest(),
            ),
        )
        return file

    return make


# Real images --------------------------------------------------------------------------------------


@pytest.fixture
def subset(pytestconfig):
    """The archive of the subset of CIFAR-100."""
    path = Path(
        os.environ.get("TRANSFER_CLAIMS_CIFAR100")
        or pytestconfig.rootpath / "../shared/data/cifar-100-subset-binary.tar.gz"
    )
    if not path.exists():
        pytest.skip(
            f"{path} is not there; TRANSFER_CLAIMS_CIFAR100 says where the subset of CIFAR-100 is"
        )
    return path
