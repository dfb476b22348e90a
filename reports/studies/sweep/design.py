"""What a sweep's file says of its points: axes and a design over them, and a level to follow."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.regime import RegimeError

_INTEGERS = {"n1", "n2", "d", "m", "inherited", "steps1", "steps2"}
MOST_POINTS = 10**6


class SweepError(RegimeError):
    """A sweep's file cannot be used: names the field, the value and the rule."""


@dataclass(frozen=True)
class Axis:
    """A field or group that varies; its values in order, none where they are drawn."""

    name: str
    values: tuple[float, ...]
    log: bool


@dataclass(frozen=True)
class Contour:
    """Where the mean of a metric is at a level."""

    metric: str
    level: float


@dataclass(frozen=True)
class Design:
    """How a sweep's points lie: "grid", "random" or "adaptive", a grid that is computed only where
    the contour runs.
    """

    kind: str
    axes: tuple[Axis, ...]
    contour: Contour | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a grid: how many values each axis has. Points are numbered as NumPy's C order."""
        return tuple(len(axis.values) for axis in self.axes)


#: Of points that are given one by one.
LISTED = Design("listed", ())


def read_design(
    content: Mapping[str, Any], seed: int, metrics: Sequence[str]
) -> tuple[Design, list[dict[str, float]]]:
    """A design, and the axes' values at each of its points. Raises `SweepError`."""
    axes = content.get("axes", {})
    if not isinstance(axes, dict) or not axes:
        raise SweepError("axes", axes, "must be a table with one entry or more")
    kind = content.get("design", "grid")
    if kind in ("grid", "adaptive"):
        design = Design(kind, _grid(content, axes), _contour(content, kind, metrics))
        if kind == "adaptive":
            _check_in_order(design.axes)
        return design, _crossed(design.axes)
    if kind == "random":
        if "contour" in content:
            raise SweepError("contour", content["contour"], "is for a grid or an adaptive design")
        drawn = _drawn(content, axes, seed)
        made = tuple(Axis(name, (), _is_log(axis)) for name, axis in axes.items())
        return Design(kind, made), drawn
    raise SweepError("design", kind, "must be grid, random or adaptive")


def _grid(content: Mapping[str, Any], axes: Mapping[str, Any]) -> tuple[Axis, ...]:
    if "points" in content:
        raise SweepError(
            "points", content["points"], "is for a random design; a grid's axes say how many"
        )
    listed, many = [], 1
    for name, axis in axes.items():
        values = _listed(name, axis)
        many *= len(values)
        if many > MOST_POINTS:  # before what comes next is even listed
            rule = f"axes up to this one make {many:,} points, must make at most {MOST_POINTS:,}"
            raise SweepError(f"axes.{name}", len(values), rule)
        listed.append(Axis(name, tuple(values), _is_log(axis)))
    return tuple(listed)


def _crossed(axes: Sequence[Axis]) -> list[dict[str, float]]:
    names = [axis.name for axis in axes]
    crossed = itertools.product(*(axis.values for axis in axes))
    return [dict(zip(names, values, strict=True)) for values in crossed]


def _drawn(
    content: Mapping[str, Any], axes: Mapping[str, Any], seed: int
) -> list[dict[str, float]]:
    generator, many = np.random.default_rng(seed), whole(content, "points", 100, 1, MOST_POINTS)
    drawn = {name: _between(name, axis, generator.random(many)) for name, axis in axes.items()}
    return [{name: values[i] for name, values in drawn.items()} for i in range(many)]


def _is_log(axis: Any) -> bool:
    return isinstance(axis, dict) and axis.get("scale") == "log"


def _contour(content: Mapping[str, Any], kind: str, metrics: Sequence[str]) -> Contour | None:
    """The level to follow, which an adaptive design needs, and a grid's plot may show."""
    if "contour" not in content and kind == "grid":
        return None
    table = content.get("contour")
    if not isinstance(table, dict) or set(table) != {"metric", "level"}:
        rule = "must be a table with metric and level, which an adaptive design follows"
        raise SweepError("contour", table, rule)
    metric, level = table["metric"], table["level"]
    if metric not in metrics:
        raise SweepError("contour.metric", metric, f"must be measured: {', '.join(metrics)}")
    if not is_finite(level):
        raise SweepError("contour.level", level, "must be a finite number")
    if len(content["axes"]) != 2:
        rule = "must be two where there is a contour"
        raise SweepError("axes", list(content["axes"]), rule)
    return Contour(metric, float(level))


def _check_in_order(axes: Sequence[Axis]) -> None:
    """Between neighbours of an axis a contour can be looked for only where they lie in order."""
    for axis in axes:
        steps = np.diff(axis.values)
        if not len(steps) or not ((steps > 0).all() or (steps < 0).all()):
            rule = "must be two values or more, rising or falling, in an adaptive design"
            raise SweepError(f"axes.{axis.name}", list(axis.values), rule)


def _listed(name: str, axis: Any) -> list[float]:
    if isinstance(axis, list):
        if not axis or not all(is_finite(x) for x in axis):
            raise SweepError(f"axes.{name}", axis, "must be finite numbers, one or more")
        return axis
    count = whole(axis, "count", None, 1, 10**6, f"axes.{name}.") if isinstance(axis, dict) else 0
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
    if not is_finite(low) or not is_finite(high):
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


def is_finite(value: Any) -> bool:
    """Whether it is a number that a float holds."""
    try:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
    except OverflowError:
        return False


def whole(
    content: Mapping[str, Any], name: str, default: int | None, low: int, high: int, under: str = ""
) -> int:
    """An integer of a file, within bounds. Raises `SweepError`."""
    value = content.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SweepError(under + name, value, f"must be an integer from {low} to {high}")
    return value
