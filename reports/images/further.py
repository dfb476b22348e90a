"""Pairs of tasks, and remedies, as the page shows them: one's own records, else the project's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from reports.drawing import figures as drawing
from reports.images.kept import Made, trained_words
from reports.images.pairs import plot
from reports.images.pairs import run as pairs_run
from reports.images.pairs import summary as pairs_summary
from reports.images.pairs.run import Finished
from reports.images.pairs.summary import Agreement, Mismatch
from reports.images.remedies import run as remedies_run
from reports.images.remedies import summary as remedies_summary
from reports.images.remedies.run import Record
from reports.images.remedies.summary import Compared
from reports.ledger.files import once_a_state

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
    """Of the first folder where a pair is trained. Raises JournalError, OSError."""
    found = map(_pairs, _files(folders, "pairs"))
    return next((one for one in found if one), None)


def shown_remedies(folders: Sequence[Path]) -> ShownRemedies | None:
    """Of the first folder that has records. Raises JournalError, OSError."""
    found = map(_remedies, _files(folders, "remedies"))
    return next((one for one in found if one), None)


def _files(folders: Sequence[Path], name: str) -> Iterable[Path]:
    files = (folder / f"{name}.jsonl" for folder in folders)
    return (file for file in files if file.is_file())


@once_a_state  # a page is built often, and a bootstrap takes a second
def _pairs(file: Path) -> ShownPairs | None:
    made, records = pairs_run.FORMAT.read(file, pairs_run.read_record)
    found = pairs_summary.pairs(records)
    if not found:
        return None
    return ShownPairs(
        _trained(made, [one for one in records if isinstance(one, Finished)]),
        drawing.inline(plot.scatter(found), _ALT),
        tuple(
            (plot.target_words(one.target), plot.SPACES[one.space], one)
            for one in pairs_summary.agreements(found)
        ),
        tuple((plot.target_words(one.target), one) for one in pairs_summary.mismatches(records)),
    )


@once_a_state
def _remedies(file: Path) -> ShownRemedies | None:
    made, records = remedies_run.FORMAT.read(file, remedies_run.read_record)
    if not records:
        return None
    return ShownRemedies(_trained(made, records), tuple(remedies_summary.compared(records)))


def _trained(made: Made, records: Sequence[Finished | Record]) -> str:
    return trained_words(
        made,
        networks=(one.setting.network.label for one in records),
        seeds=(one.setting.seed for one in records),
        commits=(one.commit for one in records),
        diverged=sum(one.loss is None for one in records),
    )
