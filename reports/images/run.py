"""Train what the plan asks for, and keep every finished run as a line of a file that an interrupted
run goes on with.
"""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import torch
from pydantic import ConfigDict, TypeAdapter
from torch import nn

from claims.core.records import finite, validated
from claims.observing.accuracies import Accuracies, Cell
from model.files import read_limited
from model.vision import nets
from model.vision.data import ImageSet, Name, load
from model.vision.inherit import inherit
from model.vision.tasks import Classification, Pair, pair
from model.vision.train import Device, Examples, Recipe, standardised, stream, train
from reports.images.plan import CODE, Setting, TrainedNetwork, Upstream, jobs
from reports.ledger import journal
from reports.ledger.files import LARGE, digest, read_json
from reports.ledger.journal import JournalError
from reports.ledger.ledger import versions
from reports.studies.executors import Executor

FORMAT, VERSION = "transfer-claims-images", 1
#: Bytes of a header at most.
_LONGEST = 65536
#: How often a network is tested along its training, beside its end.
_LOOKS = 8


@dataclass(frozen=True)
class Record:
    """A finished run."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    key: str
    setting: Setting
    steps: tuple[int, ...]
    accuracy: tuple[float, ...]  # on test images of the target, after these steps
    train_accuracy: float
    loss: float | None  # of the last batch; None where training diverged
    filters: float  # share of filters that was inherited, once rounded to whole ones
    source_accuracy: float | None  # of the source network, on clean test images of its own task
    seconds: float
    commit: str

    def __post_init__(self) -> None:
        if self.key != self.setting.key:
            raise ValueError(f"key = {self.key!r}: its setting has {self.setting.key!r}")
        if self.setting.code != CODE:
            raise ValueError(
                f"code = {self.setting.code}: this version's is {CODE}; move the file away"
            )
        if (
            not self.steps
            or len(self.steps) != len(self.accuracy)
            or not all(0 <= share <= 1 for share in (*self.accuracy, self.train_accuracy))
        ):
            raise ValueError("accuracy: must be one number from 0 to 1 for each of the steps")


_RECORD = TypeAdapter(Record)


@dataclass(frozen=True)
class TrainingJob:
    """Runs that start from one source network, as they travel to a worker."""

    upstream: Upstream | None
    settings: tuple[Setting, ...]
    device: Device
    cache: Path | None
    commit: str
    until: float = math.inf  # of `time.monotonic`, which is one for all processes of a machine


def run(
    wanted: Sequence[Setting],
    path: Path,
    executor: Executor,
    device: Device,
    *,
    cache: Path | None = None,
    until: float = math.inf,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Record]:
    """Train what the file lacks, append what starts from one source network once it is finished,
    and return the records of what is wanted, in its order.

    Args:
        until: no source network is begun after this moment (of `time.monotonic`).

    Raises:
        JournalError: another run is writing the file, or it holds something else, or is damaged.
        AbsentError, DataError: images are not cached, or are damaged.
        OSError: it cannot be written; what was finished stays.
    """
    _same(path, header(device))
    with journal.opened(path, header(device), _line) as file:
        by_key = {record["key"]: record for record in file.records}
        done = sum(setting.key in by_key for setting in wanted)
        tick(done, len(wanted))
        missing = [setting for setting in wanted if setting.key not in by_key]
        code = commit()
        work = (
            TrainingJob(source, some, device, cache, code, until) for source, some in jobs(missing)
        )
        for records in executor(compute, work):
            file.append(records)
            by_key |= {record["key"]: record for record in records}
            done += len(records)
            tick(done, len(wanted))
    return [read_record(by_key[setting.key]) for setting in wanted if setting.key in by_key]


def header(device: Device) -> dict[str, Any]:
    """What records of one file have in common: they are never mixed with those of another device,
    of other versions, or of other code.
    """
    used = versions()
    return {
        "format": FORMAT,
        "version": VERSION,
        "device": device.hardware,
        "fast": device.fast,
        "versions": {one: used[one] for one in ("transfer-claims", "torch", "numpy")},
        "sources": _sources(),
    }


@cache
def _sources() -> str:
    """A digest of the code that makes tasks, trains and transfers."""
    root = Path(__file__).parents[2]
    vision = (f"model/vision/{name}.py" for name in ("data", "inherit", "nets", "tasks", "train"))
    images = (f"reports/images/{name}.py" for name in ("plan", "run"))
    return digest(root, (root / name for name in (*vision, *images)))


def _same(path: Path, ours: dict[str, Any]) -> None:
    """Raise JournalError, which says what differs, where a file's records were made otherwise; what
    is no header is left to the journal.
    """
    try:
        with path.open("rb") as file:
            theirs = read_json(file.readline(_LONGEST).decode())
        differing = (
            [
                f"{name} {theirs.get(name)!r} there, {ours[name]!r} here"
                for name in ours
                if theirs.get(name) != ours[name]
            ]
            if theirs
            else []
        )
    except (OSError, ValueError, AttributeError):
        return
    if differing:
        raise JournalError(
            path, f"{'; '.join(differing)}: write elsewhere (--records FILE), or move it away"
        )


def commit() -> str:
    """Of this repository, with + where files differ from it; empty outside of one."""
    here = Path(__file__).parent
    try:
        described = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return described.stdout.strip()


# Records ------------------------------------------------------------------------------------------


def read_record(values: Any) -> Record:
    """From JSON values; raises ValueError, which names the field."""
    return validated(_RECORD, values, "record")


def _line(values: Any) -> dict[str, Any]:
    read_record(values)
    return dict(values)


def accuracies(records: Sequence[Record]) -> Accuracies:
    """Final test accuracy by cell and seed, nan where training diverged.

    Raises ValueError where two runs of a cell and a seed differ in what no cell tells, their
    recipes say.
    """
    by_cell: dict[Cell, dict[int, float]] = {}
    for record in records:
        of_cell = by_cell.setdefault(record.setting.cell, {})
        if record.setting.seed in of_cell:
            raise ValueError(
                f"seed {record.setting.seed} of {record.setting.cell} was trained in two ways: keep"
                " each in a file of its own (cifar run --records FILE)"
            )
        of_cell[record.setting.seed] = math.nan if record.loss is None else record.accuracy[-1]
    return by_cell


def check_seeds(path: Path, records: Sequence[Record]) -> None:
    """Raise JournalError where a file would hold two runs of a cell and a seed."""
    try:
        accuracies(records)
    except ValueError as error:
        raise JournalError(path, str(error)) from None


# One job ------------------------------------------------------------------------------------------


def compute(job: TrainingJob) -> list[dict[str, Any]]:
    """Train the source network, if there is one, and every downstream network from it; JSON values,
    one a run. Nothing once the time is over.
    """
    if time.monotonic() >= job.until:
        return []
    source, reached = (None, None) if job.upstream is None else _source(job.upstream, job)
    return [_downstream(setting, source, reached, job) for setting in job.settings]


def _source(upstream: Upstream, job: TrainingJob) -> tuple[nn.Module, float]:
    """The source network, and its accuracy on clean test images of its own task."""
    task, seed = _pair(upstream).upstream, upstream.seed
    clean = _learned(task, upstream.n1, "n1", stream(seed, "source images"), job.cache)
    if upstream.sigma:
        # An image's own, the same at every epoch.
        noise = torch.randn(clean.inputs.shape, generator=stream(seed, "source noise"))
        clean = Examples(clean.inputs + upstream.sigma * noise, clean.labels)
    data = clean.to(job.device)
    network = _build(upstream.network, task, stream(seed, "source network"))
    trained = train(
        network,
        data,
        _tested(task, job.cache, job.device),
        upstream.recipe,
        stream(seed, "source batches"),
        job.device,
    )
    return network, trained.accuracy[-1]


def _downstream(
    setting: Setting, source: nn.Module | None, reached: float | None, job: TrainingJob
) -> dict[str, Any]:
    begun, seed, task = time.perf_counter(), setting.seed, _pair(setting).downstream
    data = _learned(task, setting.n2, "n2", stream(seed, "target images"), job.cache).to(job.device)
    network = _build(setting.network, task, stream(seed, "target network")).to(job.device.name)
    taken = None if source is None else inherit(source, network, setting.share, setting.form)
    trained = train(
        network,
        data,
        _tested(task, job.cache, job.device),
        setting.recipe,
        stream(seed, "target batches"),
        job.device,
        at=_looks(setting.recipe),
    )
    return {
        "key": setting.key,
        "setting": asdict(setting),
        "steps": list(trained.steps),
        "accuracy": list(trained.accuracy),
        "train_accuracy": trained.train_accuracy,
        "loss": finite(trained.loss),
        "filters": taken.filters / taken.of if taken else 0.0,
        "source_accuracy": reached,
        "seconds": round(time.perf_counter() - begun, 2),
        "commit": job.commit,
    }


def _looks(recipe: Recipe) -> tuple[int, ...]:
    """Steps after which a network is tested, beside the last."""
    return tuple(sorted({round(recipe.steps * k / _LOOKS) for k in range(1, _LOOKS)}))


def _pair(of: Upstream | Setting) -> Pair:
    return pair(of.tasks.pair, of.tasks.far, hundred=of.tasks.hundred)


def _build(network: TrainedNetwork, task: Classification, generator: torch.Generator) -> nn.Module:
    return nets.build(nets.Shape(network.architecture, len(task.classes), network.width), generator)


@lru_cache(maxsize=3)
def _images(
    name: Name, cache: Path | None
) -> tuple[ImageSet, tuple[float, ...], tuple[float, ...]]:
    """A set of images, and mean and standard deviation of each colour over those to learn from."""
    images, values = load(name, cache), torch.arange(256, dtype=torch.float64) / 255
    shares = [
        torch.bincount(colour.flatten(), minlength=256) / colour.numel()
        for colour in images.train.pixels.unbind(1)
    ]
    means = [float(share.double() @ values) for share in shares]
    return (
        images,
        tuple(means),
        tuple(
            float((share.double() @ (values - mean) ** 2).sqrt())
            for share, mean in zip(shares, means, strict=True)
        ),
    )


def _learned(
    task: Classification, count: int, field: str, generator: torch.Generator, cache: Path | None
) -> Examples:
    """The first `count` images of a random order of a task's; a smaller count gives the first of
    these. Raises ValueError where there are too few.
    """
    images, mean, deviation = _images(task.source, cache)
    here, labels = _selected(task, cache)
    if count > len(labels):
        raise ValueError(
            f"{field} = {count}: there are {len(labels)} images of {task.source} classes"
            f" {task.classes}"
        )
    order = torch.randperm(len(labels), generator=generator)[:count]
    return Examples(standardised(images.train.pixels[here[order]], mean, deviation), labels[order])


@lru_cache(maxsize=8)
def _selected(task: Classification, cache: Path | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Where a task's images to learn from are, and their labels."""
    return task.select(_images(task.source, cache)[0].train)


@lru_cache(maxsize=8)
def _tested(task: Classification, cache: Path | None, device: Device) -> Examples:
    """All test images of a task, on the device."""
    images, mean, deviation = _images(task.source, cache)
    here, labels = task.select(images.test)
    return Examples(standardised(images.test.pixels[here], mean, deviation), labels).to(device)


# Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StoredRuns:
    """What a file of finished runs holds."""

    device: str
    versions: dict[str, str]
    records: list[Record]


def read(path: Path) -> StoredRuns:
    """The finished runs of a file, from here or from elsewhere; a last line without its end is left
    out. Raises JournalError, OSError.
    """
    first, *lines = read_limited(path, LARGE).rpartition(b"\n")[0].split(b"\n")
    try:
        head = read_json(first.decode())
        if (head["format"], head["version"]) != (FORMAT, VERSION):
            raise ValueError
        device, used = (
            str(head["device"]),
            {str(name): str(number) for name, number in head["versions"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise JournalError(path, f"does not begin as records of version {VERSION} do") from None
    records = {}
    for number, line in enumerate(lines, 2):
        try:
            record = read_record(read_json(line.decode()))
        except ValueError as error:
            raise JournalError(path, f"line {number}: {error}") from None
        records[record.key] = record
    if not records:
        raise JournalError(path, "holds no finished run")
    check_seeds(path, list(records.values()))
    return StoredRuns(device, used, list(records.values()))
