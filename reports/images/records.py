"""Records of networks trained on real images, as the rule of paired seeds is handed them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from claims.core.inquiry import ImageRecords
from reports.images import run
from reports.images.run import StoredRuns, accuracies

#: Those that come with the project.
KEPT = Path(__file__).parents[1] / "cifar"


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
    """Those of the first file of a folder, the GPU's if there are any; None if there is no file."""
    files = sorted(folder.glob("*.jsonl"), reverse=True)
    return of(run.read(files[0]), files[0].stem) if files else None


def trained_on(runs: StoredRuns) -> str:
    """In words: networks, seeds, device, versions, commit, and trainings that diverged."""
    seeds = len({record.setting.seed for record in runs.records})
    networks = dict.fromkeys(record.setting.network.label for record in runs.records)
    commits = dict.fromkeys(record.commit for record in runs.records if record.commit)
    diverged = sum(record.loss is None for record in runs.records)
    return (
        f"{len(runs.records):,} downstream networks ({', '.join(networks)}), {seeds}"
        f" seed{'s' if seeds != 1 else ''}, on {runs.device}, with torch"
        f" {runs.versions.get('torch', '?')}"
        + (f", commit {', '.join(commits)}" if commits else "")
        + (f"; {diverged} diverged, and nothing is decided by them" if diverged else "")
    )
