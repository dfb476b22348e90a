"""What a sweep's file says: a base regime, axes, a design; every point is made, and so checked,
before anything is trained.
"""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.regime import SIGNAL_COORDINATES, Regime, RegimeError
from model.sampling import Seeds, check_curves
from model.scales import ScaleRangeError, Scales, steps
from reports.ledger.files import check_plain, read_text
from reports.studies.sweep.metrics import METRICS, TRAINED
from reports.studies.work import check_prediction, check_training

_INTEGERS = {"n1", "n2", "d", "m", "inherited", "steps1", "steps2"}
#: Dimensionless groups that a base may be given by, instead of a regime's fields; h T is
#: `duration`, sigma_2 the unit of length.
GROUPS = (
    "n1",
    "n2",
    "d",
    "m",
    "inherited",
    "tau_2",
    "X",
    "Y",
    "upstream_share",
    "cos_v",
    "h_1",
    "h_2",
    "duration",
    "zeta_2",
)
#: The least of a group that may be 0 or less.
_LEAST = {"inherited": 0, "upstream_share": 0, "cos_v": -1}
_DEFAULTS: dict[str, float] = {
    "upstream_share": 1.0,
    "cos_v": 0.0,
    "h_1": 0.1,
    "h_2": 0.1,
    "duration": 20.0,
    "zeta_2": 0.01,
}
_MOST_POINTS, _MOST_SEEDS = 10**6, 4096


class SweepError(RegimeError):
    """A sweep's file cannot be used: names the field, the value and the rule."""


@dataclass(frozen=True)
class Point:
    """One regime of a sweep."""

    number: int
    axes: dict[str, float]
    regime: Regime


@dataclass(frozen=True)
class Sweep:
    """All points, and what is measured at each."""

    points: tuple[Point, ...]
    seeds: int
    seed: int
    metrics: tuple[str, ...]


def read(path: Path) -> Sweep:
    """Read a TOML file. Raises `SweepError` or `RegimeError`, which name the field, the value and
    the rule; OSError.
    """
    try:
        content = tomllib.loads(read_text(path))
        check_plain(content)
    except (
        ValueError,
        RecursionError,
    ) as error:  # tomllib lets a number of 5000 digits through to int()
        raise SweepError("file", str(path), f"must be TOML ({error})") from None
    try:
        return parse(content)
    except RecursionError:  # a key of thousands of parts, which cannot even be printed
        raise SweepError("file", str(path), "is nested too deep") from None


def parse(content: Mapping[str, Any]) -> Sweep:
    """A sweep from a file's content."""
    known = {"regime", "groups", "axes", "design", "points", "seeds", "seed", "metrics"}
    for name in content:
        if name not in known:
            raise SweepError(
                name, content[name], f"unknown; a sweep has {', '.join(sorted(known))}"
            )
    if ("regime" in content) == ("groups" in content):
        raise SweepError(
            "regime",
            content.get("regime"),
            "a sweep has either [regime], a regime's fields, or [groups], dimensionless ones",
        )
    make, base = (
        (Regime.from_dict, content["regime"])
        if "regime" in content
        else (from_groups, content["groups"])
    )
    if not isinstance(base, dict):
        raise SweepError("regime" if "regime" in content else "groups", base, "must be a table")
    metrics = content.get("metrics", ["scratch_error", "transfer_error"])
    if not isinstance(metrics, list) or not metrics:
        raise SweepError("metrics", metrics, "must be a list of names, one or more")
    for name in metrics:
        if not isinstance(name, str) or name not in METRICS:
            raise SweepError("metrics", name, f"unknown; there are {', '.join(METRICS)}")
        if metrics.count(name) > 1:
            raise SweepError("metrics", name, "given twice")
    seeds, seed = _whole(content, "seeds", 24, 1, _MOST_SEEDS), _whole(content, "seed", 0, 0, 2**63)
    values = _design(content, seed)
    trained = Seeds(seed, seeds) if TRAINED & set(metrics) else None
    predicted = any(name.startswith("law_") for name in metrics)
    points = tuple(_points(make, base, values, trained, predicted=predicted))
    return Sweep(points, seeds, seed, tuple(metrics))


def _points(
    make: Callable[[dict[str, Any]], Regime],
    base: dict[str, Any],
    values: list[dict[str, float]],
    trained: Seeds | None,
    *,
    predicted: bool,
) -> Iterator[Point]:
    for number, axes in enumerate(values):
        try:
            regime = make(base | axes)
            if trained is not None:
                _check_trainable(regime, trained)
            if predicted:
                check_prediction(regime)
            yield Point(number, axes, regime)
        except RegimeError as error:
            raise SweepError(
                error.field, error.value, f"{error.rule} (point {number}: {axes})"
            ) from None


def _check_trainable(regime: Regime, seeds: Seeds) -> None:
    check_curves(regime, seeds)
    check_training(regime, seeds)
    total = regime.n1 + regime.n2 + 4 * regime.m
    if regime.rest < total:
        raise SweepError(
            "d",
            regime.d,
            f"must be at least n1 + n2 + 4m + 3 = {total + SIGNAL_COORDINATES} to be trained",
        )


def from_groups(groups: Mapping[str, Any]) -> Regime:
    """The regime with these dimensionless groups. Raises `SweepError`."""
    for name in groups:
        if name not in GROUPS:
            raise SweepError(name, groups[name], f"unknown group; there are {', '.join(GROUPS)}")
    values = _DEFAULTS | dict(groups)
    for name in GROUPS:
        if name not in values:
            raise SweepError(name, None, "missing; a regime needs it")
        value, least = values[name], _LEAST.get(name)
        if not _finite(value) or (value <= 0 if least is None else value < least):
            raise SweepError(
                name, value, f"must be a finite number {'> 0' if least is None else f'>= {least}'}"
            )
    if values["Y"] < 1:
        raise SweepError("Y", values["Y"], "must be at least 1: ||s_2||^2 = ||u||^2 + ||v_2||^2")
    try:
        return _scales(values).regime()
    except (OverflowError, ScaleRangeError):
        raise SweepError(
            "groups",
            dict(values),
            "are so far apart that no floating-point number holds the regime's fields",
        ) from None


def _scales(values: Mapping[str, Any]) -> Scales:
    """Groups as scales: a duration gives both runs' steps, and sigma_2 is the unit of length."""
    same = {name: value for name, value in values.items() if name != "duration"}
    lasting = {f"steps{k}": steps(values["duration"], values[f"h_{k}"]) for k in (1, 2)}
    return Scales(**same, **lasting)


# Designs ------------------------------------------------------------------------------------------


def _design(content: Mapping[str, Any], seed: int) -> list[dict[str, float]]:
    axes = content.get("axes", {})
    if not isinstance(axes, dict) or not axes:
        raise SweepError("axes", axes, "must be a table with one entry or more")
    kind = content.get("design", "grid")
    if kind == "grid":
        if "points" in content:
            raise SweepError(
                "points", content["points"], "is for a random design; a grid's axes say how many"
            )
        listed, many = {}, 1
        for name, axis in axes.items():
            listed[name] = _listed(name, axis)
            many *= len(listed[name])
            if many > _MOST_POINTS:  # before what comes next is even listed
                rule = (
                    f"axes up to this one make {many:,} points, must make at most {_MOST_POINTS:,}"
                )
                raise SweepError(f"axes.{name}", len(listed[name]), rule)
        return [
            dict(zip(listed, values, strict=True)) for values in itertools.product(*listed.values())
        ]
    if kind == "random":
        generator, many = (
            np.random.default_rng(seed),
            _whole(content, "points", 100, 1, _MOST_POINTS),
        )
        drawn = {name: _between(name, axis, generator.random(many)) for name, axis in axes.items()}
        return [{name: values[i] for name, values in drawn.items()} for i in range(many)]
    raise SweepError("design", kind, "must be grid or random")


def _listed(name: str, axis: Any) -> list[float]:
    if isinstance(axis, list):
        if not axis or not all(_finite(x) for x in axis):
            raise SweepError(f"axes.{name}", axis, "must be finite numbers, one or more")
        return axis
    count = _whole(axis, "count", None, 1, 10**6, f"axes.{name}.") if isinstance(axis, dict) else 0
    values = _between(
        name,
        {k: v for k, v in axis.items() if k != "count"} if isinstance(axis, dict) else axis,
        np.linspace(0, 1, count),
    )
    return list(dict.fromkeys(values))  # rounded ones may repeat


def _between(name: str, axis: Any, shares: np.ndarray) -> list[float]:
    """From {from, to, scale}: the values that lie these shares of the way along."""
    if (
        not isinstance(axis, dict)
        or not set(axis) <= {"from", "to", "scale"}
        or not {"from", "to"} <= set(axis)
    ):
        rule = (
            "in a grid, must be a list of numbers, or {from, to, count}, in a random design {from,"
            ' to}; with scale = "linear" or "log"'
        )
        raise SweepError(f"axes.{name}", axis, rule)
    low, high, scale = axis["from"], axis["to"], axis.get("scale", "linear")
    if not _finite(low) or not _finite(high):
        raise SweepError(f"axes.{name}", axis, "from and to must be finite numbers")
    if scale not in ("linear", "log") or (scale == "log" and min(low, high) <= 0):
        raise SweepError(f"axes.{name}.scale", scale, "must be linear, or log with ends above 0")
    with np.errstate(all="ignore"):
        values = low * (high / low) ** shares if scale == "log" else low + (high - low) * shares
    if not np.isfinite(values).all():
        raise SweepError(f"axes.{name}", axis, "from and to are too far apart")
    # Rounding must not leave what the ends allow.
    values = np.clip(values, min(low, high), max(low, high))
    return [round(x) if name in _INTEGERS else float(x) for x in values.tolist()]


def _finite(value: Any) -> bool:
    """Whether it is a number that a float holds."""
    try:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
    except OverflowError:
        return False


def _whole(
    content: Mapping[str, Any], name: str, default: int | None, low: int, high: int, under: str = ""
) -> int:
    value = content.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SweepError(under + name, value, f"must be an integer from {low} to {high}")
    return value
