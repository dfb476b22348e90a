"""What `transfer-claims experiments` left in a folder, for a page; files may be damaged, hostile or
another version's.

What cannot be read is told to the reader in a line; the rest is shown.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from reports.drawing.svg.embed import EmbeddedPicture, embedded
from reports.studies.experiments.catalogue import EXPERIMENTS, Experiment
from reports.studies.experiments.results import ClaimCounts, ExperimentResult, read_result
from reports.studies.experiments.testing import Check

#: The folder, beside a ledger, in which a page looks for experiments.
FOLDER = "experiments"
#: Bytes beyond which a file is not read: several times what an experiment leaves.
_MOST = {"svg": 2_000_000, "json": 200_000}


@dataclass(frozen=True)
class StoredExperiment:
    """What a folder holds of one experiment."""

    name: str
    title: str
    caption: str
    command: str  # that makes it again
    quick: bool
    picture: EmbeddedPicture | None
    decided: tuple[ClaimCounts, ...]
    checks: tuple[Check, ...]
    troubles: tuple[str, ...]  # what could not be read, and why


def stored_experiments(folder: Path) -> tuple[StoredExperiment, ...]:
    """Every experiment that the folder holds; the coarse run's where there is no other. Never
    raises.
    """
    stems = ((experiment, _stem(experiment.name, folder)) for experiment in EXPERIMENTS.values())
    return tuple(_stored(experiment, folder, stem) for experiment, stem in stems if stem)


def _stem(name: str, folder: Path) -> str | None:
    """How its files' names begin; None without any."""
    for stem in (name, f"{name}-quick"):
        if any(_present(folder / f"{stem}.{kind}") for kind in ("svg", "json")):
            return stem
    return None


def _stored(experiment: Experiment, folder: Path, stem: str) -> StoredExperiment:
    name, troubles = experiment.name, []
    picture: EmbeddedPicture | None = None
    result: ExperimentResult | None = None
    try:
        picture = embedded(_text(folder / f"{stem}.svg"))
    except ValueError as error:
        troubles.append(f"{stem}.svg {error}: the picture is not shown.")
    try:
        result = read_result(_text(folder / f"{stem}.json"), name)
    except ValueError as error:
        troubles.append(f"{stem}.json {error}: what it decides is not shown.")
    quick = stem != name
    return StoredExperiment(
        name=name,
        title=experiment.title,
        caption=result.caption.partition(" Made by: ")[0] if result else experiment.shows,
        command=f"transfer-claims experiments {name}{' --quick' if quick else ''}",
        quick=quick,
        picture=picture,
        decided=result.decided if result else (),
        checks=result.checks if result else (),
        troubles=tuple(troubles),
    )


def _present(path: Path) -> bool:
    """Whether there is something, readable or not."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # reading it will say why
        pass
    return True


def _text(path: Path) -> str:
    """A file's text. Raises ValueError with the reason, in words that go on a sentence."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise ValueError("is not a file")
        if status.st_size > _MOST[path.suffix[1:]]:
            raise ValueError(f"has {status.st_size:,} bytes, too many")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ValueError("is missing") from None
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError("is not text in UTF-8") from None
