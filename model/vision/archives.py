"""Reading the wanted members of a .tar.gz archive that is not trusted: as a stream, bounded, and
with nothing unpacked to disk.
"""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, cast

from model.vision.data import DataError
from model.vision.download import reason

#: Least and largest size of a member, in bytes.
Sizes = tuple[int, int]

_CHUNK = 1 << 18
_MEMBERS = 100  # in an archive, whose own have at most 12
_BESIDE = 1 << 23  # bytes, unpacked, of what is in an archive and not wanted


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


def members(archive: Path, where: object, wanted: Mapping[str, Sizes]) -> dict[str, bytes]:
    """The wanted members of an archive, by path; `wanted` says their sizes. It is walked to its
    end, so that its own checksum holds. Raises `DataError`.
    """
    with archive.open("rb") as file:
        stream = _Bounded(where, file, sum(high for _, high in wanted.values()) + _BESIDE)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar:
                contents = dict(_members(where, tar, wanted))
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
                where, f"cannot be read ({reason(error)})", "must be a whole .tar.gz archive"
            ) from None
    return contents


def _members(
    where: object, tar: tarfile.TarFile, wanted: Mapping[str, Sizes]
) -> Iterator[tuple[str, bytes]]:
    """Paths and contents of what is wanted; the rest is passed over, but must be harmless too."""
    passed: set[str] = set()
    for count, member in enumerate(tar, 1):
        name = str(PurePosixPath(member.name))
        if count > _MEMBERS:
            raise DataError(where, f"more than {_MEMBERS} members", "must have no more")
        _check_harmless(where, member)
        if name in wanted:
            if name in passed:
                raise DataError(where, f"member {name!r} twice", "must be there once")
            _check_size(where, member, name, *wanted[name])
            passed.add(name)
            yield name, cast(IO[bytes], tar.extractfile(member)).read()


def _check_harmless(where: object, member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts:
        raise DataError(where, f"member {member.name!r}", "must be a path within the archive")
    plain = member.isdir() or member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)
    if not plain or member.issparse():
        raise DataError(
            where,
            f"member {member.name!r} of type {member.type!r}",
            "must be a file or folder: no link, no device",
        )


def _check_size(where: object, member: tarfile.TarInfo, name: str, low: int, high: int) -> None:
    if member.isdir() or not low <= member.size <= high:
        raise DataError(
            where,
            f"member {name!r} of {member.size} bytes",
            f"must have {low}" + (f" to {high}" if high > low else ""),
        )
