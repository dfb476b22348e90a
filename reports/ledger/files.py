"""Files: written whole or not at all, read as data."""

from __future__ import annotations

import errno
import hashlib
import json
import math
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar

from model.files import read_limited, write_atomically
from model.printing import one_line, shown, steers

T = TypeVar("T")
#: Bytes of a specification, a sweep, a counterexample: many times what they need.
SMALL = 2**20
#: Bytes of a ledger, or of one line of a journal.
LARGE = 2**28
#: How deep lists and tables may be nested: what is read is walked through by recursion.
_DEEPEST = 40
#: Bits of an integer, beyond which no float holds it.
_LONGEST = 1000


def once_a_state(told: Callable[[Path], T]) -> Callable[[Path], T]:
    """What is told of a file, worked out again only where it was written since, or has another
    length. What is returned is shared, and stays as it is.
    """

    @lru_cache(maxsize=8)
    def of_state(file: Path, written: int, length: int) -> T:
        return told(file)

    @wraps(told)
    def of_file(file: Path) -> T:
        known = file.stat()
        return of_state(file, known.st_mtime_ns, known.st_size)

    return of_file


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


def read_text(path: Path, most: int = SMALL) -> str:
    """A file's text, in UTF-8, with or without a byte-order mark.

    Raises OSError; ValueError for what is no such text.
    """
    try:
        return read_limited(path, most).decode("utf-8-sig")
    except MemoryError:
        raise OSError(errno.ENOMEM, "there is not enough memory for it", str(path)) from None


def read_json(text: str, *, finite: bool = True, **options: Any) -> Any:
    """JSON from a file that may be damaged or hostile; raises ValueError and nothing else. Where
    infinities and nan are not refused here, they are by who knows their field.
    """
    try:
        value = json.loads(text, **options)
    except RecursionError:
        raise ValueError("nested too deep") from None
    check_plain(value, finite=finite)
    return value


def check_plain(value: Any, *, finite: bool = True) -> None:
    """Raise ValueError, which names the field, for data nested too deep, for text that steers a
    terminal, and for numbers that no float holds.
    """
    level, depth = [("", value)], 0
    while level:
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        for name, one in level:
            _check_scalar(name, one, finite)
        level, depth = [inner for _, one in level for inner in _inside(one)], depth + 1


def _inside(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        return [*(("a name", name) for name in value), *value.items()]
    return (("", one) for one in value) if isinstance(value, list) else ()


def _check_scalar(name: str, value: Any, finite: bool) -> None:
    if isinstance(value, str) and steers(value):
        raise ValueError(_told(name, value, "must hold no control characters"))
    if finite and isinstance(value, float) and not math.isfinite(value):
        raise ValueError(_told(name, value, "must be a finite number"))
    if finite and isinstance(value, int) and value.bit_length() > _LONGEST:
        raise ValueError(_told(name, value, "must be a number that a float holds"))


def _told(name: str, value: object, rule: str) -> str:
    named = one_line(name, 100) + " = " if name else ""
    return f"{named}{shown(value)}: {rule}"
