"""The evidence, at each point of an experiment, for each claim that speaks of it.

A claim is decided by the rule that decides it everywhere (`claims.deciding.sequential.examine`), at
those points that lie inside its hypotheses, on the seeds the points were trained with and as many
fresh ones as it takes. A coarse run takes no fresh ones, and decides nothing
(`claims.deciding.screen`).
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from claims.core import constants as constant_table
from claims.core.catalogue import find
from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.evidence import RegimeOutcome
from claims.core.margin import Margin
from claims.core.records import finite
from claims.deciding import sequential
from claims.deciding.budget import regime_level
from claims.deciding.screen import screened
from model.regime import Regime
from model.sampling import Seeds
from reports.ledger.journal import Record
from reports.studies.executors import Executor
from reports.studies.experiments.journals import Tick, resumed
from reports.studies.sweep.spec import Sweep

#: Roots of the seeds that a point takes beyond its own: far from any that points take.
_FRESH = 2**40


@dataclass(frozen=True)
class DecisionJob:
    """The claims that speak of a point, as they travel to a worker."""

    number: int
    regime: Regime
    seeds: Seeds  # those it was trained on
    #: Claims, each with the false-alarm probability that one of its regimes may spend.
    alphas: tuple[tuple[str, float], ...]
    confirm: bool


def decide_point(job: DecisionJob) -> Record:
    """Every claim's evidence at one point."""
    known: dict[Hashable, Any] = {}  # claims that observe at the same networks train them once

    def observe(claim: Claim, seeds: Seeds) -> Any:
        key = claim.observe, seeds
        if key not in known:
            known[key] = claim.observe(job.regime, seeds)
        return known[key]

    return {
        "point": job.number,
        "claims": {name: _evidence(job, find(name), alpha, observe) for name, alpha in job.alphas},
    }


def _evidence(
    job: DecisionJob, claim: Claim, alpha: float, observe: Callable[[Claim, Seeds], Any]
) -> Record:
    constants = constant_table.load()

    def measure(first: int, count: int) -> Margin:
        seeds = (
            job.seeds if first == 0 else Seeds(_FRESH + job.seeds.root + job.number, count, first)
        )
        return claim.margin(observe(claim, seeds), constants)

    evidence = (
        sequential.examine(
            measure,
            delta=claim.rule.delta,
            alpha=alpha,
            exact_seeds=job.seeds.count,
            first_look=job.seeds.count,
        )
        if job.confirm
        else screened(measure(0, 0), claim.rule.delta)
    )
    return {
        "outcome": evidence.outcome.value,
        "seeds": evidence.seeds,
        "certain_failures": evidence.certain_failures,
        "possible_failures": evidence.possible_failures,
        "margin": finite(evidence.worst_margin),
    }


def inside(claim: Claim, plan: Sweep, constants: Constants) -> list[int]:
    """Numbers of the points inside a claim's hypotheses."""
    assert claim.domain is not None
    assert not claim.rule.of_regimes
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
        `reports.studies.sweep.sweep` gives them out. confirm: each is decided, on fresh seeds too.
    """
    meant = {name: inside(find(name), plan, constants) for name in claims}
    alphas = {name: regime_level(len(numbers)) for name, numbers in meant.items()}
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
    records = resumed(path, header, jobs, decide_point, _is_decision, executor, tick, anew=True)
    return {
        (name, number): evidence
        for number, record in sorted(records.items())
        for name, evidence in record["claims"].items()
    }


def _is_decision(record: Record, job: DecisionJob) -> bool:
    claims = record.get("claims")
    return (
        set(record) == {"point", "claims"}
        and isinstance(claims, dict)
        and set(claims) == {name for name, _ in job.alphas}
        and all(map(_is_evidence, claims.values()))
    )


def _is_evidence(evidence: Any) -> bool:
    counts = ("seeds", "certain_failures", "possible_failures")
    if not isinstance(evidence, dict) or set(evidence) != {"outcome", *counts, "margin"}:
        return False
    margin = evidence["margin"]
    known = evidence["outcome"] in [outcome.value for outcome in RegimeOutcome] and (
        margin is None or (type(margin) is float and math.isfinite(margin))
    )
    return known and all(type(evidence[name]) is int and evidence[name] >= 0 for name in counts)
