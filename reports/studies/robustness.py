"""What was tried to break the product, as the page shows it: damaged files and stopped runs.

The record comes with the project: a line for each batch, written by `tests/fuzz/campaign.py` and
`tests/fuzz/chaos.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, TypeAdapter

from claims.core.records import validated
from reports.ledger import journal
from reports.ledger.files import LARGE, read_json, read_text
from reports.ledger.journal import Journal

Kind = Literal["damaged files", "stopped runs"]
#: The record that comes with the project.
FILE = Path(__file__).with_name("robustness.jsonl")
HEADER: Mapping[str, Any] = {"format": "transfer-claims-robustness", "version": 1}
#: What repeats each kind, or goes on with it.
COMMANDS: Mapping[Kind, str] = {
    "damaged files": "python tests/fuzz/campaign.py --record",
    "stopped runs": "python tests/fuzz/chaos.py --record",
}


@dataclass(frozen=True)
class Batch:
    """Files damaged, or signals sent, in one go."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    kind: Kind
    name: str  # the reader, or the command that was stopped
    seed: int
    number: int
    tried: int  # files, or signals
    answered: int  # files that could be read; runs that ended as one that nothing disturbed
    refused: int  # files refused in one line; runs that were begun again
    wrong: int
    seconds: float


@dataclass(frozen=True)
class Row:
    """All batches of a name."""

    kind: Kind
    name: str
    tried: int
    answered: int
    refused: int
    wrong: int


@dataclass(frozen=True)
class RobustnessSection:
    """What there is to show."""

    rows: tuple[Row, ...]
    trouble: str = ""  # why there is none

    @property
    def totals(self) -> Mapping[Kind, int]:
        """Tried, of each kind."""
        return {kind: sum(row.tried for row in self.rows if row.kind == kind) for kind in COMMANDS}

    @property
    def wrong(self) -> int:
        """Over all."""
        return sum(row.wrong for row in self.rows)


_BATCH = TypeAdapter(Batch)


def read_batch(values: Any) -> Batch:
    """From JSON values; raises ValueError, which names the field."""
    return validated(_BATCH, values, "batch")


def read(file: Path = FILE) -> list[Batch]:
    """Every batch of a record. Raises ValueError, OSError."""
    first, *lines = read_text(file, LARGE).splitlines()
    if read_json(first) != HEADER:
        raise ValueError("does not begin as such records do")
    return [read_batch(read_json(line)) for line in lines]


def opened() -> AbstractContextManager[Journal]:
    """The project's record, to be added to. Raises JournalError, OSError."""
    return journal.opened(FILE, HEADER, lambda values: asdict(read_batch(values)))


def good(record: Journal, kind: Kind) -> list[Batch]:
    """The batches of a kind that need not be tried again."""
    batches = (read_batch(one) for one in record.records)
    return [one for one in batches if one.kind == kind and not one.wrong]


def rows(batches: Sequence[Batch]) -> tuple[Row, ...]:
    """By kind and name, in the order in which they were first tried.

    A batch that came out wrong was tried again once that was mended: its last line counts.
    """
    latest = {(one.kind, one.name, one.seed, one.number): one for one in batches}
    together: dict[tuple[Kind, str], list[Batch]] = {}
    for batch in latest.values():
        together.setdefault((batch.kind, batch.name), []).append(batch)
    return tuple(
        Row(
            kind,
            name,
            *(sum(getattr(one, field) for one in some) for field in _COUNTS),
        )
        for (kind, name), some in together.items()
    )


_COUNTS = ("tried", "answered", "refused", "wrong")


def section(file: Path = FILE) -> RobustnessSection:
    """The record that comes with the project, or why there is none."""
    try:
        return RobustnessSection(rows(read(file)))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return RobustnessSection((), f"{file.name}: {why}")
