"""What an experiment keeps of each point, in journals: errors along a curve, and the evidence for
each claim that speaks of it.

A claim is decided by the rule that decides it everywhere (`claims.deciding.decision.examine`), at
those points that lie inside its hypotheses, on the seeds the points were trained with.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from claims.deciding.decision import Margin, Outcome, RegimeEvidence
from numpy.typing import NDArray

from claims.core import constants as constant_table
from claims.core.catalogue import catalogue, find
from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.deciding import decision
from claims.observing.errors import downstream_errors
from model.regime import Regime
from model.run import log_spaced, signs
from model.sampling import Sample, Seeds, sample
from model.transfer import inherit, recording, train_task
from reports.ledger import journal
from reports.ledger.files import finite
from reports.ledger.journal import Record
from reports.studies.executors import Executor
from reports.studies.sweep import sweep
from reports.studies.sweep.spec import Sweep

Array = NDArray[np.float64]
Tick = Callable[[int, int], None]  # how much is done, of how much
J = TypeVar("J")

#: Roots of the seeds on which a suspicious point is tried again: far from any that points take.
_FRESH = 2**40
FORMAT, VERSION = "transfer-claims-experiment", 1


# Curves -------------------------------------------------------------------------------------------


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
    found = job.regime
    draw = sample(replace(found, n1=job.most), job.seeds)
    start = draw.fresh
    if found.inherited:
        upstream = Sample(
            draw.upstream.signal,
            draw.upstream.noise[:, : found.n1].contiguous(),
            draw.upstream.labels[:, : found.n1].contiguous(),
        )
        start = inherit(
            train_task(found, 1, upstream, draw.start).weights, draw.fresh, found.inherited
        )
    data, j, errors = draw.downstream, signs(found.m), []
    for record in train_task(found, 2, data, start, recording(job.steps)).records:
        weights = (
            start
            + torch.bmm(record.noise, data.noise)
            + (j * record.signal).unsqueeze(2) * data.signal
        )
        errors.append(downstream_errors(weights, data.signal, found, job.seeds).tolist())
    return {
        "point": job.number,
        "steps": list(job.steps),
        "errors": np.array(errors).T.tolist(),
    }  # (seeds, epochs)


def curves(plan: Sweep, path: Path, executor: Executor, tick: Tick) -> dict[str, Array]:
    """Errors along every curve of a plan, as columns; curves that the file holds are not trained
    again.

    Raises:
        JournalError: the file is another plan's or damaged, or another run is writing it.
        OSError: it cannot be written.
    """
    epochs, most = int(plan.metrics[0].split()[2]), max(point.regime.n1 for point in plan.points)
    jobs = {
        p.number: CurveJob(p.number, p.regime, most, Seeds(plan.seed, plan.seeds), epochs)
        for p in reversed(plan.points)
    }  # the longest first
    kept = _resumed(path, {"curves": sweep.digest(plan)}, jobs, curve, _is_curve, executor, tick)
    numbers = sorted(jobs)
    return {
        "n1": np.array([plan.points[k].axes["n1"] for k in numbers]),
        "steps": np.array(kept[0]["steps"], dtype=np.float64),
        "errors": np.array([kept[k]["errors"] for k in numbers]),  # (curves, seeds, epochs)
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


# Decisions ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DecisionJob:
    """The claims that speak of a point, as they travel to a worker."""

    number: int
    regime: Regime
    seeds: Seeds  # those it was trained on
    alphas: tuple[
        tuple[str, float], ...
    ]  # claim, and the false-alarm probability that one of its regimes may spend
    confirm: bool


def decide_point(job: DecisionJob) -> Record:
    """Every claim's evidence at one point."""
    known: dict[Hashable, Any] = {}  # claims that look at the same networks train them once

    def look(claim: Claim, seeds: Seeds) -> Any:
        key = claim.observe, seeds
        if key not in known:
            known[key] = claim.observe(job.regime, seeds)
        return known[key]

    return {
        "point": job.number,
        "claims": {name: _evidence(job, find(name), alpha, look) for name, alpha in job.alphas},
    }


def _evidence(
    job: DecisionJob, claim: Claim, alpha: float, look: Callable[[Claim, Seeds], Any]
) -> Record:
    constants = constant_table.load()

    def measure(first: int, count: int) -> Margin:
        seeds = (
            job.seeds if first == 0 else Seeds(_FRESH + job.seeds.root + job.number, count, first)
        )
        return claim.margin(look(claim, seeds), constants)

    found = (
        decision.examine(measure, delta=claim.delta, alpha=alpha, seeds=job.seeds.count)
        if job.confirm
        else _screen(measure(0, 0), claim.delta)
    )
    return {
        "outcome": found.outcome.value,
        "seeds": found.seeds,
        "certain_failures": found.certain_failures,
        "possible_failures": found.possible_failures,
        "margin": finite(found.worst_margin),
    }


def _screen(margin: Margin, delta: float) -> RegimeEvidence:
    """The rule's first step alone: what is suspicious stays undecided."""
    doubtful = decision.suspicious(margin.possible_failures, len(margin.low), delta)
    outcome = Outcome.UNDECIDED if doubtful else Outcome.STANDS
    return RegimeEvidence(
        outcome,
        len(margin.low),
        margin.certain_failures,
        margin.possible_failures,
        *margin.tolerated(delta),
    )


def inside(claim: Claim, plan: Sweep, constants: Constants) -> list[int]:
    """Numbers of the points inside a claim's hypotheses."""
    assert claim.domain is not None
    assert not claim.population
    return [
        point.number
        for point in plan.points
        if not claim.domain.violations(point.regime, constants)
    ]


def decision_jobs(
    claims: Sequence[str], plan: Sweep, constants: Constants, *, common: bool, confirm: bool
) -> dict[int, DecisionJob]:
    """By number, the points that lie inside some claim's hypotheses.

    Args:
        common: all points were trained on the same seeds; else each has its own, as
        `reports.studies.sweep.sweep` gives them out. confirm: a suspicious point is tried again on
        fresh seeds.
    """
    meant = {name: inside(find(name), plan, constants) for name in claims}
    alphas = {
        name: decision.regime_alpha(len(catalogue()), len(numbers))
        for name, numbers in meant.items()
    }
    jobs = {}
    for point in plan.points:
        speaking = tuple(
            (name, alphas[name]) for name, numbers in meant.items() if point.number in numbers
        )
        if speaking:
            seeds = Seeds(plan.seed, plan.seeds, 0 if common else point.number * plan.seeds)
            jobs[point.number] = DecisionJob(point.number, point.regime, seeds, speaking, confirm)
    return jobs


def decisions(
    jobs: Mapping[int, DecisionJob],
    constants: Constants,
    path: Path,
    executor: Executor,
    tick: Tick,
) -> dict[tuple[str, int], Record]:
    """Evidence by claim and point; what the file holds is not decided again, unless it was by other
    constants, or of other points.

    Raises:
        JournalError: the file is damaged, or another run is writing it.
        OSError: it cannot be written.
    """
    same = [[asdict(job) for job in jobs.values()], dict(constants)]
    header = {"decisions": hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()}
    kept = _resumed(path, header, jobs, decide_point, _is_decision, executor, tick, anew=True)
    return {
        (name, number): evidence
        for number, record in sorted(kept.items())
        for name, evidence in record["claims"].items()
    }


def _is_decision(record: Record, job: DecisionJob) -> bool:
    found = record.get("claims")
    return (
        set(record) == {"point", "claims"}
        and isinstance(found, dict)
        and set(found) == {name for name, _ in job.alphas}
        and all(map(_is_evidence, found.values()))
    )


def _is_evidence(found: Any) -> bool:
    counts = ("seeds", "certain_failures", "possible_failures")
    if not isinstance(found, dict) or set(found) != {"outcome", *counts, "margin"}:
        return False
    margin = found["margin"]
    known = found["outcome"] in [outcome.value for outcome in Outcome] and (
        margin is None or (type(margin) is float and math.isfinite(margin))
    )
    return known and all(type(found[name]) is int and found[name] >= 0 for name in counts)


# Journals -----------------------------------------------------------------------------------------


def _resumed(
    path: Path,
    header: dict[str, str],
    jobs: Mapping[int, J],
    function: Callable[[J], Record],
    holds: Callable[[Record, J], bool],
    executor: Executor,
    tick: Tick,
    *,
    anew: bool = False,
) -> dict[int, Record]:
    """One record a job, by the job's number; those that the journal holds are not computed
    again.
    """

    def check(record: Any) -> Record:
        number = record.get("point") if isinstance(record, dict) else None
        if type(number) is not int or number not in jobs or not holds(record, jobs[number]):
            raise ValueError("is no record of this experiment")
        return dict(record)

    with journal.opened(
        path, {"format": FORMAT, "version": VERSION} | header, check, anew=anew
    ) as kept:
        found = {record["point"]: record for record in kept.records}
        missing = [job for number, job in jobs.items() if number not in found]
        tick(len(found), len(jobs))
        for record in executor(function, missing):
            kept.append([record])
            found[record["point"]] = record
            tick(len(found), len(jobs))
    return found
