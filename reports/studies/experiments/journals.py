"""Records of an experiment's points, in journals that a later run resumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from reports.ledger import journal
from reports.ledger.journal import Record
from reports.studies.executors import Executor
from reports.studies.provenance import provenance

J = TypeVar("J")

Tick = Callable[[int, int], None]  # how much is done, of how much

FORMAT, VERSION = "transfer-claims-experiment", 2


def resumed(
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
        path, {"format": FORMAT, "version": VERSION} | header | provenance(), check, anew=anew
    ) as log:
        records = {record["point"]: record for record in log.records}
        missing = [job for number, job in jobs.items() if number not in records]
        tick(len(records), len(jobs))
        for record in executor(function, missing):
            log.append([record])
            records[record["point"]] = record
            tick(len(records), len(jobs))
    return records
