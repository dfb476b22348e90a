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
class Made:
    """What made records."""

    device: str
    torch: str  # its version


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
        return self.read(path, check)[1]

    def read(self, path: Path, check: Callable[[Any], Any]) -> tuple[Made, list[Any]]:
        """What a file's header says of its records, and these, as `lines` has them."""
        first, *lines = read_limited(path, LARGE).rpartition(b"\n")[0].split(b"\n")
        made = self._made(first)
        if made is None:
            raise JournalError(path, f"does not begin as {self.name} of version {VERSION} do")
        return made, [_checked(path, number, line, check) for number, line in enumerate(lines, 2)]

    def _made(self, line: bytes) -> Made | None:
        """None for what is no header of this format."""
        try:
            head = read_json(line.decode())
            if (head["format"], head["version"]) != (self.name, VERSION):
                return None
            return Made(str(head["device"]), str(head["versions"]["torch"]))
        except (ValueError, KeyError, TypeError):
            return None


def _checked(path: Path, number: int, line: bytes, check: Callable[[Any], Any]) -> Any:
    try:
        return check(read_json(line.decode()))
    except ValueError as error:
        raise JournalError(path, f"line {number}: {error}") from None


def trained_words(
    made: Made,
    *,
    networks: Iterable[str],
    seeds: Iterable[int],
    commits: Iterable[str],
    diverged: int,
) -> str:
    """In words: networks, seeds, device, versions, commit, and trainings that diverged.

    Args:
        networks, seeds, commits: of each training.
    """
    labels, known = list(networks), dict.fromkeys(one for one in commits if one)
    count = len(set(seeds))
    return (
        f"{len(labels):,} downstream networks ({', '.join(dict.fromkeys(labels))}), {count}"
        f" seed{'s' if count != 1 else ''}, on {made.device}, with torch {made.torch}"
        + (f", commit {', '.join(known)}" if known else "")
        + (f"; {diverged} diverged, and nothing is decided by them" if diverged else "")
    )


@cache
def _digest(sources: Iterable[str]) -> str:
    return digest(_ROOT, (_ROOT / name for name in sources))
