"""The real-image tier as the page shows it: statements with their verdicts, and pictures drawn from
the records of its runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

from claims.core.claim import Claim, base_of
from claims.deciding.paired_seeds import Interval, NetworkVerdict
from claims.deciding.verdict import Verdict
from claims.observing.accuracies import Cell
from reports.drawing import figures as drawing
from reports.images import decide, plots, run
from reports.images import records as image_records
from reports.images.further import ShownPairs, ShownRemedies, shown_pairs, shown_remedies
from reports.images.records import KEPT
from reports.images.run import StoredRuns
from reports.images.tiers import form_name
from reports.ledger.files import once_a_state
from reports.ledger.journal import JournalError
from reports.ledger.ledger import Ledger

#: The folder of one's own runs, beside the ledger.
OWN = "cifar"


@dataclass(frozen=True)
class ImageRow:
    """A statement on real images."""

    claim: Claim
    verdict: Verdict | None
    killed: tuple[int, int]  # mutants that came out falsified, of those that were decided


@dataclass(frozen=True)
class OtherRecords:
    """What further records say, of each of their networks."""

    trained: str
    verdicts: tuple[NetworkVerdict, ...]
    parts: tuple[tuple[Cell, str, Interval], ...]  # where a part is inherited, and of what


@dataclass(frozen=True)
class ImageSection:
    """What there is to show."""

    rows: tuple[ImageRow, ...]
    trained: str  # on what, with what, by what; empty where there are no records
    figures: tuple[tuple[Markup, str], ...]  # figure, caption
    others: tuple[OtherRecords, ...]  # of networks that do not decide the statements above
    pairs: ShownPairs | None  # forecasts for pairs of tasks
    remedies: ShownRemedies | None  # against a source that hurts
    trouble: str  # why records are not shown
    level: float  # spent on falsifying true statements, over all of them


@dataclass(frozen=True)
class _Shown:
    """What the records give that decide the statements."""

    verdicts: Mapping[str, Verdict]
    trained: str
    figures: tuple[tuple[Markup, str], ...]


def section(ledger: Ledger, folder: Path) -> ImageSection:
    """From the ledger's verdicts; where it has none, from those that the project's own records
    give.
    """
    claims = decide.image_claims()
    ids = {claim.id for claim in claims}
    every = ledger.verdicts | ledger.mutants
    verdicts: Mapping[str, Verdict] = {
        name: one for name, one in every.items() if base_of(name) in ids
    }
    trained, troubles = "", list[str]()
    figures: tuple[tuple[Markup, str], ...] = ()
    others: tuple[OtherRecords, ...] = ()
    tier = next((verdict.profile for verdict in verdicts.values()), None)
    with _telling(troubles):
        if (file := _records(folder, tier)) is not None:
            shown = _shown(file)
            verdicts = verdicts or shown.verdicts
            if {name: one.evidence for name, one in verdicts.items()} != {
                name: one.evidence for name, one in shown.verdicts.items()
            }:
                raise JournalError(
                    file, "is not what these verdicts were decided on: transfer-claims cifar report"
                )
            trained, figures = shown.trained, shown.figures
            others = _others(folder, file)
    places, pairs, remedies = (folder / OWN, KEPT), None, None
    with _telling(troubles):
        pairs = shown_pairs(places)
    with _telling(troubles):
        remedies = shown_remedies(places)
    rows = tuple(
        ImageRow(claim, verdicts.get(claim.id), decide.killed(claim.id, verdicts.values()))
        for claim in claims
    )
    return ImageSection(
        rows, trained, figures, others, pairs, remedies, "; ".join(troubles), decide.level()
    )


@contextmanager
def _telling(troubles: list[str]) -> Iterator[None]:
    """Why some records cannot be shown; the rest of the page is."""
    try:
        yield
    except JournalError as error:
        troubles.append(f"{error.path.parent.name}/{error.path.name}: {error.why}")
    except OSError as error:
        troubles.append(f"they cannot be read: {error.strerror or type(error).__name__}")
    except ValueError as error:
        troubles.append(str(error))


def _records(folder: Path, tier: str | None) -> Path | None:
    """Those that the verdicts come from; without verdicts, those that come with the project."""
    places = [folder / OWN, KEPT] if tier else [KEPT]
    files = [
        file for place in places for file in image_records.files(place) if tier in (None, file.stem)
    ]
    return next(iter(files), None)


def _others(folder: Path, shown: Path) -> tuple[OtherRecords, ...]:
    """Of each tier that is not shown above, one's own records, else the project's."""
    by_tier = {
        file.stem: file for place in (KEPT, folder / OWN) for file in image_records.files(place)
    }
    return tuple(_other(file) for tier, file in by_tier.items() if tier != shown.stem)


@once_a_state
def _other(file: Path) -> OtherRecords:
    runs = run.read(file)
    parts = tuple(
        (cell, form_name(cell.form), one)
        for cell, one in decide.gains(runs.records)
        if cell.share < 1
    )
    return OtherRecords(image_records.trained_on(runs), tuple(decide.by_network(runs)), parts)


@once_a_state
def _shown(file: Path) -> _Shown:
    runs = run.read(file)
    verdicts = {one.claim: one for one in decide.decide(runs, file.stem)}
    return _Shown(MappingProxyType(verdicts), image_records.trained_on(runs), _figures(runs))


def _figures(runs: StoredRuns) -> tuple[tuple[Markup, str], ...]:
    return (
        (
            drawing.inline(
                plots.factors(runs.records), "Each factor of transfer, as predicted and as measured"
            ),
            (
                "Above, τ_D against τ_2 in two nominal regimes of the theory, in which half of the"
                " signal is universal, or an eighth: where it is above 1, transfer should help."
                " Below, what was measured: points of accuracy over random initialisation, means"
                " over seeds with 95% intervals. Only directions compare."
            ),
        ),
        (
            drawing.inline(plots.curves(runs.records), "Test accuracy along training"),
            (
                "Test accuracy along training, CIFAR-10, mean over seeds: joined, on a thousand"
                " test images; alone at the end, on all of them."
            ),
        ),
    )
