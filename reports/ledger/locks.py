"""A lock for each file that several runs may write: that of the file itself, whatever link leads to
it.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from model.files import resolved


class BusyError(Exception):
    """Another run holds the lock."""


def check_regular(file: Path) -> None:
    """Raise OSError for a folder, a pipe or a device: none can be gone on with."""
    if file.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
    if file.exists() and not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "must be a regular file", str(file))


@contextmanager
def locked(path: Path, patience: float = 0.0) -> Iterator[Path]:
    """Hold the lock .NAME.lock beside a file, waiting for it for so many seconds; gives the file,
    behind links, in a folder that is made.

    Raises BusyError; OSError, also for what is no regular file: it cannot be gone on with.
    """
    file = resolved(path)
    check_regular(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(file.with_name(f".{file.name}.lock")).acquire(timeout=patience)
    except Timeout:
        raise BusyError from None
    except NotImplementedError as error:  # a file system without locks
        raise OSError(errno.ENOLCK, str(error), str(path)) from None
    with lock:
        yield file
