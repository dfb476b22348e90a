"""Files: written whole or not at all, read as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.files import write_atomically


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


def read_json(text: str, **options: Any) -> Any:
    """JSON from a file that may be damaged or hostile; raises ValueError and nothing else."""
    try:
        return json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deep") from None
