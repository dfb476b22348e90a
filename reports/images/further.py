"""Pairs of tasks, and remedies, as the page shows them: one's own records, else the project's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from markupsafe import Markup

from reports.drawing import figures as drawing
from reports.images.kept import Format
from reports.images.pairs import plot
from reports.images.pairs import run as pairs_run
from reports.images.pairs import summary as pairs_summary
from reports.images.pairs.run import Finished
from reports.images.pairs.summary import Agreement, Mismatch
from reports.images.remedies import run as remedies_run
from reports.images.remedies import summary as remedies_summary
from reports.images.remedies.summary import Compared

#: Of a file: when it was written, and how long it is.
State: TypeAlias = tuple[int, int]
_ALT = "Gain from transfer, as foretold and as measured"


@dataclass(frozen=True)
class ShownPairs:
    """Forecasts for pairs of tasks, against what was measured."""

    trained: str
    figure: Markup
    agreements: tuple[tuple[str, str, Agreement], ...]  # target, what images are seen by
    mismatches: tuple[tuple[str, Mismatch], ...]  # target


@dataclass(frozen=True)
class ShownRemedies:
    """Remedies against a source that hurts, side by side."""

    trained: str
    compared: tuple[Compared, ...]


def shown_pairs(folders: Sequence[Path]) -> ShownPairs | None:
    """Of the first folder that has records. Raises JournalError, OSError."""
    file = _first(folders, "pairs")
    return None if file is None else _pairs(file, state(file))


def shown_remedies(folders: Sequence[Path]) -> ShownRemedies | None:
    """Of the first folder that has records. Raises JournalError, OSError."""
    file = _first(folders, "remedies")
    return None if file is None else _remedies(file, state(file))


def _first(folders: Sequence[Path], name: str) -> Path | None:
    files = (folder / f"{name}.jsonl" for folder in folders)
    return next((file for file in files if file.is_file()), None)


def state(file: Path) -> State:
    """What changes where a file does: a page is built often, and a bootstrap takes a second."""
    known = file.stat()
    return known.st_mtime_ns, known.st_size


@lru_cache(maxsize=4)
def _pairs(file: Path, state: State) -> ShownPairs | None:
    records = pairs_run.read(file)
    found = pairs_summary.pairs(records)
    if not found:
        return None
    trained = [one.setting for one in records if isinstance(one, Finished)]
    return ShownPairs(
        _trained(
            pairs_run.FORMAT,
            file,
            len(trained),
            [one.seed for one in trained],
            [one.network.label for one in trained],
        ),
        drawing.inline(plot.scatter(found), _ALT),
        tuple(
            (plot.target_words(one.target), plot.SPACES[one.space], one)
            for one in pairs_summary.agreements(found)
        ),
        tuple((plot.target_words(one.target), one) for one in pairs_summary.mismatches(records)),
    )


@lru_cache(maxsize=4)
def _remedies(file: Path, state: State) -> ShownRemedies | None:
    records = remedies_run.read(file)
    if not records:
        return None
    return ShownRemedies(
        _trained(
            remedies_run.FORMAT,
            file,
            len(records),
            [one.setting.seed for one in records],
            [one.setting.network.label for one in records],
        ),
        tuple(remedies_summary.compared(records)),
    )


def _trained(
    format_: Format, file: Path, networks: int, seeds: Iterable[int], labels: Iterable[str]
) -> str:
    """In words, as `records.trained_on` has it for the tiers."""
    head, count = format_.head(file), len(set(seeds))
    return (
        f"{networks:,} downstream networks ({', '.join(dict.fromkeys(labels))}), {count}"
        f" seed{'s' if count != 1 else ''}, on {head.get('device', '?')}, with torch"
        f" {head.get('versions', {}).get('torch', '?')}"
    )
