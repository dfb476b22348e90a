"""Test errors along training: one record a curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from claims.observing.errors import downstream_errors
from model.regime import Regime
from model.run import log_spaced, signs
from model.sampling import Sample, Seeds, sample
from model.transfer import inherit, recording, train_task
from reports.ledger.journal import Record
from reports.studies.executors import Executor
from reports.studies.experiments.journals import Tick, resumed
from reports.studies.sweep import sweep
from reports.studies.sweep.spec import Sweep

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CurveJob:
    """One curve, as it travels to a worker."""

    number: int
    regime: Regime
    most: int  # samples of the largest source, of which each curve's source holds the first
    seeds: Seeds
    epochs: int

    @property
    def steps(self) -> tuple[int, ...]:
        """Epochs that are recorded. One step is one epoch: descent is full-batch."""
        return log_spaced(self.regime.steps2, self.epochs)


def curve(job: CurveJob) -> Record:
    """Test errors at log-spaced epochs.

    All curves of a seed share the target's data and the fresh filters, and a source is the
    beginning of any larger one: what differs between them is N_1.
    """
    regime = job.regime
    draw = sample(replace(regime, n1=job.most), job.seeds)
    start = draw.fresh
    if regime.inherited:
        upstream = Sample(
            draw.upstream.signal,
            draw.upstream.noise[:, : regime.n1].contiguous(),
            draw.upstream.labels[:, : regime.n1].contiguous(),
        )
        start = inherit(
            train_task(regime, 1, upstream, draw.start).weights, draw.fresh, regime.inherited
        )
    data, j, errors = draw.downstream, signs(regime.m), []
    for record in train_task(regime, 2, data, start, recording(job.steps)).records:
        weights = (
            start
            + torch.bmm(record.noise, data.noise)
            + (j * record.signal).unsqueeze(2) * data.signal
        )
        errors.append(downstream_errors(weights, data.signal, regime, job.seeds).tolist())
    # (seeds, epochs)
    return {
        "point": job.number,
        "steps": list(job.steps),
        "errors": np.array(errors).T.tolist(),
    }


def curves(plan: Sweep, path: Path, executor: Executor, tick: Tick) -> dict[str, Array]:
    """Errors along every curve of a plan, as columns; curves that the file holds are not trained
    again.

    Raises:
        JournalError: the file is another plan's or damaged, or another run is writing it.
        OSError: it cannot be written.
    """
    epochs, most = int(plan.metrics[0].split()[2]), max(point.regime.n1 for point in plan.points)
    # The longest first.
    jobs = {
        p.number: CurveJob(p.number, p.regime, most, Seeds(plan.seed, plan.seeds), epochs)
        for p in reversed(plan.points)
    }
    records = resumed(path, {"curves": sweep.digest(plan)}, jobs, curve, _is_curve, executor, tick)
    numbers = sorted(jobs)
    return {
        "n1": np.array([plan.points[k].axes["n1"] for k in numbers]),
        "steps": np.array(records[0]["steps"], dtype=np.float64),
        "errors": np.array([records[k]["errors"] for k in numbers]),  # (curves, seeds, epochs)
    }


def _is_curve(record: Record, job: CurveJob) -> bool:
    if (
        set(record) != {"point", "steps", "errors"}
        or record["steps"] != list(job.steps)
        or not isinstance(record["errors"], list)
    ):
        return False
    rows = record["errors"]
    whole = len(rows) == job.seeds.count and all(
        isinstance(row, list) and len(row) == len(job.steps) for row in rows
    )
    return whole and all(type(error) is float and 0 <= error <= 1 for row in rows for error in row)
