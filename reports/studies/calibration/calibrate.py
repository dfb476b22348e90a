"""Fit the constants that the paper leaves open, on regimes and seeds of their own.

Rules, declared before any fit (delta is the share of seeds that may fail):

* C_T, C_2: the largest value that any calibration regime needs for a share 1 - delta of its seeds,
  measurement error counted against the statement, times `ALLOWANCE`.
* C_5: the smallest, divided by it.
* C_3: the smallest criterion of a regime in which more than a share delta of the seeds err less
  than
  0.1, divided by `ALLOWANCE`. C_1: the largest criterion of a regime in which more than a share
  delta err more than 0.1, times it.
* C_4: C_1/C_3 - 1 with tau_D's C_1 and Theorem 4.3's C_3: where Y = 1 and X = C_4, tau_D =
  (1+X)^2/(1 + alpha X) tau_2 lifts a task from C_3 to C_1 whatever alpha. A lower value leaves
  Proposition 4.4(1) empty; a higher one costs Theorem 4.2 in C_1 and C_2.

Constants of Theorem 4.2 are fitted on its whole domain together with the corners (`CORNERS`) at
which its docstring expects tau_A + tau_2 and Gamma + tau_2 to be furthest from tau_D.

A value outside [10^-2, 10^2] is moved to that limit, and so is a threshold that the data put at the
end of the range drawn, where it is not identified; the statement then stands or falls there. The
interval is the bootstrap's (2.5% to 97.5%, over regimes) of the fit before the allowance.

Every set is drawn in strata: two widths, three dimensions, both tiers of Condition 4.1 (`strata`).
The same fit in each stratum by itself, without allowance, stands beside the value: how far a
constant drifts from the practical tier to the literal one, say.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from claims.core import constants as constant_table
from claims.core import criteria, domains, ranges
from claims.core.claim import Claim, Domain, Hypothesis, OpenConstant, hypothesis
from claims.core.condition import DELTA, TIERS
from claims.core.constants import LEAST, MOST
from claims.core.criteria import READINGS, RESTRICTED, TAU_D, Reading
from claims.core.quantities import Quantity, catalogue
from claims.observing.errors import Observation, both_ways, log_error, scratch_only
from model.sampling import Seeds
from reports.ledger.files import digest, write_whole
from reports.studies.calibration.needs import Need, batches, gather_needs
from reports.studies.calibration.strata import Tagged, by_stratum, search_strata, strata
from strategies.regimes import SIZES
from strategies.search import Case

ALLOWANCE = 1.5
WIDE = (0.1, 100.0)
_AT_THE_END = 0.9
#: With the range of the criterion: much noise inherited from few samples, where it must be large; a
#: little inherited from many, where it must be small.
CORNERS: dict[str, tuple[tuple[float, float], tuple[tuple[str, float, float], ...]]] = {
    "few": (WIDE, (("n1", SIZES[0], SIZES[0]), ("n2", SIZES[1], SIZES[1]))),
    "many": (
        (0.01, 10.0),
        (("n1", SIZES[1], SIZES[1]), ("n2", SIZES[0], SIZES[0]), ("inherited", 1, 2)),
    ),
}
SEEDS = 24
#: Finished sets of a calibration.
CACHE = Path("reports/out/calibration")
NEGATIVE_NEEDS = (criteria.SCRATCH_C_1, TAU_D.constant("C_3"), ranges.C_4)
_BOOTSTRAPS = 400
_P = TypeVar("_P", bound=Tagged)


@dataclass(frozen=True)
class Point:
    """One calibration regime, reduced to tolerated values (a share delta of the seeds is allowed to
    be worse).
    """

    criterion: float
    x: float
    time_constant: float  # the C_T it needs
    log_error_high: float  # ln error, the high end
    log_error_low: float
    noise_growth: float  # the C_5 it allows
    tags: tuple[str, ...] = ()  # its strata
    at_the_low_end: bool = False  # of the range its criterion was drawn from


@dataclass(frozen=True)
class Fit:
    """A constant."""

    name: str
    value: float
    interval: tuple[float, float]
    regimes: int
    rule: str
    strata: dict[str, float]  # the same fit in each stratum by itself


def _quantile(values: NDArray[np.float64], worst_is_high: bool) -> float:
    ordered = np.sort(values)
    allowed = int(DELTA * len(ordered))
    return float(ordered[len(ordered) - 1 - allowed] if worst_is_high else ordered[allowed])


def _point(seen: Observation, criterion: Quantity, tags: tuple[str, ...]) -> Point:
    learned = seen.transfer or seen.scratch
    low, high = log_error(learned.error)
    named = catalogue()
    growth = math.inf
    if seen.noise_ratio is not None:
        growth = _quantile(seen.noise_ratio, False) / criteria.NOISE_GROWTH(seen.regime)
    x = named["X"](seen.regime) if seen.transfer else 0.0
    return Point(
        criterion(seen.regime),
        x,
        _quantile(learned.least_time_constant(), True),
        _quantile(high, True),
        _quantile(low, False),
        growth,
        tags,
    )


@dataclass(frozen=True)
class Job:
    """One set of calibration regimes."""

    name: str
    domain: Domain
    criterion: Quantity
    transfer: bool


def jobs() -> tuple[Job, ...]:
    """The sets that need no constant."""
    scratch = Job(
        "scratch", Domain("scratch", (hypothesis("tau_2", *WIDE),)), catalogue()["tau_2"], False
    )
    return (
        scratch,
        *(
            Job(
                r.name,
                Domain(
                    "transfer",
                    (Hypothesis(r.criterion, *WIDE), ranges.ANY, ranges.EVERY_Y),
                ),
                r.criterion,
                True,
            )
            for r in READINGS
        ),
    )


def corner_jobs() -> tuple[Job, ...]:
    """The sets that need C_4: X up to it, Y = 1."""
    return tuple(
        Job(
            f"{r.name}-{corner}",
            Domain(
                "transfer",
                (
                    Hypothesis(r.criterion, *drawn),
                    hypothesis("X", 1.0, ranges.C_4),
                    hypothesis("Y", 1.0, 1.0),
                ),
                groups=groups,
            ),
            r.criterion,
            True,
        )
        for r in RESTRICTED
        for corner, (drawn, groups) in CORNERS.items()
    )


def gather(job: Job, constants: dict[str, float], regimes: int, entropy: int) -> list[Point]:
    """Train one set's networks."""
    torch.set_num_threads(1)
    points: list[Point] = []

    def look(case: Case, tags: tuple[str, ...]) -> None:
        observe = both_ways if job.transfer else scratch_only
        points.append(_point(observe(case.regime, Seeds(case.root, SEEDS)), job.criterion, tags))

    search_strata(job.domain, constants, look, name=job.name, entropy=entropy, regimes=regimes)
    return points


def calibrate_open(
    claims: Iterable[Claim],
    constants: dict[str, float],
    regimes: int,
    entropy: int,
    report: Callable[[str], None],
    workers: int | None = None,
) -> list[Fit]:
    """Fit the constants that these claims declare as open."""
    fits = []
    declared = {constant.name: constant for claim in claims for constant in claim.fits}
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        running = [
            (ids, pool.submit(gather_needs, ids, constants, regimes, SEEDS, entropy))
            for ids in batches(claims)
        ]
        for ids, future in running:
            needs = future.result()
            report(f"{', '.join(ids)}: {regimes} regimes")
            fits += [_open(declared[name], values) for name, values in needs.items()]
    return fits


def _open(constant: OpenConstant, needs: list[Need]) -> Fit:
    if constant.at_least:
        return _fit(
            constant.name,
            needs,
            lambda some: max(need.value for need in some),
            ALLOWANCE,
            "largest needed",
        )
    return _fit(
        constant.name,
        needs,
        lambda some: min(need.value for need in some),
        1 / ALLOWANCE,
        "least needed",
    )


def calibrate(
    regimes: int, entropy: int, report: Callable[[str], None], workers: int | None = None
) -> list[Fit]:
    """Fit the constants of the headline statements; `report` is told what is going on.

    Every finished set is kept in `CACHE`, so that an interrupted calibration goes on where it was.
    """
    points: dict[str, list[Point]] = {}

    def train(sets: Sequence[Job], constants: dict[str, float], count: int) -> None:
        points.update(
            {
                job.name: kept
                for job in sets
                if (kept := _cached(job, constants, count, entropy)) is not None
            }
        )
        running = [
            (job, pool.submit(gather, job, constants, count, entropy))
            for job in sets
            if job.name not in points
        ]
        for job, future in running:
            points[job.name] = future.result()
            _keep(job, constants, count, entropy, points[job.name])
        for job in sets:
            low = job.domain.hypotheses[0].low
            if isinstance(low, float):
                points[job.name] = [
                    replace(p, at_the_low_end=p.criterion < low / _AT_THE_END)
                    for p in points[job.name]
                ]
            report(f"{job.name}: {len(points[job.name])} regimes")

    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        train(jobs(), {}, regimes)
        c_4 = _common(points)[-1]
        train(corner_jobs(), {c_4.name: c_4.value}, regimes // 2)
        fits = _fits(points)
        values = {fit.name: fit.value for fit in fits if fit.name in NEGATIVE_NEEDS}
        train(
            [Job("negative", domains.NEGATIVE, catalogue()["tau_D"], True)],
            values,
            regimes // 4,
        )
    c_5 = _fit(
        criteria.C_5,
        points["negative"],
        lambda some: min((p.noise_growth for p in some), default=math.nan),
        1 / ALLOWANCE,
        "least over regimes",
    )
    return [*fits, c_5]


def _key(job: Job, constants: dict[str, float], regimes: int, entropy: int) -> str:
    drawn = [(s.tags, s.domain, s.regimes) for s in strata(job.domain, regimes)]
    tiers = [(tier.name, sorted(tier.constants.items())) for tier in TIERS.values()]
    return repr(
        (
            job.name,
            drawn,
            tiers,
            sorted(constants.items()),
            entropy,
            SEEDS,
            SIZES,
            version("torch"),
            version("hypothesis"),
            _sources(),
        )
    )


@cache
def _sources() -> str:
    """A digest of the code that draws and trains: other code, other networks."""
    root = Path(__file__).parents[3]
    return digest(
        root, (file for folder in ("model", "strategies") for file in (root / folder).rglob("*.py"))
    )


def _cached(
    job: Job, constants: dict[str, float], regimes: int, entropy: int
) -> list[Point] | None:
    try:
        kept = json.loads((CACHE / f"{job.name}.json").read_text())
        return (
            [Point(**(point | {"tags": tuple(point["tags"])})) for point in kept["points"]]
            if kept["key"] == _key(job, constants, regimes, entropy)
            else None
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(
    job: Job, constants: dict[str, float], regimes: int, entropy: int, points: list[Point]
) -> None:
    write_whole(
        CACHE / f"{job.name}.json",
        json.dumps(
            {"key": _key(job, constants, regimes, entropy), "points": [asdict(p) for p in points]}
        ),
    )


def _common(points: dict[str, list[Point]]) -> list[Fit]:
    """Theorem 4.3's constants, and those of Theorem 4.2 that its readings share; C_4 last."""
    scratch = points["scratch"]
    fits = [
        _fit(criteria.SCRATCH_C_T, scratch, _time, ALLOWANCE, "largest needed"),
        *_thresholds(scratch, criteria.SCRATCH_C_1, criteria.SCRATCH_C_3),
    ]
    fits.append(_exponent(scratch, criteria.SCRATCH_C_2, fits[1].value))
    every_transfer = [p for name in points if name != "scratch" for p in points[name]]
    fits.append(_fit(criteria.TRANSFER_C_T, every_transfer, _time, ALLOWANCE, "largest needed"))
    above = _thresholds(points[TAU_D.name], TAU_D.constant("C_1"), "")[0]
    return [*fits, _little_noise(above, fits[2])]


def _fits(points: dict[str, list[Point]]) -> list[Fit]:
    fits = _common(points)
    c_4 = fits[-1]
    for reading in READINGS:
        corners = [f"{reading.name}-{corner}" for corner in CORNERS]
        fits += _reading(
            reading,
            [p for name in (reading.name, *corners) for p in points.get(name, [])],
            c_4.value,
        )
    return fits


def _little_noise(above: Fit, below: Fit) -> Fit:
    """C_4 from C_1 and C_3; its interval from theirs, allowances included."""
    low, high = (
        a * ALLOWANCE / (b / ALLOWANCE) - 1
        for a, b in zip(above.interval, reversed(below.interval), strict=True)
    )
    value = _round(above.value / below.value - 1, up=True)
    by = {
        name: above.strata[name] * ALLOWANCE**2 / below.strata[name] - 1
        for name in above.strata
        if below.strata.get(name, 0.0) > 0
    }
    return Fit(ranges.C_4, value, (low, high), above.regimes, f"{above.name}/{below.name} - 1", by)


def _reading(reading: Reading, points: list[Point], c_4: float) -> list[Fit]:
    inside = [p for p in points if p.x <= c_4] if reading.needs_little_noise else points
    c_1, _ = _thresholds(inside, reading.constant("C_1"), "")
    _, c_3 = _thresholds(points, "", reading.constant("C_3"))
    fits = [c_1, _exponent(inside, reading.constant("C_2"), c_1.value), c_3]
    return (
        [*fits, _thresholds(inside, "", reading.constant("C_3-restricted"))[1]]
        if reading in RESTRICTED
        else fits
    )


def _time(points: Sequence[Point]) -> float:
    return max((p.time_constant for p in points), default=math.nan)


def _needed_exponent(point: Point) -> float:
    return point.criterion / -point.log_error_high if point.log_error_high < 0 else math.inf


def _thresholds(points: list[Point], upper: str, lower: str) -> tuple[Fit, Fit]:
    small = math.log(criteria.NOT_SMALL)
    above = _fit(
        upper,
        points,
        lambda some: _largest([p.criterion for p in some if p.log_error_high > small]),
        ALLOWANCE,
        "largest that errs more than 0.1",
    )
    below = _fit(
        lower,
        points,
        lambda some: _smallest([p for p in some if p.log_error_low < small]),
        1 / ALLOWANCE,
        "least that errs less than 0.1",
    )
    return above, below


def _largest(criteria: list[float]) -> float:
    found = max(criteria, default=WIDE[0])
    return found if found < _AT_THE_END * WIDE[1] else math.inf


def _smallest(points: list[Point]) -> float:
    return (
        0.0
        if any(p.at_the_low_end for p in points)
        else min((p.criterion for p in points), default=WIDE[1])
    )


def _exponent(points: list[Point], name: str, c_1: float) -> Fit:
    return _fit(
        name,
        [p for p in points if p.criterion >= c_1],
        lambda some: max((_needed_exponent(p) for p in some), default=MOST),
        ALLOWANCE,
        "largest needed above C_1",
    )


def _fit(
    name: str, points: list[_P], rule: Callable[[Sequence[_P]], float], allowance: float, words: str
) -> Fit:
    generator = np.random.default_rng(len(points))
    again = (
        [
            rule([points[i] for i in generator.integers(0, len(points), len(points))])
            for _ in range(_BOOTSTRAPS)
        ]
        if points
        else [math.nan]
    )
    low, high = np.quantile(again, [0.025, 0.975], method="inverted_cdf")
    value = min(max(_round(rule(points) * allowance, up=allowance > 1), LEAST), MOST)
    return Fit(
        name,
        value,
        (float(low), float(high)),
        len(points),
        f"{words}, times {allowance:.3g}",
        by_stratum(points, rule),
    )


def _round(value: float, up: bool) -> float:
    """Two significant digits, away from the data."""
    if not math.isfinite(value):
        return MOST
    if value <= 0:
        return LEAST
    scale = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(
        f"{(math.ceil if up else math.floor)(value / scale - (1e-9 if up else -1e-9)) * scale:.3g}"
    )


def write(fits: Sequence[Fit], entropy: int, path: Path = constant_table.FILE) -> None:
    """Write the constants file, whole or not at all; constants that were not refitted stay as they
    are.
    """
    written_by = (
        f"transfer-claims {version('transfer-claims')}, torch {version('torch')}, numpy"
        f" {version('numpy')}, hypothesis {version('hypothesis')}"
    )
    entries: dict[str, dict[str, Any]] = constant_table.table(path) if path.exists() else {}
    for fit in fits:
        interval = [float(f"{x:.4g}") for x in fit.interval]
        entries[fit.name] = {
            "value": fit.value,
            "interval": interval,
            "regimes": fit.regimes,
            "rule": fit.rule,
            "strata": {name: float(f"{x:.4g}") for name, x in fit.strata.items()},
            "entropy": entropy,
            "written_by": written_by,
        }
    lines = [
        "# Written by `transfer-claims calibrate`; never by hand.",
        "",
        "[calibration]",
        f"seeds_per_regime = {SEEDS}",
        f"delta = {DELTA}",
    ]
    for name in sorted(entries):
        lines += [
            "",
            f'[constant."{name}"]',
            *(f"{key} = {_toml(value)}" for key, value in entries[name].items()),
        ]
    write_whole(path, "\n".join(lines) + "\n")


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {_toml(item)}' for key, item in value.items())} }}"
    return (
        json.dumps(value) if isinstance(value, str) else repr(value)
    )  # inf and nan are TOML as they stand
