"""Records of networks trained on real images, as the rule of paired seeds is handed them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from claims.core.inquiry import ImageRecords
from reports.images import run
from reports.images.kept import Made, trained_words
from reports.images.run import StoredRuns, accuracies

#: Those that come with the project.
KEPT = Path(__file__).parents[1] / "cifar"
#: Tiers whose records decide the catalogue's statements, the first that is there.
_FIRST = ("gpu", "cpu")
#: Records of other trainings, which no tier's statement is decided on.
OTHERS = ("pairs", "remedies")


def of(runs: StoredRuns, tier: str) -> ImageRecords:
    """The records of one file."""
    return ImageRecords(
        accuracies=accuracies(runs.records),
        description=trained_on(runs),
        networks=len(runs.records),
        seconds=sum(record.seconds for record in runs.records),
        tier=tier,
    )


@lru_cache(maxsize=4)
def kept(folder: Path = KEPT) -> ImageRecords | None:
    """Those that decide the catalogue's statements; None if there is no file."""
    every = files(folder)
    return of(run.read(every[0]), every[0].stem) if every else None


def files(folder: Path) -> list[Path]:
    """The records of a folder: first those that decide the catalogue's statements, of whole
    architectures where a GPU trained them, else of the small network; then the others', by name.
    """
    return sorted(
        (file for file in folder.glob("*.jsonl") if file.stem not in OTHERS),
        key=lambda file: (_FIRST.index(file.stem) if file.stem in _FIRST else len(_FIRST), file),
    )


def trained_on(runs: StoredRuns) -> str:
    """In words: networks, seeds, device, versions, commit, and trainings that diverged."""
    return trained_words(
        Made(runs.device, runs.versions.get("torch", "?")),
        networks=(record.setting.network.label for record in runs.records),
        seeds=(record.setting.seed for record in runs.records),
        commits=(record.commit for record in runs.records),
        diverged=sum(record.loss is None for record in runs.records),
    )
