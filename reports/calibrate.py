"""Fit the constants that the paper leaves open, on regimes and seeds of their own.

Rules, declared before any fit (delta is the share of seeds that may fail):

* C_T, C_2: the largest value that any calibration regime needs for a share 1 - delta of its seeds,
  measurement error counted against the statement, times `ALLOWANCE`.
* C_5: the smallest, divided by it.
* C_3: the smallest criterion of a regime in which more than a share delta of the seeds err less than
  0.1, divided by `ALLOWANCE`. C_1: the largest criterion of a regime in which more than a share delta
  err more than 0.1, times it.
* C_4: the largest X up to which Theorem 4.2's C_2 stays within `LITTLE_NOISE` times Theorem 4.3's.

A value outside [10^-2, 10^2] is moved to that limit; the statement then stands or falls there. The
interval is the bootstrap's (2.5% to 97.5%, over regimes) of the fit before the allowance.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from claims import constants as constant_table
from claims import proposition_4_4, theorem_4_2, theorem_4_3
from claims.claim import Domain, Hypothesis, hypothesis
from claims.condition import DELTA
from claims.constants import LEAST, MOST
from claims.observe import Observation, both_ways, log_error, scratch_only
from claims.quantities import Quantity, catalogue
from claims.theorem_4_2 import READINGS, STATED, Reading
from model.sampling import Seeds
from reports.files import write_whole
from strategies.search import Case, search

ALLOWANCE = 1.25
LITTLE_NOISE = 4.0
WIDE = (0.02, 40.0)
SEEDS = 24
_BOOTSTRAPS = 400


@dataclass(frozen=True)
class Point:
    """One calibration regime, reduced to tolerated values (a share delta of the seeds is allowed to be worse)."""

    criterion: float
    x: float
    time_constant: float  # the C_T it needs
    log_error_high: float  # ln error, the high end
    log_error_low: float
    noise_growth: float  # the C_5 it allows


@dataclass(frozen=True)
class Fit:
    """A constant."""

    name: str
    value: float
    interval: tuple[float, float]
    regimes: int
    rule: str


def _quantile(values: NDArray[np.float64], worst_is_high: bool) -> float:
    ordered = np.sort(values)
    allowed = int(DELTA * len(ordered))
    return float(ordered[len(ordered) - 1 - allowed] if worst_is_high else ordered[allowed])


def _point(seen: Observation, criterion: Quantity) -> Point:
    learned = seen.transfer or seen.scratch
    low, high = log_error(learned.error)
    named = catalogue()
    growth = math.inf
    if seen.noise_ratio is not None:
        growth = _quantile(seen.noise_ratio, False) / proposition_4_4.NOISE_GROWTH(seen.regime)
    x = named["X"](seen.regime) if seen.transfer else 0.0
    return Point(criterion(seen.regime), x, _quantile(learned.least_time_constant(), True), _quantile(high, True), _quantile(low, False), growth)


@dataclass(frozen=True)
class Job:
    """One set of calibration regimes."""

    name: str
    domain: Domain
    criterion: Quantity
    transfer: bool


def jobs() -> tuple[Job, ...]:
    """The sets that need no constant."""
    scratch = Job("scratch", Domain("scratch", (hypothesis("tau_2", *WIDE),)), catalogue()["tau_2"], False)
    return (
        scratch,
        *(Job(r.name, Domain("transfer", (Hypothesis(r.criterion, *WIDE), theorem_4_2.ANY, theorem_4_2.EVERY_Y)), r.criterion, True) for r in READINGS),
    )


def gather(job: Job, constants: dict[str, float], regimes: int, entropy: int) -> list[Point]:
    """Train one set's networks."""
    torch.set_num_threads(1)
    points: list[Point] = []

    def look(case: Case) -> bool:
        observe = both_ways if job.transfer else scratch_only
        points.append(_point(observe(case.regime, Seeds(case.root, SEEDS)), job.criterion))
        return False

    search(job.domain, constants, look, name=f"calibrate/{job.name}", entropy=entropy, cases=regimes, calibration=True)
    return points


def calibrate(regimes: int, entropy: int, report: Callable[[str], None], workers: int | None = None) -> list[Fit]:
    """Fit every constant; `report` is told what is going on."""
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        running = {job.name: pool.submit(gather, job, {}, regimes, entropy) for job in jobs()}
        points = {}
        for name, future in running.items():
            points[name] = future.result()
            report(f"{name}: {len(points[name])} regimes")
        fits = _fits(points)
        negative = Job("negative", proposition_4_4.NEGATIVE, catalogue()["tau_D"], True)
        found = pool.submit(gather, negative, {fit.name: fit.value for fit in fits}, regimes // 4, entropy).result()
        report(f"negative: {len(found)} regimes")
    return [*fits, _fit(proposition_4_4.C_5, found, lambda some: min((p.noise_growth for p in some), default=math.nan), 1 / ALLOWANCE, "least over regimes")]


def _fits(points: dict[str, list[Point]]) -> list[Fit]:
    scratch = points["scratch"]
    fits = [_fit(theorem_4_3.C_T, scratch, _time, ALLOWANCE, "largest needed"), *_thresholds(scratch, theorem_4_3.C_1, theorem_4_3.C_3)]
    fits.append(_exponent(scratch, theorem_4_3.C_2, fits[1].value))
    every_transfer = [p for name in points if name != "scratch" for p in points[name]]
    fits.append(_fit(theorem_4_2.C_T, every_transfer, _time, ALLOWANCE, "largest needed"))
    c_4 = _fit(
        theorem_4_2.C_4, points[STATED.name], lambda some: _little_noise(some, LITTLE_NOISE * fits[3].value), 1.0, "largest X with C_2 within 4 of scratch's"
    )
    fits.append(c_4)
    for reading in READINGS:
        fits += _reading(reading, points[reading.name], c_4.value)
    return fits


def _reading(reading: Reading, points: list[Point], c_4: float) -> list[Fit]:
    inside = [p for p in points if p.x <= c_4] if reading.needs_little_noise else points
    c_1, _ = _thresholds(inside, reading.constant("C_1"), "")
    _, c_3 = _thresholds(points, "", reading.constant("C_3"))
    _, restricted = _thresholds(inside, "", reading.constant("C_3-restricted"))
    return [c_1, _exponent(inside, reading.constant("C_2"), c_1.value), c_3, restricted]


def _time(points: Sequence[Point]) -> float:
    return max((p.time_constant for p in points), default=math.nan)


def _needed_exponent(point: Point) -> float:
    return point.criterion / -point.log_error_high if point.log_error_high < 0 else math.inf


def _thresholds(points: list[Point], upper: str, lower: str) -> tuple[Fit, Fit]:
    small = math.log(theorem_4_3.NOT_SMALL)
    above = _fit(
        upper, points, lambda some: max((p.criterion for p in some if p.log_error_high > small), default=WIDE[0]), ALLOWANCE, "largest that errs more than 0.1"
    )
    below = _fit(
        lower, points, lambda some: min((p.criterion for p in some if p.log_error_low < small), default=WIDE[1]), 1 / ALLOWANCE, "least that errs less than 0.1"
    )
    return above, below


def _exponent(points: list[Point], name: str, c_1: float) -> Fit:
    return _fit(
        name,
        [p for p in points if p.criterion >= c_1],
        lambda some: max((_needed_exponent(p) for p in some), default=MOST),
        ALLOWANCE,
        "largest needed above C_1",
    )


def _little_noise(points: Sequence[Point], most: float) -> float:
    too_noisy = [p.x for p in points if p.criterion >= 1 and _needed_exponent(p) > most]
    return min(too_noisy, default=MOST) / ALLOWANCE


def _fit(name: str, points: list[Point], rule: Callable[[Sequence[Point]], float], allowance: float, words: str) -> Fit:
    generator = np.random.default_rng(len(points))
    again = [rule([points[i] for i in generator.integers(0, len(points), len(points))]) for _ in range(_BOOTSTRAPS)] if points else [math.nan]
    low, high = np.quantile(again, [0.025, 0.975], method="inverted_cdf")
    value = min(max(_round(rule(points) * allowance, up=allowance > 1), LEAST), MOST)
    return Fit(name, value, (float(low), float(high)), len(points), f"{words}, times {allowance:.3g}")


def _round(value: float, up: bool) -> float:
    """Two significant digits, away from the data."""
    if not math.isfinite(value):
        return MOST
    scale = 10.0 ** (math.floor(math.log10(value)) - 1)
    return float(f"{(math.ceil if up else math.floor)(value / scale - (1e-9 if up else -1e-9)) * scale:.3g}")


def write(fits: Sequence[Fit], entropy: int, path: Path = constant_table.FILE) -> None:
    """Write the constants file, whole or not at all."""
    lines = [
        "# Written by `transfer-claims calibrate`; never by hand.",
        "",
        "[calibration]",
        f"entropy = {entropy}",
        f'written_by = "transfer-claims {version("transfer-claims")}, torch {version("torch")}, numpy {version("numpy")}, hypothesis {version("hypothesis")}"',
        f"seeds_per_regime = {SEEDS}",
        f"delta = {DELTA}",
    ]
    for fit in fits:
        low, high = (f"{x:.4g}" if math.isfinite(x) else "inf" for x in fit.interval)
        lines += ["", f'[constant."{fit.name}"]', f"value = {fit.value!r}", f"interval = [{low}, {high}]", f"regimes = {fit.regimes}", f'rule = "{fit.rule}"']
    write_whole(path, "\n".join(lines) + "\n")
