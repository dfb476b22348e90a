"""Files: written whole or not at all, read as data."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from model.files import write_atomically

T = TypeVar("T")


def write_whole(path: Path, text: str) -> None:
    """`model.files.write_atomically`, of text."""
    write_atomically(path, lambda file: file.write(text.encode("utf-8")))


def digest(root: Path, files: Iterable[Path]) -> str:
    """Of files below `root`: of their names there, and their contents."""
    return hashlib.sha256(
        b"".join(
            file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes()
            for file in sorted(files)
        )
    ).hexdigest()


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


def validated(adapter: TypeAdapter[T], values: Any, what: str) -> T:
    """What JSON values say, by pydantic's rules; raises ValueError, which names the field, or
    `what` they should be.
    """
    try:
        return adapter.validate_json(json.dumps(values))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        raise ValueError(f"{'.'.join(map(str, first['loc'])) or what}: {first['msg']}") from None


def read_json(text: str, **options: Any) -> Any:
    """JSON from a file that may be damaged or hostile; raises ValueError and nothing else."""
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deep") from None
