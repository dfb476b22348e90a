"""A sweep: many regimes, one record each, in a file that an interrupted run goes on with.

A point's random numbers come from the sweep's seed and the point's number alone, so records do not
depend on who computes them, nor in which order.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.files import write_atomically
from model.regime import RegimeError
from model.sampling import Seeds
from reports.ledger import journal
from reports.ledger.journal import Journal, JournalError, Record
from reports.studies.executors import Executor
from reports.studies.provenance import provenance
from reports.studies.sweep.contour import wanted
from reports.studies.sweep.design import SweepError
from reports.studies.sweep.metrics import measure
from reports.studies.sweep.spec import Point, Sweep

FORMAT, VERSION = "transfer-claims-sweep", 2
#: Points that one task computes; records are kept after each task.
_TOGETHER = 4


@dataclass(frozen=True)
class SweepJob:
    """Some points, as they travel to a worker."""

    points: tuple[Point, ...]
    seeds: int
    seed: int
    metrics: tuple[str, ...]


def compute(job: SweepJob) -> list[Record]:
    """Train and measure; JSON values, one record a point."""
    return [_record(job, point) for point in job.points]


def _record(job: SweepJob, point: Point) -> Record:
    seeds = Seeds(job.seed, job.seeds, first=point.number * job.seeds)
    try:
        return {
            "point": point.number,
            "axes": point.axes,
            "metrics": measure(point.regime, seeds, job.metrics),
        }
    except RegimeError as error:  # one that comes back from a worker, and says where
        raise SweepError(
            error.field, error.value, f"{error.rule} (point {point.number}: {point.axes})"
        ) from None


def run(
    sweep: Sweep,
    path: Path,
    executor: Executor,
    tick: Callable[[int, int], None] = lambda done, of: None,
) -> list[Record]:
    """Compute what the file lacks, append each finished point to it, and return all records in the
    order of points. `tick(done, of)` is called at first and after each task; in an adaptive design
    `of` grows.

    Raises:
        SweepError: the file belongs to another sweep or is damaged, or another run is writing it.
        OSError: it cannot be written; what was finished stays.
    """
    try:
        with journal.opened(path, header(sweep), lambda record: _checked(record, sweep)) as log:
            return _completed(sweep, log, executor, tick)
    except JournalError as error:
        raise SweepError("file", str(path), error.why) from None


def _completed(
    sweep: Sweep, log: Journal, executor: Executor, tick: Callable[[int, int], None]
) -> list[Record]:
    finished = {record["point"]: record for record in log.records}
    missing = _missing(sweep, finished)
    tick(len(finished), len(finished) + len(missing))
    while missing:
        total = len(finished) + len(missing)
        for records in executor(compute, _jobs(sweep, missing)):
            log.append(records)
            finished |= {record["point"]: record for record in records}
            tick(len(finished), total)
        missing = _missing(sweep, finished)
    return [finished[number] for number in sorted(finished)]


def _missing(sweep: Sweep, finished: dict[int, Record]) -> list[Point]:
    """What is to be computed next; in an adaptive design it depends on what was computed."""
    asked = wanted(sweep.design, finished, len(sweep.points)) - finished.keys()
    return [sweep.points[number] for number in sorted(asked)]


def _jobs(sweep: Sweep, points: list[Point]) -> Iterator[SweepJob]:
    for first in range(0, len(points), _TOGETHER):
        yield SweepJob(
            tuple(points[first : first + _TOGETHER]), sweep.seeds, sweep.seed, sweep.metrics
        )


def held(sweep: Sweep, path: Path) -> list[Record]:
    """Records of this sweep that a file holds; it stays as it is.

    Raises:
        SweepError: it belongs to another sweep or is damaged. OSError: it cannot be read.
    """
    try:
        return journal.held(path, header(sweep), lambda record: _checked(record, sweep))
    except JournalError as error:
        raise SweepError("file", str(path), error.why) from None


def header(sweep: Sweep) -> dict[str, Any]:
    """What a sweep's records have in common: they are never mixed with those of another sweep, or
    of other code or versions.
    """
    same = {"sweep": digest(sweep), "points": len(sweep.points)}
    return {"format": FORMAT, "version": VERSION} | same | provenance()


def digest(sweep: Sweep) -> str:
    """What makes a sweep this sweep: every point, its seeds and what is measured."""
    same = (
        [[point.number, point.regime.to_dict()] for point in sweep.points],
        sweep.seeds,
        sweep.seed,
        sweep.metrics,
    )
    return hashlib.sha256(json.dumps(same).encode()).hexdigest()


def _checked(record: Any, sweep: Sweep) -> Record:
    """A record of one of these points. Raises ValueError."""
    if not isinstance(record, dict) or set(record) != {"point", "axes", "metrics"}:
        raise ValueError("a record has point, axes and metrics")
    if (
        isinstance(record["point"], bool)
        or not isinstance(record["point"], int)
        or not 0 <= record["point"] < len(sweep.points)
    ):
        raise ValueError(f"point = {record['point']!r}: no such point")
    axes, metrics = sweep.points[record["point"]].axes, record["metrics"]
    if record["axes"] != axes:
        raise ValueError(f"axes = {record['axes']!r}: those of point {record['point']} are {axes}")
    if (
        not isinstance(metrics, dict)
        or set(metrics) != set(sweep.metrics)
        or not all(_is_summary(values) for values in metrics.values())
    ):
        raise ValueError(
            f"metrics of point {record['point']}: must be numbers for {', '.join(sweep.metrics)}"
        )
    return record


def _is_summary(values: Any) -> bool:
    known = {"mean"}, {"mean", "error", "median"}
    return (
        isinstance(values, dict)
        and set(values) in known
        and all(x is None or (type(x) is float and math.isfinite(x)) for x in values.values())
    )


def columns(records: list[Record]) -> dict[str, np.ndarray]:
    """One array a column: the point, every axis, and of every metric its mean, standard error and
    median over seeds.
    """
    gathered: dict[str, list[float]] = {"point": [record["point"] for record in records]}
    for record in records:
        for name, value in record["axes"].items():
            gathered.setdefault(name, []).append(value)
        for name, values in record["metrics"].items():
            for which, value in values.items():
                gathered.setdefault(f"{name}.{which}", []).append(
                    math.nan if value is None else value
                )
    return {name: np.array(values) for name, values in gathered.items()}


def write_columns(records: list[Record], path: Path) -> None:
    """A NumPy archive of the columns, which opens with allow_pickle=False. Raises OSError."""
    write_atomically(path, lambda file: np.savez_compressed(file, **columns(records)))  # type: ignore[arg-type]
