"""Files: written whole or not at all, read as data."""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any


def write_whole(path: Path, text: str) -> None:
    """Replace `path` by `text` atomically; on any failure the old file stays and nothing else is left.

    Raises OSError when the folder cannot be written or the disk is full.
    """
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def write_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """The same for a binary file: `write` puts into it what replaces `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def finite(value: float | None) -> float | None:
    """JSON has no infinity; a number without bound is none."""
    return value if value is not None and math.isfinite(value) else None


def plain(value: Any) -> Any:
    """The same without infinities and nan."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return finite(value) if isinstance(value, float) else value


def read_json(text: str, **options: Any) -> Any:
    """JSON from a file that may be damaged or hostile; raises ValueError and nothing else."""
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deep") from None
