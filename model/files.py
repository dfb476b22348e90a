"""Files that are written whole or not at all, and read only as far as they should be long."""

from __future__ import annotations

import errno
import io
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Replace `path` by what `write` puts into a file, atomically; on any failure the old file
    stays and nothing else is left.

    A link stays one: the file that it leads to is replaced. What is no regular file (a pipe, a
    device) is never replaced, but written to. A new file has the rights that the umask leaves, an
    old one keeps its own.

    Raises OSError when the folder cannot be written or the disk is full.
    """
    path = resolved(path)
    mode = _mode(path)
    if mode is not None and not stat.S_ISREG(mode):
        _write_through(path, write)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(stat.S_IMODE(mode))
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


_BINARY = getattr(os, "O_BINARY", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)


def resolved(path: Path) -> Path:
    """The file that a path leads to, through links; a pipe behind a descriptor has only its path.

    Raises OSError for links that lead in a circle.
    """
    try:
        return path.resolve(strict=True)
    except FileNotFoundError:
        return path if os.path.exists(path) else path.resolve()  # noqa: PTH110  # a descriptor's
    except RuntimeError:  # as Python 3.11 and 3.12 call a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from None


def _mode(path: Path) -> int | None:
    """Kind and rights of a file; none where there is no file."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _write_through(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Into what is no regular file. A pipe that nobody reads is not waited for."""
    content = io.BytesIO()
    write(content)
    handle = os.open(path, os.O_WRONLY | _NONBLOCK | _BINARY)
    _block(handle)
    with os.fdopen(handle, "wb") as file:
        file.write(content.getvalue())


def read_limited(path: Path, most: int) -> bytes:
    """All bytes of a file, if they are no more than `most`.

    Raises OSError: it cannot be read, is larger, or is a pipe into which nobody writes.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    handle = os.open(path, os.O_RDONLY | _NONBLOCK | _BINARY)
    with os.fdopen(handle, "rb", buffering=0) as file:
        status = os.fstat(handle)
        if stat.S_ISREG(status.st_mode) and status.st_size > most:
            raise _too_large(path, most)
        begin = _first(path, handle) if stat.S_ISFIFO(status.st_mode) else b""
        _block(handle)
        content = begin + _up_to(file, most + 1 - len(begin))
    if len(content) > most:
        raise _too_large(path, most)
    return content


def _first(path: Path, handle: int) -> bytes:
    """What a pipe holds; that which nobody writes to would be waited for without end."""
    try:
        begin = os.read(handle, 1)
    except BlockingIOError:  # there is somebody, who has written nothing yet
        return b""
    if not begin:
        raise OSError(errno.EINVAL, "is a pipe, and nobody writes to it", str(path))
    return begin


def _up_to(file: IO[bytes], most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (part := file.read(min(most, 2**20))):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _too_large(path: Path, most: int) -> OSError:
    return OSError(errno.EFBIG, f"must be at most {most:,} bytes", str(path))


def _block(handle: int) -> None:
    """Wait from here on. Not every system tells, nor needs it of plain files."""
    if _NONBLOCK:
        os.set_blocking(handle, True)
