"""A journal: records that a long run appends as they are finished, so that one that was interrupted
goes on where it was.

A file of JSON, one record a line, under a header that says whose records they are. What was
appended is on the disk, whatever happens next. A last line without its end was cut off: it is
dropped, and what it would have told is found again rather than trusted. While a run writes PATH, it
holds the lock .PATH.lock beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from model.files import read_limited
from reports.interruption import keeping
from reports.ledger.files import read_json, write_whole
from reports.ledger.locks import BusyError, locked

Record = dict[str, Any]
#: Bytes beyond which a file is not read.
_LARGEST = 2**32


class JournalError(ValueError):
    """A file that cannot be gone on with: names it, and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True)
class Journal:
    """A file that is being written."""

    records: list[Record]  # that it held when it was opened
    _file: IO[bytes]

    def append(self, records: Iterable[Record]) -> None:
        """Add records, and wait until they are on the disk.

        Raises:
            ValueError: a number is infinite or nan; nothing is added.
            OSError: they cannot be written; what was added before stays.
        """
        lines = b"".join(_line(record) for record in records)
        with keeping():
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())


@contextmanager
def opened(
    path: Path,
    header: Mapping[str, Any] | None,
    check: Callable[[Any], Record],
    *,
    anew: bool = False,
) -> Iterator[Journal]:
    """The journal of this header, begun if there is none; without a header each record says whose
    it is.

    Args:
        check: gives back what a line holds if that is a record, and raises ValueError, which says
        why, if not. anew: a file of another header, or of none, is replaced; else it is refused.

    Raises:
        JournalError: another run is writing the file, or it is another header's, or a line holds no
        record; it stays as it is. OSError: it cannot be read or written.
    """
    try:
        with locked(path) as target:
            records = _resumed(path, target, header, check, anew)
            with target.open("ab") as file:
                yield Journal(records, file)
    except BusyError:
        raise JournalError(path, "another run is writing it") from None


def _resumed(
    path: Path,
    target: Path,
    header: Mapping[str, Any] | None,
    check: Callable[[Any], Record],
    anew: bool,
) -> list[Record]:
    """The records of a file, `target` behind links, which afterwards ends with a whole line."""
    raw = read_limited(target, _LARGEST) if target.exists() else b""
    whole, _, cut_off = raw.rpartition(b"\n")
    if header is None:
        records = _all_checked(path, whole.split(b"\n") if whole else [], 1, check)
        _cut(target, raw, cut_off)
        return records
    found = _under(path, raw, header, check)
    if found:
        _cut(target, raw, cut_off)
        return found
    if found is None and not anew:
        raise JournalError(path, _ANOTHERS)
    write_whole(target, _line(header).decode())
    return []


_ANOTHERS = "holds something else, or another version's records: write elsewhere, or move it away"


def held(path: Path, header: Mapping[str, Any], check: Callable[[Any], Record]) -> list[Record]:
    """The whole records of a file, which stays as it is: it is neither begun, mended nor locked.

    Raises:
        JournalError: it is another header's, or a line holds no record. OSError: it cannot be read.
    """
    raw = read_limited(path, _LARGEST) if path.exists() else b""
    found = _under(path, raw, header, check)
    if found is None:
        raise JournalError(path, _ANOTHERS)
    return found


def _under(
    path: Path, raw: bytes, header: Mapping[str, Any], check: Callable[[Any], Record]
) -> list[Record] | None:
    """Whole records under this header, which may be cut off; none if there is another."""
    if _line(header).startswith(raw):
        return []
    first, *lines = raw.rpartition(b"\n")[0].split(b"\n")
    return _all_checked(path, lines, 2, check) if _says(first, _line(header)) else None


def _all_checked(
    path: Path, lines: list[bytes], first: int, check: Callable[[Any], Record]
) -> list[Record]:
    return [_checked(path, number, line, check) for number, line in enumerate(lines, first)]


def _cut(target: Path, raw: bytes, cut_off: bytes) -> None:
    if cut_off:
        os.truncate(target, len(raw) - len(cut_off))


def _says(line: bytes, header: bytes) -> bool:
    """Whether a line is this header, however its JSON is spaced and ordered."""
    try:
        return bool(read_json(line.decode()) == read_json(header.decode()))
    except ValueError:
        return False


def _checked(path: Path, number: int, line: bytes, check: Callable[[Any], Record]) -> Record:
    try:
        record = read_json(line.decode())
    except ValueError as error:
        raise JournalError(path, f"line {number} must be JSON ({error})") from None
    try:
        return check(record)
    except ValueError as error:
        raise JournalError(path, f"line {number}: {error}") from None


def _line(record: Mapping[str, Any]) -> bytes:
    """With its end. Raises ValueError for what JSON has no number for."""
    return json.dumps(record, allow_nan=False).encode() + b"\n"
