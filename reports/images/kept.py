"""Files of finished trainings beyond the tiers: under a header that says what made them, a line a
record, from which an interrupted run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from model.files import read_limited
from model.vision.train import Device
from reports.ledger.files import LARGE, digest, read_json
from reports.ledger.journal import JournalError
from reports.ledger.ledger import versions

VERSION = 1
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Format:
    """What a file of records is."""

    name: str
    sources: tuple[str, ...]  # files of code that a number depends on

    def header(self, device: Device) -> dict[str, Any]:
        """What records of one file have in common: they are never mixed with those of another
        device, of other versions, or of other code.
        """
        used = versions()
        return {
            "format": self.name,
            "version": VERSION,
            "device": device.hardware,
            "fast": device.fast,
            "versions": {one: used[one] for one in ("transfer-claims", "torch", "numpy")},
            "sources": _digest(self.sources),
        }

    def lines(self, path: Path, check: Callable[[Any], Any]) -> list[Any]:
        """The records of a file, from here or from elsewhere; a last line without its end is left
        out.

        Args:
            check: gives back a record from JSON values, and raises ValueError, which says why, if
            they are none.

        Raises JournalError, OSError.
        """
        first, *lines = read_limited(path, LARGE).rpartition(b"\n")[0].split(b"\n")
        if not self._begins(first):
            raise JournalError(path, self._another)
        return [_checked(path, number, line, check) for number, line in enumerate(lines, 2)]

    def head(self, path: Path) -> dict[str, Any]:
        """What the header of a file of this format says. Raises JournalError, OSError."""
        first = read_limited(path, LARGE).partition(b"\n")[0]
        if not self._begins(first):
            raise JournalError(path, self._another)
        return dict(read_json(first.decode()))

    @property
    def _another(self) -> str:
        return f"does not begin as {self.name} of version {VERSION} do"

    def _begins(self, line: bytes) -> bool:
        try:
            head = read_json(line.decode())
            return bool((head["format"], head["version"]) == (self.name, VERSION))
        except (ValueError, KeyError, TypeError):
            return False


def _checked(path: Path, number: int, line: bytes, check: Callable[[Any], Any]) -> Any:
    try:
        return check(read_json(line.decode()))
    except ValueError as error:
        raise JournalError(path, f"line {number}: {error}") from None


@cache
def _digest(sources: Iterable[str]) -> str:
    return digest(_ROOT, (_ROOT / name for name in sources))
