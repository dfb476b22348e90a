"""What a sweep's file says: a base regime, axes, a design; every point is made, and so checked, before anything is trained."""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.regime import Regime, RegimeError
from reports.metrics import METRICS
from strategies.groups import data_lengths

_INTEGERS = {"n1", "n2", "d", "m", "inherited", "steps1", "steps2"}
#: Dimensionless groups that a base may be given by, instead of a regime's fields; h T is `duration`, sigma_2 the unit of length.
GROUPS = ("n1", "n2", "d", "m", "inherited", "tau_2", "X", "Y", "upstream_share", "cos_v", "h_1", "h_2", "duration", "zeta_2")
_DEFAULTS: dict[str, float] = {"upstream_share": 1.0, "cos_v": 0.0, "h_1": 0.1, "h_2": 0.1, "duration": 20.0, "zeta_2": 0.01}
_MOST_POINTS, _MOST_SEEDS = 10**7, 4096


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
    """Read a TOML file. Raises `SweepError` or `RegimeError`, which name the field, the value and the rule; OSError."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SweepError("file", str(path), f"must be TOML ({error})") from None
    return parse(found)


def parse(found: Mapping[str, Any]) -> Sweep:
    """A sweep from a file's content."""
    known = {"regime", "groups", "axes", "design", "points", "seeds", "seed", "metrics"}
    for name in found:
        if name not in known:
            raise SweepError(name, found[name], f"unknown; a sweep has {', '.join(sorted(known))}")
    if ("regime" in found) == ("groups" in found):
        raise SweepError("regime", found.get("regime"), "a sweep has either [regime], a regime's fields, or [groups], dimensionless ones")
    make, base = (Regime.from_dict, found["regime"]) if "regime" in found else (from_groups, found["groups"])
    if not isinstance(base, dict):
        raise SweepError("regime", base, "must be a table")
    metrics = tuple(found.get("metrics", ("scratch_error", "transfer_error")))
    for name in metrics:
        if name not in METRICS:
            raise SweepError("metrics", name, f"unknown; there are {', '.join(METRICS)}")
    seeds, seed = _whole(found, "seeds", 24, 1, _MOST_SEEDS), _whole(found, "seed", 0, 0, 2**63)
    values = _design(found, seed)
    return Sweep(tuple(_points(make, base, values)), seeds, seed, metrics)


def _points(make: Callable[[dict[str, Any]], Regime], base: dict[str, Any], values: list[dict[str, float]]) -> Any:
    for number, axes in enumerate(values):
        try:
            yield Point(number, axes, make(base | axes))
        except RegimeError as error:
            raise SweepError(error.field, error.value, f"{error.rule} (point {number}: {axes})") from None


def from_groups(groups: Mapping[str, Any]) -> Regime:
    """The regime with these dimensionless groups. Raises `SweepError`."""
    for name in groups:
        if name not in GROUPS:
            raise SweepError(name, groups[name], f"unknown group; there are {', '.join(GROUPS)}")
    values = _DEFAULTS | dict(groups)
    for name in GROUPS:
        if name not in values:
            raise SweepError(name, None, "missing; a regime needs it")
        value, least = values[name], 0 if name in {"inherited", "upstream_share"} else -1 if name == "cos_v" else None
        number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not number or (value <= 0 if least is None else value < least):
            raise SweepError(name, value, f"must be a finite number {'> 0' if least is None else f'>= {least}'}")
    n1, n2, d, m, inherited = (values[name] for name in ("n1", "n2", "d", "m", "inherited"))
    if values["Y"] < 1:
        raise SweepError("Y", values["Y"], "must be at least 1: ||s_2||^2 = ||u||^2 + ||v_2||^2")
    lengths = data_lengths(n1, n2, d, inherited / m, values["tau_2"], values["X"], values["Y"], upstream_share=values["upstream_share"])
    steps = {f"steps{k}": max(1, math.ceil(values["duration"] / values[f"h_{k}"])) for k in (1, 2)}
    eta = {f"eta{k}": values[f"h_{k}"] * n * m / (lengths[f"sigma{k}"] ** 2 * d) for k, n in ((1, n1), (2, n2))}
    return Regime(**lengths, **steps, **eta, cos_v=values["cos_v"], n1=n1, n2=n2, d=d, m=m, inherited=inherited, sigma0=values["zeta_2"] * math.sqrt(n2) / d)  # type: ignore[arg-type]


# Designs ---------------------------------------------------------------------------------------------


def _design(found: Mapping[str, Any], seed: int) -> list[dict[str, float]]:
    axes = found.get("axes", {})
    if not isinstance(axes, dict) or not axes:
        raise SweepError("axes", axes, "must be a table with one entry or more")
    kind = found.get("design", "grid")
    if kind == "grid":
        if "points" in found:
            raise SweepError("points", found["points"], "is for a random design; a grid's axes say how many")
        listed = {name: _listed(name, axis) for name, axis in axes.items()}
        many = math.prod(len(values) for values in listed.values())
        if many > _MOST_POINTS:
            raise SweepError("axes", many, f"must make at most {_MOST_POINTS} points")
        return [dict(zip(listed, values, strict=True)) for values in itertools.product(*listed.values())]
    if kind == "random":
        generator, many = np.random.default_rng(seed), _whole(found, "points", 100, 1, _MOST_POINTS)
        drawn = {name: _between(name, axis, generator.random(many)) for name, axis in axes.items()}
        return [{name: values[i] for name, values in drawn.items()} for i in range(many)]
    raise SweepError("design", kind, "must be grid or random")


def _listed(name: str, axis: Any) -> list[float]:
    if isinstance(axis, list):
        if not axis or not all(isinstance(x, int | float) and not isinstance(x, bool) for x in axis):
            raise SweepError(f"axes.{name}", axis, "must be numbers, one or more")
        return axis
    count = _whole(axis, "count", None, 1, 10**6) if isinstance(axis, dict) else 0
    values = _between(name, {k: v for k, v in axis.items() if k != "count"} if isinstance(axis, dict) else axis, np.linspace(0, 1, count))
    return list(dict.fromkeys(values))  # rounded ones may repeat


def _between(name: str, axis: Any, shares: np.ndarray) -> list[float]:
    """From {from, to, scale}: the values that lie these shares of the way along."""
    if not isinstance(axis, dict) or not set(axis) <= {"from", "to", "scale"} or not {"from", "to"} <= set(axis):
        raise SweepError(f"axes.{name}", axis, 'must be a list of numbers, or {from, to, count} with scale = "linear" or "log"')
    low, high, scale = axis["from"], axis["to"], axis.get("scale", "linear")
    if not all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in (low, high)):
        raise SweepError(f"axes.{name}", axis, "from and to must be finite numbers")
    if scale not in ("linear", "log") or (scale == "log" and min(low, high) <= 0):
        raise SweepError(f"axes.{name}.scale", scale, "must be linear, or log with ends above 0")
    values = low * (high / low) ** shares if scale == "log" else low + (high - low) * shares
    return [round(x) if name in _INTEGERS else float(x) for x in values.tolist()]


def _whole(found: Mapping[str, Any], name: str, default: int | None, low: int, high: int) -> int:
    value = found.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise SweepError(name, value, f"must be an integer from {low} to {high}")
    return value
