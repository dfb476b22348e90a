"""Foretell every pair, then train it: forecasts are on the disk before the first training of what
is missing begins.

In pixels, and in features of a network that nobody has trained, a forecast needs no training at
all. In features of the source network it is made once that is trained, before it is transferred.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, TypeAdapter
from torch import Tensor, nn

from claims.core.records import finite, validated
from claims.predicting.contrasts import Forecast, Labelled, forecast
from model.vision import features, unlike
from model.vision.inherit import inherit
from model.vision.train import Device, Examples, stream, train
from model.vision.unlike import Place, Source
from reports.images import upstream
from reports.images.kept import Format
from reports.images.pairs.plan import CODE, PairSetting
from reports.images.run import commit
from reports.ledger import journal
from reports.studies.executors import Executor

FORMAT = Format(
    "transfer-claims-pairs",
    (
        *(f"model/vision/{name}.py" for name in ("data", "inherit", "nets", "tasks", "train")),
        *(f"model/vision/{name}.py" for name in ("features", "unlike", "written")),
        *(f"claims/predicting/{name}.py" for name in ("contrasts", "estimation")),
        *(f"reports/images/{name}.py" for name in ("upstream", "pairs/plan", "pairs/run")),
    ),
)
Space = Literal["pixels", "random", "source"]
"""What a forecast sees images by: pixels; features of the target network before it is trained;
features of the source network.
"""
#: Spaces that need no training.
BEFORE: tuple[Space, ...] = ("pixels", "random")
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _check_key(key: str, setting: PairSetting) -> None:
    if key != setting.key:
        raise ValueError(f"key = {key!r}: its setting has {setting.key!r}")
    if setting.code != CODE:
        raise ValueError(f"code = {setting.code}: this version's is {CODE}; move the file away")


@dataclass(frozen=True)
class Foretold:
    """A forecast of one pair and seed."""

    __pydantic_config__ = _STRICT

    what: Literal["foretold"]
    key: str
    setting: PairSetting
    space: Space
    forecast: Forecast
    commit: str

    def __post_init__(self) -> None:
        _check_key(self.key, self.setting)


@dataclass(frozen=True)
class Finished:
    """A finished training."""

    __pydantic_config__ = _STRICT

    what: Literal["trained"]
    key: str
    setting: PairSetting
    accuracy: float  # on all test images of the target
    loss: float | None  # of the last batch; None where training diverged
    source_accuracy: float | None  # of the source network, on images of its own it has not seen
    seconds: float
    commit: str

    def __post_init__(self) -> None:
        _check_key(self.key, self.setting)
        if not 0 <= self.accuracy <= 1:
            raise ValueError(f"accuracy = {self.accuracy}: must be from 0 to 1")


Record = Foretold | Finished
_RECORD: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Discriminator("what")])


@dataclass(frozen=True)
class Job:
    """Settings of one seed that share a source, as they travel to a worker."""

    settings: tuple[PairSetting, ...]
    device: Device
    cache: Path | None
    commit: str
    until: float = math.inf  # of `time.monotonic`, which is one for all processes of a machine

    def place(self, setting: PairSetting) -> Place:
        """Where a setting's images are."""
        return Place(self.cache, setting.target.hundred or "cifar100")


def run(
    wanted: Sequence[PairSetting],
    path: Path,
    executor: Executor,
    device: Device,
    *,
    cache: Path | None = None,
    until: float = math.inf,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Record]:
    """Foretell and train what the file lacks, append what is finished, and return all records of
    what is wanted.

    Args:
        until: no source network is begun after this moment (of `time.monotonic`).

    Raises:
        JournalError: another run is writing the file, or it holds something else, or is damaged.
        AbsentError, DataError: images are not cached, or are damaged. OSError: it cannot be
        written; what was finished stays.
    """
    code = commit()
    with journal.opened(path, FORMAT.header(device), _line) as file:
        held = [read_record(record) for record in file.records]
        foretold = {one.key for one in held if isinstance(one, Foretold)}
        unknown = [one for one in wanted if one.source and one.key not in foretold]
        for lines in executor(foretell, _jobs(unknown, device, cache, code)):
            file.append(lines)
            held += map(read_record, lines)
        trained = {one.key for one in held if isinstance(one, Finished)}
        missing = [one for one in wanted if one.key not in trained]
        done = len(wanted) - len(missing)
        tick(done, len(wanted))
        work = (replace(job, until=until) for job in _jobs(missing, device, cache, code))
        for lines in executor(compute, work):
            file.append(lines)
            found = [read_record(line) for line in lines]
            held += found
            done += sum(isinstance(one, Finished) for one in found)
            tick(done, len(wanted))
    keys = {setting.key for setting in wanted}
    return [record for record in held if record.key in keys]


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
    wanted: Sequence[PairSetting], device: Device, cache: Path | None, code: str
) -> list[Job]:
    """Settings by the source network they need, which is trained once for all of them."""
    together: dict[tuple[int, Source | None], list[PairSetting]] = {}
    for setting in wanted:
        together.setdefault((setting.seed, setting.source), []).append(setting)
    return [Job(tuple(some), device, cache, code) for some in together.values()]


# Forecasts ----------------------------------------------------------------------------------------


def foretell(job: Job) -> list[dict[str, Any]]:
    """What pixels and random features foretell of each setting; JSON values."""
    lines = []
    for setting in job.settings:
        fresh = upstream.fresh(setting.network, setting.seed)
        sample, data = _sample(setting, job), _target(setting, job)
        lines.append(_foretold(setting, "pixels", features.pixels, sample, data, job))
        lines.append(_foretold(setting, "random", _by(fresh), sample, data, job))
    return lines


def _foretold(
    setting: PairSetting,
    space: Space,
    see: Callable[[Tensor], Tensor],
    sample: Examples,
    data: Examples,
    job: Job,
) -> dict[str, Any]:
    assert setting.source is not None
    theirs, ours = (Labelled(_array(see(one.inputs)), one.labels.numpy()) for one in (sample, data))
    found = forecast(theirs, ours, setting.source.n1, setting.target.n2)
    return {
        "what": "foretold",
        "key": setting.key,
        "setting": asdict(setting),
        "space": space,
        "forecast": asdict(found),
        "commit": job.commit,
    }


def _by(network: nn.Module) -> Callable[[Tensor], Tensor]:
    return lambda inputs: features.of_body(network, inputs)


def _array(values: Tensor) -> Any:
    return values.double().numpy()


def _sample(setting: PairSetting, job: Job) -> Examples:
    """Images of the source that its network has not seen."""
    assert setting.source is not None
    return unlike.source(setting.source, setting.seed, job.place(setting), more=setting.sample)


def _target(setting: PairSetting, job: Job) -> Examples:
    target = setting.target
    return unlike.target(target.name, target.n2, setting.seed, job.place(setting))


# Trainings ----------------------------------------------------------------------------------------


def compute(job: Job) -> list[dict[str, Any]]:
    """Train the source network, if there is one, foretell in its features, and train every
    downstream network from it; JSON values. Nothing once the time is over.
    """
    if time.monotonic() >= job.until:
        return []
    source, reached, lines = _source(job)
    return lines + [_downstream(setting, source, reached, job) for setting in job.settings]


def _source(job: Job) -> tuple[nn.Module | None, float | None, list[dict[str, Any]]]:
    """The source network, its accuracy on images of its own, and what its features foretell."""
    first = job.settings[0]
    if first.source is None or first.upstream is None:
        return None, None, []
    network, reached = upstream.learned(
        first.source,
        first.network,
        first.upstream,
        first.seed,
        job.place(first),
        job.device,
        first.sample,
    )
    sample = _sample(first, job)
    lines = [
        _foretold(setting, "source", _by(network), sample, _target(setting, job), job)
        for setting in job.settings
    ]
    return network, reached, lines


def _downstream(
    setting: PairSetting, source: nn.Module | None, reached: float | None, job: Job
) -> dict[str, Any]:
    begun, seed = time.perf_counter(), setting.seed
    network = upstream.fresh(setting.network, seed).to(job.device.name)
    if source is not None:
        inherit(source, network, 1.0, "filters")
    trained = train(
        network,
        _target(setting, job).to(job.device),
        unlike.tested(setting.target.name, job.place(setting)).to(job.device),
        setting.downstream,
        stream(seed, "target batches"),
        job.device,
    )
    return {
        "what": "trained",
        "key": setting.key,
        "setting": asdict(setting),
        "accuracy": trained.accuracy[-1],
        "loss": finite(trained.loss),
        "source_accuracy": reached,
        "seconds": round(time.perf_counter() - begun, 2),
        "commit": job.commit,
    }
