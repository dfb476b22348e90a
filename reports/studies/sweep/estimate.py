"""What a sweep would take: points, multiplications, seconds and bytes; nothing is trained."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from model.sampling import Seeds
from reports.studies.sweep import sweep as running
from reports.studies.sweep.contour import wanted
from reports.studies.sweep.metrics import TRAINED, measure
from reports.studies.sweep.spec import Point, Sweep
from reports.studies.work import multiplications

#: Multiplications a second of one worker, and seconds that a network takes whatever its size: as
#: measured on one core of a server, between 100 and 400 samples within a factor of two.
RATE, NETWORK = 1e10, 0.01
STATED = f"at a stated {RATE:.0e} multiplications a second and {NETWORK} s a network, a worker"
MEASURED = "from a measurement of one point; its formulas are all that is computed"


@dataclass(frozen=True)
class Estimate:
    """Of a sweep whose records are in part there. In an adaptive design what is missing is known
    only as it goes: `first` are computed at once, `missing` at most.
    """

    points: int
    held: int
    first: int
    missing: int
    multiplications: int
    seconds: float  # of one worker
    source: str  # of the seconds
    bytes: int  # of all records


def estimate(sweep: Sweep, path: Path) -> Estimate:
    """Of what the records at `path` lack; the file stays as it is.

    Raises:
        SweepError: it belongs to another sweep or is damaged. OSError: it cannot be read.
    """
    held = {record["point"]: record for record in running.held(sweep, path)}
    missing = [point for point in sweep.points if point.number not in held]
    first = wanted(sweep.design, held, len(sweep.points)) - held.keys()
    if sweep.design.kind == "adaptive" and not first:
        missing = []  # the contour is followed to its end
    work = sum(_training(point, sweep) for point in missing)
    seconds, source = _seconds(sweep, missing, work)
    return Estimate(
        points=len(sweep.points),
        held=len(held),
        first=len(first),
        missing=len(missing),
        multiplications=work,
        seconds=seconds,
        source=source,
        bytes=_bytes(sweep, len(held) + len(missing)),
    )


def _training(point: Point, sweep: Sweep) -> int:
    """Multiplications of a point: scratch alone, or upstream, scratch and transfer."""
    trained = TRAINED & set(sweep.metrics)
    if not trained:
        return 0
    upstream, downstream = multiplications(point.regime)
    alone = all(name.startswith("scratch") for name in trained)
    return sweep.seeds * (downstream if alone else upstream + 2 * downstream)


def _seconds(sweep: Sweep, missing: list[Point], work: int) -> tuple[float, str]:
    if TRAINED & set(sweep.metrics):
        return work / RATE + NETWORK * len(missing) * sweep.seeds, STATED
    each = _formulas(sweep, missing[0]) if missing else 0.0
    return len(missing) * each, MEASURED


def _formulas(sweep: Sweep, point: Point) -> float:
    """Seconds of a point's formulas, once what they import is there."""
    seeds = Seeds(sweep.seed, 1)
    other = sweep.points[-1 if point.number == 0 else 0]  # a law's prediction is remembered
    measure(other.regime, seeds, sweep.metrics)
    begun = time.perf_counter()
    measure(point.regime, seeds, sweep.metrics)
    return time.perf_counter() - begun


def _bytes(sweep: Sweep, points: int) -> int:
    """Of the records file: the header, and a line a point with every number at full length."""
    last = sweep.points[-1]
    number = -0.12345678901234567
    of_formula, of_seeds = {"mean": number}, dict.fromkeys(("mean", "error", "median"), number)
    trained = {name: sweep.seeds > 1 and name in TRAINED for name in sweep.metrics}
    metrics = {name: of_seeds if trained[name] else of_formula for name in sweep.metrics}
    line = {"point": last.number, "axes": last.axes, "metrics": metrics}
    header = running.header(sweep)
    return len(json.dumps(header)) + 1 + points * (len(json.dumps(line)) + 1)
