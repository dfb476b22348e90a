"""Train what records of remedies lack: one source network a seed, and every remedy from it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from torch import nn

from claims.core.records import finite, validated
from model.vision import unlike
from model.vision.nets import Network
from model.vision.remedies import begin
from model.vision.train import Device, stream, train
from model.vision.unlike import Place, Source
from reports.images import upstream
from reports.images.kept import Format
from reports.images.remedies.plan import CODE, UNSEEN, RemedySetting
from reports.images.run import commit
from reports.ledger import journal
from reports.studies.executors import Executor

FORMAT = Format(
    "transfer-claims-remedies",
    (
        *(f"model/vision/{name}.py" for name in ("data", "inherit", "nets", "tasks", "train")),
        *(f"model/vision/{name}.py" for name in ("remedies", "unlike", "written")),
        *(f"reports/images/{name}.py" for name in ("upstream", "remedies/plan", "remedies/run")),
    ),
)


@dataclass(frozen=True)
class Record:
    """A finished training."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    key: str
    setting: RemedySetting
    accuracy: float  # on all test images of the target
    train_accuracy: float
    loss: float | None  # of the last batch; None where training diverged
    source_accuracy: float | None  # of the source network, on images of its own it has not seen
    seconds: float
    commit: str

    def __post_init__(self) -> None:
        if self.key != self.setting.key:
            raise ValueError(f"key = {self.key!r}: its setting has {self.setting.key!r}")
        if self.setting.code != CODE:
            raise ValueError(
                f"code = {self.setting.code}: this version's is {CODE}; move the file away"
            )
        if not all(0 <= share <= 1 for share in (self.accuracy, self.train_accuracy)):
            raise ValueError(f"accuracy = {self.accuracy}: must be from 0 to 1")


_RECORD = TypeAdapter(Record)


@dataclass(frozen=True)
class Job:
    """Settings of one seed and source, as they travel to a worker."""

    settings: tuple[RemedySetting, ...]
    device: Device
    cache: Path | None
    commit: str
    until: float = math.inf  # of `time.monotonic`, which is one for all processes of a machine


def run(
    wanted: Sequence[RemedySetting],
    path: Path,
    executor: Executor,
    device: Device,
    *,
    cache: Path | None = None,
    until: float = math.inf,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Record]:
    """Train what the file lacks, append what starts from one source network once it is finished,
    and return the records of what is wanted.

    Args:
        until: no source network is begun after this moment (of `time.monotonic`).

    Raises:
        JournalError: another run is writing the file, or it holds something else, or is damaged.
        AbsentError, DataError: images are not cached, or are damaged. OSError: it cannot be
        written; what was finished stays.
    """
    with journal.opened(path, FORMAT.header(device), _line) as file:
        held = {one.key: one for one in map(read_record, file.records)}
        missing = [one for one in wanted if one.key not in held]
        done = len(wanted) - len(missing)
        tick(done, len(wanted))
        for lines in executor(compute, _jobs(missing, device, cache, until)):
            file.append(lines)
            held |= {one.key: one for one in map(read_record, lines)}
            done += len(lines)
            tick(done, len(wanted))
    return [held[one.key] for one in wanted if one.key in held]


def read(path: Path) -> list[Record]:
    """The records of a file, from here or from elsewhere. Raises JournalError, OSError."""
    return FORMAT.lines(path, read_record)


def read_record(values: Any) -> Record:
    """From JSON values; raises ValueError, which names the field."""
    return validated(_RECORD, values, "record")


def _line(values: Any) -> dict[str, Any]:
    read_record(values)
    return dict(values)


def _jobs(
    wanted: Sequence[RemedySetting], device: Device, cache: Path | None, until: float
) -> list[Job]:
    together: dict[tuple[int, Source], list[RemedySetting]] = {}
    for setting in wanted:
        together.setdefault((setting.seed, setting.source), []).append(setting)
    code = commit()
    return [Job(tuple(some), device, cache, code, until) for some in together.values()]


def compute(job: Job) -> list[dict[str, Any]]:
    """Train the source network, and every downstream network from it; JSON values, one a training.
    Nothing once the time is over.
    """
    if time.monotonic() >= job.until:
        return []
    first, place = job.settings[0], Place(job.cache)
    source, reached = upstream.learned(
        first.source, first.network, first.upstream, first.seed, place, job.device, UNSEEN
    )
    return [_downstream(setting, source, reached, job) for setting in job.settings]


def _downstream(
    setting: RemedySetting, source: nn.Module, reached: float, job: Job
) -> dict[str, Any]:
    begun, seed, place = time.perf_counter(), setting.seed, Place(job.cache)
    network = upstream.fresh(setting.network, seed)
    # as for training: afterwards it is no more moved, and its weights stay held
    network.to(job.device.name)
    assert isinstance(network, Network)
    assert isinstance(source, Network)
    begin(setting.remedy, source, network)
    trained = train(
        network,
        unlike.target("cifar10", setting.n2, seed, place).to(job.device),
        unlike.tested("cifar10", place).to(job.device),
        setting.downstream,
        stream(seed, "target batches"),
        job.device,
    )
    return {
        "key": setting.key,
        "setting": asdict(setting),
        "accuracy": trained.accuracy[-1],
        "train_accuracy": trained.train_accuracy,
        "loss": finite(trained.loss),
        "source_accuracy": reached if setting.remedy.share else None,
        "seconds": round(time.perf_counter() - begun, 2),
        "commit": job.commit,
    }
